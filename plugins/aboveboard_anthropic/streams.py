"""Streams of the Messages API: what each event brings."""

from __future__ import annotations

from typing import Any

from aboveboard.ai import Chunk, Text
from aboveboard_anthropic.answers import (
    citations_of,
    kind_of,
    outcome_of,
    quotes_of,
    region_of,
    sources_of,
    tokens_of,
    tool_call,
)

__all__ = ["Reader"]

_SILENT_EVENTS = frozenset({"message_stop", "ping"})
_SILENT_DELTAS = frozenset({"compaction_delta", "signature_delta", "thinking_delta"})


class Reader:
    """Reads the events of one stream, in order. A channel is a content block, by its index."""

    def __init__(self) -> None:
        self._kinds: dict[str, str | None] = {}
        self._usage: dict[str, Any] = {}

    def __call__(self, chunk: Any) -> Chunk:
        """What this event brings.

        Args:
            chunk: the event's data, JSON. Its texts are set in place.
        """
        brings = Chunk()
        kind = str(chunk.get("type")) if isinstance(chunk, dict) else ""
        index = str(chunk.get("index")) if kind.startswith("content_block") else ""
        if kind == "message_start":
            self._start(chunk.get("message"), brings)
        elif kind == "content_block_start":
            self._open(index, chunk.get("content_block"), brings)
        elif kind == "content_block_delta":
            self._grow(index, chunk.get("delta"), brings)
        elif kind == "content_block_stop":
            brings.ended.append(index)
        elif kind == "message_delta":
            delta = chunk.get("delta")
            reason = delta.get("stop_reason") if isinstance(delta, dict) else None
            brings.outcome = outcome_of(reason)
            self._count(chunk.get("usage"), brings)
        elif kind not in _SILENT_EVENTS:
            brings.unread = ("unknown",)
        return brings

    def _start(self, message: Any, brings: Chunk) -> None:
        if not isinstance(message, dict):
            return
        model = message.get("model")
        brings.model = model if isinstance(model, str) and model else None
        self._count(message.get("usage"), brings)
        content = message.get("content")
        for index, block in enumerate(content if isinstance(content, list) else ()):
            self._open(str(index), block, brings)

    def _open(self, index: str, block: Any, brings: Chunk) -> None:
        kind = self._kinds[index] = kind_of(block)
        if kind == "text":
            if block["text"]:
                brings.texts.append((index, Text(block, "text")))
            for citation in citations_of(block):
                self._cite(citation, brings)
        elif kind == "tool_use":
            call = tool_call(block)
            if block["input"]:  # it is there as a whole
                brings.calls.append(call)
            else:
                brings.tools.append((index, call.name, call.id))
        elif kind is not None:
            brings.unread = (kind,)

    def _grow(self, index: str, delta: Any, brings: Chunk) -> None:
        kind = str(delta.get("type")) if isinstance(delta, dict) else ""
        if kind == "text_delta" and isinstance(delta.get("text"), str):
            brings.texts.append((index, Text(delta, "text")))
        elif kind == "input_json_delta":
            # What a tool of the vendor's own is asked, it has been asked already.
            if self._kinds.get(index, "tool_use") == "tool_use":
                brings.arguments.append((index, Text(delta, "partial_json")))
        elif kind == "citations_delta":
            self._cite(delta.get("citation"), brings)
        elif kind not in _SILENT_DELTAS:
            brings.unread = ("unknown",)

    def _cite(self, citation: Any, brings: Chunk) -> None:
        brings.quotes += quotes_of(citation)
        brings.sources = (*brings.sources, *sources_of(citation))

    def _count(self, usage: Any, brings: Chunk) -> None:
        """Counts of a later event stand in place of those before it."""
        if isinstance(usage, dict):
            self._usage |= {name: value for name, value in usage.items() if value is not None}
        brings.tokens = tokens_of(self._usage)
        brings.region = region_of(self._usage)
