"""The events of a recorded stream, joined to the answer that they make."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from aboveboard import EventError
from aboveboard.ai import Chunk, ModelAnswer, Text, ToolCall
from aboveboard_anthropic.streams import Reader

__all__ = ["joined"]


def joined(events: list[Any], place: str) -> ModelAnswer:
    """The answer that a stream's events make.

    Args:
        events: JSON, in order.
        place: where they stand, for errors.

    Raises:
        EventError: one is no event; names its place.
    """
    reader = Reader()
    said: dict[Hashable, str] = {}
    called: dict[Hashable, dict[str, Any]] = {}
    answer = ModelAnswer()
    begun = False
    for at, event in enumerate(events):
        if not isinstance(event, dict) or not isinstance(event.get("type"), str):
            msg = f"{place}.{at}: expected an event, with its type."
            raise EventError(msg)
        begun = begun or event["type"] in ("message_start", "content_block_start", "message_delta")
        brings = reader(event)
        for channel, text in brings.texts:
            said[channel] = said.get(channel, "") + text.value
        for channel, name, number in brings.tools:
            called[channel] = {"name": name, "id": number, "arguments": ""}
        for channel, text in brings.arguments:
            tool = called.setdefault(channel, {"name": "", "id": None, "arguments": ""})
            tool["arguments"] += text.value
        _add(answer, brings)
    if not begun:
        msg = f"{place}: expected events of a stream of the Messages API."
        raise EventError(msg)
    answer.texts = [Text(said, channel) for channel in said]
    answer.tool_calls += [
        ToolCall(tool["name"], Text(tool, "arguments"), tool["id"]) for tool in called.values()
    ]
    return answer


def _add(answer: ModelAnswer, brings: Chunk) -> None:
    answer.quotes += brings.quotes
    answer.tool_calls += brings.calls
    answer.outcome = brings.outcome or answer.outcome
    answer.model = brings.model or answer.model
    answer.region = brings.region or answer.region
    answer.tokens = brings.tokens if brings.tokens is not None else answer.tokens
    answer.sources = tuple(dict.fromkeys((*answer.sources, *brings.sources)))
    answer.unread = tuple(dict.fromkeys((*answer.unread, *brings.unread)))
