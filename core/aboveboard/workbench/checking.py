"""Judges policy directories: all that would keep them from loading, and more than loading asks for."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from aboveboard.errors import PolicyError
from aboveboard.policy.bundle import Survey, bundled_directory, survey
from aboveboard.policy.compiling import compile_apart
from aboveboard.policy.problems import Problem
from aboveboard.policy.syntax import Module
from aboveboard.workbench.checks import CHECKS
from aboveboard.workbench.dead import dead_rules
from aboveboard.workbench.opa_checks import Located, judge
from aboveboard.workbench.places import Places, Source, name_of
from aboveboard.workbench.report import Finding, Report
from aboveboard.workbench.test_files import TESTS, unparsed, without_tests

__all__ = ["NO_OPA", "Request", "check"]

NO_OPA = (
    "OPA is not on PATH. Not done: {}. Install it "
    "(https://www.openpolicyagent.org/docs/#1-download-opa) or name it with --opa."
)
_DEAD = ("AB-DEAD-01", "AB-DEAD-02")
_UNREAD = ("AB-SYNTAX-01", "AB-FILE-01", "AB-PACKAGE-01")
_PLACE = re.compile(r" at (?P<name>\S.*?\.rego)(?::(?P<line>\d+))?\.")


@dataclass(frozen=True, slots=True)
class Request:
    """What to judge, and with what.

    Attributes:
        directories: the judged ones; the bundled policies when empty.
        context: directories that these build on, such as those of plugins.
        opa: the OPA to use; None where there is none.
        compile_timeout_s: for the child process that compiles, in seconds.
    """

    directories: tuple[Path, ...]
    context: tuple[Path, ...] = ()
    opa: Path | None = None
    compile_timeout_s: float = 20.0

    @property
    def judged(self) -> tuple[Path, ...]:
        """The directories to speak of."""
        return self.directories or (bundled_directory(),)


def check(request: Request) -> Report:
    """Do every check that can be done.

    Raises:
        PolicyError: there is no such directory.
    """
    begun = time.perf_counter()
    found = survey([*request.context, *request.directories])
    run = _Run(request, found)
    run.everything()
    return Report(
        command="policies check",
        directories=run.places.directories,
        findings=tuple(sorted(set(run.findings))),
        undone=tuple(name for name in CHECKS if name in run.undone),
        revision="" if found.problems else found.bundle.revision,
        seconds=time.perf_counter() - begun,
    )


class _Run:
    def __init__(self, request: Request, found: Survey) -> None:
        self._request = request
        self._survey = found
        self.places = Places(found, request.judged)
        self.findings: list[Finding] = []
        self.undone: set[str] = set()

    def everything(self) -> None:
        # Those of the directories that the judged ones build on, too: nothing loads with them.
        self._add((problem, 0) for problem in self._survey.problems)
        sources = list(self.places.sources((TESTS,), self.findings))
        failed = list(unparsed(sources))
        if self._request.opa is None:  # which else has the say on them
            self._add((problem, 0) for problem in failed)
        self._add((problem, 0) for problem in without_tests(sources))
        whole = not any(problem.check in _UNREAD for problem in self._survey.problems)
        with ThreadPoolExecutor(max_workers=1) as beside:
            compiled = beside.submit(self._compiled)
            self._by_opa(sources, {problem.file for problem in failed}, whole=whole)
            if whole:
                self._add(((p, 0) for p in dead_rules(self._survey.bundle)), judged=True)
            else:
                self._skip(
                    "A file cannot be read, or is out of place. Not done: AB-DEAD-01, AB-DEAD-02.",
                    _DEAD,
                )
            if self._survey.problems:
                text = "The policies do not load. Not done: AB-COMPILE-01."
                self._skip(text, ("AB-COMPILE-01",))
            self._add(compiled.result())

    def _compiled(self) -> list[Located]:
        if self._survey.problems:
            return []
        request = self._request
        try:
            compile_apart(self._survey.bundle, request.judged, request.compile_timeout_s)
        except PolicyError as error:
            text = str(error)
            place = _PLACE.search(text)
            name, line = (place["name"], int(place["line"] or 0)) if place else ("", 0)
            return [(Problem(name, line, text, "AB-COMPILE-01"), 0)]
        return []

    def _by_opa(self, sources: Sequence[Source], unread: set[str], *, whole: bool) -> None:
        checks = [name for name, item in CHECKS.items() if item.opa]
        told = ", ".join(f"{CHECKS[name].name} ({name})" for name in checks)
        if self._request.opa is None:
            self._skip(NO_OPA.format(told), checks)
            return
        if not whole:
            checks.remove("AB-FORMAT-01")
            self._skip(
                f"A file cannot be read, or is out of place. Not done: {', '.join(checks)}.", checks
            )
        bundle = self._survey.bundle
        files: list[Module | Source] = [*bundle.modules, *sources]
        laid_out = [item for item in files if name_of(item) not in unread]
        mine = [item for item in laid_out if self.places.is_judged(name_of(item))]
        self._add(judge(self._request.opa, bundle, files if whole else [], mine))

    def _skip(self, why: str, checks: Sequence[str]) -> None:
        self.findings.append(Finding("", 0, 0, "AB-UNDONE-01", why))
        self.undone.update(checks)

    def _add(self, found: Iterable[Located], *, judged: bool = False) -> None:
        for problem, column in found:
            if not judged or self.places.is_judged(problem.file):
                file = self.places.shown(problem.file) if problem.file else ""
                self.findings.append(
                    Finding(file, problem.line, column, problem.check, problem.message)
                )
