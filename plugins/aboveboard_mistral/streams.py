"""The events of a stream as chunks of an answer."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from aboveboard.ai import Chunk, Text, ToolCall
from aboveboard_mistral.answers import OUTCOMES, tokens_of
from aboveboard_mistral.content import UNKNOWN, Content, read_content

__all__ = ["CompletionReader", "ConversationReader"]

_SILENT = frozenset(
    {
        "agent.handoff.done",
        "agent.handoff.started",
        "conversation.response.started",
        "tool.execution.delta",
        "tool.execution.done",
        "tool.execution.started",
    }
)
"""Events of a conversation that say nothing to the person."""


class CompletionReader:
    """Reads a stream of chat, agents or fill in the middle."""

    def __init__(self) -> None:
        self._open: dict[tuple[Any, Any], tuple[Hashable, str | None]] = {}

    def __call__(self, chunk: Any) -> Chunk:
        """What one `Event` brings."""
        data = chunk.data
        brings = Chunk(model=_text(data.get("model")), tokens=tokens_of(data))
        if data.get("object") == "error":
            brings.outcome = "failed"
        elif not isinstance(data.get("choices"), list):
            brings.unread = (UNKNOWN,)
        for choice in _objects(data.get("choices")):
            number = choice.get("index", 0)
            reason = choice.get("finish_reason")
            if reason is not None:
                brings.outcome = brings.outcome or OUTCOMES.get(str(reason))
            delta = choice.get("delta")
            if isinstance(delta, dict):
                _add(brings, ("text", number), read_content(delta, "content"))
                for item in _objects(delta.get("tool_calls")):
                    self._tool(brings, number, item)
        return brings

    def _tool(self, brings: Chunk, choice: Any, item: dict[str, Any]) -> None:
        function = item.get("function")
        if not isinstance(function, dict):
            brings.unread = (*brings.unread, UNKNOWN)
            return
        place = (choice, item.get("index", 0))
        id_ = item.get("id") if item.get("id") not in ("", "null") else None
        name = _text(function.get("name"))
        if isinstance(function.get("arguments"), dict):
            brings.calls.append(ToolCall(name or "", Text(function, "arguments"), id_))
            return
        known = self._open.get(place)
        # Mistral gives whole calls, all of them with index 0; others give pieces without name or id.
        if known is None or (name and id_ is not None and id_ != known[1]):
            known = ((*place, len(self._open), id_), id_)
            self._open[place] = known
            brings.tools.append((known[0], name or "", id_))
        brings.arguments.append((known[0], Text(function, "arguments")))


class ConversationReader:
    """Reads a stream of a conversation."""

    def __init__(self) -> None:
        self._calls: set[Hashable] = set()

    def __call__(self, chunk: Any) -> Chunk:
        """What one `Event` brings."""
        data = chunk.data
        kind = data.get("type")
        brings = Chunk(model=_text(data.get("model")))
        if kind == "message.output.delta":
            channel = ("text", data.get("output_index", 0), data.get("content_index", 0))
            _add(brings, channel, read_content(data, "content"))
        elif kind == "function.call.delta":
            self._call(brings, data)
        elif kind == "conversation.response.done":
            brings.tokens = tokens_of(data)
            brings.outcome = "tool_calls" if self._calls else "complete"
        elif kind == "conversation.response.error":
            brings.outcome = "failed"
        elif kind not in _SILENT:
            brings.unread = (UNKNOWN,)
        return brings

    def _call(self, brings: Chunk, data: dict[str, Any]) -> None:
        channel = (data.get("output_index", 0), data.get("tool_call_id"))
        if channel not in self._calls:
            self._calls.add(channel)
            brings.tools.append((channel, str(data.get("name")), _text(data.get("tool_call_id"))))
        brings.arguments.append((channel, Text(data, "arguments")))


def _add(brings: Chunk, channel: Hashable, read: Content) -> None:
    brings.texts += [(channel, text) for text in read.texts]
    brings.quotes += read.quotes
    brings.unread = (*brings.unread, *read.unread)
    brings.sources = (*brings.sources, *read.sources)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _objects(given: Any) -> Iterator[dict[str, Any]]:
    for item in given if isinstance(given, list) else ():
        if isinstance(item, dict):
            yield item
