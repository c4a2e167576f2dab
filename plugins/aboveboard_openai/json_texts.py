"""Texts within JSON, wherever in a request they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from aboveboard.ai import PromptText, Role, Text

__all__ = ["given_texts", "kind_of", "listed", "mapping", "named", "number"]

# What such a key holds is no text of anybody: words of the API itself, bytes, and credentials.
_WORDS = frozenset(
    {
        "$ref", "authorization", "call_id", "data", "detail", "effort", "encrypted_content",
        "file_data", "file_id", "format", "id", "image_url", "include", "modalities", "mode",
        "model", "object", "reasoning_effort", "required", "role", "service_tier", "status",
        "strict", "type", "verbosity",
    }
)  # fmt: skip
# Below these the program names the keys.
_FREE = frozenset({"metadata", "variables"})


def given_texts(
    value: Any,
    role: Role = "system",
    *,
    beside: Collection[str] = (),
    tool: str | None = None,
    words: Collection[str] = _WORDS,
) -> Iterator[PromptText]:
    """Every text of a JSON value; keys, words of the API, bytes and credentials are none.

    Args:
        value: a request, or a part of one.
        role: who says them.
        beside: keys of it that are read elsewhere.
        tool: name of the tool that gave them.
        words: keys whose texts are none.
    """
    if isinstance(value, dict):
        places: Any = [place for place in value.items() if place[0] not in beside]
    elif isinstance(value, list):
        places = list(enumerate(value))
    else:
        return
    for key, item in places:
        if key in words and not isinstance(item, dict):
            continue
        if isinstance(item, str):
            yield PromptText(role, Text(value, key), tool=tool)
        else:
            below = () if key in _FREE else words
            yield from given_texts(item, role, tool=tool, words=below)


def kind_of(value: dict[str, Any], default: str = "") -> str:
    """The `type` of a JSON object."""
    found = value.get("type", default)
    return found if isinstance(found, str) else ""


def listed(value: Any) -> list[Any]:
    """A list, or an empty one where there is none."""
    return value if isinstance(value, list) else []


def mapping(value: Any) -> dict[str, Any]:
    """A JSON object, or an empty one where there is none."""
    return value if isinstance(value, dict) else {}


def named(value: Any) -> str | None:
    """A name, or None where there is none."""
    return value if isinstance(value, str) and value else None


def number(value: dict[str, Any], key: str, default: int = 0) -> int:
    """A number of a JSON object, such as an index."""
    found = value.get(key)
    return found if isinstance(found, int) else default
