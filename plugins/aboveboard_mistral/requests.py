"""Requests as calls of a model: every text that leaves, by who says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aboveboard.ai import ModelCall, PromptText, Role, Text, strings
from aboveboard_mistral.content import Content, read_content
from aboveboard_mistral.routes import GOVERNED, Place

__all__ = ["call_of"]

_ROLES: Mapping[str, Role] = {
    "assistant": "assistant",
    "developer": "system",
    "system": "system",
    "tool": "tool",
    "user": "user",
}
_SETTINGS = frozenset(
    {
        "agent_id",
        "agent_version",
        "encoding_format",
        "frequency_penalty",
        "from_entry_id",
        "guardrails",
        "handoff_execution",
        "logprobs",
        "max_tokens",
        "min_tokens",
        "model",
        "n",
        "output_dimension",
        "output_dtype",
        "parallel_tool_calls",
        "presence_penalty",
        "prompt_cache_key",
        "prompt_logprobs",
        "prompt_mode",
        "random_seed",
        "reasoning_effort",
        "repetition_penalty",
        "safe_prompt",
        "service_tier",
        "store",
        "stream",
        "temperature",
        "tool_choice",
        "tool_confirmations",
        "top_k",
        "top_logprobs",
        "top_p",
        "top_prompt_logprobs",
    }
)
"""Fields that say nothing of anybody."""
_READ = frozenset(
    {
        "completion_args",
        "description",
        "input",
        "inputs",
        "instructions",
        "messages",
        "name",
        "prediction",
        "prompt",
        "response_format",
        "stop",
        "suffix",
        "tools",
    }
)
"""Fields that are read by what they are. All others are read as words of the person."""
_NOWHERE = Place(None, None, None)


def call_of(
    name: str,
    body: dict[str, Any],
    where: Place = _NOWHERE,
    *,
    vendor: str | None = None,
    stored: bool = False,
    tools: Iterable[str] = (),
    asked: Mapping[str, str] | None = None,
) -> ModelCall:
    """A request as a call. Its texts stand in `body`, which is a copy of what the program gave.

    Args:
        name: of the method, one of `GOVERNED`.
        body: the JSON of the request.
        where: it goes to.
        vendor: who runs the model, if not Mistral.
        stored: it goes on with what lies at the vendor and was not judged.
        tools: names of those that may be called besides those it names, as with an agent.
        asked: names of tools by the id of their call, where the request itself may not say it.
    """
    call = ModelCall(
        name,
        model=body["model"] if isinstance(body.get("model"), str) else None,
        tools=tuple(dict.fromkeys((*_tool_names(body.get("tools")), *tools))),
        host=where.host,
        region=where.region,
        vendor=vendor,
        encrypted=where.encrypted,
        answers=GOVERNED[name] != "input",
        plain=_plain(body),
    )
    _program(call, body)
    if GOVERNED[name] == "conversation":
        _instructions(call, body)
        _entries(call, body, asked or {})
    elif GOVERNED[name] == "input":
        _input(call, body)
    elif "prompt" in body:  # fill in the middle
        _add(call, "user", read_content(body, "prompt"), latest=True)
        _add(call, "user", read_content(body, "suffix"), latest=True)
    else:
        _messages(call, body.get("messages"))
    if stored:
        call.unread = (*call.unread, "stored")
    return call


def _add(
    call: ModelCall, role: Role, read: Content, *, latest: bool = False, tool: str | None = None
) -> None:
    call.texts += [PromptText(role, text, latest, tool) for text in read.texts]
    call.texts += [PromptText(role, text, tool=tool) for text in read.aside]
    call.unread = (*call.unread, *read.unread)


def _say(call: ModelCall, role: Role, texts: Iterable[Text]) -> None:
    call.texts += [PromptText(role, text) for text in texts]


def _program(call: ModelCall, body: dict[str, Any]) -> None:
    """What the program says beside the talk: tools, schemas, stop words, notes of its own."""
    tools = body.get("tools")
    for tool in tools if isinstance(tools, list) else ():
        function = tool.get("function") if isinstance(tool, dict) else None
        if isinstance(function, dict):
            _say(call, "system", read_content(function, "description").texts)
            _say(call, "system", strings(function.get("parameters")))
    given = body.get("completion_args")
    for part in (body, given) if isinstance(given, dict) else (body,):
        wanted = part.get("response_format")
        if isinstance(wanted, dict):
            _say(call, "system", strings(wanted.get("json_schema")))
        _say(call, "system", read_content(part, "stop").texts)
        if isinstance(part.get("prediction"), dict):
            _say(call, "assistant", read_content(part["prediction"], "content").texts)
    # Notes of the program (`metadata`), and what later versions of the API may add.
    for key in body.keys() - _SETTINGS - _READ:
        held = body[key]
        _say(call, "user", (Text(body, key),) if isinstance(held, str) else strings(held))


def _plain(body: Mapping[str, Any]) -> bool:
    given = body.get("completion_args")
    for part in (body, given) if isinstance(given, dict) else (body,):
        wanted = part.get("response_format")
        if isinstance(wanted, dict) and wanted.get("type") not in (None, "text"):
            return False
    return True


def _tool_names(tools: Any) -> Iterable[str]:
    for tool in tools if isinstance(tools, list) else ():
        if not isinstance(tool, dict):
            continue
        function = tool.get("function")
        named = function.get("name") if isinstance(function, dict) else tool.get("connector_id")
        yield str(named or tool.get("type"))


def _messages(call: ModelCall, given: Any) -> None:
    messages = [item for item in given if isinstance(item, dict)] if isinstance(given, list) else []
    latest = _last_answer(
        [item.get("role") == "assistant" and not item.get("prefix") for item in messages]
    )
    asked: dict[Any, str] = {}
    for index, message in enumerate(messages):
        role = _ROLES.get(str(message.get("role")), "user")
        tool = None
        if role == "tool":
            tool = message.get("name") or asked.get(message.get("tool_call_id"))
        _add(
            call,
            role,
            read_content(message, "content"),
            latest=role == "user" and index > latest,
            tool=tool,
        )
        for item in message.get("tool_calls") or ():
            function = item.get("function") if isinstance(item, dict) else None
            if isinstance(function, dict):
                asked[item.get("id")] = str(function.get("name"))
                _say(call, "assistant", _arguments(function))


def _arguments(holder: dict[str, Any]) -> Iterable[Text]:
    held = holder.get("arguments")
    return (Text(holder, "arguments"),) if isinstance(held, str) else strings(held)


def _last_answer(said: list[bool]) -> int:
    """Index of the last message that the model said; -1 where it has said nothing."""
    return max((index for index, own in enumerate(said) if own), default=-1)


def _instructions(call: ModelCall, body: dict[str, Any]) -> None:
    for name in ("instructions", "name", "description"):
        _say(call, "system", read_content(body, name).texts)


def _entries(call: ModelCall, body: dict[str, Any], known: Mapping[str, str]) -> None:
    """The inputs of a conversation: one text of the person, or entries."""
    given = body.get("inputs")
    if not isinstance(given, list):
        _add(call, "user", read_content(body, "inputs"), latest=True)
        return
    entries = [item for item in given if isinstance(item, dict)]
    latest = _last_answer([_role(item) == "assistant" for item in entries])
    asked: dict[Any, str] = dict(known)
    for index, entry in enumerate(entries):
        role = _role(entry)
        kind = entry.get("type")
        if kind == "function.result":
            tool = asked.get(entry.get("tool_call_id"))
            _add(call, "tool", read_content(entry, "result"), tool=tool)
        elif kind in ("function.call", "tool.execution"):
            asked[entry.get("tool_call_id")] = str(entry.get("name"))
            _say(call, "assistant", _arguments(entry))
            _say(call, "tool", strings(entry.get("info")))
        elif kind != "agent.handoff":
            read = read_content(entry, "content")
            _add(call, role, read, latest=role == "user" and index > latest)


def _role(entry: Mapping[str, Any]) -> Role:
    if entry.get("type") == "function.result":
        return "tool"
    if entry.get("type") in ("message.output", "function.call", "tool.execution"):
        return "assistant"
    return _ROLES.get(str(entry.get("role")), "user")


def _input(call: ModelCall, body: dict[str, Any]) -> None:
    """What is to be embedded or labelled: texts, or messages, or lists of messages."""
    given = body.get("input")
    if not isinstance(given, list | dict):
        _add(call, "user", read_content(body, "input"), latest=True)
        return
    items = given if isinstance(given, list) else [given]
    talk: list[Any] = []
    for index, item in enumerate(items):
        if isinstance(item, str):
            call.texts.append(PromptText("user", Text(items, index), latest=True))
        elif isinstance(item, dict) and isinstance(item.get("messages"), list):
            _messages(call, item["messages"])
        elif isinstance(item, list):
            _messages(call, item)
        else:
            talk.append(item)
    _messages(call, talk)
