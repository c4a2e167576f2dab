"""Calls of the Responses API, told without its words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aboveboard.ai import ModelCall, PromptText, Role, Text, strings, value_of
from aboveboard_litellm.requests import extra_texts, offered_tools, part_texts, with_latest

__all__ = ["response_call"]

_SILENT = ("compaction", "item_reference", "reasoning")
"""Kinds of items whose text is the model's own, made for itself, or lies at the vendor."""


def response_call(operation: str, given: dict[str, Any]) -> ModelCall:
    """A call as it is about to leave.

    Args:
        operation: its name, as it is refused with.
        given: its keywords, copied: their texts are masked in place.
    """
    unread: list[str] = []
    texts = [*extra_texts(given, "input", "text", "text_format"), *_input(given, unread)]
    if any(
        given.get(key) is not None for key in ("previous_response_id", "prompt", "conversation")
    ):
        unread.append("stored")
    if isinstance(
        given.get("prompt"), dict
    ):  # what is filled into a prompt that lies at the vendor
        texts += [PromptText("system", text) for text in strings(given["prompt"])]
    form = value_of(given.get("text"), "format")
    model = given.get("model")
    return ModelCall(
        operation,
        model=model if isinstance(model, str) and model else None,
        texts=with_latest(texts),
        tools=offered_tools(given),
        unread=tuple(dict.fromkeys(unread)),
        plain=given.get("text_format") is None
        and (form is None or value_of(form, "type") == "text"),
    )


def _input(given: dict[str, Any], unread: list[str]) -> Iterator[PromptText]:
    items = given.get("input")
    if isinstance(items, str):
        yield PromptText("user", Text(given, "input"))
        return
    called: dict[str, str] = {}
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, str):
            yield PromptText("user", Text(items, index))
            continue
        kind = value_of(item, "type") or "message"
        if kind == "message":
            yield from _message(item, unread)
        elif kind.endswith("_call_output"):
            tool = called.get(str(value_of(item, "call_id")))
            for text in part_texts(item, "output", unread):
                yield PromptText("tool", text, tool=tool)
        elif kind in ("function_call", "custom_tool_call"):
            called[str(value_of(item, "call_id"))] = str(value_of(item, "name"))
            for key in ("arguments", "input"):
                if isinstance(value_of(item, key), str):
                    yield PromptText("assistant", Text(item, key))
        elif kind in _SILENT:
            if kind == "item_reference":
                unread.append("stored")
            yield from (PromptText("assistant", text) for text in _summary(item))
        else:
            unread.append("part")


def _message(item: Any, unread: list[str]) -> Iterator[PromptText]:
    roles: dict[str, Role] = {"assistant": "assistant", "developer": "system", "system": "system"}
    role = roles.get(str(value_of(item, "role")), "user")
    for text in part_texts(item, "content", unread):
        yield PromptText(role, text)


def _summary(item: Any) -> Iterator[Text]:
    for part in value_of(item, "summary") or ():
        if isinstance(value_of(part, "text"), str):
            yield Text(part, "text")
