"""Requests of Chat Completions: messages, tools, and what else of them is text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aboveboard.ai import ModelCall, PromptText, Role, Text
from aboveboard_openai.json_texts import given_texts, listed, mapping, named

__all__ = ["call"]

_ROLES: dict[Any, Role] = {
    "assistant": "assistant",
    "developer": "system",
    "function": "tool",
    "system": "system",
    "tool": "tool",
    "user": "user",
}
_KINDS = {"file": "file", "image_url": "image", "input_audio": "audio"}


def call(body: dict[str, Any]) -> ModelCall:
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
        plain=mapping(body.get("response_format")).get("type", "text") == "text",
    )


def _tools(body: dict[str, Any]) -> Iterator[str]:
    """Names of the tools that the model may call; of those that the vendor runs, their kind."""
    for tool in listed(body.get("tools")):
        kind = named(mapping(tool).get("type")) or "tool"
        yield named(mapping(mapping(tool).get(kind)).get("name")) or kind
    for function in listed(body.get("functions")):
        yield named(mapping(function).get("name")) or "function"
    if "web_search_options" in body:
        yield "web_search"


class _Messages:
    """What the messages of a talk hold."""

    def __init__(self) -> None:
        self.texts: list[PromptText] = []
        self.unread: list[str] = []
        self._called: dict[Any, str] = {}  # names of tools by the ids of their calls

    def take(self, message: dict[str, Any], *, latest: bool) -> None:
        """Read the next message.

        Args:
            message: as JSON.
            latest: nothing of the model follows it.
        """
        # A role that is not known may be anybody's: it is read as the person's.
        role = _ROLES.get(message.get("role"), "user")
        tool = None
        if role == "tool":
            tool = self._called.get(message.get("tool_call_id")) or named(message.get("name"))
        for place in self._content(message):
            self.texts.append(PromptText(role, place, latest and role == "user", tool))
        if role == "assistant":
            self._said(message)
        elif role != "tool" and isinstance(message.get("name"), str):
            self.texts.append(PromptText(role, Text(message, "name")))

    def _content(self, message: dict[str, Any]) -> Iterator[Text]:
        content = message.get("content")
        if isinstance(content, str):
            yield Text(message, "content")
        for index, part in enumerate(listed(content)):
            if isinstance(part, str):
                yield Text(content, index)
            elif (key := _text_key(part)) is not None:
                yield Text(part, key)
            else:
                self.unread.append(_KINDS.get(mapping(part).get("type"), "part"))

    def _said(self, message: dict[str, Any]) -> None:
        """What a message of the model holds beside its text."""
        places = [Text(message, key) for key in ("refusal",) if message.get(key)]
        for item in listed(message.get("tool_calls")):
            for kind, key in (("function", "arguments"), ("custom", "input")):
                if isinstance(called := mapping(item).get(kind), dict):
                    places.append(Text(called, key))
                    self._called[item.get("id")] = named(called.get("name")) or kind
        if isinstance(called := message.get("function_call"), dict):
            places.append(Text(called, "arguments"))
        if message.get("audio"):
            self.unread.append("stored")
        self.texts += [PromptText("assistant", place) for place in places if place.value]


def _text_key(part: Any) -> str | None:
    """Where a part holds its text; None where it is no text."""
    key = {"text": "text", "refusal": "refusal"}.get(mapping(part).get("type", ""))
    return key if key is not None and isinstance(part.get(key), str) else None
