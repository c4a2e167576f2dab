"""Joins the recorded chunks of a stream to the answer that they were."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from aboveboard.ai import Chunk, ModelAnswer, Text, ToolCall
from aboveboard_litellm.readers import ChoiceReader
from aboveboard_litellm.response_objects import EventReader

__all__ = ["answer_of_chunks"]


def answer_of_chunks(chunks: Sequence[Any]) -> ModelAnswer:
    """The answer of a stream.

    Args:
        chunks: JSON of its chunks, or of its events, in order.
    """
    reader = EventReader() if any("type" in chunk for chunk in chunks) else ChoiceReader()
    answer = ModelAnswer()
    texts: dict[Hashable, str] = {}
    tools: dict[Hashable, tuple[str, str | None]] = {}
    arguments: dict[Hashable, str] = {}
    for brings in map(reader, chunks):
        for channel, text in brings.texts:
            texts[channel] = texts.get(channel, "") + text.value
        for channel, name, number in brings.tools:
            tools[channel] = (name, number)
        for channel, text in brings.arguments:
            arguments[channel] = arguments.get(channel, "") + text.value
        _take(answer, brings)
    answer.texts = [Text([text], 0) for text in texts.values()]
    answer.tool_calls = [
        ToolCall(name, Text([arguments.get(channel, "")], 0), number)
        for channel, (name, number) in tools.items()
    ]
    return answer


def _take(answer: ModelAnswer, brings: Chunk) -> None:
    answer.model = brings.model or answer.model
    answer.outcome = brings.outcome or answer.outcome
    answer.tokens = brings.tokens if brings.tokens is not None else answer.tokens
    answer.sources = tuple(dict.fromkeys((*answer.sources, *brings.sources)))
    answer.unread = tuple(dict.fromkeys((*answer.unread, *brings.unread)))
