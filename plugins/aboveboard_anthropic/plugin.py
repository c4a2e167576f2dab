"""The hooks. They are loaded with every gate: what is heavy is imported where it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from aboveboard.markers import hookimpl

if TYPE_CHECKING:
    from aboveboard import StepEvent


@hookimpl
def aboveboard_events(
    vendor: str, payload: Any, pseudonym: Callable[[object], str]
) -> Iterable[StepEvent] | None:
    """Events of requests, answers and streams of the Messages API."""
    if vendor != "anthropic":
        return None
    from aboveboard_anthropic.payloads import events

    return events(payload, pseudonym)
