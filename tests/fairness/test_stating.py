"""The facts that rules judge, in an event and in the organisation's file."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from aboveboard.errors import ConfigurationError, TableError
from aboveboard.fairness import OutcomeCounts, check_fairness, explain, fairness_facts
from aboveboard.organisation import example
from aboveboard.organisation.systems import FairnessCheck
from aboveboard.testing import compliant_event

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
GAP = OutcomeCounts.of({"fi": (1000, 500), "sv": (300, 100), "se": (12, 1)}, "language")


def test_facts_of_a_gap() -> None:
    facts = fairness_facts(
        check_fairness(GAP), evaluated_at=NOW, model_version="3.1.4", window_days=90
    )
    assert facts.model_dump(mode="json", exclude_none=True) == {
        "evaluated_at": "2026-11-02T09:00:00Z",
        "model_version": "3.1.4",
        "window_days": 90,
        "groups": [
            {"name": "language:fi", "n": 1000, "selected": 500},
            {"name": "language:se", "n": 12, "selected": 1},
            {"name": "language:sv", "n": 300, "selected": 100},
        ],
        "impact_ratio_min_bp": 6666,
        "dp_difference_bp": 1667,
        "p_value_bp": 1,
        "ci95_low_bp": 5615,
        "ci95_high_bp": 7914,
    }


def test_numbers_are_rounded_against_the_model() -> None:
    """0.57 stays 5700, and no p is 0."""
    facts = fairness_facts(check_fairness(OutcomeCounts.of({"a": (100, 57), "b": (100, 100)})))
    assert (facts.impact_ratio_min_bp, facts.p_value_bp) == (5700, 1)


def test_the_gravest_group_speaks_for_all() -> None:
    """The lowest ratio may be chance, while a higher one is not."""
    counts = OutcomeCounts.of({"a": (9000, 4500), "b": (6000, 2250), "c": (31, 11)})
    report = check_fairness(counts)
    assert [(one.group.name, one.outcome) for one in report.overall.judged] == [
        ("b", "deny"),
        ("c", "warn"),
    ]
    facts = fairness_facts(report)
    assert facts.impact_ratio_min_bp == 7096
    assert facts.ci95_low_bp is not None
    assert facts.ci95_low_bp <= 7500 <= (facts.ci95_high_bp or 0) < 8000


def test_what_nothing_was_computed_from_is_unknown() -> None:
    report = check_fairness(OutcomeCounts.of({"a": (29, 20), "b": (12, 1)}))
    stated = fairness_facts(report, evaluated_at=NOW).model_dump(exclude_none=True)
    assert set(stated) == {"evaluated_at", "groups"}


def test_each_stratum_has_facts_of_its_own() -> None:
    report = check_fairness(
        OutcomeCounts.of_strata(
            {"smb": {"a": (100, 50), "b": (100, 50)}, "ent": {"a": (100, 50), "b": (9, 4)}},
            "language",
            "segment",
        )
    )
    assert (report.overall.outcome, report.outcome) == ("pass", "warn")
    assert fairness_facts(report).stratum == "segment:ent"
    assert fairness_facts(report, stratum="smb").stratum == "segment:smb"
    assert fairness_facts(report, stratum="smb").impact_ratio_min_bp == 10_000
    assert fairness_facts(report, stratum="ent").impact_ratio_min_bp is None
    with pytest.raises(TableError, match="no such stratum"):
        fairness_facts(report, stratum="gov")


def test_facts_of_another_zone_are_in_utc() -> None:
    at = datetime(2026, 11, 2, 11, tzinfo=timezone(timedelta(hours=2)))
    assert fairness_facts(check_fairness(GAP), evaluated_at=at).evaluated_at == NOW


@pytest.mark.parametrize(
    "wrong",
    [
        {"evaluated_at": datetime(2026, 11, 2)},  # noqa: DTZ001
        {"evaluated_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))},
        {"model_version": " "},
        {"model_version": "x" * 129},
        {"window_days": -1},
    ],
)
def test_what_cannot_be_a_fact(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        fairness_facts(check_fairness(GAP), **wrong)


def test_an_event_and_the_organisation_take_them() -> None:
    facts = fairness_facts(check_fairness(GAP), evaluated_at=NOW, model_version="3.1.4")
    stated = facts.model_dump(mode="json", exclude_none=True)
    event = compliant_event("decision", changes={"fairness": stated}, time=NOW)
    known = json.loads(event.engine_input())["fairness"]
    assert (known["p_value_bp"], known["evaluated_age_days"]) == (1, 0)
    check = FairnessCheck.model_validate(stated)
    assert check.impact_ratio_min_bp == facts.impact_ratio_min_bp


def test_the_example_organisation_states_what_its_counts_say() -> None:
    for name, model in (example().models or {}).items():
        if model.fairness is None or model.fairness.groups is None:
            continue
        counts = {g.name or "": (g.n or 0, g.selected or 0) for g in model.fairness.groups}
        report = check_fairness(OutcomeCounts.of(counts))
        facts = fairness_facts(report)
        assert report.outcome == "pass"
        for key in ("p_value_bp", "impact_ratio_min_bp", "ci95_low_bp", "ci95_high_bp"):
            # The file rounds to the nearest.
            assert abs(getattr(facts, key) - getattr(model.fairness, key)) <= 1, (name, key)


def test_no_text_says_that_eu_law_has_a_rule_of_80_percent() -> None:
    text = " ".join(explain(check_fairness(GAP)))
    assert "29 CFR 1607.4(D)" in text
    assert "EU law has no such rule" in text


def test_a_pass_says_what_the_data_do_not_rule_out() -> None:
    small = check_fairness(OutcomeCounts.of({"a": (40, 20), "b": (40, 19)}))
    large = check_fairness(OutcomeCounts.of({"a": (40_000, 20_000), "b": (40_000, 19_500)}))
    assert (small.outcome, large.outcome) == ("pass", "pass")
    assert any("do not rule out" in paragraph for paragraph in explain(small))
    assert not any("do not rule out" in paragraph for paragraph in explain(large))
