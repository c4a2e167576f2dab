"""The lexicons that ship with the detector, one JSON file a language."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["LANGUAGES", "lexicon", "pressure"]

LANGUAGES = ("de", "en", "fi", "nl", "sv")


@cache
def lexicon(language: str) -> dict[str, Any]:
    """The lexicon of one of `LANGUAGES`."""
    found: dict[str, Any] = _read(f"{language}.json")
    return found


@cache
def pressure(language: str) -> dict[str, dict[str, list[str]]]:
    """What presses people, of one of `LANGUAGES`: of `scarcity`, `timer`, `shaming` the phrases.

    They are `strong`, and `not` where a phrase takes away what it overlaps.
    """
    found: dict[str, dict[str, list[str]]] = _read("pressure.json")["languages"][language]
    return found


def _read(name: str) -> Any:
    text = files("aboveboard.detecting").joinpath("lexicon", name).read_text("utf-8")
    return json.loads(text)
