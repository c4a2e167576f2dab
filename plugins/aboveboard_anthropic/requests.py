"""Requests of the Messages API as calls: what leaves, and who says it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aboveboard.ai import ModelCall, Place, PromptText, Role, Text
from aboveboard_anthropic.places import Where
from aboveboard_anthropic.prompts import Prompt

__all__ = ["message_call"]

_ROLES: dict[Any, Role] = {"user": "user", "assistant": "assistant", "system": "system"}
# Settings in which nobody writes. Of a field that stands nowhere here every text is read.
_SETTINGS = frozenset(
    {
        "anthropic_beta", "anthropic_version", "billing_policy", "cache_control", "diagnostics",
        "fallback_credit_token", "inference_geo", "max_tokens", "model", "service_tier", "speed",
        "stream", "temperature", "thinking", "tool_choice", "top_k", "top_p", "user_profile_id",
    }
)  # fmt: skip
_READ = frozenset({"container", "mcp_servers", "messages", "metadata", "system", "thread", "tools"})


def message_call(
    body: dict[str, Any], operation: str, place: Where | None = None, *, answers: bool = True
) -> ModelCall:
    """What a request sends.

    Args:
        body: of the request, JSON. Its texts are the places that masks are put into.
        operation: name of the call.
        place: where it goes, where that is known.
        answers: the model writes an answer to it.
    """
    model = body.get("model")
    model = model if isinstance(model, str) and model else None
    goes = (place or Where()).asking(model, body.get("inference_geo"))
    prompt = Prompt()
    if "system" in body:
        prompt.add(body, "system", "system")
    _offer(prompt, body)
    _talk(prompt, body.get("messages"))
    prompt.words(body.get("metadata"), "user")
    for key in sorted(body.keys() - _SETTINGS - _READ):
        if isinstance(body[key], str):
            prompt.texts.append(PromptText("system", Text(body, key)))
        prompt.words(body[key], "system")
    if _stored(body):
        prompt.unread.append("stored")
    return ModelCall(
        operation,
        model=model,
        texts=prompt.texts,
        tools=tuple(dict.fromkeys(prompt.tools)),
        unread=tuple(dict.fromkeys(prompt.unread)),
        host=goes.host,
        region=goes.region,
        vendor=goes.vendor,
        encrypted=goes.encrypted,
        answers=answers,
        plain=not _is_json(body),
        elsewhere=tuple(_fallbacks(body, place or Where())),
    )


def _fallbacks(body: dict[str, Any], place: Where) -> Iterator[Place]:
    """Other models that the vendor asks where the first one does not answer."""
    for fallback in _dicts(body.get("fallbacks")):
        if isinstance(model := fallback.get("model"), str):
            goes = place.asking(model, body.get("inference_geo"))
            yield Place(model, goes.host, goes.region, goes.vendor, goes.encrypted)


def _offer(prompt: Prompt, body: dict[str, Any]) -> None:
    """Tools that the model may call, also those that the vendor or a server of MCP runs."""
    for tool in _dicts(body.get("tools")):
        prompt.offer(tool)
    for server in _dicts(body.get("mcp_servers")):
        prompt.tools.append(str(server.get("name") or "unknown"))


def _talk(prompt: Prompt, messages: Any) -> None:
    if not isinstance(messages, list):
        return
    since, until = _latest(messages)
    for at, message in enumerate(messages):
        if not isinstance(message, dict):
            prompt.unread.append("unknown")
            continue
        role = _ROLES.get(message.get("role"), "user")
        if "content" in message:
            latest = since <= at < until and role == "user"
            prompt.add(message, "content", role, latest=latest)


def _latest(messages: list[Any]) -> tuple[int, int]:
    """Where the person's latest message begins and ends; an answer that goes on comes after it."""

    def by_model(at: int) -> bool:
        return isinstance(messages[at], dict) and messages[at].get("role") == "assistant"

    until = len(messages)
    while until and by_model(until - 1):
        until -= 1
    since = until
    while since and not by_model(since - 1):
        since -= 1
    return since, until


def _stored(body: dict[str, Any]) -> bool:
    """Files in a container, or a talk that the vendor keeps: later calls do not hold it themselves."""
    container = body.get("container")
    held = container.get("id") if isinstance(container, dict) else container
    return bool(held or body.get("thread"))


def _is_json(body: dict[str, Any]) -> bool:
    config = body.get("output_config")
    asked = config.get("format") if isinstance(config, dict) else None
    return bool(asked or body.get("output_format"))


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
