"""A report of the workbench as people read it: one line a finding, one line for all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from aboveboard.cli.output import count

if TYPE_CHECKING:
    from aboveboard.workbench.report import Coverage, Report

__all__ = ["lines"]

_MAX_MISSED = 20


def lines(report: Report) -> Iterator[str]:
    """The lines to print."""
    for finding in report.findings:
        if finding.check == "AB-COVERAGE-01":
            continue  # a list of its own, below
        place = f"{finding.file}:{finding.line}" if finding.line else finding.file
        yield f"{f'{place}: ' if place else ''}{finding.level}: {finding.message} [{finding.check}]"
    if report.coverage is not None:
        yield from _coverage(report.coverage)
        yield _tests(report)
    found = [
        count(report.count(level), level) for level in ("error", "warning") if report.count(level)
    ]
    where = ", ".join(report.directories)
    yield f"{where}: {', '.join(found) or 'nothing found'} ({report.seconds:.1f} s)."


def _tests(report: Report) -> str:
    engines = dict.fromkeys(case.engine for case in report.cases)
    told = []
    for engine in engines:
        outcomes = [case.outcome for case in report.cases if case.engine == engine]
        bad = [
            f", {outcomes.count(outcome)} {word}"
            for outcome, word in (
                ("failed", "failed"),
                ("error", "in error"),
                ("skipped", "skipped"),
            )
            if outcome in outcomes
        ]
        told.append(f"{engine}: {outcomes.count('passed'):,} passed{''.join(bad)}")
    return f"{'; '.join(told) or 'No test was run'}."


def _coverage(coverage: Coverage) -> Iterator[str]:
    if coverage.missed:
        yield f"Not reached by any test ({len(coverage.missed)} of {count(coverage.findings, 'finding')}):"
        for item in coverage.missed[:_MAX_MISSED]:
            reason = f" ({item.reason})" if item.reason else ""
            yield f"  {item.file}:{item.line}  {item.rule}{reason}"
        if len(coverage.missed) > _MAX_MISSED:
            yield f"  and {len(coverage.missed) - _MAX_MISSED} more: see --format json"
    for item in coverage.missed_lines[:_MAX_MISSED]:
        lines = f"{item.line}-{item.last}" if item.last > item.line else f"{item.line}"
        yield f"  {item.file}:{lines}  line not reached"
    told = f"Findings reached: {coverage.percent:g} %"
    if coverage.lines_percent is not None:
        told += f"; lines reached, by OPA's count: {coverage.lines_percent:g} %"
    yield f"{told}."
