"""Budgets: what is read of them, what is refused, and when one is kept."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.errors import SettingsError
from aboveboard.replay.budget_results import judge
from aboveboard.replay.budgets import (
    COUNTS,
    DIMENSIONS,
    Budget,
    named_budgets,
    parse_budget,
)
from aboveboard.replay.comparing import Comparison
from aboveboard.replay.report import Compared, Report
from tests.replay.reports import NEW, OLD, RULES, difference, row, sample

OPERATORS = (">", ">=", "<", "<=", "==", "!=")
BUDGETS = st.builds(
    Budget,
    count=st.sampled_from([name for name, base in COUNTS.items() if base == "decisions"]),
    by=st.sampled_from([one for one in DIMENSIONS if one != "step"]),
    value=st.text(min_size=1, max_size=40),
    operator=st.sampled_from(OPERATORS),
    limit=st.decimals(0, 100, places=4).map(Fraction),
    percent=st.booleans(),
).filter(lambda budget: (budget.count, budget.by) != ("failed", "rule"))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("newly_denied > 0.5%", Budget("newly_denied", "", "", ">", Fraction(1, 2), True)),
        ("  drift!=0 ", Budget("drift", "", "", "!=", Fraction(0), False)),
        (
            "newly_stopped [ rule = R-DM-02 ] >= 3",
            Budget("newly_stopped", "rule", "R-DM-02", ">=", Fraction(3), False),
        ),
        (
            'changed[segment="a ] \\"b\\""] < 12.25 %',
            Budget("changed", "segment", 'a ] "b"', "<", Fraction(49, 4), True),
        ),
        (
            "milder[step=profiling/completed] <= 1",
            Budget("milder", "step", "profiling/completed", "<=", Fraction(1), False),
        ),
        (
            "evaluation_time_p95_ms > 150%",
            Budget("evaluation_time_p95_ms", "", "", ">", Fraction(150), True),
        ),
    ],
)
def test_an_expression_is_read(text: str, read: Budget) -> None:
    assert parse_budget(text) == read


@settings(deadline=None)
@given(BUDGETS)
def test_what_a_budget_is_written_as_reads_as_the_same(budget: Budget) -> None:
    assert parse_budget(str(budget)) == budget


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_budget_or_one_error(text: str) -> None:
    told = ""
    try:
        parse_budget(text)
    except SettingsError as error:
        told = str(error)
    assert told == "" or (told.endswith((".", "?")) and told.isprintable())


@settings(deadline=None)
@given(
    st.sampled_from(OPERATORS),
    st.integers(0, 10**6),
    st.integers(1, 10**6),
    st.decimals(0, 100, places=3),
)
def test_the_operators_compare_exactly(sign: str, part: int, rest: int, limit: Any) -> None:
    budget = parse_budget(f"newly_denied {sign} {limit:f}%")
    share = Fraction(100 * part, part + rest)
    held = {
        ">": share > limit, ">=": share >= limit, "<": share < limit,
        "<=": share <= limit, "==": share == limit, "!=": share != limit,
    }  # fmt: skip
    assert budget.exceeded(share) is held[sign]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("newly_denyed > 1", "there is no count 'newly_denyed'. Did you mean 'newly_denied'?"),
        ("changed[contry=FI] > 1", "there is no filter 'contry'. Did you mean 'country'?"),
        ("changed[step=profilin] > 1", "there is no step 'profilin'. Did you mean 'profiling'?"),
        (
            "changed[step=profiling/done] > 1",
            "there is no phase 'done'. There are: requested, completed.",
        ),
        ("changed = 1", "Write '==' for 'is'."),
        ("changed => 1", "there is no operator '=>'. There are: >, >=, <, <=, ==, !=."),
        ("changed > 101%", "No part is more than 100%."),
        ("decisions < 5%", "'decisions' is no part of anything. Leave '%' out."),
        (
            "drift[step=profiling] > 0",
            "'drift' cannot be narrowed by 'step'. Leave '[step=…]' out.",
        ),
        (
            'changed[vendor=""] > 1',
            "What 'vendor' has to be is missing or no text in double quotes.",
        ),
    ],
)
def test_what_is_wrong_is_named(text: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_budget(text, "release")
    assert str(caught.value) == f"The budget '{text}' of 'release': {told}"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("changed > 1,000", "A number has a point and no comma."),
        ("changed > -1", "No count is below zero."),
        ("changed > 1 and drift > 0", "Give each condition by itself"),
        ("changed[step=decision, country=FI] > 1 ]", "There is one filter at a time."),
        ("changed > 1e3", "Write a count, an operator and a number"),
        ("__import__('os')", "Write a count, an operator and a number"),
        ("", "Write a count, an operator and a number"),
        ("changed > ١", "Write a count, an operator and a number"),
        ("changed >\n" + "1" * 5000, "is longer than 500 characters"),
        ("changed[vendor=" + "[" * 300, "Write a count"),
    ],
)
def test_what_cannot_be_read_says_how_it_is_written(text: str, hint: str) -> None:
    with pytest.raises(SettingsError, match=r"budget") as caught:
        parse_budget(text)
    assert hint in str(caught.value)


def test_budgets_by_name() -> None:
    known = {"release": ("newly_denied > 0.5%", "drift > 0"), "nothing": ()}
    assert [str(one) for one in named_budgets(["release"], known)] == [
        "newly_denied > 0.5%",
        "drift > 0",
    ]
    assert {one.name for one in named_budgets(["release"], known)} == {"release"}
    with pytest.raises(SettingsError, match="Did you mean 'release'"):
        named_budgets(["relaese"], known)
    with pytest.raises(SettingsError, match="State it in the settings"):
        named_budgets(["release"], {})
    with pytest.raises(SettingsError, match="'nothing' is empty"):
        named_budgets(["nothing"], known)


def outcome(report: Report, *expressions: str, allow_empty: bool = False) -> list[str]:
    budgets = [parse_budget(text) for text in expressions]
    return [one.outcome for one in judge(report, budgets, allow_empty=allow_empty)]


def of(comparison: Comparison, **more: Any) -> Report:
    return Report.of(
        comparison, **{"new": Compared(kind="directory", given="new", revision=NEW), **more}
    )


def comparison(*changes: dict[str, Any], baseline: str | None = None) -> Comparison:
    found = Comparison(NEW, baseline)
    for number, change in enumerate(changes):
        found.add(difference(row(number, **change), old_ns=200_000), dict)
    return found


STOPPED = {
    "kind": "newly_stopped",
    "new_effect": "deny",
    "causes": ("R-DM-02",),
    "rules_added": ("R-DM-02",),
}
ESCALATED = {**STOPPED, "new_effect": "escalate", "step": "decision"}
STRICTER = {
    "kind": "stricter",
    "old_effect": "escalate",
    "new_effect": "deny",
    "causes": ("R-AI-01",),
    "rules_changed": ("R-AI-01 escalate>deny",),
    "country": "NL",
}
OWED = {
    "kind": "obligations",
    "causes": ("R-MIN-01",),
    "rules_kept": ("R-MIN-01",),
    "obligations_added": ("R-MIN-01 redact contact.age",),
}
UNANSWERED = {"kind": "unanswered", "old_effect": None, "new_effect": "deny"}
FAILED = {
    "kind": "newly_stopped",
    "new_effect": "deny",
    "causes": ("runtime.policy_error",),
    "rules_added": ("runtime.policy_error",),
}


def test_each_count_is_of_what_it_says() -> None:
    found = comparison({}, STOPPED, ESCALATED, STRICTER, OWED, UNANSWERED, FAILED)
    found.add_bad("records.jsonl:9", "Not JSON.")
    found.add_duplicate()
    report = of(found)
    exact = {
        "newly_stopped": 3, "newly_denied": 3, "newly_escalated": 1, "newly_allowed": 0,
        "stricter": 1, "milder": 0, "changed": 5, "changed_effect": 4, "changed_obligations": 1,
        "changed_rules": 4, "failed": 1, "decisions": 6, "unanswered": 1, "bad": 1,
        "duplicates": 1, "evaluation_time_mean_ms": 0.41,
    }  # fmt: skip
    assert outcome(report, *(f"{name} != {number}" for name, number in exact.items())) == [
        "kept"
    ] * len(exact)
    assert outcome(report, *(f"{name} == {number}" for name, number in exact.items())) == [
        "exceeded"
    ] * len(exact)
    narrowed = {
        "newly_denied[rule=R-DM-02]": 1, "newly_stopped[rule=R-DM-02]": 2,
        "newly_escalated[step=decision]": 1, "newly_denied[step=profiling]": 3,
        "newly_denied[step=profiling/requested]": 3, "changed[country=NL]": 1,
        "changed_effect[country=NL]": 1, "changed_obligations[rule=R-MIN-01]": 1,
        "changed_rules[rule=R-AI-01]": 1, "changed[vendor=hubspot]": 5,
        "changed_obligations[segment=consumer/lead]": 1, "failed[country=FI]": 1,
    }  # fmt: skip
    assert outcome(report, *(f"{name} != {number}" for name, number in narrowed.items())) == [
        "kept"
    ] * len(narrowed)


def test_percentages_are_of_their_base() -> None:
    found = comparison({}, {}, STOPPED, {**STRICTER}, UNANSWERED)
    found.add_bad("records.jsonl:9", "Not JSON.")
    report = of(found)
    assert (
        outcome(
            report,
            "newly_denied != 50%",  # of the four that were compared
            "newly_denied[country=NL] != 100%",  # of the one from there
            "newly_denied[rule=R-DM-02] != 25%",  # rules overlap: of all
            "unanswered != 20%",  # of the five records
            "newly_denied > 50%",
        )
        == ["kept"] * 5
    )
    assert outcome(report, "newly_denied >= 50%", "bad > 16.6%") == ["exceeded"] * 2


def test_a_partial_report_keeps_nothing_and_exceeds_all_the_same() -> None:
    report = of(comparison({}, STOPPED), partial="Stopped by Ctrl-C.")
    assert outcome(report, "newly_denied > 50%", "newly_denied > 1%") == ["unknown", "exceeded"]
    assert outcome(report, "newly_denied > 50%", allow_empty=True) == ["unknown"]


def test_nothing_to_count_is_no_pass() -> None:
    empty = of(Comparison(NEW))
    every = [f"{name} > 0" for name in COUNTS]
    assert set(outcome(empty, *every)) == {"unknown"}
    assert outcome(empty, "newly_denied > 0.5%", "decisions > 5", allow_empty=True) == ["kept"] * 2
    assert outcome(empty, "decisions < 100") == ["exceeded"]
    assert outcome(of(comparison(UNANSWERED)), "newly_denied > 0") == ["unknown"]
    report = of(comparison({}))
    assert (
        outcome(report, "changed[country=XX] > 0", "changed[vendor=hubspto] > 0") == ["unknown"] * 2
    )
    assert outcome(report, "changed[country=XX] > 0", allow_empty=True) == ["kept"]
    assert "misspelt" in judge(report, [parse_budget("changed[country=XX] > 0")])[0].why


def test_drift_needs_records_of_what_was_replayed() -> None:
    assert outcome(of(comparison({})), "drift > 0") == ["unknown"]
    assert outcome(of(comparison({}, baseline=OLD)), "drift > 0") == ["kept"]
    assert outcome(of(comparison({"recorded_revision": NEW})), "drift > 0") == ["kept"]


def test_times_in_percent_need_a_baseline() -> None:
    recorded = of(comparison({}))
    assert outcome(recorded, "evaluation_time_p95_ms > 1", "evaluation_time_p95_ms > 900%") == [
        "kept",
        "unknown",
    ]
    both = of(comparison({}, baseline=OLD), old=Compared(kind="git", given="main", revision=OLD))
    assert outcome(both, "evaluation_time_mean_ms > 205%", "evaluation_time_mean_ms >= 205%") == [
        "kept",
        "exceeded",
    ]


def test_more_values_than_are_counted_are_no_pass() -> None:
    found = comparison({}, {"vendor": "a"})
    found.cut.add("vendor")
    report = of(found)
    assert outcome(report, "changed[vendor=a] > 0", "changed[vendor=zz] > 0") == [
        "kept",
        "unknown",
    ]


def test_a_rule_that_nobody_has_is_an_error() -> None:
    report = sample(500)
    assert outcome(report, f"newly_denied[rule={RULES[0]}] > 100%") == ["kept"]
    with pytest.raises(SettingsError, match="Did you mean 'R-DM-02'"):
        judge(report, [parse_budget("newly_denied[rule=R-DM-20] > 0")])
