"""Where a text that still grows may be cut, so that each piece can be judged by itself."""

from __future__ import annotations

import re

from aboveboard.ai.masking import PLACEHOLDER_START

__all__ = ["ready"]

# A sentence ends where white space follows, or at the end of a line; Chinese and Japanese need none.
_SENTENCE = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s)|[\n\r]|[。！？]")
_SPACE = re.compile(r"\s")


def ready(held: str, limit: int) -> int:
    """How many characters of a text that goes on make a piece, 0 when it is too early.

    A piece ends with a sentence; where none ends within `limit` characters, after a word. No
    placeholder is cut.

    Args:
        held: text that has not been judged.
        limit: longest piece to wait for, in characters.
    """
    end = 0
    for found in _SENTENCE.finditer(held):
        end = found.end()
    if not end and len(held) >= limit:
        spaces = [found.end() for found in _SPACE.finditer(held)]
        end = spaces[-1] if spaces else len(held)
    begun = PLACEHOLDER_START.search(held, 0, end)
    return begun.start() if begun else end
