"""Values as vendors write them, read with care: what is not understood is unknown."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

__all__ = ["age_on", "instant", "join_facts"]

_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")
_LATEST = 4_102_444_800_000  # 2100, in milliseconds
_EARLIEST = 100_000_000_000  # before it a number counts seconds


def instant(value: object, *, naive_is_utc: bool = False) -> datetime | None:
    """A time in UTC from what vendors send; None when it is none.

    Args:
        value: RFC 3339 with an offset in any of its spellings (`+0000`, `Z`), or seconds or
            milliseconds since 1970 as a number or as digits; or a `datetime`.
        naive_is_utc: the vendor documents that times without an offset are UTC.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str) and value.strip().isdecimal() and 8 < len(value.strip()) < 20:
        value = int(value)
    if isinstance(value, int | float):
        if not 0 <= value <= _LATEST:
            return None
        seconds = value / 1000 if value >= _EARLIEST else value
        if seconds * 1000 > _LATEST:
            return None
        return datetime.fromtimestamp(seconds, UTC)
    if not isinstance(value, str | datetime):
        return None
    try:
        found = (
            value
            if isinstance(value, datetime)
            else datetime.fromisoformat(_OFFSET.sub(r"\1:\2", value.strip()))
        )
    except ValueError:
        return None
    if found.tzinfo is None:
        if not naive_is_utc:
            return None
        found = found.replace(tzinfo=UTC)
    try:
        return found.astimezone(UTC)
    except OverflowError:
        return None


def age_on(born: object, day: date) -> int | None:
    """Age in whole years on a day, from a date of birth as text; None when it is none."""
    if not isinstance(born, str):
        return None
    try:
        birth = date.fromisoformat(born.strip()[:10])
    except ValueError:
        return None
    years = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    return years if 0 <= years <= 130 else None


def join_facts(into: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Facts of two places of one CRM: a refusal in either is a refusal.

    Lists add up; of two flags that contradict each other the one that protects (`True` of an
    objection or restriction) counts; otherwise what was there first.
    """
    for name, value in more.items():
        known = into.get(name)
        if known is None:
            into[name] = value
        elif isinstance(known, dict) and isinstance(value, dict):
            join_facts(known, value)
        elif isinstance(known, list) and isinstance(value, list):
            into[name] = known + [item for item in value if item not in known]
        elif isinstance(known, bool) and value is True:
            into[name] = True
    return into
