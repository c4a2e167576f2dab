"""Every figure of tables that others published, within what they rounded."""

from __future__ import annotations

from math import erfc, sqrt
from typing import Any

import pytest

from aboveboard.fairness import OutcomeCounts, Thresholds, check_fairness, exact, two_sided_p
from aboveboard.fairness.assessing import Assessment


def assessed(table: dict[str, Any], n_min: int | None = None) -> Assessment:
    groups = {name: (group["n"], group["selected"]) for name, group in table["groups"].items()}
    thresholds = Thresholds(n_min=n_min or table["n_min"])
    return check_fairness(OutcomeCounts.of(groups), thresholds).overall


def test_every_figure(table: dict[str, Any]) -> None:
    result = assessed(table)
    assert result.reference == table["reference"]
    for one in result.groups:
        known = table["groups"][one.group.name]
        assert one.group.rate == pytest.approx(known["rate"], abs=5e-7)
        assert one.share == pytest.approx(known["share"], abs=5e-7)
        if one.group.name == result.reference:
            assert (one.comparison, one.outcome) == (None, None)
            continue
        assert one.comparison is not None
        assert one.comparison.ratio == pytest.approx(known["ratio"], abs=5e-7)
        assert one.comparison.difference == pytest.approx(known["difference"], abs=5e-7)
        assert one.comparison.p == pytest.approx(known["p"], rel=1e-5, abs=1e-300)
        assert one.comparison.ci95 == pytest.approx(known["ci95"], abs=5e-5)
        assert one.comparison.test == "fisher"


def test_the_z_test_where_it_is_taken(
    table: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Native Americans are 11, of whom fewer than 5 would be expected not to be scored low."""
    monkeypatch.setattr(exact, "FISHER_MAX", 0)
    reference = table["groups"][table["reference"]]
    for name, known in table["groups"].items():
        if name == table["reference"]:
            continue
        p, test = two_sided_p(known["selected"], known["n"], reference["selected"], reference["n"])
        if name == "Native American":
            assert (p, test) == (pytest.approx(known["p"], rel=1e-5), "fisher")
        else:
            expected = erfc(abs(known["z"]) / sqrt(2))
            assert (p, test) == (pytest.approx(expected, rel=1e-2), "z")


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("adult_sex", "deny"),
        ("compas_low_risk_race", "deny"),
        ("german_sex", "pass"),
        ("ucb_admissions_sex", "deny"),
        ("ucb_admissions_dept_A", "escalate"),
        ("ucb_admissions_dept_B", "warn"),  # 25 women applied
        ("ucb_admissions_dept_C", "pass"),
        ("ucb_admissions_dept_D", "pass"),
    ],
)
def test_the_answer(name: str, outcome: str) -> None:
    from tests.fairness.conftest import TABLES

    table = next(table for table in TABLES if table["id"] == name)
    assert assessed(table, n_min=30).outcome == outcome


def test_the_answer_for_each_group() -> None:
    from tests.fairness.conftest import TABLES

    compas = next(table for table in TABLES if table["id"] == "compas_low_risk_race")
    answers = {one.group.name: (one.outcome, one.why) for one in assessed(compas).groups}
    assert answers == {
        "African-American": ("deny", "certain_gap"),
        # 31 people are 0.5 % of all: never the reference, but tested.
        "Asian": ("pass", "no_gap"),
        "Caucasian": ("pass", "no_gap"),
        "Hispanic": ("pass", "no_gap"),
        "Native American": ("warn", "thin"),
        "Other": (None, None),
    }


def test_holm_over_the_groups_that_are_judged() -> None:
    """Four comparisons, not five: of 11 Native Americans nothing is claimed."""
    from tests.fairness.conftest import TABLES

    compas = next(table for table in TABLES if table["id"] == "compas_low_risk_race")
    known = {name: group.get("p") for name, group in compas["groups"].items()}
    corrected = {
        one.group.name: one.comparison.p_holm for one in assessed(compas).groups if one.comparison
    }
    assert corrected.pop("Native American") is None
    assert corrected == {
        "African-American": pytest.approx(4 * known["African-American"], rel=1e-5),
        "Caucasian": pytest.approx(3 * known["Caucasian"], rel=1e-5),
        "Hispanic": pytest.approx(2 * known["Hispanic"], rel=1e-5),
        "Asian": pytest.approx(known["Asian"], rel=1e-5),
    }


def test_departments_part_what_the_whole_mixes(
    departments: dict[str, dict[str, tuple[int, int]]],
) -> None:
    """Berkeley 1973: women fare worse in the whole, and better in four departments of six."""
    report = check_fairness(OutcomeCounts.of_strata(departments, "sex", "department"))
    assert sum(one.n for one in report.strata) == report.overall.n == 4526
    (women,) = [one for one in report.overall.groups if one.group.name == "Female"]
    assert women.comparison is not None
    assert women.comparison.ratio == pytest.approx(0.68183, abs=5e-6)
    rates = {
        one.stratum: {each.group.name: each.group.rate or 0.0 for each in one.groups}
        for one in report.strata
    }
    assert [name for name, rate in rates.items() if rate["Female"] > rate["Male"]] == [
        *("A", "B", "D", "F")
    ]
    assert {one.stratum: one.outcome for one in report.strata} == {
        "A": "escalate",  # against men
        "B": "warn",
        "C": "pass",
        "D": "pass",
        "E": "pass",
        "F": "pass",
    }
    assert report.strata_disagree
    # No key acquits: what parts people into departments may be what parts the sexes.
    assert (report.outcome, report.worst.stratum) == ("deny", None)
