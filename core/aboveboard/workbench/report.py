"""What a run of the workbench found, for people and programs alike; `formats` writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from aboveboard.workbench.checks import CHECKS, Level

__all__ = ["Case", "Coverage", "Finding", "Missed", "Outcome", "Report"]

Outcome = Literal["passed", "failed", "error", "skipped"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing to repair, or to know.

    Attributes:
        file: from the working directory where it lies below it, else absolute; '' for none.
        line: from 1; 0 when no line applies.
        column: from 1; 0 when it is not known.
        check: id of a check.
        message: what is wrong and what to do.
    """

    file: str
    line: int
    column: int
    check: str
    message: str

    @property
    def level(self) -> Level:
        """How much it matters."""
        return CHECKS[self.check].level


@dataclass(frozen=True, slots=True)
class Case:
    """One test, on one engine.

    Attributes:
        engine: `opa` or `embedded`.
        group: package of a Rego test, file of a table.
        name: of the test or the example.
        outcome: what became of it.
        seconds: how long it took; 0 where nobody measured.
        message: why it did not pass.
        file: where it stands, as in `Finding`.
        line: from 1.
    """

    engine: str
    group: str
    name: str
    outcome: Outcome
    seconds: float
    message: str
    file: str
    line: int


@dataclass(frozen=True, slots=True, order=True)
class Missed:
    """Lines that no test reaches, both inclusive; for a finding its rule and reason, too."""

    file: str
    line: int
    last: int
    rule: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What tests and examples reach.

    Attributes:
        findings: how many findings the policies can give, by rule and reason.
        missed: those that no test and no example brings about.
        lines: how many lines of Rego OPA counts; None where it did not.
        missed_lines: those that no test reaches.
    """

    findings: int
    missed: tuple[Missed, ...]
    lines: int | None = None
    missed_lines: tuple[Missed, ...] = ()

    @property
    def percent(self) -> float:
        """Of findings that are reached."""
        return _percent(self.findings, len(self.missed))

    @property
    def lines_percent(self) -> float | None:
        """Of lines that are reached."""
        if self.lines is None:
            return None
        return _percent(self.lines, sum(item.last - item.line + 1 for item in self.missed_lines))


def _percent(whole: int, missed: int) -> float:
    # Cut, not rounded: 99.96 is not 100.
    return int(10_000 * (whole - missed) / whole) / 100 if whole else 100.0


@dataclass(frozen=True, slots=True)
class Report:
    """All of one run.

    Attributes:
        command: `policies check` or `policies test`.
        directories: what was judged, as in `Finding.file`.
        findings: in order of place.
        undone: ids of the checks that could not be done.
        cases: tests, in order of place, then by engine.
        coverage: None where nothing was run.
        revision: of the policies; '' when they do not load.
        seconds: how long it took.
    """

    command: str
    directories: tuple[str, ...]
    findings: tuple[Finding, ...]
    undone: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()
    coverage: Coverage | None = None
    revision: str = ""
    seconds: float = field(default=0.0, compare=False)

    def failed(self, at: Sequence[Level] = ("error", "warning")) -> bool:
        """Whether something of these levels was found."""
        return any(finding.level in at for finding in self.findings)

    def count(self, level: Level) -> int:
        """How many findings of a level there are."""
        return sum(finding.level == level for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        found: dict[str, Any] = {
            "command": self.command,
            "directories": list(self.directories),
            "revision": self.revision,
            "findings": [
                {
                    "check": item.check,
                    "level": item.level,
                    "file": item.file or None,
                    "line": item.line or None,
                    "column": item.column or None,
                    "message": item.message,
                }
                for item in self.findings
            ],
            "not_done": list(self.undone),
        }
        if self.coverage is not None:
            found["tests"] = [
                {name: getattr(case, name) for name in Case.__slots__} for case in self.cases
            ]
            found["coverage"] = _coverage(self.coverage)
        return {**found, "seconds": round(self.seconds, 3)}


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "findings": coverage.findings,
        "percent": coverage.percent,
        "not_reached": [
            {"rule": item.rule, "reason": item.reason, "file": item.file, "line": item.line}
            for item in coverage.missed
        ],
        "lines": coverage.lines,
        "lines_percent": coverage.lines_percent,
        "lines_not_reached": [
            {"file": item.file, "first": item.line, "last": item.last}
            for item in coverage.missed_lines
        ],
    }
