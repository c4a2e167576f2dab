"""Parts of messages, which are alike in all APIs: texts, and what nobody can read as one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aboveboard.ai import Role, Text
from aboveboard_openai.json_texts import kind_of, listed, named

__all__ = ["content_of", "role_of", "unread_kind"]

_ROLES: dict[str, Role] = {
    "assistant": "assistant",
    "developer": "system",
    "function": "tool",
    "system": "system",
    "tool": "tool",
    "user": "user",
}
_TEXTS = {
    "input_text": "text",
    "output_text": "text",
    "reasoning_text": "text",
    "refusal": "refusal",
    "summary_text": "text",
    "text": "text",
}
_UNREAD = {
    "computer_screenshot": "image",
    "file": "file",
    "image_url": "image",
    "input_audio": "audio",
    "input_file": "file",
    "input_image": "image",
}


def role_of(message: dict[str, Any]) -> Role:
    """Who speaks; a role that is not known may be anybody's, so it is read as the person's."""
    return _ROLES.get(named(message.get("role")) or "user", "user")


def content_of(holder: dict[str, Any], key: str) -> Iterator[Text | str]:
    """What a message holds: the places of its texts, and the kinds of what cannot be read.

    Args:
        holder: the message, as JSON.
        key: under which it holds a text, or a list of parts.
    """
    content = holder.get(key)
    if isinstance(content, str):
        yield Text(holder, key)
    elif isinstance(content, dict):
        yield _part(content)
    for index, part in enumerate(listed(content)):
        if isinstance(part, str):
            yield Text(content, index)
        else:
            yield _part(part) if isinstance(part, dict) else "tokens"


def unread_kind(part: dict[str, Any]) -> str:
    """What a part is that is no text; what is not known is `other`."""
    return _UNREAD.get(kind_of(part), "other")


def _part(part: dict[str, Any]) -> Text | str:
    key = _TEXTS.get(kind_of(part))
    return Text(part, key) if key and isinstance(part.get(key), str) else unread_kind(part)
