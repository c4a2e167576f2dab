"""Answers of the Responses API: a list of items, of which messages are what the person sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aboveboard.ai import ModelAnswer, Outcome, Text, ToolCall
from aboveboard_openai.chat_answers import tokens
from aboveboard_openai.json_texts import kind_of, listed, mapping, named

__all__ = [
    "cited",
    "item_call",
    "item_unread",
    "outcome_of",
    "part_text",
    "response_answer",
    "titles",
]

# Tools that the program runs, beside those that it describes itself: where their arguments stand.
_PROGRAM = {
    "apply_patch_call": "operation",
    "computer_call": "action",
    "custom_tool_call": "input",
    "function_call": "arguments",
    "local_shell_call": "action",
    "mcp_approval_request": "arguments",
    "shell_call": "action",
}
_UNREAD = {"code_interpreter_call": "code", "image_generation_call": "image", "program": "code"}
_ENDS: dict[str, Outcome] = {
    "content_filter": "filtered",
    "max_output_tokens": "length",
    "max_messages": "length",
    "steered": "paused",
}
_TEXTS = {"output_text": "text", "refusal": "refusal"}


def response_answer(body: dict[str, Any]) -> ModelAnswer:
    """What a response says; the places of its texts are those of the body."""
    read = ModelAnswer(
        outcome=outcome_of(body), model=named(body.get("model")), tokens=tokens(body)
    )
    for item in map(mapping, listed(body.get("output"))):
        for part in map(mapping, listed(item.get("content"))):
            if kind_of(item) == "message" and (place := part_text(part)) is not None:
                read.texts.append(place)
                read.quotes += titles(part)
                read.sources += tuple(cited(part))
        if (wanted := item_call(item)) is not None:
            read.tool_calls.append(wanted)
        read.unread += item_unread(item)
    read.candidates = [len(read.texts)] if read.texts else []  # its messages are one answer
    if isinstance(body.get("output_text"), str):  # some servers join the texts
        read.copies.append((Text(body, "output_text"), None))
    return read


def part_text(part: dict[str, Any]) -> Text | None:
    """Where a part of a message holds its text."""
    key = _TEXTS.get(kind_of(part))
    return Text(part, key) if key and isinstance(part.get(key), str) else None


def cited(part: dict[str, Any]) -> Iterator[str]:
    """Addresses, or ids of files, that a part cites."""
    for note in map(mapping, listed(part.get("annotations"))):
        if source := named(note.get("url")) or named(note.get("file_id")):
            yield source


def titles(part: dict[str, Any]) -> list[Text]:
    """Titles of what a part cites: words of others, beside those of the model."""
    notes = map(mapping, listed(part.get("annotations")))
    return [
        Text(note, key) for note in notes for key in ("title", "filename") if named(note.get(key))
    ]


def item_call(item: dict[str, Any]) -> ToolCall | None:
    """The tool that an item asks the program to run; None where it is something else.

    What the vendor ran itself is none: it was offered with the call, and is done.
    """
    kind = kind_of(item)
    key = _PROGRAM.get(kind)
    if key is None or (kind == "shell_call" and _runs_at_vendor(item)):
        return None
    if key not in item and "actions" in item:
        key = "actions"
    name = named(item.get("name")) or kind.removesuffix("_call")
    return ToolCall(name, Text(item, key), named(item.get("call_id")))


def item_unread(item: dict[str, Any]) -> tuple[str, ...]:
    """Kinds of what an item holds that nobody can read."""
    kind = _UNREAD.get(kind_of(item))
    return () if kind is None else (kind,)


def outcome_of(body: dict[str, Any]) -> Outcome | None:
    """How a response ended; None while it goes on."""
    status = body.get("status")
    if status == "incomplete":
        return _ENDS.get(named(mapping(body.get("incomplete_details")).get("reason")) or "")
    if status in ("failed", "cancelled"):
        return "failed"
    if status != "completed":
        return None
    items = [mapping(item) for item in listed(body.get("output"))]
    parts = [mapping(part) for item in items for part in listed(item.get("content"))]
    if any(kind_of(part) == "refusal" for part in parts):
        return "refused"
    return "tool_calls" if any(item_call(item) for item in items) else "complete"


def _runs_at_vendor(item: dict[str, Any]) -> bool:
    return kind_of(mapping(item.get("environment"))) == "container_reference"
