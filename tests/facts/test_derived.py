"""Ages and due dates come from one clock, round down and win over what was given."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.facts import (
    STEP_FACTS,
    STEPS,
    Actor,
    Breach,
    Consent,
    Countdown,
    DataField,
    DecisionFacts,
    LiteracyMeasure,
    ProfilingFacts,
    Recommendation,
    RecommendationFacts,
    RightsRequest,
    Step,
    StepFacts,
    Subject,
    derive,
)
from aboveboard.facts.derived import stable_for
from tests.facts.strategies import step_facts, times

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("ago", "days"),
    [
        (timedelta(0), 0),
        (TICK, 0),
        (DAY - TICK, 0),
        (DAY, 1),
        (DAY + TICK, 1),
        (730 * DAY - TICK, 729),
        (730 * DAY, 730),
        (-TICK, -1),
        (-DAY, -1),
        (-DAY - TICK, -2),
    ],
)
def test_ages_are_whole_days_rounded_down(ago: timedelta, days: int) -> None:
    assert derive(Consent(given_at=NOW - ago), NOW).age_days == days


@pytest.mark.parametrize(
    ("ahead", "days"),
    [(timedelta(0), 0), (TICK, 0), (DAY, 1), (DAY - TICK, 0), (-TICK, -1), (-DAY, -1)],
)
def test_time_left_is_negative_once_passed(ahead: timedelta, days: int) -> None:
    assert derive(Consent(expires_at=NOW + ahead), NOW).expires_in_days == days


def test_hours_and_seconds() -> None:
    breach = derive(Breach(detected_at=NOW - timedelta(hours=72) + TICK), NOW)
    assert breach.detected_age_hours == 71
    countdown = derive(Countdown(ends_at=NOW + timedelta(seconds=90)), NOW)
    assert countdown.ends_in_s == 90


def test_the_clock_wins_over_what_was_given() -> None:
    assert derive(Consent(given_at=NOW - 3 * DAY, age_days=1), NOW).age_days == 3


def test_without_a_source_what_was_given_stands() -> None:
    facts = ProfilingFacts(consent=(Consent(age_days=400),))
    assert derive(facts, NOW) is facts


def test_the_zone_of_the_clock_does_not_matter() -> None:
    consent = Consent(given_at=NOW - 3 * DAY)
    there = NOW.astimezone(timezone(timedelta(hours=13)))
    assert derive(consent, NOW) == derive(consent, there)


def test_a_naive_clock_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        derive(Consent(), datetime(2026, 11, 2))  # noqa: DTZ001


def test_lists_and_groups_in_groups() -> None:
    facts = derive(
        RecommendationFacts(
            fields=(DataField(name="a"), DataField(name="b", collected_at=NOW - 5 * DAY)),
            rights_requests=(RightsRequest(due_at=NOW - DAY),),
            recommendation=Recommendation(countdown=Countdown(ends_at=NOW)),
            actor=Actor(literacy_measures=(LiteracyMeasure(at=NOW - 366 * DAY),)),
        ),
        NOW,
    )
    assert facts.model_dump(exclude_none=True, mode="json") == {
        "fields": [
            {"name": "a"},
            {"name": "b", "collected_at": "2026-10-28T09:00:00Z", "age_days": 5},
        ],
        "rights_requests": [{"due_at": "2026-11-01T09:00:00Z", "due_in_days": -1}],
        "recommendation": {"countdown": {"ends_at": "2026-11-02T09:00:00Z", "ends_in_s": 0}},
        "actor": {"literacy_measures": [{"at": "2025-11-01T09:00:00Z", "age_days": 366}]},
    }


def test_what_does_not_change_is_kept_as_it_is() -> None:
    still = Consent(granular=True)
    facts = DecisionFacts(
        subject=Subject(country="FI"), consent=(still, Consent(given_at=NOW - DAY))
    )
    new = derive(facts, NOW)
    assert new is not facts
    assert new.subject is facts.subject
    assert new.consent is not None
    assert new.consent[0] is still
    assert facts.consent is not None
    assert facts.consent[1].age_days is None


@pytest.mark.parametrize("step", STEPS)
def test_nothing_to_derive_gives_the_same_object(step: Step) -> None:
    facts = STEP_FACTS[step].model_validate({"subject": {"country": "FI"}, "consent": []})
    assert derive(facts, NOW) is facts


@given(step_facts(), times)
def test_deriving_twice_is_deriving_once(facts: StepFacts, now: datetime) -> None:
    once = derive(facts, now)
    assert derive(once, now) is once
    assert derive(facts, now) == once


@given(step_facts(), times)
def test_derived_facts_are_valid_facts(facts: StepFacts, now: datetime) -> None:
    new = derive(facts, now)
    assert type(new).model_validate_json(new.model_dump_json()) == new


@given(times, times, st.integers(-5, 5) | st.none())
def test_age_is_the_floor_for_any_two_times(at: datetime, now: datetime, stated: Any) -> None:
    days = derive(Consent(given_at=at, age_days=stated), now).age_days
    assert days is not None
    assert days * DAY <= now - at < days * DAY + DAY
    left = derive(Consent(expires_at=at), now).expires_in_days
    assert left is not None
    assert left * DAY <= at - now < left * DAY + DAY


@given(
    ages=st.lists(st.timedeltas(timedelta(days=-400), timedelta(days=400)), max_size=3),
    wait=st.floats(0, 0.999999),
)
def test_stable_for_is_how_long_nothing_changes(ages: list[timedelta], wait: float) -> None:
    now = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    consents = tuple(Consent(given_at=now - age, expires_at=now + age) for age in ages)
    facts = derive(RecommendationFacts(consent=consents), now)
    stable = stable_for(facts, now)
    assert stable >= timedelta(0)
    within = stable * wait if ages else timedelta(days=1)
    assert derive(facts, now + within) == facts
    if ages:
        # And not a moment longer than it says: something does change then.
        assert derive(facts, now + stable + timedelta(microseconds=1)) != facts
