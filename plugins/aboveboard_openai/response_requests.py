"""Requests of the Responses API: its input is a text, or a list of items of many kinds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aboveboard.ai import ModelCall, PromptText, Role, Text
from aboveboard_openai.json_texts import given_texts, kind_of, listed, mapping, named
from aboveboard_openai.parts import content_of, role_of

__all__ = ["count_call", "response_call"]

_READ = ("input", "instructions", "prompt", "previous_response_id", "conversation")


def response_call(body: dict[str, Any]) -> ModelCall:
    """The call that a request makes; the places of its texts are those of the body."""
    read = _Items()
    read.instructions(body)
    read.input(body)
    prompt = mapping(body.get("prompt"))
    read.texts += given_texts(mapping(prompt.get("variables")), "user", words=())
    for key in ("prompt", "previous_response_id", "conversation"):
        if body.get(key) is not None:
            read.unread.append("stored")
    for tool in map(mapping, listed(body.get("tools"))):
        read.unread += _brought(tool)
    read.texts += given_texts(body, beside=_READ)
    return ModelCall(
        "responses.create",
        named(body.get("model")),
        read.texts,
        (*_tools(body.get("tools")), *read.tools),
        tuple(dict.fromkeys(read.unread)),
        plain=kind_of(mapping(mapping(body.get("text")).get("format")), "text") == "text",
    )


def count_call(body: dict[str, Any]) -> ModelCall:
    """A call that has the tokens of a request counted: it leaves as the request would."""
    call = response_call(body)
    call.operation, call.answers = "responses.input_tokens.count", False
    return call


def _tools(tools: Any) -> Iterator[str]:
    """Names of the tools that the model may call; of those that the vendor runs, their kind."""
    for tool in map(mapping, listed(tools)):
        if (below := tool.get("tools")) is not None:  # a namespace
            yield from _tools(below)
        else:
            of_chat = mapping(tool.get("function"))  # some servers take both forms
            given = tool.get("name"), tool.get("server_label"), of_chat.get("name")
            yield next(filter(None, map(named, given)), kind_of(tool) or "tool")


def _brought(tool: dict[str, Any]) -> Iterator[str]:
    """Kinds of what a tool of the vendor lets the model read that the request does not hold."""
    if tool.get("vector_store_ids") or tool.get("container"):
        yield "stored"
    if tool.get("input_image_mask"):
        yield "image"


class _Items:
    """What the items of an input hold."""

    def __init__(self) -> None:
        self.texts: list[PromptText] = []
        self.unread: list[str] = []
        self.tools: list[str] = []
        self._names: dict[str | None, str] = {}  # of tools by the ids of their calls

    def instructions(self, body: dict[str, Any]) -> None:
        """Read what the program says before the talk."""
        if isinstance(body.get("instructions"), str):
            self.texts.append(PromptText("system", Text(body, "instructions")))
        else:
            self._items(body.get("instructions"))

    def input(self, body: dict[str, Any]) -> None:
        """Read the talk."""
        if isinstance(body.get("input"), str):
            self.texts.append(PromptText("user", Text(body, "input"), latest=True))
        else:
            self._items(body.get("input"))

    def _items(self, given: Any) -> None:
        items = listed(given)
        of_model = [n for n, item in enumerate(items) if _is_of_model(mapping(item))]
        for index, item in enumerate(items):
            latest = not of_model or index > of_model[-1]
            if isinstance(item, str):
                self.texts.append(PromptText("user", Text(items, index), latest))
            else:
                self._take(mapping(item), latest=latest)

    def _take(self, item: dict[str, Any], *, latest: bool) -> None:
        kind = kind_of(item, "message")
        if kind == "message":
            role = role_of(item)
            self._content(item, "content", role, latest=latest and role == "user")
        elif kind == "item_reference":
            self.unread.append("stored")
        elif kind == "additional_tools":
            self.tools += _tools(item.get("tools"))
            self.texts += given_texts(item)
        elif kind.endswith("_output") or kind == "mcp_list_tools":
            tool = self._names.get(named(item.get("call_id"))) or named(item.get("name"))
            self._content(item, "output", "tool", tool=tool)
            self.texts += given_texts(item, "tool", beside=("output",), tool=tool)
        else:
            self._of_model(kind, item)

    def _of_model(self, kind: str, item: dict[str, Any]) -> None:
        """What the model did before: calls of tools, its reasoning."""
        name = named(item.get("name")) or kind.removesuffix("_call")
        self._names[named(item.get("call_id"))] = name
        if kind == "image_generation_call":
            self.unread.append("image")
            return
        if item.get("encrypted_content"):
            self.unread.append("stored")
        # What a tool of the vendor gave stands in the same item as its call.
        given = ("output", "outputs", "results")
        self.texts += given_texts(
            item, "tool", beside=[key for key in item if key not in given], tool=name
        )
        self.texts += given_texts(item, "assistant", beside=(*given, "name"))

    def _content(
        self,
        item: dict[str, Any],
        key: str,
        role: Role,
        *,
        latest: bool = False,
        tool: str | None = None,
    ) -> None:
        for found in content_of(item, key):
            if isinstance(found, str):
                self.unread.append(found)
            else:
                self.texts.append(PromptText(role, found, latest, tool))


def _is_of_model(item: dict[str, Any]) -> bool:
    kind = kind_of(item, "message")
    if kind == "message":
        return role_of(item) == "assistant"
    return kind.endswith("_call") or kind == "reasoning"
