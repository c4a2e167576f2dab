"""Requests of Chat Completions: messages, tools, and what else of them is text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aboveboard.ai import ModelCall, PromptText, Text
from aboveboard_openai.json_texts import given_texts, kind_of, listed, mapping, named
from aboveboard_openai.parts import content_of, role_of

__all__ = ["called", "chat_call"]


def chat_call(body: dict[str, Any]) -> ModelCall:
    """The call that a request makes; the places of its texts are those of the body."""
    messages = [item for item in listed(body.get("messages")) if isinstance(item, dict)]
    read = _Messages()
    answered = [n for n, item in enumerate(messages) if item.get("role") == "assistant"]
    for index, item in enumerate(messages):
        read.take(item, latest=not answered or index > answered[-1])
    return ModelCall(
        "chat.completions.create",
        named(body.get("model")),
        [*read.texts, *given_texts(body, beside=("messages",))],
        tuple(_tools(body)),
        tuple(dict.fromkeys(read.unread)),
        plain=kind_of(mapping(body.get("response_format")), "text") == "text",
    )


def called(message: dict[str, Any]) -> Iterator[tuple[str, Text, str | None]]:
    """The tools that a message of the model calls: name, place of the arguments, id."""
    for item in map(mapping, listed(message.get("tool_calls"))):
        for kind, key in (("function", "arguments"), ("custom", "input")):
            if isinstance(tool := item.get(kind), dict):
                yield named(tool.get("name")) or kind, Text(tool, key), named(item.get("id"))
    if isinstance(tool := message.get("function_call"), dict):
        yield named(tool.get("name")) or "function", Text(tool, "arguments"), None


def _tools(body: dict[str, Any]) -> Iterator[str]:
    """Names of the tools that the model may call; of those that the vendor runs, their kind."""
    for tool in map(mapping, listed(body.get("tools"))):
        kind = kind_of(tool) or "tool"
        yield named(mapping(tool.get(kind)).get("name")) or kind
    for function in map(mapping, listed(body.get("functions"))):
        yield named(function.get("name")) or "function"
    if body.get("web_search_options") is not None:
        yield "web_search"


class _Messages:
    """What the messages of a talk hold."""

    def __init__(self) -> None:
        self.texts: list[PromptText] = []
        self.unread: list[str] = []
        self._tools: dict[str | None, str] = {}  # names by the ids of their calls

    def take(self, message: dict[str, Any], *, latest: bool) -> None:
        """Read the next message.

        Args:
            message: as JSON.
            latest: nothing of the model follows it.
        """
        role = role_of(message)
        tool = None
        if role == "tool":
            tool = self._tools.get(named(message.get("tool_call_id"))) or named(message.get("name"))
        for found in content_of(message, "content"):
            if isinstance(found, str):
                self.unread.append(found)
            else:
                self.texts.append(PromptText(role, found, latest and role == "user", tool))
        if message.get("audio"):
            self.unread.append("stored")
        if role == "assistant":
            for name, arguments, call_id in called(message):
                self._tools[call_id] = name
                self.texts.append(PromptText(role, arguments))
        more = [Text(message, key) for key in ("refusal", "name") if message.get(key)]
        self.texts += [PromptText(role, place, tool=tool) for place in more if role != "tool"]
