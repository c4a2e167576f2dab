"""JSON as everybody reads it: what parsers disagree on is refused, not guessed.

Two readers of one event must not see two events: a key given twice, NaN, or half a character would
let a policy judge something else than what the next system stores.
"""

from __future__ import annotations

import json
import math
from typing import Any

__all__ = ["DECODER", "NotJson", "loads", "problem_of", "well_formed"]

_MAX_DIGITS = 19


class NotJson(ValueError):
    """The text is not JSON, or JSON that readers disagree on. The text of it quotes no value.

    Attributes:
        line: within the text, from 1.
    """

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        shown = twice if twice.isidentifier() and len(twice) <= 40 else "a key"
        msg = f"{shown}: given twice; expected each key once."
        raise NotJson(msg)
    return found


def _constant(name: str) -> Any:
    msg = f"expected JSON; {name} is no JSON number."
    raise NotJson(msg)


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        msg = f"expected integers of at most {_MAX_DIGITS - 1} digits."
        raise NotJson(msg)
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        msg = "expected numbers that a 64-bit float can hold."
        raise NotJson(msg)
    return value


DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_float
)


def loads(text: str) -> Any:
    """Parse one JSON value.

    Raises:
        NotJson: it is none, or readers would disagree on it.
    """
    try:
        value = DECODER.decode(text.strip(" \t\r\n"))
    except (ValueError, RecursionError) as error:
        raise problem_of(error) from None
    well_formed(value, text)
    return value


def well_formed(value: Any, text: str) -> None:
    r"""Refuse halves of surrogate pairs (`"\ud800"`): they are no character and cannot be stored.

    Args:
        value: what the text was parsed to.
        text: the text; bytes that were not UTF-8 stand in it as surrogates.

    Raises:
        NotJson: there is one.
    """
    try:
        if not text.isascii():
            text.encode()
    except UnicodeEncodeError:
        msg = "expected UTF-8 text."
        raise NotJson(msg) from None
    if "\\ud" in text or "\\uD" in text:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            msg = "expected whole characters; half of a surrogate pair is none."
            raise NotJson(msg) from None


def problem_of(error: ValueError | RecursionError) -> NotJson:
    """What a parser's error means to whoever wrote the text."""
    if isinstance(error, NotJson):
        return error
    if isinstance(error, RecursionError):
        return NotJson("expected JSON that is nested less deeply.")
    if isinstance(error, json.JSONDecodeError):
        detail = (error.msg[:1].lower() + error.msg[1:]).removesuffix(" at")
        return NotJson(f"expected JSON: {detail} at column {error.colno}.", error.lineno)
    return NotJson("expected JSON.")
