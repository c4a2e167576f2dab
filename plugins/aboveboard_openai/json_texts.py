"""Texts within JSON that a request sends beside its messages."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from aboveboard.ai import PromptText, Text

__all__ = ["given_texts", "listed", "mapping", "named"]

# Words of the API itself: what it may be asked to do, never what somebody said.
_WORDS = frozenset(
    {
        "$ref", "effort", "format", "mode", "modalities", "model", "object", "required", "role",
        "service_tier", "strict", "type", "verbosity",
    }
)  # fmt: skip


def given_texts(value: Any, *, beside: Collection[str] = ()) -> Iterator[PromptText]:
    """Every text of a JSON value as the program's own words; keys and words of the API are none.

    Args:
        value: a request, or a part of one.
        beside: keys of it that are read elsewhere.
    """
    if isinstance(value, dict):
        for key, item in value.items():
            if key in beside or (key in _WORDS and not isinstance(item, dict)):
                continue
            if isinstance(item, str):
                yield PromptText("system", Text(value, key))
            else:
                yield from given_texts(item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, str):
                yield PromptText("system", Text(value, index))
            else:
                yield from given_texts(item)


def listed(value: Any) -> list[Any]:
    """A list, or an empty one where there is none."""
    return value if isinstance(value, list) else []


def mapping(value: Any) -> dict[str, Any]:
    """A JSON object, or an empty one where there is none."""
    return value if isinstance(value, dict) else {}


def named(value: Any) -> str | None:
    """A name, or None where there is none."""
    return value if isinstance(value, str) and value else None
