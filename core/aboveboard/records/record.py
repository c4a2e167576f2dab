"""One recorded decision: event and verdict."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pydantic import ValidationError

from aboveboard.errors import EventError, RecordError
from aboveboard.events import StepEvent
from aboveboard.strict_json import NotJson, loads
from aboveboard.verdicts import Verdict

__all__ = ["Record", "parse_record", "record_line"]


@dataclass(frozen=True, slots=True)
class Record:
    """One decision on record."""

    event: StepEvent
    verdict: Verdict | None
    beyond: tuple[str, ...] = ()


def record_line(event: StepEvent, verdict: Verdict, beyond: tuple[str, ...] = ()) -> str:
    """One line, without its end."""
    value = {"record": 1, "event": event.to_dict(), "verdict": verdict.as_dict()}
    if beyond:
        value["beyond"] = list(beyond)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def parse_record(line: str | bytes) -> Record:
    """Read one line.

    Raises:
        RecordError: it is no record.
    """
    try:
        value = loads(line.decode() if isinstance(line, bytes) else line)
        if not isinstance(value, dict) or value.get("record") != 1:
            msg = "record: expected 1."
            raise RecordError(msg)
        verdict = value.get("verdict")
        return Record(
            StepEvent.from_dict(value.get("event")),
            None if verdict is None else Verdict.model_validate_json(json.dumps(verdict)),
            tuple(value.get("beyond", ())),
        )
    except (NotJson, EventError, ValidationError, UnicodeDecodeError) as error:
        msg = str(error) if isinstance(error, NotJson | EventError) else "verdict: malformed."
        raise RecordError(msg) from None
