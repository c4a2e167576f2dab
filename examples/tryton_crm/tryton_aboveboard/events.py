"""What Tryton answered, as standard events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aboveboard import EventError, StepEvent
from aboveboard.crm import event_of
from aboveboard.detecting import detect
from tryton_aboveboard.client import decoded
from tryton_aboveboard.dialect import record_of
from tryton_aboveboard.fields import FIELDS

__all__ = ["events"]


def events(payload: Any, pseudonym: Callable[[object], str]) -> list[StepEvent]:
    """The events of records that Tryton gave; each says by `__name__` of what model it is.

    Args:
        payload: a record, a list of them, or a JSON-RPC answer with them as its result.
        pseudonym: makes an event's subject of a person's identifier; `Gate.pseudonym` does.

    Raises:
        EventError: it is nothing that Tryton answers; names the place, never a value.
    """
    place = "Tryton"
    if isinstance(payload, dict) and "__name__" not in payload:
        place, payload = "Tryton result", payload.get("result")
    items = payload if isinstance(payload, list) else [payload]
    found: list[StepEvent] = []
    for number, item in enumerate(items):
        if not isinstance(item, dict) or not all(isinstance(key, str) for key in item):
            msg = f"{place} [{number}]: expected a record."
            raise EventError(msg)
        model = item.get("__name__")
        if not isinstance(model, str) or not model:
            msg = f"{place} [{number}].__name__: expected the model's name. Ask for the field '__name__'."
            raise EventError(msg)
        try:
            told = decoded(item)
            if not isinstance(told, dict):
                msg = f"{place} [{number}]: expected a record, not a value."
                raise EventError(msg)
            record = record_of(model, told, {})
        except RecursionError:
            msg = f"{place} [{number}]: it is nested too deeply."
            raise EventError(msg) from None
        found.append(
            event_of(record, FIELDS, source="/tryton/app", pseudonym=pseudonym, read=detect)
        )
    return found
