"""The hooks; what is heavy is imported where it is used."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aboveboard.markers import hookimpl

if TYPE_CHECKING:
    from aboveboard import StepEvent


@hookimpl
def aboveboard_events(
    vendor: str, payload: Any, pseudonym: Callable[[object], str]
) -> list[StepEvent] | None:
    """Answers of Tryton, for dry runs."""
    if vendor != "tryton":
        return None
    from tryton_aboveboard.events import events

    return events(payload, pseudonym)
