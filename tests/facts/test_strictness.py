"""A fact is what somebody stated: nothing is guessed into shape, nothing unsafe gets through."""

import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest
from pydantic import ValidationError

from aboveboard.facts import (
    MAX_ID,
    MAX_INTEGER,
    MAX_ITEMS,
    MAX_TEXT,
    Ai,
    Consent,
    Contact,
    Conversation,
    Dataset,
    Energy,
    FactGroup,
    Human,
    Processing,
    Profile,
    ProfilingFacts,
    RecommendedItem,
    Subject,
    Transfer,
)

LONE_SURROGATE = "a\ud800b"


def refuses(model: type[FactGroup], name: str, value: object) -> str:
    """The text of the error that the value causes, which names the field."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate({name: value})
    text = str(caught.value)
    assert name in text
    return text


@pytest.mark.parametrize("value", ["true", "false", "yes", 1, 0, 1.0, b"true", [], {}])
def test_only_booleans_are_flags(value: object) -> None:
    refuses(Subject, "is_minor", value)


@pytest.mark.parametrize(
    "value",
    ["1", True, False, 1.0, 1.5, math.nan, math.inf, -1, MAX_INTEGER + 1, 10**400],
)
def test_only_integers_in_range_are_counts(value: object) -> None:
    refuses(Subject, "age_years", value)


@pytest.mark.parametrize("text", ["1.0", "1e3", '"1"', "true", "NaN", "-1", "1" + "0" * 400])
def test_json_numbers_are_as_strict(text: str) -> None:
    with pytest.raises(ValidationError):
        Subject.model_validate_json(f'{{"age_years": {text}}}')


def test_a_number_of_ten_thousand_digits_is_an_error_like_any_other() -> None:
    with pytest.raises(ValidationError):
        Subject.model_validate_json(f'{{"age_years": {"9" * 10_000}}}')


@pytest.mark.parametrize(
    ("model", "name", "least", "most"),
    [
        (Subject, "age_years", 0, MAX_INTEGER),
        (Conversation, "distress_score_bp", 0, 10_000),
        (Conversation, "sentiment_bp", -10_000, 10_000),
        (Transfer, "scc_module", 1, 4),
        (Consent, "age_days", -MAX_INTEGER, MAX_INTEGER),
        (Dataset, "representation_gap_max_bp", 0, 10_000),
        (Energy, "estimate_mwh", 0, MAX_INTEGER),
    ],
)
def test_bounds_are_part_of_the_range(
    model: type[FactGroup], name: str, least: int, most: int
) -> None:
    for value in (least, most):
        assert getattr(model.model_validate({name: value}), name) == value
    for value in (least - 1, most + 1):
        refuses(model, name, value)


@pytest.mark.parametrize(
    "value", ["", " ", "\t\n", "a\0b", "\0", LONE_SURROGATE, 7, b"abc", "x" * (MAX_ID + 1)]
)
def test_ids_are_short_and_printable_enough_for_json(value: object) -> None:
    refuses(Consent, "proof_ref", value)


@pytest.mark.parametrize("value", ["", LONE_SURROGATE, "a\0b", "x" * (MAX_TEXT + 1)])
def test_texts_are_bounded(value: str) -> None:
    refuses(Human, "opening_hours", value)
    assert Human(opening_hours="ä" * MAX_TEXT).opening_hours == "ä" * MAX_TEXT


@pytest.mark.parametrize("value", ["fi", "FIN", "F1", "FI\n", "", "ФІ"])
def test_countries_are_two_capital_letters(value: str) -> None:
    refuses(Subject, "country", value)


@pytest.mark.parametrize("value", ["eur", "EU", "EURO", "€"])
def test_currencies_are_three_capital_letters(value: str) -> None:
    refuses(RecommendedItem, "currency", value)


@pytest.mark.parametrize("value", ["5b", "5(B)", "5", "Annex III 5(b)", "5(b) ", "9(a)", 2, ""])
def test_points_of_annex_iii_are_written_in_one_way(value: object) -> None:
    refuses(Ai, "annex_iii_point", value)
    assert Ai(annex_iii_point="5(b)").annex_iii_point == "5(b)"


def test_languages_are_tags() -> None:
    assert Subject(language="zh-Hant-TW").language == "zh-Hant-TW"
    for value in ("f", "fi_FI", "fi-", "fi " + "x" * 40):
        refuses(Subject, "language", value)


@pytest.mark.parametrize(
    "value",
    [
        "https://w3id.org/dpv#DirectMarketing",
        "DirectMarketing",
        "DPV:DirectMarketing",
        "dpv:",
        "dpv:Direct Marketing",
        "dpv:DirectMarketing\n",
        "loc:FI",
        "dpv:" + "X" * MAX_ID,
    ],
)
def test_vocabulary_terms_are_compact_ids(value: str) -> None:
    refuses(Processing, "purposes", [value])
    refuses(Processing, "legal_basis", value)


def test_a_term_that_dpv_does_not_have_is_refused_with_the_nearest() -> None:
    # A misspelt purpose would pass by every rule that looks for the right one.
    with pytest.raises(ValidationError, match="nearest is 'dpv:DirectMarketing'") as caught:
        Processing(purposes=["dpv:DirectMarketting"])
    assert "DirectMarketting" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("purposes", ["pd:Age"]),
        ("operations", ["dpv:DirectMarketing"]),
        ("allowed_categories", ["dpv:Marketing"]),
        ("legal_basis", "eu-gdpr:A9-2-a"),
        ("art9_condition", "eu-gdpr:A6-1-a"),
    ],
)
def test_a_term_of_another_kind_is_refused(name: str, value: object) -> None:
    refuses(Processing, name, value)


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 11, 2, 9, 0),  # noqa: DTZ001
        "2026-11-02T09:00:00",
        "2026-11-02",
        "2026-11-02T09:00Z",
        "2026-11-02T09:00:00Z\n",
        "2026-02-30T09:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "0000-01-01T00:00:00Z",
        "1793610000",
        "",
        1793610000,
        1793610000.5,
        True,
        datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))),
        datetime(2026, 11, 2, tzinfo=UTC).date(),
    ],
)
def test_times_have_an_offset_and_a_year_in_utc(value: object) -> None:
    refuses(Consent, "given_at", value)


class Undecided(tzinfo):
    """A zone that does not say its offset: such a time is as naive as one without a zone."""

    def utcoffset(self, _: datetime | None, /) -> None:
        return None

    dst = utcoffset

    def tzname(self, _: datetime | None, /) -> str:
        return "undecided"


def test_a_zone_without_an_offset_is_naive() -> None:
    refuses(Consent, "given_at", datetime(2026, 11, 2, tzinfo=Undecided()))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-11-02T09:00:00+02:00", "2026-11-02T07:00:00Z"),
        ("2026-11-02t09:00:00.25z", "2026-11-02T09:00:00.250000Z"),
        (datetime(2026, 11, 2, tzinfo=timezone(timedelta(hours=-5))), "2026-11-02T05:00:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ],
)
def test_times_are_kept_in_utc(given: Any, kept: str) -> None:
    consent = Consent(given_at=given)
    assert consent.given_at is not None
    assert consent.given_at.tzinfo is UTC
    assert json.loads(consent.model_dump_json(exclude_none=True)) == {"given_at": kept}
    assert Consent.model_validate_json(consent.model_dump_json()) == consent


def test_lists_are_lists() -> None:
    for value in ("pd:Age", b"pd:Age", {"pd:Age": 1}, 7, iter(["pd:Age"]), {"a": 1}.keys()):
        refuses(Processing, "allowed_categories", value)


def test_lists_are_bounded() -> None:
    at_most = ["f"] * MAX_ITEMS
    features = Profile.model_validate({"features": at_most}).features
    assert features is not None
    assert len(features) == MAX_ITEMS
    refuses(Profile, "features", [*at_most, "f"])


def test_an_endless_iterator_is_refused_at_once() -> None:
    def endless() -> Iterator[str]:
        while True:
            yield "f"

    refuses(Profile, "features", endless())


def test_sets_are_put_in_order() -> None:
    profile = Profile.model_validate({"features": {"c", "a", "b"}})
    assert profile.features == ("a", "b", "c")
    assert refuses(Profile, "features", {"a", 1})


def test_unknown_and_empty_differ() -> None:
    assert Profile().features is None
    assert Profile(features=()).model_dump(exclude_none=True) == {"features": ()}
    assert Profile.model_validate({"features": None}) == Profile()


def test_values_outside_an_enumeration_are_refused() -> None:
    refuses(Contact, "channel", "fax")
    refuses(Contact, "channel", "EMAIL")
    refuses(Consent, "status", "ConsentGiven")


def test_an_unknown_key_is_named() -> None:
    text = refuses(ProfilingFacts, "subjekt", {})
    assert "Extra inputs are not permitted" in text
    with pytest.raises(ValidationError, match=r"consent\.0\.grantd"):
        ProfilingFacts.model_validate({"consent": [{"grantd": True}]})


def test_errors_do_not_quote_values() -> None:
    text = refuses(Subject, "country", "Aino Virtanen, aino@example.com")
    text += refuses(Consent, "given_at", "aino@example.com")
    text += refuses(Profile, "features", "aino@example.com")
    assert "aino" not in text.lower()


def test_groups_are_frozen_and_hashable() -> None:
    facts = ProfilingFacts(consent=(Consent(granular=True),), subject=Subject(country="FI"))
    with pytest.raises(ValidationError, match="frozen"):
        facts.subject = None
    same = ProfilingFacts.model_validate(
        {"consent": [{"granular": True}], "subject": {"country": "FI"}}
    )
    assert hash(facts) == hash(same)
    assert facts == same
