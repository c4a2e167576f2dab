"""Fill an event with what register and profile know."""

from __future__ import annotations

from typing import Any

from aboveboard.errors import EventError
from aboveboard.events import StepEvent
from aboveboard.organisation.filling import facts_for
from aboveboard.organisation.hours import open_at
from aboveboard.organisation.models import Organisation

__all__ = ["complete_event", "logged"]


def complete_event(
    organisation: Organisation,
    event: StepEvent,
    *,
    purpose: str | None = None,
    model: str | None = None,
    recipient: str | None = None,
) -> StepEvent:
    """Fill an event; by its own purpose, model and recipient where none are named.

    Raises:
        EventError: the event contradicts register or profile.
        VocabularyError: it names a purpose that they do not have.
    """
    known = event.facts
    processing, ai, transfer = known.processing, known.ai, known.transfer
    purpose = purpose or (processing.purpose if processing else None)
    model = model or (ai.model if ai else None)
    if recipient is None and transfer and transfer.recipient in (organisation.processors or ()):
        recipient = transfer.recipient
    stated = facts_for(organisation, event.step, purpose=purpose, model=model, recipient=recipient)
    if event.step in ("recommendation", "decision"):
        opened = open_at(organisation, event.time)
        human = getattr(known, "human", None)
        if opened is not None and (human is None or human.available is None):
            stated.setdefault("human", {})["available"] = opened
    if known.audit is None or known.audit.log_enabled is None:
        stated = logged(stated)
    event, conflicts = event.with_facts(stated)
    if conflicts:
        msg = (
            f"The event contradicts the organisation's register or profile on "
            f"{', '.join(conflicts)}. Correct one of the two."
        )
        raise EventError(msg)
    return event


def logged(stated: dict[str, Any]) -> dict[str, Any]:
    """Facts with what a gate knows of itself: it writes each verdict down, or denies.

    Args:
        stated: facts of the profile, which may say otherwise; changed in place.
    """
    stated.setdefault("audit", {}).setdefault("log_enabled", True)
    return stated
