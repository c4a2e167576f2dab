"""How the results of a fairness check are shown."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from math import floor, isfinite
from typing import TYPE_CHECKING, Any

import click

from aboveboard.cli.output import count, plain, print_table
from aboveboard.fairness import explain, reason

if TYPE_CHECKING:
    from aboveboard.fairness import Assessment, FairnessReport, GroupResult

__all__ = ["as_json", "show"]

_STYLES = {"pass": "green", "warn": "yellow", "escalate": "yellow", "deny": "red"}
_HEADERS = ("result", "group", "n", "selected", "rate", "ratio", "95 %", "p")
_SHOWN = 20
_NAMED = 8


def show(report: FairnessReport) -> None:
    """Print a table for everybody and one a stratum, then what they mean."""
    counts = report.counts
    _table(report.overall, "Everybody" if report.strata else f"By {counts.group_by}")
    # Gravest first would tear apart what people look up by name; only too many are cut to them.
    shown = report.strata
    if len(shown) > _SHOWN:
        order = {"deny": 0, "escalate": 1, "warn": 2, "pass": 3}
        shown = tuple(sorted(shown, key=lambda one: order[one.outcome]))[:_SHOWN]
    for one in shown:
        click.echo()
        _table(one, f"{counts.stratum_by}: {one.stratum}")
    if len(shown) < len(report.strata):
        click.echo(
            f"\nThe {_SHOWN} gravest of {count(len(report.strata), 'stratum').replace('ums', 'a')}"
            " are shown; --format json has them all."
        )
    click.echo(f"\nResult: {report.outcome}{_where(report)}")
    for paragraph in explain(report):
        click.echo(textwrap.fill(paragraph, 96))


def _where(report: FairnessReport) -> str:
    if not report.strata or report.outcome == "pass":
        return ""
    worst = report.worst
    if worst.stratum is None:
        return ", over all strata together"
    return f", in {plain(f'{report.counts.stratum_by} {worst.stratum}')}"


def _table(one: Assessment, title: str) -> None:
    click.echo(f"{plain(title)} ({count(one.n, 'person').replace('persons', 'people')})")
    print_table(_HEADERS, [_row(result) for result in one.groups], styles=_STYLES)
    # Below, not in a column: a terminal of 80 characters is full without it.
    for why, names in _reasons(one).items():
        more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
        click.echo(f"* {', '.join(map(plain, names[:_NAMED]))}{more}: {why}")


def _reasons(one: Assessment) -> dict[str, list[str]]:
    """Names of groups by what their answer rests on."""
    found: dict[str, list[str]] = {}
    for result in one.groups:
        if why := reason(result.why, one.thresholds):
            found.setdefault(why, []).append(result.group.name)
    return found


def _row(result: GroupResult) -> tuple[str, ...]:
    group, against = result.group, result.comparison
    rate = "" if group.rate is None else f"{group.rate:.1%}".replace("%", " %")
    known = (result.outcome or "reference", group.name, f"{group.n:,}", f"{group.selected:,}", rate)
    if against is None:
        return (*known, "", "", "")
    low, high = against.ci95
    interval = f"{_down(low)}–{_down(high)}" if isfinite(high) else f"from {_down(low)}"
    p = "" if against.p_holm is None else _probability(against.p_holm)
    return (*known, _down(against.ratio), interval, p)


def _down(value: float) -> str:
    """Three digits, cut off: 0.7999 is below 0.8 and has to look so."""
    return f"{floor(round(value * 1000, 6)) / 1000:.3f}"


def _probability(p: float) -> str:
    return "<0.0001" if p < 0.0001 else f"{p:.4f}"


def as_json(report: FairnessReport, facts: Callable[[str | None], dict[str, Any]]) -> Any:
    """The results as plain values.

    Args:
        report: the results.
        facts: gives the facts of a stratum; of the gravest for None.
    """
    return {
        "outcome": report.outcome,
        "facts": facts(None),
        "group_by": report.counts.group_by,
        "stratum_by": report.counts.stratum_by,
        "left_out": report.counts.left_out,
        "overall": _assessment(report.overall),
        "strata": [{**_assessment(one), "facts": facts(one.stratum)} for one in report.strata],
        "explanation": explain(report),
    }


def _assessment(one: Assessment) -> dict[str, Any]:
    return {
        "stratum": one.stratum,
        "outcome": one.outcome,
        "reference": one.reference,
        "n": one.n,
        "groups": [_group(result, one) for result in one.groups],
    }


def _group(result: GroupResult, one: Assessment) -> dict[str, Any]:
    known: dict[str, Any] = {
        "name": result.group.name,
        "n": result.group.n,
        "selected": result.group.selected,
        "rate": result.group.rate,
        "share": result.share,
        "outcome": result.outcome,
        "why": reason(result.why, one.thresholds) or None,
    }
    against = result.comparison
    if against is not None:
        low, high = against.ci95
        known |= {
            "impact_ratio": against.ratio,
            "demographic_parity_difference": against.difference,
            "p": against.p,
            "p_holm": against.p_holm,
            "test": against.test,
            "ci95": [low, high if isfinite(high) else None],
        }
    return known
