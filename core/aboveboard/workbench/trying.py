"""Runs the tests and the examples of policy directories, and says what they reach."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from threading import Event
from typing import Literal

from aboveboard.errors import PolicyError
from aboveboard.policy.bundle import survey
from aboveboard.policy.problems import raise_if_any
from aboveboard.policy.syntax import Module
from aboveboard.workbench.checking import Request
from aboveboard.workbench.opa import Opa, Scratch
from aboveboard.workbench.places import Places, Source
from aboveboard.workbench.reaching import Named, coverage
from aboveboard.workbench.reading import TABLES, Row, read_table
from aboveboard.workbench.rego_tests import (
    Lines,
    Reached,
    RegoTest,
    disagreeing,
    run_embedded,
    run_opa,
    tests_of,
)
from aboveboard.workbench.report import Case, Coverage, Finding, Report
from aboveboard.workbench.rows import Asked, by_embedded, by_opa, difference
from aboveboard.workbench.test_files import TESTS, parsed

__all__ = ["Engines", "try_out"]

Engines = Literal["embedded", "opa", "both"]

_NO_OPA = (
    "OPA is not on PATH. Not done: running tests and examples on OPA, counting the lines that they "
    "reach. Install it (https://www.openpolicyagent.org/docs/#1-download-opa) or name it with --opa."
)
_NO_LINES = "Lines that tests reach were not counted, because some test does not pass on OPA."


def try_out(
    request: Request,
    engines: Engines = "both",
    pattern: str = "",
    min_coverage: float | None = None,
) -> Report:
    """Run everything that there is.

    Args:
        request: the directories and the OPA.
        engines: where to run.
        pattern: only tests and examples whose path or name contains it, whatever its case; nothing is
            then said of coverage.
        min_coverage: the least percentage of findings, and of lines where OPA counts them.

    Raises:
        PolicyError: the policies do not load, or there is nothing to run.
        EngineError: OPA or a child process cannot be run.
    """
    begun = time.perf_counter()
    run = _Run(request, engines, pattern)
    run.everything()
    found = run.coverage()
    if found is not None and min_coverage is not None:
        run.hold(found, min_coverage)
    return Report(
        command="policies test",
        directories=run.places.directories,
        findings=tuple(sorted(set(run.findings))),
        undone=("AB-TEST-02",) if run.undone else (),
        cases=tuple(run.cases),
        coverage=found,
        revision=run.survey.bundle.revision,
        seconds=time.perf_counter() - begun,
    )


@dataclass(slots=True)
class _ByOpa:
    """What OPA did."""

    cases: list[Case]
    lines: Lines | None
    asked: list[Asked]


class _Run:
    def __init__(self, request: Request, engines: Engines, pattern: str) -> None:
        self._request = request
        self._pattern = pattern
        self.survey = survey([*request.context, *request.directories])
        raise_if_any(list(self.survey.problems))
        self.places = Places(self.survey, request.judged)
        self.findings: list[Finding] = []
        self.cases: list[Case] = []
        self.undone = False
        self._embedded = engines != "opa"
        self._opa = request.opa if engines != "embedded" else None
        if engines != "embedded" and request.opa is None:
            self._note(_NO_OPA)
            self.undone = True
        self._reached: Reached = set()
        self._named: Named = set()
        self._lines: Lines | None = None

    def everything(self) -> None:
        sources = list(self.places.sources((TESTS,), self.findings))
        modules, failed = parsed(sources)
        tests = tests_of(modules, self._pattern)
        rows, tables = self._rows()
        if not sources and not tables and not any(f.level == "error" for f in self.findings):
            where = ", ".join(self.places.directories)
            msg = f"{where}: holds neither a test (*_test.rego) nor a table (*.examples.yaml)."
            raise PolicyError(msg)
        if self._pattern and not tests and not rows and not failed:
            msg = f"No test and no example has '{self._pattern}' in its name."
            raise PolicyError(msg)
        if self._opa is None:  # which else has the say on them
            for problem in failed:
                self._found(problem.file, problem.line, "AB-TEST-02", problem.message)
        by_opa, embedded, asked = self._run(sources, modules, tests, rows, whole=not failed)
        self._tests(by_opa.cases, disagreeing(by_opa.cases, embedded))
        self._examples(rows, {"opa": by_opa.asked, "embedded": asked})
        self._lines = by_opa.lines
        if by_opa.lines is not None:
            self._reached |= by_opa.lines.reached
        elif self._opa is not None and not self._pattern:
            self._note(_NO_LINES)

    def _rows(self) -> tuple[list[Row], int]:
        rows: list[Row] = []
        tables = list(self.places.sources(TABLES, self.findings))
        catalogue = self.survey.bundle.catalogue
        for table in tables:
            rows += read_table(
                table,
                catalogue,
                lambda file, line, text: self._found(file, line, "AB-EXAMPLE-01", text),
            )
        wanted = self._pattern.casefold()
        return [row for row in rows if wanted in f"{row.file} {row.example.name}".casefold()], len(
            tables
        )

    def _run(
        self,
        sources: Sequence[Source],
        modules: Sequence[Module],
        tests: Sequence[RegoTest],
        rows: Sequence[Row],
        *,
        whole: bool,
    ) -> tuple[_ByOpa, list[Case], list[Asked]]:
        bundle = self.survey.bundle
        with ExitStack() as ending:
            served = counted = None
            if self._opa is not None:
                opa, stop = Opa(self._opa), Event()
                scratch = ending.enter_context(Scratch(opa))
                pool = ending.enter_context(ThreadPoolExecutor(max_workers=2))
                ending.push(lambda *error: _stop(opa, stop, failed=error[0] is not None))
                if sources or rows:
                    counted = pool.submit(
                        run_opa,
                        scratch,
                        bundle,
                        sources,
                        tests,
                        rows,
                        pattern=self._pattern,
                        whole=whole,
                    )
                if rows:
                    served = pool.submit(by_opa, bundle, rows, self._opa, stop)
            cases: list[Case] = []
            asked: list[Asked] = []
            if self._embedded:
                cases, self._reached = run_embedded(bundle, modules, tests)
                asked = by_embedded(bundle, rows) if rows else []
            found, lines = counted.result() if counted is not None else ([], None)
            return _ByOpa(found, lines, served.result() if served is not None else []), cases, asked

    def _tests(self, *engines: Sequence[Case]) -> None:
        for cases in engines:
            for case in cases:
                shown = replace(case, file=self.places.shown(case.file) if case.file else "")
                self.cases.append(shown)
                if case.outcome in ("failed", "error"):
                    check = "AB-TEST-01" if case.outcome == "failed" else "AB-TEST-02"
                    text = f"{case.group}.{case.name} [{case.engine}]: {case.message}"
                    self._found(case.file, case.line, check, text)

    def _examples(self, rows: Sequence[Row], engines: dict[str, list[Asked]]) -> None:
        problems: dict[tuple[str, int, str, str], list[str]] = defaultdict(list)
        for engine, answers in engines.items():
            for row, asked in zip(rows, answers, strict=False):
                wrong = asked.problem
                if asked.answer is not None:
                    wrong = difference(row, asked.answer)
                    for finding in asked.answer.findings:
                        self._named.add((finding.rule, str(finding.args.get("reason", ""))))
                self.cases.append(
                    Case(
                        engine,
                        self.places.shown(row.file),
                        row.example.name,
                        "error" if asked.answer is None else "failed" if wrong else "passed",
                        asked.seconds,
                        wrong,
                        self.places.shown(row.file),
                        row.line,
                    )
                )
                if wrong:
                    problems[row.file, row.line, row.example.name, wrong].append(engine)
        # What both engines say alike is one problem.
        for (file, line, name, wrong), of in problems.items():
            text = f"'{name}' [{', '.join(of)}]: {wrong}"
            self._found(file, line, "AB-EXAMPLE-02", text)

    def coverage(self) -> Coverage | None:
        """What is reached; None where only some were run."""
        if self._pattern:
            return None
        found = coverage(
            self.survey, self.places.is_judged, self._reached, self._named, self._lines
        )
        shown = self.places.shown
        found = replace(
            found,
            missed=tuple(replace(item, file=shown(item.file)) for item in found.missed),
            missed_lines=tuple(replace(item, file=shown(item.file)) for item in found.missed_lines),
        )
        for item in found.missed:
            reason = f", reason '{item.reason}'," if item.reason else ""
            text = f"No test and no example reaches '{item.rule}'{reason or ''}."
            self.findings.append(
                Finding(item.file, item.line, 0, "AB-COVERAGE-01", text.replace(",.", "."))
            )
        return found

    def hold(self, found: Coverage, least: float) -> None:
        """Say so when too little is reached."""
        measured = {"findings": found.percent, "lines": found.lines_percent}
        for what, percent in measured.items():
            if percent is not None and percent < least:
                text = f"Tests reach {percent:g} % of the {what}; {least:g} % are asked for."
                self.findings.append(Finding("", 0, 0, "AB-COVERAGE-02", text))

    def _note(self, text: str) -> None:
        self.findings.append(Finding("", 0, 0, "AB-UNDONE-01", text))

    def _found(self, name: str, line: int, check: str, text: str) -> None:
        file = self.places.shown(name) if name else ""
        self.findings.append(Finding(file, line, 0, check, text))


def _stop(opa: Opa, stop: Event, *, failed: bool) -> None:
    """Before the threads are waited for: what they wait for themselves ends."""
    if failed:
        stop.set()
        opa.stop()
