"""The report as one HTML page that needs nothing else: no server, no font, no script from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from typing import get_args

from aboveboard.replay.charts import Bar, bar_chart
from aboveboard.replay.page_details import details
from aboveboard.replay.page_parts import POLICY, SCRIPT, STYLE
from aboveboard.replay.page_tables import Cell, named, table
from aboveboard.replay.report import Compared, Group, Report
from aboveboard.replay.wording import (
    COLUMNS,
    KIND_TITLES,
    TITLES,
    budget_line,
    counted,
    headline,
    judged_share,
    milliseconds,
    remarks,
    share,
    side,
    top,
)
from aboveboard.verdicts import Effect

__all__ = ["as_html"]

_BARS, _ROWS, _EXAMPLES, _FILES = 12, 100, 5, 20
_OUTCOMES = {"kept": "good", "exceeded": "bad", "unknown": "unsure"}
_TILES = ("newly_stopped", "stricter", "newly_allowed", "milder")
_STYLES = {
    "newly_stopped": "stopped",
    "stricter": "stricter",
    "newly_allowed": "allowed",
    "milder": "milder",
    "obligations": "obligations",
    "rules": "other",
}


def as_html(report: Report) -> str:
    """The report as a page of its own."""
    return "\n".join(_page(report)) + "\n"


def _page(report: Report) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">'
    yield f"<title>Policy replay: {escape(headline(report))}</title>"
    yield f"<style>{STYLE}</style>\n</head>\n<body>\n<header>"
    yield from _header(report)
    yield "</header>\n<main>"
    yield from _tiles(report)
    yield from _budgets(report)
    for dimension, title in TITLES.items():
        yield from _groups(report, dimension, title)
    yield from _effects(report)
    yield from _times(report)
    yield from details(report)
    yield from _compared(report)
    yield "</main>\n<footer>"
    yield (
        f"<p>Made by Aboveboard {escape(report.aboveboard)} on {_time(report.made_at)}. A decision that "
        "rests on several rules counts for each of them. Not legal advice.</p>"
    )
    yield f"</footer>\n<script>{SCRIPT}</script>\n</body>\n</html>"


def _header(report: Report) -> Iterator[str]:
    yield "<h1>Policy replay</h1>"
    pills = []
    if report.partial is not None:
        pills.append(("unsure", "Partial"))
    if report.budgets:
        outcomes = {result.outcome for result in report.budgets}
        worst = next(one for one in ("exceeded", "unknown", "kept") if one in outcomes)
        said = {
            "kept": "Within budget", "exceeded": "Budget exceeded", "unknown": "Budget unknown",
        }  # fmt: skip
        pills.append((_OUTCOMES[worst], said[worst]))
    if report.drift.found:
        pills.append(("unsure", "Drift"))
    if pills:
        shown = (f'<span class="pill {style}">{text}</span>' for style, text in pills)
        yield f"<div>{''.join(shown)}</div>"
    yield f'<p class="headline">{_text(headline(report))}</p>'
    yield (
        f'<p class="dim">Before: {escape(side(report.old))}. After: {escape(side(report.new))}. '
        f"{_time(report.made_at)}</p>"
    )
    told = list(remarks(report))
    if told:
        yield '<ul class="remarks">'
        for warning, text in told:
            style = ' class="warning"' if warning else ""
            yield f"<li{style}>{_text(text)}</li>"
        yield "</ul>"


def _tiles(report: Report) -> Iterator[str]:
    totals = report.totals
    tiles = [(_STYLES[kind], KIND_TITLES[kind], getattr(totals, kind)) for kind in _TILES]
    tiles += [
        ("obligations", "Changed obligations", totals.changed_obligations),
        ("any", "Changed in any way", totals.changed),
    ]
    yield '<ul class="tiles">'
    for style, title, number in tiles:
        yield (
            f"<li>{_swatch(style, 'mark')}<b>{number:,}</b><span>{escape(title)}</span>"
            f"<span>{_text(share(number, totals.compared))}</span></li>"
        )
    yield "</ul>"


def _swatch(style: str, kind: str = "") -> str:
    own = f' class="{kind}"' if kind else ""
    return f'<svg{own} aria-hidden="true"><rect class="{style}" width="100%" height="100%" rx="3"/></svg>'


def _budgets(report: Report) -> Iterator[str]:
    if not report.budgets:
        return
    yield f"<section>\n<h2>Budgets</h2>\n<p>{escape(judged_share(report))}</p>"
    yield '<table class="stacked">\n<thead><tr>'
    yield '<th scope="col">Result</th><th scope="col">Fails if</th><th scope="col">Measured</th>'
    yield "</tr></thead>\n<tbody>"
    for result in report.budgets:
        name = f' <span class="dim">({escape(result.budget)})</span>' if result.budget else ""
        said = {"kept": "kept", "exceeded": "exceeded", "unknown": "unknown"}[result.outcome]
        yield (
            f'<tr><td class="{_OUTCOMES[result.outcome]}"><b>{said}</b></td>'
            f"<td><code>{escape(result.expression)}</code>{name}</td>"
            f"<td>{_text(budget_line(result))}</td></tr>"
        )
    yield "</tbody>\n</table>\n</section>"


def _compared(report: Report) -> Iterator[str]:
    totals = report.totals
    yield "<section>\n<h2>What was compared</h2>\n<dl>"
    facts = [
        ("Before", _policies(report.old)),
        ("After", _policies(report.new)),
        ("Decisions", f"{totals.compared:,}"),
        ("Records", escape(_records(report))),
    ]
    if report.first_time is not None and report.last_time is not None:
        facts.append(("Made between", f"{_time(report.first_time)} and {_time(report.last_time)}"))
    if report.files:
        shown = [
            f"<code>{escape(one.path)}</code> ({one.records:,}{'' if one.read else ', not read to its end'})"
            for one in report.files[:_FILES]
        ]
        if len(report.files) > _FILES:
            shown.append(f"and {len(report.files) - _FILES:,} more")
        facts.append(("Files" if len(report.files) > 1 else "File", "<br>".join(shown)))
    if report.seconds is not None:
        facts.append(("Took", f"{report.seconds:,.1f} s"))
    for name, value in facts:
        yield f"<dt>{name}</dt><dd>{value}</dd>"
    yield "</dl>\n</section>"


def _policies(compared: Compared) -> str:
    where = escape(side(compared))
    return f"{where} <code>{escape(compared.revision)}</code>" if compared.revision else where


def _records(report: Report) -> str:
    totals = report.totals
    parts = [f"{totals.records:,} read"]
    for number, what in (
        (totals.unanswered, "without an answer"),
        (totals.duplicates, "seen before, left out"),
        (totals.bad, "lines that hold none"),
        (totals.foreign, "lines that are something else"),
        (totals.missing, "never written"),
    ):
        if number:
            parts.append(f"{what}: {number:,}")
    return "; ".join(parts)


def _groups(report: Report, dimension: str, title: str) -> Iterator[str]:
    groups = report.groups[dimension]
    if not groups:
        return
    rule = dimension == "rule"
    yield f"<section>\n<h2>{title}</h2>"
    changed = [group for group in groups if group.changed]
    if dimension in report.cut:
        yield "<p>There are more than are listed; those first by name are.</p>"
    if not changed:
        yield f"<p>No change. Seen: {len(groups):,}.</p>".replace("countrys", "countries")
        yield "</section>"
        return
    if dimension in ("rule", "step"):
        shown = changed[:_BARS]
        described = f"Bars of the {counted(len(shown), dimension)} with most changes; the table below has the numbers."
        yield bar_chart(
            f"chart-{dimension}",
            f"Changed decisions {title.lower()}",
            described,
            [_bar(g, rule) for g in shown],
        )
        yield _legend(changed)
    columns = ["found before", "found now"] if rule else ["decisions", "changed"]
    yield from table(
        "The most changed first",
        [(dimension, False), *((name, True) for name in (*columns, *COLUMNS.values()))],
        [_row(group, rule) for group in changed[:_ROWS]],
        _rest(groups, rule),
    )
    yield "</section>"


def _bar(group: Group, rule: bool) -> Bar:
    parts = [
        (_STYLES[kind], f"{title}: {group.counts.get(kind, 0):,}", group.counts.get(kind, 0))
        for kind, title in KIND_TITLES.items()
    ]
    told = f"{group.changed:,}" if rule else f"{group.changed:,} of {group.compared:,}"
    return Bar(named(group.value), [parts], told)


def _legend(groups: Iterable[Group]) -> str:
    found = [kind for kind in KIND_TITLES if any(group.counts.get(kind) for group in groups)]
    return _legend_of((_STYLES[kind], KIND_TITLES[kind]) for kind in found)


def _legend_of(items: Iterable[tuple[str, str]]) -> str:
    shown = (f"<li>{_swatch(style)}{escape(title)}</li>" for style, title in items)
    return f'<ul class="legend">{"".join(shown)}</ul>'


def _row(group: Group, rule: bool) -> list[Cell]:
    counts = group.counts
    first = (
        (counts.get("old", 0), counts.get("new", 0)) if rule else (group.compared, group.changed)
    )
    numbers = (*first, *(counts.get(kind, 0) for kind in COLUMNS))
    return [(named(group.value), None), *((f"{number:,}", number) for number in numbers)]


def _rest(groups: Sequence[Group], rule: bool) -> list[Cell] | None:
    rest = top(groups, _ROWS)[1]
    return None if rest is None else _row(rest, rule)


def _effects(report: Report) -> Iterator[str]:
    if not report.totals.compared:
        return
    yield "<section>\n<h2>Outcomes before and after</h2>"
    outcomes: tuple[Effect, ...] = get_args(Effect)
    found = {(one.old, one.new): one.decisions for one in report.effects}
    yield from table(
        "Decisions by what was decided before (rows) and would be now (columns)",
        [("before", False), *((f"now {new}", True) for new in outcomes)],
        [
            [(old, None), *((f"{found[old, new]:,}", found[old, new]) for new in outcomes)]
            for old in outcomes
        ],
        sortable=False,
    )
    yield "</section>"


def _times(report: Report) -> Iterator[str]:
    old, new = report.times.old, report.times.new
    if new is None:
        return
    yield "<section>\n<h2>Evaluation time</h2>"
    recorded = report.old.kind == "recorded"
    if old is not None and recorded:
        yield (
            "<p>Before: whole decisions as they were recorded, wherever that was. After: the policies "
            "alone, here. The two do not compare; a baseline does.</p>"
        )
    rows: list[list[Cell]] = []
    bars = []
    for title, name in (
        ("median", "p50_us"), ("95th percentile", "p95_us"), ("99th percentile", "p99_us"),
        ("mean", "mean_us"),
    ):  # fmt: skip
        after = getattr(new, name)
        before = None if old is None else getattr(old, name)
        cells: list[Cell] = [(title, None), (milliseconds(after), after)]
        lines = [[("new", f"after {milliseconds(after)}", after)]]
        told = milliseconds(after)
        if before is not None:
            cells.insert(1, (milliseconds(before), before))
            lines.insert(0, [("old", f"before {milliseconds(before)}", before)])
            told = f"{milliseconds(before)} → {told}"
        rows.append(cells)
        bars.append(Bar(title, lines, told))
    if not recorded or old is None:
        yield bar_chart(
            "chart-times", "Evaluation time", "Bars of the times in the table below.", bars
        )
        if old is not None:
            yield _legend_of((("old", "before"), ("new", "after")))
    heads = ["before", "after"] if old is not None else ["after"]
    yield from table(
        f"Of {counted(new.count, 'evaluation')}; right within 12.5 %",
        [("time", False), *((head, True) for head in heads)],
        rows,
        sortable=False,
    )
    yield "</section>"


def _text(text: str) -> str:
    return escape(text).replace(" %", "&nbsp;%")


def _time(moment: datetime) -> str:
    text = moment.strftime("%Y-%m-%d %H:%M UTC")
    return f'<time datetime="{moment.isoformat()}">{text}</time>'
