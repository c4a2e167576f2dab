"""Messages that leave: a copy of them, and where their texts stand in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from aboveboard.ai import PromptText, Role, Text, is_refusal, strings

__all__ = ["copied", "offered_names", "prompt_texts", "unread_kinds"]

_ROLES: Mapping[str, Role] = {
    "ai": "assistant",
    "assistant": "assistant",
    "developer": "system",
    "function": "tool",
    "human": "user",
    "system": "system",
    "tool": "tool",
    "user": "user",
}
_TEXTS = {"input_text", "output_text", "text", "text-plain"}
_WORDS = ("text", "refusal", "summary")
# Parts in which the model's own turn comes back: words, or the arguments of a tool, and no media.
_SAID = {
    "function_call",
    "mcp_call",
    "non_standard",
    "reasoning",
    "redacted_thinking",
    "refusal",
    "server_tool_call",
    "server_tool_result",
    "thinking",
    "tool_call",
    "tool_use",
}
_KINDS = ("image", "audio", "video", "file")
_REPEATED = ("tool_calls", "function_call")


def copied(messages: Iterable[Any]) -> list[Any]:
    """The messages, so that masks in them leave the program's own alone."""
    made = []
    for message in messages:
        extra = dict(message.additional_kwargs)
        changes: dict[str, Any] = {"content": deepcopy(message.content)}
        if getattr(message, "tool_calls", None):
            changes["tool_calls"] = deepcopy(message.tool_calls)
            for name in _REPEATED:  # what a vendor's own form says again, unmasked
                extra.pop(name, None)
        if getattr(message, "invalid_tool_calls", None):
            changes["invalid_tool_calls"] = deepcopy(message.invalid_tool_calls)
        changes["additional_kwargs"] = deepcopy(extra)
        made.append(message.model_copy(update=changes))
    return made


def prompt_texts(messages: Sequence[Any], structured: Collection[str] = ()) -> list[PromptText]:
    """Every text of messages, in order.

    What stands for a structured answer is the model's own words, and no tool's result. The person's latest words are those behind the last answer that asked for no tool: while an agent
    calls tools, they stay the latest.
    """
    tools = {
        call["id"]: call["name"]
        for message in messages
        for call in getattr(message, "tool_calls", None) or ()
    }
    answers = [
        index
        for index, message in enumerate(messages)
        if _role(message) == "assistant" and not getattr(message, "tool_calls", None)
    ]
    last = answers[-1] if answers else -1
    found: list[PromptText] = []
    for index, message in enumerate(messages):
        role = _role(message)
        tool = None
        if role == "tool":
            if is_refusal(message.content):
                continue
            tool = message.name or tools.get(getattr(message, "tool_call_id", None))
            if tool in structured:
                role, tool = "assistant", None
        latest = role == "user" and index > last
        found += [PromptText(role, text, latest, tool) for text in _texts(message, role)]
    return found


def _role(message: Any) -> Role:
    # A role that nobody knows is a person's: their words are judged most strictly.
    given = message.role if message.type == "chat" else message.type
    return _ROLES.get(str(given).lower(), "user")


def _texts(message: Any, role: Role) -> Iterator[Text]:
    if isinstance(message.content, str):
        yield Text(message, "content")
    else:
        for index, part in enumerate(message.content):
            if isinstance(part, str):
                yield Text(message.content, index)
            elif (kind := str(part.get("type"))) in _TEXTS:
                yield Text(part, "text")
            elif kind in _SAID:
                yield from strings(part)
    for call in getattr(message, "tool_calls", None) or ():
        yield from strings(call["args"])
    for call in getattr(message, "invalid_tool_calls", None) or ():
        yield Text(call, "args")
    if role == "user" and message.name:
        yield Text(message, "name")
    yield from strings(message.additional_kwargs)


def unread_kinds(messages: Iterable[Any]) -> tuple[str, ...]:
    """Kinds of the parts that nobody can read as text."""
    parts = (part for message in messages if not isinstance(message.content, str)
             for part in message.content if not isinstance(part, str))  # fmt: skip
    return tuple(dict.fromkeys(kind for part in parts if (kind := _kind(part)) is not None))


def _kind(part: Mapping[str, Any]) -> str | None:
    given = str(part.get("type"))
    if given in _TEXTS or given in _SAID:
        return None
    return next((kind for kind in _KINDS if kind in given), "file")


def offered_names(tools: Iterable[Any]) -> list[tuple[str, bool]]:
    """Names of tools as they are offered to a model, and whether the vendor runs them itself.

    Args:
        tools: as `bind_tools` takes them: tools, functions, classes, or a vendor's JSON.
    """
    found: list[tuple[str, bool]] = []
    for tool in tools:
        if isinstance(tool, Mapping):
            function = tool.get("function")
            inner = function if isinstance(function, Mapping) else tool
            schema = any(name in inner for name in ("parameters", "input_schema", "properties"))
            ours = schema or isinstance(function, Mapping) or tool.get("type") == "function"
            name = inner.get("name") or inner.get("title") or tool.get("type") or "unnamed tool"
            found.append((str(name), not ours))
        else:
            from langchain_core.utils.function_calling import convert_to_openai_tool

            found.append((str(convert_to_openai_tool(tool)["function"]["name"]), False))
    return found
