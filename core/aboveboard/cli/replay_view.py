"""How a replay's report is shown: on a terminal, as JSON, as a page."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aboveboard.cli.output import plain, print_table, write_json
from aboveboard.cli.writing import write_whole

if TYPE_CHECKING:
    from aboveboard.replay.report import Group, Report

__all__ = ["as_json", "print_json", "print_report", "write_html"]

_ROWS, _LISTED, _WIDTH = 10, 10, 96
_HEADS = {
    "newly_stopped": "stop",
    "stricter": "strict",
    "newly_allowed": "allow",
    "milder": "mild",
    "obligations": "oblige",
    "rules": "other",
}
_STYLES = {"kept": "green", "exceeded": "red", "unknown": "yellow"}


def as_json(report: Report) -> dict[str, Any]:
    """The report as plain values."""
    return report.as_dict()


def print_json(report: Report) -> None:
    """Print it as JSON."""
    write_json(as_json(report))


def write_html(report: Report, path: Path) -> None:
    """Write it as one page; what is there stays until the new one is complete.

    Raises:
        ClickException: it cannot be written.
    """
    from aboveboard.replay.page import as_html

    write_whole(path, as_html(report))


def print_report(report: Report) -> None:
    """Print what it says, the most important first."""
    from aboveboard.replay.wording import KIND_TITLES, TITLES, headline, remarks

    _wrapped(headline(report))
    for warning, text in remarks(report):
        _wrapped(text, "! " if warning else "  ")
    # Columns of nothing but zeros would push the others off a terminal of 80 characters.
    steps = report.groups["step"]
    kinds = [kind for kind in _HEADS if any(group.counts.get(kind) for group in steps)]
    for dimension, title in TITLES.items():
        _groups(report, dimension, title, kinds)
    if kinds:
        click.echo()
        _wrapped("; ".join(f"{_HEADS[kind]}: {KIND_TITLES[kind].lower()}" for kind in kinds) + ".")
    _examples(report)
    _drift(report)
    _bad_lines(report)
    _times(report)
    _compared(report)
    _budgets(report)


def _wrapped(text: str, before: str = "") -> None:
    click.echo(
        textwrap.fill(
            plain(text), _WIDTH, initial_indent=before, subsequent_indent=" " * len(before)
        )
    )


def _groups(report: Report, dimension: str, title: str, kinds: Sequence[str]) -> None:
    from aboveboard.replay.wording import top

    shown, rest = top(report.groups[dimension], _ROWS)
    if not shown:
        return
    rule = dimension == "rule"
    click.echo(f"\n{title}")
    print_table(
        (dimension, *(("before", "now") if rule else ("all",)), *(_HEADS[kind] for kind in kinds)),
        [
            _row(group, kinds, rule=rule)
            for group in (shown if rest is None else [*shown, rest])
        ],
    )  # fmt: skip
    if dimension in report.cut:
        click.echo("There are more than are counted one by one; those first by name are.")


def _row(group: Group, kinds: Sequence[str], *, rule: bool) -> tuple[str, ...]:
    counts = group.counts
    first = (counts.get("old", 0), counts.get("new", 0)) if rule else (group.compared,)
    numbers = (*first, *(counts.get(kind, 0) for kind in kinds))
    return plain(group.value, 32), *(f"{number:,}" for number in numbers)


def _examples(report: Report) -> None:
    from aboveboard.replay.wording import KIND_TITLES, change_of, of_each_kind

    for index, example in enumerate(of_each_kind(report)):
        if not index:
            click.echo("\nSmallest example of each kind")
        row = example.row
        where = [
            f"{row['step']}/{row['phase']}",
            *(f"{name} {row[name]}" for name in ("vendor", "segment", "country")),
        ]
        place = example.place or f"decision {row['decision_id'] or row['event_id']}"
        _wrapped(f"{KIND_TITLES.get(example.kind, example.kind)}: {place}", "  ")
        _wrapped(", ".join(where), "    ")
        for name, value in change_of(example):
            _wrapped(f"{name}: {value}", "    ")


def _drift(report: Report) -> None:
    from aboveboard.replay.wording import drift_of

    drift = report.drift
    if not drift.found:
        return
    click.echo("\nDrift: the same policies decide these otherwise now")
    for one in drift.listed[:_LISTED]:
        step = f"{one.step}/{one.phase}, {one.recorded_effect} → {one.effect}"
        _wrapped(f"{one.place}: {step}: {drift_of(one)} (decision {one.decision_id})", "  ")
    _and_more(drift.found, min(len(drift.listed), _LISTED))


def _bad_lines(report: Report) -> None:
    if not report.totals.bad:
        return
    click.echo("\nLines that hold no record")
    for one in report.bad_lines[:_LISTED]:
        _wrapped(f"{one.place}: {one.problem}", "  ")
    _and_more(report.totals.bad, min(len(report.bad_lines), _LISTED))


def _and_more(found: int, listed: int) -> None:
    if found > listed:
        click.echo(f"  and {found - listed:,} more; --format json and --html list up to 100")


def _times(report: Report) -> None:
    from aboveboard.replay.wording import milliseconds

    old, new = report.times.old, report.times.new
    if new is None:
        return
    click.echo("\nEvaluation time")
    names = (("median", "p50_us"), ("95 %", "p95_us"), ("99 %", "p99_us"), ("mean", "mean_us"))
    before = "recorded" if report.old.kind == "recorded" else "before"
    sides = [("now", new)] if old is None else [(before, old), ("now", new)]
    print_table(
        ("", *(title for title, _ in names)),
        [(head, *(milliseconds(getattr(own, name)) for _, name in names)) for head, own in sides],
    )
    if old is not None and before == "recorded":
        _wrapped("Recorded times are of whole decisions, wherever they were made.")


def _compared(report: Report) -> None:
    from aboveboard.replay.wording import side

    click.echo()
    _wrapped(f"Before: {side(report.old)} {report.old.revision}".rstrip())
    _wrapped(f"Now:    {side(report.new)} {report.new.revision}".rstrip())


def _budgets(report: Report) -> None:
    from aboveboard.replay.wording import budget_line, judged_share

    if not report.budgets:
        return
    click.echo("\nBudgets")
    print_table(
        ("result", "fails if", "measured"),
        [
            (
                result.outcome,
                f"{result.expression} ({result.budget})" if result.budget else result.expression,
                budget_line(result),
            )
            for result in report.budgets
        ],
        styles=_STYLES,
    )
    _wrapped(judged_share(report))
