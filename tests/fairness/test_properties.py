"""What has to hold for any counts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.fairness import (
    FairnessReport,
    Group,
    OutcomeCounts,
    assess,
    check_fairness,
    fairness_facts,
)
from aboveboard.fairness.outcomes import severity


@st.composite
def pairs(draw: st.DrawFn, max_n: int = 400) -> tuple[int, int]:
    n = draw(st.integers(0, max_n))
    return n, draw(st.integers(0, n))


names = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9)
tables = st.dictionaries(names, pairs(), min_size=1, max_size=6)
strata = st.dictionaries(names, tables, min_size=1, max_size=4)


def report(of: dict[str, dict[str, tuple[int, int]]]) -> FairnessReport:
    return check_fairness(OutcomeCounts.of_strata(of, "sex", "segment"))


@settings(deadline=None)
@given(tables, st.randoms())
def test_the_order_of_groups_makes_no_difference(table: dict[str, tuple[int, int]], random) -> None:  # type: ignore[no-untyped-def]
    groups = [Group(name, *counts) for name, counts in table.items()]
    shuffled = random.sample(groups, len(groups))
    assert assess(groups) == assess(shuffled)


@settings(deadline=None)
@given(strata)
def test_the_order_of_strata_makes_no_difference(
    of: dict[str, dict[str, tuple[int, int]]],
) -> None:
    assert report(of) == report(dict(reversed(of.items())))


@settings(deadline=None)
@given(tables, st.integers(2, 50))
def test_more_of_the_same_only_makes_surer(table: dict[str, tuple[int, int]], times: int) -> None:
    """Rates and ratios stay, intervals do not grow."""
    scaled = {name: (n * times, selected * times) for name, (n, selected) in table.items()}
    small, large = (check_fairness(OutcomeCounts.of(t)).overall for t in (table, scaled))
    if small.reference != large.reference:
        return  # a group has only now people enough to set it
    for one, other in zip(small.groups, large.groups, strict=True):
        assert one.group.rate == other.group.rate
        if one.comparison and other.comparison:
            assert one.comparison.ratio == other.comparison.ratio
            assert one.comparison.difference == other.comparison.difference
            assert other.comparison.ci95[0] >= one.comparison.ci95[0] * (1 - 1e-9)
            if one.comparison.p_holm is not None and other.comparison.p_holm is not None:
                assert other.comparison.ci95[1] <= one.comparison.ci95[1] * (1 + 1e-9)


@settings(deadline=None)
@given(tables)
def test_thin_data_never_pass(table: dict[str, tuple[int, int]]) -> None:
    result = check_fairness(OutcomeCounts.of(table)).overall
    for one in result.groups:
        if one.group.n < 30:
            assert one.outcome == "warn"
    if any(n < 30 for n, _ in table.values()) or len(table) == 1:
        assert result.outcome != "pass"
    if all(selected == 0 for _, selected in table.values()):
        assert result.outcome == "warn"


@settings(deadline=None)
@given(strata)
def test_the_whole_is_never_milder_than_its_strata(
    of: dict[str, dict[str, tuple[int, int]]],
) -> None:
    result = report(of)
    assert [one.stratum for one in result.strata] == sorted(of)
    assert sum(one.n for one in result.strata) == result.overall.n
    gravest = max(severity(one.outcome) for one in (result.overall, *result.strata))
    assert severity(result.outcome) == gravest


@settings(deadline=None)
@given(strata)
def test_rules_read_in_the_facts_what_the_report_says(
    of: dict[str, dict[str, tuple[int, int]]],
) -> None:
    """The method again, by whole numbers alone, as a rule in Rego has to do it."""
    result = report(of)
    facts = [(result.worst, fairness_facts(result))]
    facts += [(one, fairness_facts(result, stratum=one.stratum)) for one in result.strata]
    for one, stated in facts:
        assert stated.groups is not None
        thin = any((group.n or 0) < 30 for group in stated.groups)
        ratio, upper, p = stated.impact_ratio_min_bp, stated.ci95_high_bp, stated.p_value_bp
        if upper is not None and upper < 8000:
            read = "deny"
        elif ratio is not None and p is not None and ratio < 8000 and p <= 500:
            read = "escalate"
        else:
            read = "warn" if thin or ratio is None or ratio < 8000 else "pass"
        assert read == one.outcome


@settings(deadline=None)
@given(tables)
def test_reference_is_the_best_of_those_large_enough(table: dict[str, tuple[int, int]]) -> None:
    result = check_fairness(OutcomeCounts.of(table)).overall
    total = sum(n for n, _ in table.values())
    large = {
        name: selected / n for name, (n, selected) in table.items() if n >= max(30, 0.02 * total)
    }
    if not large:
        assert result.reference is None
    else:
        assert result.reference is not None
        assert large[result.reference] == max(large.values())
