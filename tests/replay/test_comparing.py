"""Counting in parts, in any order, is counting at once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.replay import comparing, examples, places
from aboveboard.replay.comparing import Comparison, Difference, Drift
from aboveboard.replay.timing import Timing
from tests.replay.reports import NEW, OLD, row

START = datetime(2026, 1, 1, tzinfo=UTC)
RULES = st.sampled_from(["R-1", "R-2", "R-3", "R-4"])
KINDS = ["same", "newly_stopped", "newly_allowed", "stricter", "milder", "obligations", "rules"]


@st.composite
def differences(draw: st.DrawFn) -> Difference:
    number = draw(st.integers(1, 30))
    kind = draw(st.sampled_from([*KINDS, "unanswered"]))
    effects = {
        "newly_stopped": ("allow", draw(st.sampled_from(["deny", "escalate"]))),
        "newly_allowed": ("deny", "allow"),
        "stricter": ("escalate", "deny"),
        "milder": ("deny", "escalate"),
        "unanswered": (None, "allow"),
    }
    old, new = effects.get(kind, ("allow", "allow"))
    found = row(
        number,
        kind=kind,
        old_effect=old,
        new_effect=new,
        causes=tuple(sorted(draw(st.sets(RULES, max_size=2)))) if kind != "same" else (),
        rules_added=tuple(sorted(draw(st.sets(RULES, max_size=2)))),
        vendor=draw(st.sampled_from([f"v{n}" for n in range(12)])),
        country=draw(st.sampled_from(["FI", "NL", "unknown"])),
        obligations_added=("R-1 redact a",) if kind == "obligations" else (),
    )
    place = f"r.jsonl:{number}"
    drift = Drift(
        place, found.decision_id or "", "profiling", "requested", OLD, "allow", "deny", (), ()
    )
    return Difference(
        place,
        found,
        size=draw(st.integers(100, 104)),
        old_ns=draw(st.none() | st.integers(0, 10**10)),
        new_ns=draw(st.none() | st.integers(0, 10**10)),
        drift=drift if draw(st.booleans()) else None,
        time=draw(st.none() | st.integers(0, 9).map(lambda days: START + timedelta(days=days))),
    )


def counted(items: list[Difference]) -> Comparison:
    found = Comparison(NEW, OLD)
    for number, item in enumerate(items):
        found.add(item, lambda item=item: {"id": item.row.event_id, "size": item.size})  # type: ignore[misc]
        if number % 3 == 0:
            found.add_bad(item.place, f"problem {item.size}")
            found.add_duplicate()
    return found


def merged(*parts: Comparison) -> Comparison:
    whole = Comparison(NEW, OLD)
    for part in parts:
        whole.merge(Comparison.from_dict(json.loads(json.dumps(part.as_dict()))))
    return whole


@pytest.fixture
def _short_of_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "MAX_VALUES", 4)
    monkeypatch.setattr(examples, "MAX_EXAMPLES", 5)
    monkeypatch.setattr(places, "MAX_LISTED", 6)


PARTS = st.lists(st.lists(differences(), max_size=12), min_size=3, max_size=3)


@pytest.mark.usefixtures("_short_of_room")
@settings(max_examples=150)
@given(PARTS)
def test_merging_is_associative_and_commutative_even_where_room_is_short(
    parts: list[list[Difference]],
) -> None:
    a, b, c = map(counted, parts)
    whole = merged(a, b, c).as_dict()
    assert merged(c, a, b).as_dict() == whole
    assert merged(a, merged(b, c)).as_dict() == whole
    assert merged(merged(b, a), c).as_dict() == whole
    assert merged(merged(a, b, c), Comparison(NEW, OLD)).as_dict() == whole


@pytest.mark.usefixtures("_short_of_room")
@settings(max_examples=100)
@given(st.lists(differences(), max_size=30), st.integers(0, 30))
def test_counting_in_two_parts_is_counting_at_once(items: list[Difference], cut: int) -> None:
    def plain(found: list[Difference]) -> Comparison:
        made = Comparison(NEW, OLD)
        for item in found:
            made.add(item, lambda item=item: {"id": item.row.event_id, "size": item.size})  # type: ignore[misc]
        return made

    assert merged(plain(items[:cut]), plain(items[cut:])).as_dict() == plain(items).as_dict()


def test_the_smallest_event_of_a_kind_and_rule_is_kept_and_others_are_not_even_read() -> None:
    found = Comparison(NEW, None)
    asked: list[int] = []

    def event(size: int) -> dict[str, Any]:
        asked.append(size)
        return {"size": size}

    for number, size in enumerate((500, 900, 300, 700), 1):
        changed = row(
            number, kind="newly_stopped", new_effect="deny", causes=("R-1",), rules_added=("R-1",)
        )
        found.add(Difference(f"f:{number}", changed, size), lambda size=size: event(size))  # type: ignore[misc]
    (example,) = found.examples
    assert (example.kind, example.rule, example.place) == ("newly_stopped", "R-1", "f:3")
    assert example.event == {"size": 300}
    assert asked == [500, 300]


def test_an_event_that_is_too_large_is_an_example_without_the_event() -> None:
    found = Comparison(NEW, None)
    changed = row(1, kind="newly_stopped", new_effect="deny", causes=("R-1",))
    found.add(Difference("f:1", changed, examples.MAX_EXAMPLE_BYTES + 1), dict)
    assert [example.event for example in found.examples] == [None]


def test_values_without_end_do_not_fill_the_memory() -> None:
    found = Comparison(NEW, None)
    for number in range(1500):
        found.add(Difference("", row(number, vendor=f"v{number:05}"), 1), dict)
    assert len(found.groups["vendor"]) == comparing.MAX_VALUES
    assert found.cut == {"vendor"}
    assert found.records == 1500


def test_comparisons_of_other_policies_are_not_merged() -> None:
    with pytest.raises(ValueError, match="different policies"):
        Comparison(NEW, None).merge(Comparison(NEW, OLD))


@given(st.lists(st.integers(1_000, 10**12), min_size=1), st.sampled_from([0.5, 0.95, 0.99]))
def test_a_quantile_is_right_within_an_eighth(values: list[int], share: float) -> None:
    timing = Timing()
    for value in values:
        timing.add(value)
    exact = sorted(values)[max(1, round(share * len(values))) - 1] / 1000
    told = timing.quantile_us(share)
    assert told is not None
    assert exact <= told <= exact * 1.125 + 0.001


def test_lists_are_in_order_of_lines() -> None:
    found = Comparison(NEW, None)
    for number in (10, 9, 100, 2):
        found.add_bad(f"f:{number}", "expected JSON.")
    assert [bad.place for bad in found.bad_lines] == ["f:2", "f:9", "f:10", "f:100"]
