"""Salesforce's record ids: 15 characters, or 18 with a suffix that tells upper from lower case."""

from __future__ import annotations

import re

__all__ = ["OBJECT_OF_PREFIX", "id18", "identifier", "is_id"]

_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
OBJECT_OF_PREFIX = {
    "001": "Account",
    "003": "Contact",
    "005": "User",
    "00Q": "Lead",
    "0PK": "Individual",
}
"""Objects that can be a person, by the first three characters of their ids."""


def is_id(value: object) -> bool:
    """Whether a text has the form of a record's id."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def id18(value: object) -> str | None:
    """The 18-character form of an id; None when it is none.

    Each character of the suffix says which of five characters are upper case.
    """
    if not isinstance(value, str) or not is_id(value):
        return None
    short = value[:15]
    suffix = ""
    for start in (0, 5, 10):
        bits = sum(1 << place for place in range(5) if "A" <= short[start + place] <= "Z")
        suffix += _SUFFIX[bits]
    return short + suffix


def identifier(value: object, object_name: str | None = None) -> str | None:
    """Whose data a record is: `salesforce/<Object>/<18 characters>`; None when it is nobody's.

    Args:
        value: the id, of either length.
        object_name: its object, when the id's prefix does not tell.
    """
    number = id18(value)
    if number is None or number.startswith("000000000000000"):
        return None
    name = object_name or OBJECT_OF_PREFIX.get(number[:3])
    return None if name is None else f"salesforce/{name}/{number}"
