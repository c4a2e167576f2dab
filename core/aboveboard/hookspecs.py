"""Every hook. These docstrings are the plugin manual.

A hook implementation may leave out arguments that it does not need. Facts and step hooks run on the
way of each decision: keep them short, and let them raise when they do not know: the step is denied
with a reserved reason, never let through.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aboveboard.events import StepEvent
from aboveboard.markers import hookspec
from aboveboard.verdicts import Finding, Verdict

if TYPE_CHECKING:
    import click

    from aboveboard.policy.engine import PolicyEngine
    from aboveboard.settings import Settings

__all__ = [
    "aboveboard_commands",
    "aboveboard_data_collection",
    "aboveboard_decision",
    "aboveboard_engine",
    "aboveboard_facts",
    "aboveboard_policies",
    "aboveboard_profiling",
    "aboveboard_recommendation",
    "aboveboard_verdict",
]


@hookspec
def aboveboard_facts(event: StepEvent) -> Mapping[str, Any] | None:
    """Give facts that this plugin knows about an event, before the policies see it.

    They fill what is still unknown; to contradict what an earlier source said denies the step
    (`runtime.facts_conflict`).

    Args:
        event: the event so far; `event.subject` is a pseudonym.

    Returns:
        Nested facts (`{"objections": {"profiling": False}}`) or dotted ones, or None.
    """


@hookspec
def aboveboard_data_collection(
    event: StepEvent,
) -> Iterable[Finding] | None:
    """Tighten the verdict on a data-collection step.

    Args:
        event: the event with all its facts.

    Returns:
        Further findings, or None. They add to those of the policies and can never take one away.
    """


@hookspec
def aboveboard_profiling(event: StepEvent) -> Iterable[Finding] | None:
    """Tighten the verdict on a profiling step.

    Args:
        event: the event with all its facts.

    Returns:
        Further findings, or None, as for `aboveboard_data_collection`.
    """


@hookspec
def aboveboard_recommendation(
    event: StepEvent,
) -> Iterable[Finding] | None:
    """Tighten the verdict on a recommendation step.

    Args:
        event: the event with all its facts.

    Returns:
        Further findings, or None, as for `aboveboard_data_collection`.
    """


@hookspec
def aboveboard_decision(event: StepEvent) -> Iterable[Finding] | None:
    """Tighten the verdict on a decision step.

    Args:
        event: the event with all its facts.

    Returns:
        Further findings, or None, as for `aboveboard_data_collection`.
    """


@hookspec
def aboveboard_policies() -> Iterable[Path] | None:
    """Name directories of policies that this plugin brings, `package organisation.<name>.<step>`.

    Called once, when a gate is made.

    Returns:
        Directories, or None.
    """


@hookspec
def aboveboard_engine(settings: Settings) -> PolicyEngine | None:
    """Supply the engine that the settings name, when it is this plugin's.

    Called once, when a gate is made whose `engine` is none of embedded, opa and managed. To raise
    keeps the gate from being made.

    Args:
        settings: of the gate; `settings.engine` is the name that is looked for.

    Returns:
        A `PolicyEngine` of that name, or None when it is another's. What it cannot answer it raises
        as EngineError with a reserved reason: the step is denied.
    """


@hookspec
def aboveboard_verdict(event: StepEvent, verdict: Verdict) -> None:
    """Receive each verdict, to store or to send it on. It cannot be changed here.

    An implementation that raises is logged as `plugin.failed`; the verdict stands.

    Args:
        event: the event that was decided.
        verdict: the answer.
    """


@hookspec
def aboveboard_commands() -> Iterable[click.Command] | None:
    """Add commands to the `aboveboard` command line.

    Returns:
        click commands, or None.
    """
