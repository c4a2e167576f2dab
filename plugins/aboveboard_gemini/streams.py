"""Streams of Gemini: every chunk is a whole answer with the next piece of text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aboveboard.ai import Chunk, Text
from aboveboard_gemini.answers import (
    calls_of,
    content_parts,
    facts_of,
    is_said,
    listed,
    outcome_of,
    quotes_of,
    unread_of,
)

__all__ = ["ChunkReader"]


class ChunkReader:
    """Reads the chunks of one stream; see `aboveboard.ai.StreamReader`.

    Each candidate is a channel. Function calls come whole.

    Args:
        refuse: called with a chunk that is no JSON object; raises unless the program lets such pass.
    """

    def __init__(self, refuse: Callable[[], None]) -> None:
        self._refuse = refuse
        self._called = False
        self.tokens: list[str] = []
        """Continuation tokens that the chunks brought: the SDK resumes a stream with them."""

    def __call__(self, chunk: Any) -> Chunk:
        """What this chunk brings."""
        brings = Chunk()
        if not isinstance(chunk, dict):
            self._refuse()
            return brings
        for place, candidate in enumerate(listed(chunk, "candidates")):
            index = candidate.get("index", place)
            channel = index if isinstance(index, int) else place
            for part in content_parts(candidate):
                if is_said(part):
                    brings.texts.append((channel, Text(part, "text")))
            brings.quotes += quotes_of(candidate)
            calls = list(calls_of(candidate))
            self._called = self._called or bool(calls)
            brings.calls += calls
            brings.unread += tuple(unread_of(candidate))
            brings.outcome = outcome_of(candidate, called=self._called) or brings.outcome
            if candidate.get("finishReason"):
                brings.ended.append(channel)
            token = candidate.get("continuationToken")
            if isinstance(token, str):
                self.tokens.append(token)
        facts_of(chunk, brings)
        return brings
