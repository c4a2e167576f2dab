"""What the page shows decision by decision: examples, drift, lines left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape

from aboveboard.replay.page_tables import Cell, named, table
from aboveboard.replay.report import ExampleShown, Report
from aboveboard.replay.wording import KIND_TITLES, change_of, drift_of, of_each_kind

__all__ = ["details"]

_EXAMPLES = 5


def details(report: Report) -> Iterator[str]:
    """The sections, as far as there is something to show."""
    yield from _examples(report)
    yield from _drift(report)
    yield from _bad_lines(report)


def _examples(report: Report) -> Iterator[str]:
    if not report.examples:
        return
    shown = list(of_each_kind(report, _EXAMPLES))
    yield "<section>\n<h2>Smallest examples</h2>"
    yield (
        f"<p>Of each kind the {_EXAMPLES} smallest, each by another rule where there is one. The JSON "
        "report has one of each kind and rule.</p>"
    )
    for example in shown:
        yield from _example(example)
    yield "</section>"


def _example(example: ExampleShown) -> Iterator[str]:
    row = example.row
    rule = f": <code>{escape(example.rule)}</code>" if example.rule else ""
    yield f"<article>\n<h3>{escape(KIND_TITLES.get(example.kind, example.kind))}{rule}</h3>\n<dl>"
    facts = [*change_of(example), ("decision", " · ".join(_where(example)))]
    if row["decision_id"]:
        facts.append(("decision id", str(row["decision_id"])))
    if example.place:
        facts.append(("record", example.place))
    for name, value in facts:
        yield f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"
    yield "</dl>"
    if example.event is not None:
        text = json.dumps(example.event, indent=2, ensure_ascii=False)
        yield f"<details><summary>Event</summary><pre>{escape(text)}</pre></details>"
    yield "</article>"


def _where(example: ExampleShown) -> Iterator[str]:
    row = example.row
    yield named(f"{row['step']}/{row['phase']}")
    for name in ("vendor", "segment", "country"):
        yield f"{name} {row[name]}"


def _drift(report: Report) -> Iterator[str]:
    drift = report.drift
    if not drift.found:
        return
    yield "<section>\n<h2>Drift</h2>"
    yield (
        "<p>Policies of the same revision decide these otherwise now than when they were recorded: the "
        "program has changed, or the record.</p>"
    )
    rows: list[list[Cell]] = [
        [
            (one.place, None),
            (named(f"{one.step}/{one.phase}"), None),
            (f"{one.recorded_effect} → {one.effect}", None),
            (drift_of(one), None),
            (one.decision_id, None),
        ]
        for one in drift.listed
    ]
    if drift.found > len(drift.listed):
        yield f"<p>The first {len(drift.listed):,} of {drift.found:,} are listed.</p>"
    heads = ("record", "step", "outcome", "rules", "decision")
    yield from table("Drifted decisions", [(head, False) for head in heads], rows)
    yield "</section>"


def _bad_lines(report: Report) -> Iterator[str]:
    if not report.totals.bad:
        return
    yield "<section>\n<h2>Lines left out</h2>"
    if report.totals.bad > len(report.bad_lines):
        yield f"<p>The first {len(report.bad_lines):,} of {report.totals.bad:,} are listed.</p>"
    yield from table(
        "Lines that hold no record",
        [("place", False), ("problem", False)],
        [[(one.place, None), (one.problem, None)] for one in report.bad_lines],
    )
    yield "</section>"
