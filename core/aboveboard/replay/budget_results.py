"""Whether a replay keeps to its budgets. What cannot be told is never a pass."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from aboveboard.errors import SettingsError
from aboveboard.nearest import nearest
from aboveboard.replay.budgets import COUNTS, Budget

if TYPE_CHECKING:
    from aboveboard.replay.report import Group, Report

__all__ = ["BudgetResult", "judge"]


class BudgetResult(BaseModel):
    """What became of one budget.

    Attributes:
        budget: name of the list that it stands in; empty for one of the command line.
        expression: the condition to fail on.
        outcome: `kept`, `exceeded`, or `unknown`: it cannot be told, which is no pass either.
        measured: the count, or milliseconds; None where there is none.
        base: what a percentage is of; None where none was asked for.
        percent: `measured` in percent of `base`; None where none was asked for.
        why: for `unknown`: the reason, and the way out.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, defer_build=True
    )

    budget: str
    expression: str
    outcome: Literal["kept", "exceeded", "unknown"]
    measured: float | None = None
    base: float | None = None
    percent: float | None = None
    why: str = ""

    @property
    def passed(self) -> bool:
        """True when the budget is kept."""
        return self.outcome == "kept"


class _Unknown(Exception):
    """Why it cannot be told."""


def judge(
    report: Report, budgets: Sequence[Budget], *, allow_empty: bool = False
) -> list[BudgetResult]:
    """Hold a replay against budgets, in their order.

    A partial report keeps no budget, nor does one of no records: nobody has looked. What is measured
    and exceeds its budget is told all the same.

    Args:
        report: of the replay.
        budgets: the conditions to fail on.
        allow_empty: that there is nothing to count is a zero, and no reason to fail.

    Raises:
        SettingsError: a budget names a rule that neither side has.
    """
    for budget in budgets:
        _check_rule(report, budget)
    return [_judge(report, budget, allow_empty=allow_empty) for budget in budgets]


def _check_rule(report: Report, budget: Budget) -> None:
    known = {*report.old.rules, *report.new.rules}
    if budget.by != "rule" or not known or budget.value in known:
        return
    if report.group("rule", budget.value) is not None:
        return  # of a recorded verdict, whose policies are not here
    close = nearest(budget.value, known)
    hint = f"Did you mean '{close}'?" if close else "'aboveboard policies list' has them all."
    msg = f"The budget '{budget}': neither side has a rule of that name. {hint}"
    raise SettingsError(msg)


def _judge(report: Report, budget: Budget, *, allow_empty: bool) -> BudgetResult:
    found = BudgetResult(budget=budget.name, expression=str(budget), outcome="unknown")
    try:
        measured, base = _measured(report, budget)
    except _Unknown as error:
        return found.model_copy(update={"why": str(error)})
    share = (100 * measured / base if base else Fraction(0)) if budget.percent else None
    told = {
        "measured": float(measured),
        "base": float(base) if budget.percent else None,
        "percent": None if share is None else float(share),
    }
    if budget.exceeded(measured if share is None else share):
        return found.model_copy(update={**told, "outcome": "exceeded"})
    if not allow_empty and not (base and report.totals.compared):
        return found.model_copy(update={**told, "why": _nothing(report, budget)})
    if report.partial is not None:
        why = "The report is partial: let the replay go to its end."
        return found.model_copy(update={**told, "why": why})
    return found.model_copy(update={**told, "outcome": "kept"})


def _nothing(report: Report, budget: Budget) -> str:
    if not report.totals.compared:
        return "No decision was compared. Are these the right records?"
    if budget.count == "drift":
        return (
            "No record is of the policies that were replayed, so nothing was checked for drift. Give "
            "those that made the records as --baseline."
        )
    return f"No decision has the {budget.by} '{budget.value}'. Is it misspelt?"


def _measured(report: Report, budget: Budget) -> tuple[Fraction, Fraction]:
    """What is counted, and what that is a part of."""
    totals = report.totals
    if budget.by:
        return _narrowed(report, budget)
    base = COUNTS[budget.count]
    if base == "old time":
        return _time(report, budget)
    if base == "checked":
        return Fraction(report.drift.found), Fraction(report.drift.checked)
    if budget.count == "decisions":
        return Fraction(totals.compared), Fraction(totals.compared)
    measured = Fraction(getattr(totals, budget.count))
    whole = {
        "lines": totals.records + totals.bad + totals.foreign + totals.duplicates,
        "made": totals.records + totals.missing,
        "records": totals.records,
    }
    return measured, Fraction(whole.get(base, totals.compared))


def _time(report: Report, budget: Budget) -> tuple[Fraction, Fraction]:
    name = budget.count.removeprefix("evaluation_time_").removesuffix("_ms") + "_us"
    new, old = report.times.new, report.times.old
    if new is None:
        msg = "Nothing was timed. Are these the right records?"
        raise _Unknown(msg)
    measured = Fraction(getattr(new, name)) / 1000
    if not budget.percent:
        return measured, Fraction(1)
    if report.old.kind == "recorded":
        msg = (
            "Recorded times are of whole decisions, on other machines. Give a --baseline: its "
            "policies are timed here."
        )
        raise _Unknown(msg)
    if old is None or not getattr(old, name):
        msg = "The baseline was not timed."
        raise _Unknown(msg)
    return measured, Fraction(getattr(old, name)) / 1000


def _narrowed(report: Report, budget: Budget) -> tuple[Fraction, Fraction]:
    dimension, value = budget.by, budget.value
    found = [group for group in report.groups[dimension] if _is(group.value, dimension, value)]
    if not found and dimension in report.cut:
        msg = f"More values of '{dimension}' occur than are counted one by one."
        raise _Unknown(msg)
    measured = sum(_count(group, budget.count) for group in found)
    if dimension == "rule":
        return Fraction(measured), Fraction(report.totals.compared)
    return Fraction(measured), Fraction(sum(group.compared for group in found))


def _is(given: str, dimension: str, value: str) -> bool:
    return given == value or (dimension == "step" and given.partition("/")[0] == value)


def _count(group: Group, name: str) -> int:
    if name == "changed":
        return group.changed
    if name == "changed_effect":
        return group.changed_effect
    return group.counts.get(name, 0)
