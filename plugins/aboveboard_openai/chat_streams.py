"""Streams of Chat Completions and of the older completions."""

from __future__ import annotations

from typing import Any

from aboveboard.ai import Chunk, Outcome, Text
from aboveboard_openai.chat_answers import ended, ending, quotes, sources, tokens
from aboveboard_openai.json_texts import listed, mapping, named, number

__all__ = ["ChatReader"]


class ChatReader:
    """Reads the chunks of one stream."""

    def __init__(self) -> None:
        self._begun: set[Any] = set()  # channels of tools
        self._refusing: set[Any] = set()  # candidates
        self._ended: dict[Any, Outcome | None] = {}

    def __call__(self, chunk: Any) -> Chunk:
        """What a chunk brings; the mark at the end brings nothing."""
        body = mapping(chunk)
        read = Chunk(model=named(body.get("model")), tokens=tokens(body))
        if body.get("error"):
            read.outcome = "failed"
        for choice in map(mapping, listed(body.get("choices"))):
            self._take(choice, read)
        return read

    def _take(self, choice: dict[str, Any], read: Chunk) -> None:
        index = number(choice, "index")
        # Some servers speak of a whole message where the vendor sends what is new in it.
        for delta in (mapping(choice.get("delta")), mapping(choice.get("message"))):
            self._texts(index, delta, read)
            self._tools(index, delta, read)
            read.quotes += quotes(delta)
            read.sources += tuple(sources(delta))
        if isinstance(choice.get("text"), str):
            read.texts.append(((index, "text"), Text(choice, "text")))
        if choice.get("finish_reason") is not None:
            refused = index in self._refusing
            self._ended[index] = "refused" if refused else ended(choice)
            read.outcome = ending(self._ended.values())

    def _texts(self, index: Any, delta: dict[str, Any], read: Chunk) -> None:
        if isinstance(delta.get("refusal"), str):
            self._refusing.add(index)
        for key in ("content", "refusal"):
            if isinstance(delta.get(key), str):
                read.texts.append(((index, key), Text(delta, key)))
        audio = mapping(delta.get("audio"))
        if isinstance(audio.get("transcript"), str):
            read.texts.append(((index, "audio"), Text(audio, "transcript")))
        if audio.get("data"):
            read.unread = ("audio",)

    def _tools(self, index: Any, delta: dict[str, Any], read: Chunk) -> None:
        items: list[tuple[Any, dict[str, Any]]] = [
            ((index, number(item, "index", place)), item)
            for place, item in enumerate(map(mapping, listed(delta.get("tool_calls"))))
        ]
        if isinstance(delta.get("function_call"), dict):
            items.append(((index, "function"), {"function": delta["function_call"]}))
        for channel, item in items:
            for kind, key in (("function", "arguments"), ("custom", "input")):
                if isinstance(tool := item.get(kind), dict):
                    self._tool(channel, tool, key, item, read)

    def _tool(
        self, channel: Any, tool: dict[str, Any], key: str, item: dict[str, Any], read: Chunk
    ) -> None:
        if channel not in self._begun and named(tool.get("name")):
            self._begun.add(channel)
            read.tools.append((channel, tool["name"], named(item.get("id"))))
        if isinstance(tool.get(key), str):
            read.arguments.append((channel, Text(tool, key)))
