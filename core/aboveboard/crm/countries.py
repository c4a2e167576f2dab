"""Countries as people write them, in English, Finnish, Dutch, Swedish and German, as ISO codes."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

__all__ = ["country_code"]


@cache
def _names() -> dict[str, str]:
    text = files("aboveboard.crm").joinpath("countries.json").read_text("utf-8")
    found: dict[str, str] = json.loads(text)
    return found


def country_code(text: object) -> str | None:
    """The ISO 3166-1 alpha-2 code of a name or a code; None when nobody knows it."""
    if not isinstance(text, str):
        return None
    asked = " ".join(text.split()).casefold()
    if len(asked) == 2 and asked.upper() in _codes():
        return asked.upper()
    return _names().get(asked)


@cache
def _codes() -> frozenset[str]:
    return frozenset(_names().values())
