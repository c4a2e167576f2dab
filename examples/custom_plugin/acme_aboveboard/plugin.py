"""The hooks. Each is short; what is heavy is imported where it is used.

The command line asks every plugin for commands at each start, `aboveboard --help` included.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aboveboard.markers import hookimpl

if TYPE_CHECKING:
    import click

    from aboveboard import Finding, StepEvent, Verdict


@hookimpl
def aboveboard_facts(event: StepEvent) -> dict[str, Any] | None:
    """What the CRM knows of the person; None for who is not in it."""
    from acme_aboveboard.crm import contact

    found = contact(event.subject)
    if found is None:
        return None
    return {
        "objections": {
            "direct_marketing": found.objects_to_marketing,
            "profiling": found.objects_to_profiling,
        }
    }


@hookimpl
def aboveboard_recommendation(event: StepEvent) -> Iterable[Finding] | None:
    """Key accounts have a person at Acme, who sees an offer before it goes out."""
    from aboveboard import Finding
    from acme_aboveboard.crm import contact

    found = contact(event.subject)
    if event.phase != "completed" or found is None or not found.key_account:
        return None
    return [
        Finding(
            rule="ACME-02",
            effect="escalate",
            message="The offer is to a key account.",
            law="Acme sales handbook, 3.1",
            remedy="Let the account's manager send it.",
        )
    ]


@hookimpl
def aboveboard_policies() -> list[Path]:
    """They travel in the wheel, beside this file."""
    return [Path(__file__).with_name("policies")]


@hookimpl
def aboveboard_verdict(verdict: Verdict) -> None:
    """Write the journal."""
    from acme_aboveboard.journal import write

    write(verdict)


@hookimpl
def aboveboard_commands() -> list[click.Command]:
    """Add `aboveboard acme`."""
    from acme_aboveboard.command import acme

    return [acme]
