"""Fisher, Holm and Katz against values worked out by hand, and at their edges."""

from __future__ import annotations

from math import comb, inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.errors import ConfigurationError
from aboveboard.fairness import Thresholds, classify, holm, katz_interval, two_sided_p
from aboveboard.fairness.outcomes import worst


def test_fisher_and_the_lady_tasting_tea() -> None:
    """Fisher 1935: three of four cups right; 34 of 70 ways are as unlikely or more."""
    assert two_sided_p(3, 4, 1, 4) == (pytest.approx(34 / 70), "fisher")


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_fisher_is_the_sum_of_all_tables_as_unlikely(n: int, m: int, data: st.DataObject) -> None:
    a = data.draw(st.integers(0, n))
    b = data.draw(st.integers(0, m))
    chosen = a + b
    ways = {
        x: comb(n, x) * comb(m, chosen - x) for x in range(max(0, chosen - m), min(n, chosen) + 1)
    }
    expected = sum(w for w in ways.values() if w <= ways[a]) / comb(n + m, chosen)
    assert two_sided_p(a, n, b, m)[0] == pytest.approx(expected, rel=1e-9)


def test_fisher_where_there_is_no_difference_to_find() -> None:
    assert two_sided_p(0, 50, 0, 70)[0] == 1
    assert two_sided_p(50, 50, 70, 70)[0] == 1


def test_huge_groups_are_answered_at_once() -> None:
    p, test = two_sided_p(3_000_000_000, 10**10, 3_000_100_000, 10**10)
    assert (test, p) == ("z", pytest.approx(0.1228, abs=1e-3))


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.7]) == [1, 1]
    assert holm([]) == []


def test_katz_by_hand() -> None:
    """15 of 30 against 20 of 30: 0.75 · exp(±1.96 · sqrt(1/15 - 1/30 + 1/20 - 1/30))."""
    assert katz_interval(15, 30, 20, 30) == pytest.approx((0.48387, 1.16250), abs=1e-5)


def test_katz_with_empty_cells() -> None:
    low, high = katz_interval(0, 30, 15, 30)
    # Half a person in each cell: 0.5/31 over 15.5/31, spread 1.96 · sqrt(2 - 2/31 + 1/15.5).
    assert (low, high) == (0, pytest.approx(0.51577, abs=1e-4))
    low, high = katz_interval(30, 30, 30, 30)
    assert low < 1 < high
    low, high = katz_interval(5, 30, 0, 30)
    assert low > 0
    assert high == inf
    assert katz_interval(0, 30, 0, 30) == (0, inf)


@settings(deadline=None)
@given(st.integers(1, 10**6), st.integers(1, 10**6), st.data())
def test_katz_holds_the_ratio(n: int, m: int, data: st.DataObject) -> None:
    a = data.draw(st.integers(0, n))
    b = data.draw(st.integers(1, m))
    low, high = katz_interval(a, n, b, m)
    ratio = (a / n) / (b / m)
    assert 0 <= low <= ratio * (1 + 1e-9)
    assert high >= ratio * (1 - 1e-9)


@pytest.mark.parametrize(
    ("n", "ratio", "p", "upper", "outcome"),
    [
        (30, 0.5, 0.01, 0.79, "deny"),
        (30, 0.5, 0.3, 0.79, "deny"),
        (30, 0.5, 0.01, 0.8, "escalate"),
        (30, 0.799, 0.049, 0.9, "escalate"),
        (30, 0.799, 0.05, 0.9, "warn"),
        (30, 0.8, 0.001, 0.9, "pass"),
        (29, 0.5, 0.001, 0.6, "warn"),
        (29, 1.0, 1.0, 1.2, "warn"),
    ],
)
def test_the_four_answers(n: int, ratio: float, p: float, upper: float, outcome: str) -> None:
    assert classify(n, ratio, p, upper, Thresholds())[0] == outcome


def test_no_answers_are_no_pass() -> None:
    assert worst([]) == "warn"


@pytest.mark.parametrize(
    "wrong", [{"n_min": 1}, {"share_min": 1.0}, {"ratio": 0.0}, {"ratio": 1.1}, {"p": 0.0}]
)
def test_thresholds_that_nothing_could_be_held_to(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigurationError, match="Thresholds"):
        Thresholds(**wrong)  # type: ignore[arg-type]
