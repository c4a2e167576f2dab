"""What vendors write: times, ages, countries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from aboveboard.crm import age_on, country_code, instant, join_facts

AT = datetime(2026, 3, 2, 8, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02T08:14:05Z", "2026-03-02T08:14:05.000+0000", "2026-03-02T10:14:05+02:00",
        " 2026-03-02T08:14:05+00:00 ", 1772439245000, 1772439245, "1772439245000", 1772439245.0, AT,
    ],
)  # fmt: skip
def test_times_in_every_spelling(text: object) -> None:
    assert instant(text) == AT


def test_naive_times_only_where_the_vendor_says_they_are_utc() -> None:
    assert instant("2026-03-02 08:14:05") is None
    assert instant("2026-03-02 08:14:05", naive_is_utc=True) == AT


@pytest.mark.parametrize(
    "what",
    [
        None,
        True,
        "",
        "soon",
        "2026-13-02T00:00:00Z",
        -5,
        10**15,
        "9" * 40,
        [],
        {},
        float("inf"),
        float("nan"),
        10**400,
        -(10**400),
        "9" * 5000,
        "\u00b2" * 9,
    ],
)
def test_what_is_no_time_is_unknown(what: object) -> None:
    assert instant(what) is None


@pytest.mark.parametrize(
    ("born", "age"),
    [
        ("2008-11-27", 18), ("2008-11-28", 17), ("1900-01-01", 126), ("2027-01-01", None),
        ("1800-01-01", None), ("27.11.2008", None), (None, None), (20081127, None),
        ("2008-11-27T00:00:00Z", 18),
    ],
)  # fmt: skip
def test_ages(born: object, age: int | None) -> None:
    assert age_on(born, date(2026, 11, 27)) == age


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Finland", "FI"), ("suomi", "FI"), ("FI", "FI"), ("fi", "FI"), (" The  Netherlands ", "NL"),
        ("Deutschland", "DE"), ("Sverige", "SE"), ("USA", "US"), ("UK", "GB"), ("Nederland", "NL"),
        ("Åland", "AX"), ("Atlantis", None), ("", None), (None, None), (7, None), ("EU", None),
        ("XX", None),
    ],
)  # fmt: skip
def test_countries_as_people_write_them(text: object, code: str | None) -> None:
    assert country_code(text) == code


def test_of_two_places_a_refusal_in_either_counts() -> None:
    facts: dict[str, Any] = {"objections": {"direct_marketing": False}, "consent": [{"status": 1}]}
    join_facts(
        facts,
        {
            "objections": {"direct_marketing": True, "profiling": False},
            "consent": [{"status": 1}, {"status": 2}],
            "subject": {"country": "FI"},
        },
    )
    assert facts == {
        "objections": {"direct_marketing": True, "profiling": False},
        "consent": [{"status": 1}, {"status": 2}],
        "subject": {"country": "FI"},
    }
    join_facts(facts, {"objections": {"direct_marketing": False}, "subject": {"country": "SE"}})
    assert facts["objections"]["direct_marketing"] is True
    assert facts["subject"] == {"country": "FI"}
