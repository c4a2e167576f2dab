"""Calls of LiteLLM, told without its words: every text that leaves, the tools, and what nobody reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aboveboard.ai import ModelCall, PromptText, Role, Text, strings, value_of

__all__ = [
    "call_of",
    "extra_texts",
    "is_setting",
    "offered_tools",
    "part_texts",
    "tool_texts",
    "with_latest",
]

_ROLES: Mapping[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
    "function": "tool",
}

_SETTINGS = frozenset(
    {
        "acompletion", "allowed_openai_params", "api_base", "api_key", "api_type", "api_version",
        "azure", "base_model", "base_url", "cache", "caching", "client", "context_window_fallback_dict",
        "content_policy_fallbacks", "context_window_fallbacks", "cooldown_time", "custom_llm_provider",
        "deployment_id", "drop_params", "extra_headers", "fallbacks", "function_call", "headers", "include", "logger_fn",
        "messages", "model", "modalities", "organization", "parallel_tool_calls", "prompt",
        "reasoning", "reasoning_effort", "retry_policy", "service_tier", "shared_session", "stream_options",
        "thinking", "timeout", "tool_choice", "truncation", "ttl", "verbosity",
    }
)  # fmt: skip
"""Keywords of a call that hold no text for the model, or whose text is read elsewhere. All others may."""

_SETTINGS_BEGIN = ("aws_", "azure_", "litellm_", "mock_", "vertex_")
_TOLD = ("litellm_metadata", "litellm_system_prompt")
_UNREAD = {
    "audio_url": "audio",
    "document": "file",
    "file": "file",
    "image": "image",
    "image_url": "image",
    "input_audio": "audio",
    "input_file": "file",
    "input_image": "image",
    "video_url": "video",
}


def is_setting(key: str) -> bool:
    """Whether a keyword of a call holds no text that has to be looked for."""
    return key not in _TOLD and (key in _SETTINGS or key.startswith(_SETTINGS_BEGIN))


def call_of(kind: str, operation: str, given: dict[str, Any]) -> ModelCall:
    """A call as it is about to leave.

    Args:
        kind: `chat`, `text`, `embedding` or `moderation`.
        operation: its name, as it is refused with.
        given: its keywords, copied: their texts are masked in place.
    """
    call = ModelCall(operation, model=_name(given.get("model")))
    unread: list[str] = []
    if kind == "chat":
        call.texts = with_latest([*extra_texts(given), *_messages(given.get("messages"), unread)])
    else:
        key = "prompt" if kind == "text" else "input"
        call.texts = [*extra_texts(given, key), *_plain(given, key, unread)]
    call.tools = offered_tools(given)
    call.unread = tuple(dict.fromkeys(unread))
    call.answers = kind in ("chat", "text")
    call.plain = _is_plain(given.get("response_format"))
    return call


def _name(model: Any) -> str | None:
    return model if isinstance(model, str) and model else None


def _is_plain(form: Any) -> bool:
    return form is None or value_of(form, "type") == "text"


def extra_texts(given: dict[str, Any], *read: str) -> Iterator[PromptText]:
    """Texts beside the messages: who asks, what is predicted, documents, and descriptions of tools.

    What a keyword means is the vendor's; each that is no setting is read.
    """
    for key, value in given.items():
        if is_setting(key) or key in read:
            continue
        if isinstance(value, str):
            yield PromptText("system", Text(given, key))
        elif key in ("tools", "functions"):
            yield from tool_texts(value)
        else:
            yield from (PromptText("system", text) for text in strings(value))


def tool_texts(tools: Any) -> Iterator[PromptText]:
    """What is said of tools; their names and types are none of it."""
    for text in strings(tools):
        if text.key not in ("name", "type"):
            yield PromptText("system", text)


def offered_tools(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the tools that a model may call; those that the vendor runs by their type."""
    names = []
    for tool in [*(given.get("tools") or ()), *(given.get("functions") or ())]:
        function = value_of(tool, "function")
        name = value_of(tool if function is None else function, "name") or value_of(tool, "type")
        names.append(name if isinstance(name, str) else type(tool).__name__)
    if given.get("web_search_options") is not None:
        names.append("web_search")
    return tuple(dict.fromkeys(names))


def _messages(messages: Any, unread: list[str]) -> Iterator[PromptText]:
    called: dict[str, str] = {}
    for message in messages if isinstance(messages, list) else ():
        role: Role = _ROLES.get(str(value_of(message, "role")), "user")
        tool = None
        if role == "tool":
            tool = called.get(str(value_of(message, "tool_call_id"))) or value_of(message, "name")
        elif value_of(message, "name"):
            yield PromptText(role, Text(message, "name"))
        for text in part_texts(message, "content", unread):
            yield PromptText(role, text, tool=tool if isinstance(tool, str) else None)
        for key in ("reasoning_content", "refusal"):
            if isinstance(value_of(message, key), str):
                yield PromptText(role, Text(message, key))
        for text in strings(value_of(message, "thinking_blocks")):
            if text.key == "thinking":
                yield PromptText(role, text)
        if value_of(message, "audio") is not None:
            unread.append("stored")
        for item in value_of(message, "tool_calls") or ():
            function = value_of(item, "function")
            name = value_of(function, "name")
            called[str(value_of(item, "id"))] = str(name)
            yield from (PromptText(role, text) for text in _arguments(function))
        yield from (
            PromptText(role, text) for text in _arguments(value_of(message, "function_call"))
        )


def _arguments(function: Any) -> Iterator[Text]:
    if function is None:
        return
    if isinstance(value_of(function, "arguments"), str):
        yield Text(function, "arguments")
    else:
        yield from strings(value_of(function, "arguments"))


def part_texts(holder: Any, key: str, unread: list[str]) -> Iterator[Text]:
    """Texts of a content: one text, or parts of which some may be no text."""
    content = value_of(holder, key)
    if isinstance(content, str):
        yield Text(holder, key)
        return
    for index, part in enumerate(content if isinstance(content, list) else ()):
        if isinstance(part, str):
            yield Text(content, index)
            continue
        kind = value_of(part, "type")
        found = False
        for name in ("text", "refusal", "thinking"):
            if isinstance(value_of(part, name), str):
                found = True
                yield Text(part, name)
        if not found:
            unread.append(_UNREAD.get(str(kind), "part"))


def with_latest(texts: list[PromptText]) -> list[PromptText]:
    """Mark what the person said after the model's last answer."""
    last = max((at for at, text in enumerate(texts) if text.role == "assistant"), default=-1)
    for text in texts[last + 1 :]:
        text.latest = text.role == "user"
    return texts


def _plain(given: dict[str, Any], key: str, unread: list[str]) -> Iterator[PromptText]:
    """What is completed, embedded or moderated: a text, texts, or parts. Tokens are no text."""
    value = given.get(key)
    if isinstance(value, list) and any(isinstance(item, int | list) for item in value):
        unread.append("tokens")
        return
    for text in part_texts(given, key, unread):
        yield PromptText("user", text, latest=True)
