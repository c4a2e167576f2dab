"""Every hook. These docstrings are the plugin manual.

A hook implementation may leave out arguments that it does not need. Plugins are asked in the order of
the setting `plugins`, or else by name; those registered by hand come after. Facts and step hooks run
on the way of each decision: keep them short, and let them raise when they do not know: the step is
denied with a reserved reason, never let through. Hooks are plain functions, not coroutines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aboveboard.events import StepEvent
from aboveboard.markers import hookspec
from aboveboard.verdicts import Finding, Verdict

if TYPE_CHECKING:
    import click

    from aboveboard.ai import Handover
    from aboveboard.detecting import Detection
    from aboveboard.policy.engine import PolicyEngine
    from aboveboard.settings import Settings

__all__ = [
    "aboveboard_commands",
    "aboveboard_data_collection",
    "aboveboard_decision",
    "aboveboard_detect",
    "aboveboard_engine",
    "aboveboard_events",
    "aboveboard_facts",
    "aboveboard_handover",
    "aboveboard_policies",
    "aboveboard_profiling",
    "aboveboard_recommendation",
    "aboveboard_review",
    "aboveboard_verdict",
]


@hookspec
def aboveboard_events(
    vendor: str, payload: Any, pseudonym: Callable[[object], str]
) -> Iterable[StepEvent] | None:
    """Turn what a vendor sent or recorded into step events.

    Asked when recorded traffic is judged. Exactly one plugin may answer for a vendor. Make events
    with `StepEvent.create`, leave out what the payload does not say, and keep its texts out.

    Args:
        vendor: whose payload it is, in lower case, such as `hubspot`.
        payload: as the vendor's API gives it: a JSON value, or an object of its SDK.
        pseudonym: makes an event's `subject` of the person's identifier, which itself stays out.

    Returns:
        Events, none if the payload concerns no step; or None when it is another vendor's.

    Raises:
        EventError: the payload is not one of the vendor's; names the place, never a value.
    """


@hookspec
def aboveboard_facts(event: StepEvent) -> Mapping[str, Any] | None:
    """Give facts that this plugin knows about an event, before the policies see it.

    They fill what is still unknown; to contradict what an earlier source said denies the step
    (`runtime.facts_conflict`), and so does to raise (`runtime.facts_failed`). What is looked up
    here bears `event.time`: a later time would lie in the event's future.

    Args:
        event: the event so far, with the facts of earlier plugins; `event.subject` is a pseudonym.

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
        Their `effect` is deny, escalate or warn. To raise, or to return what is no finding, denies
        the step (`runtime.hook_failed`).
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
def aboveboard_detect(text: str, language: str | None) -> Iterable[Detection] | None:
    """Find in a text what it tells of people: categories of data, and how a talk goes.

    Asked about the free text of decorated steps (`FreeText`), and by `Gate.detect`, unless the
    setting `detector` is `off`. What several detectors find adds up. To raise, or to return what is
    no Detection, leaves the text unread: `fields[].text_scanned` stays unknown, and policies say what
    that means. It is logged as `plugin.failed`, once for each plugin of a gate.

    Args:
        text: what to read, of any length. Keep no copy of it, and put none into an exception.
        language: its language, BCP 47, or None when nobody knows.

    Returns:
        Detections, none if there is nothing; or None when it cannot read such texts. What no
        detector can read counts as unread.
    """


@hookspec
def aboveboard_policies() -> Iterable[Path] | None:
    """Name directories of policies that this plugin brings, `package organisation.<name>.<step>`.

    Called once, when a gate is made. They come before the directories of the settings, whose
    reference data wins.

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
    """Receive each verdict, to store or to send it on. It can be neither changed nor delayed here.

    Runs in a thread of its own, one verdict after the other. An implementation that raises is
    logged as `plugin.failed`; what does not fit into its queue (`sink_queue_size`) is dropped,
    counted and logged as `sink.dropped`. The verdict stands either way.

    Args:
        event: the event that was decided, with all its facts.
        verdict: the answer.
    """


@hookspec
def aboveboard_review(event: StepEvent, verdict: Verdict) -> str | None:
    """Bring an escalation before a human: open a case, send a message.

    Runs when a decorated step stops with `StepEscalated`, or when `Gate.request_review` is called;
    in a thread of its own, so the stopped step does not wait for it.

    Args:
        event: the event that was decided.
        verdict: an answer whose effect is `escalate`.

    Returns:
        A reference by which the case can be found, at most 256 printable characters without
        personal data, or None. It is logged as `review.requested`.
    """


@hookspec
def aboveboard_handover(handover: Handover) -> str | None:
    """Bring a talk with an AI before a human, who takes it over.

    Asked when a call of a governed model stops with `StepEscalated`, after the program's own handler
    where that did not take it; the first plugin that gives a reference has it. The call waits for
    it. To raise is logged as `plugin.failed`, and the next plugin is asked.

    Args:
        handover: the minimised thread, what the conversation keeps, the event and the verdict.

    Returns:
        A reference by which the case can be found, at most 256 printable characters without
        personal data, or None when this plugin does not take it.
    """


@hookspec
def aboveboard_commands() -> Iterable[click.Command] | None:
    """Add commands to the `aboveboard` command line.

    Asked whenever the command line is used, so import what is heavy inside the command. A name
    that is taken, by a built-in command or an earlier plugin, stays with its owner.

    Returns:
        click commands, or None.
    """
