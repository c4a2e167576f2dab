"""The nearest match for a misspelt name, for every message that names an offender."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["nearest"]


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """The choice most like `name`, or None when none is alike.

    Case does not count. The answer does not depend on the order of `choices`, so that a message
    built from a set reads the same on every run.
    """
    # Only an error path needs it, and importing it costs more than the rest of this package.
    from difflib import get_close_matches

    folded: dict[str, str] = {}
    for choice in sorted(choices):
        folded.setdefault(choice.casefold(), choice)
    matches = get_close_matches(name.casefold(), folded, n=1)
    return folded[matches[0]] if matches else None
