"""Odoo's values, read with care: false in place of null, pairs in place of links, HTML in place of text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

__all__ = ["BOOLEANS", "address", "empty", "link", "link_name", "plain_text", "shown"]

BOOLEANS = frozenset(
    [
        "accepted",
        "active",
        "allday",
        "auto_delete",
        "employee",
        "has_message",
        "is_automated_probability",
        "is_blacklisted",
        "is_company",
        "is_partner_visible",
        "message_has_error",
        "message_is_follower",
        "message_needaction",
        "opt_out",
        "partner_is_blacklisted",
        "partner_share",
        "phone_blacklisted",
        "share",
    ]
)
"""Standard fields whose false is a value; of every other one it means that nothing is there."""

_TAG = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^<>]*>", re.DOTALL | re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]*>", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>\"',;]+@[^\s<>\"',;]+")
_MAX_TEXT = 1_000_000  # a text longer than that is read up to here


def empty(name: str, value: Any, type_: str | None = None, *, described: bool = True) -> bool:
    """Whether a value means "nothing there".

    Args:
        name: of the field.
        value: as Odoo gave it.
        type_: of the field by `fields_get`; None when it was not asked.
        described: whether the field is a standard one; of others nobody knows what false means.
    """
    if value is not False:
        return value is None
    if type_ is not None:
        return type_ != "boolean"
    return described and name not in BOOLEANS


def link(value: Any) -> int | None:
    """The id that a link names: `[7, "Name"]`, `{"id": 7}`, or `7`."""
    if isinstance(value, list | tuple) and value:
        value = value[0]
    elif isinstance(value, Mapping):
        value = value.get("id")
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def link_name(value: Any) -> str | None:
    """The name that a link bears, where it bears one."""
    if isinstance(value, list | tuple) and len(value) == 2:
        value = value[1]
    elif isinstance(value, Mapping):
        value = value.get("display_name")
    else:
        return None
    return value if isinstance(value, str) and value else None


def plain_text(value: str) -> str:
    """HTML without its tags, for whoever reads the text."""
    text = _BREAK.sub("\n", value[:_MAX_TEXT])
    return unescape(_TAG.sub("", text)).strip()


def shown(value: Any, type_: str | None = None) -> Any:
    """A value as a person reads it: the name of a link, the text of HTML."""
    if isinstance(value, str):
        return plain_text(value) if type_ == "html" or (type_ is None and "<" in value) else value
    if type_ in (None, "many2one", "reference"):
        name = link_name(value)
        if name is not None and link(value) is not None:
            return name
    return value


def address(value: Any) -> str | None:
    """An e-mail address as Odoo normalises it: the first, in lower case; None when there is none."""
    if not isinstance(value, str):
        return None
    found = _ADDRESS.search(value)
    return found.group().lower() if found else None
