"""When humans are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from aboveboard.organisation.conduct import OpeningHours
    from aboveboard.organisation.models import Organisation

__all__ = ["in_words", "open_at"]

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def open_at(organisation: Organisation, when: datetime) -> bool | None:
    """Whether humans are there at a moment; `None` when the profile does not say.

    Raises:
        ValueError: `when` has no offset from UTC.
    """
    if when.utcoffset() is None:
        msg = "A time needs its offset from UTC to be compared with opening hours."
        raise ValueError(msg)
    hours = organisation.opening_hours
    if hours is None:
        return None
    from zoneinfo import ZoneInfo  # reading zones is for those who state hours

    local = when.astimezone(ZoneInfo(hours.time_zone))
    if local.date() in (hours.closed_on or ()):
        return False
    spans = _spans(hours, _WEEKDAYS[local.weekday()])
    if spans is None:
        return None
    # HH:MM sorts as text, and so does the 24:00 that no `time` can hold.
    clock = local.strftime("%H:%M")
    return any(start <= clock < end for start, end in (span.split("-") for span in spans))


def in_words(hours: OpeningHours) -> str | None:
    """The weekly hours in one line, such as `Mo-Fr 09:00-17:00; Sa closed (Europe/Helsinki)`."""
    runs: list[tuple[str, str, tuple[str, ...]]] = []
    for number, day in enumerate(_WEEKDAYS):
        spans = _spans(hours, day)
        if spans is None:
            continue
        name = day[:2].capitalize()
        before = _WEEKDAYS[number - 1][:2].capitalize()
        if runs and runs[-1][1] == before and runs[-1][2] == spans:
            runs[-1] = (runs[-1][0], name, spans)
        else:
            runs.append((name, name, spans))
    if not runs:
        return None
    texts = [
        f"{first if first == last else f'{first}-{last}'} {', '.join(spans) or 'closed'}"
        for first, last, spans in runs
    ]
    return f"{'; '.join(texts)} ({hours.time_zone})"


def _spans(hours: OpeningHours, day: str) -> tuple[str, ...] | None:
    spans: tuple[str, ...] | None = getattr(hours, day)
    return spans
