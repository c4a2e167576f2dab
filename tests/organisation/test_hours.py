"""Opening hours: unknown is not closed, and the zone is the organisation's."""

from __future__ import annotations

from datetime import datetime

import pytest

from aboveboard.organisation import example, facts_for, open_at, parse_organisation, starter

HOURS = """\
name: A
country: FI
owner: lead
dated: 2026-10-01
purposes: {x: {title: X, purposes: [dpv:Marketing]}}
opening_hours:
  time_zone: Europe/Helsinki
"""


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-11-02T09:00:00+02:00", True),
        ("2026-11-02T07:00:00+00:00", True),
        ("2026-11-02T06:59:59+00:00", False),
        ("2026-11-02T16:59:59+02:00", True),
        ("2026-11-02T17:00:00+02:00", False),
        # A Friday closes at three; in summer Helsinki is three hours ahead.
        ("2026-07-03T11:59:00+00:00", True),
        ("2026-07-03T12:00:00+00:00", False),
        ("2026-11-07T12:00:00+02:00", False),
        # Thursday, Christmas Eve.
        ("2026-12-24T12:00:00+02:00", False),
    ],
)
def test_open_at(when: str, expected: bool) -> None:
    assert open_at(example(), datetime.fromisoformat(when)) is expected


def test_unknown() -> None:
    monday = datetime.fromisoformat("2026-11-02T12:00:00+02:00")
    assert open_at(starter(), monday) is None
    organisation = parse_organisation(HOURS + "  tuesday: [09:00-17:00]\n", "o.yaml")
    assert open_at(organisation, monday) is None


def test_several_spans_and_the_end_of_the_day() -> None:
    text = HOURS + "  monday: [00:00-01:00, 13:00-24:00]\n  wednesday: [13:00-24:00]\n"
    organisation = parse_organisation(text, "o.yaml")
    clock = {"00:30": True, "01:00": False, "12:59": False, "13:00": True, "23:59": True}
    for time, expected in clock.items():
        when = datetime.fromisoformat(f"2026-11-02T{time}:00+02:00")
        assert open_at(organisation, when) is expected
    facts = facts_for(organisation, "decision", purpose=None)
    assert facts["human"]["opening_hours"] == (
        "Mo 00:00-01:00, 13:00-24:00; We 13:00-24:00 (Europe/Helsinki)"
    )


def test_no_days_are_no_hours() -> None:
    organisation = parse_organisation(HOURS, "o.yaml")
    assert facts_for(organisation, "decision", purpose=None) == {}


def test_a_time_needs_its_offset() -> None:
    with pytest.raises(ValueError, match="offset from UTC"):
        open_at(example(), datetime(2026, 11, 2, 12))  # noqa: DTZ001 - the very thing refused
