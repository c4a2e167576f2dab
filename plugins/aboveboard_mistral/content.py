"""The content of a message: one text, or parts of many kinds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aboveboard.ai import Text, strings

__all__ = ["UNKNOWN", "Content", "read_content", "read_part"]

UNKNOWN = "unknown"
"""The kind of a part that nobody has described."""

_UNREAD = {
    "document_url": "file",
    "file": "stored",
    "image": "image",
    "image_url": "image",
    "input_audio": "audio",
    "resource_link": "file",
    "tool_file": "file",
}
_NAMES = {"document_url": ("document_name",), "tool_file": ("file_name",)}


@dataclass(slots=True, repr=False)
class Content:
    """What a content holds. No repr: it would show it.

    Attributes:
        texts: what it says, in order.
        aside: texts that are not for the person: thinking, titles, names of files.
        unread: kinds of parts that nobody can read as text.
        sources: ids or addresses of what it cites.
    """

    texts: list[Text] = field(default_factory=list)
    aside: list[Text] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


def read_content(holder: Any, key: Any) -> Content:
    """What stands under a key: a text, a part, or a list of parts.

    Args:
        holder: a JSON object or list.
        key: of the content.
    """
    found = Content()
    held = holder.get(key) if isinstance(holder, dict) else holder[key]
    if isinstance(held, str):
        found.texts.append(Text(holder, key))
    elif isinstance(held, list):
        for index, item in enumerate(held):
            if isinstance(item, str):
                found.texts.append(Text(held, index))
            else:
                read_part(item, found)
    elif held is not None:
        read_part(held, found)
    return found


def read_part(part: Any, found: Content) -> None:
    """Add what one part holds.

    Args:
        part: as the API has it, such as `{"type": "text", "text": …}`.
        found: what it is added to.
    """
    kind = part.get("type", "text" if "text" in part else None) if isinstance(part, dict) else None
    if kind == "text" and isinstance(part.get("text"), str):
        found.texts.append(Text(part, "text"))
    elif kind == "thinking":
        thought = read_content(part, "thinking")
        found.aside += (*thought.texts, *thought.aside)
        found.unread += thought.unread
    elif kind == "reference":
        found.sources += _ids(part.get("reference_ids"))
    elif kind == "tool_reference":
        found.sources += [str(part[name]) for name in ("url", "title") if part.get(name)][:1]
        found.aside += [Text(part, name) for name in ("title", "description") if part.get(name)]
    elif kind == "resource" and isinstance(part.get("content"), dict):
        read_part(part["content"], found)
    elif kind in _UNREAD:
        found.unread.append(_UNREAD[kind])
        found.aside += [Text(part, name) for name in _NAMES.get(kind, ()) if part.get(name)]
    else:
        found.unread.append(UNKNOWN)
        found.aside += strings(part)


def _ids(given: Any) -> Iterator[str]:
    for item in given if isinstance(given, list) else ():
        if isinstance(item, int | str):
            yield str(item)
