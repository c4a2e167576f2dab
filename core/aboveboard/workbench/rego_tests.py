"""Runs `*_test.rego` on OPA, and on the embedded engine as far as it can.

OPA has the last word on what a test means. The embedded engine runs the tests that its parser reads and
that are plain rules, `test_… if { … }`; one that OPA passes and it does not is told as failed there, for
then the engines disagree on the policy, or on how the test asks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aboveboard.policy.bundle import PolicyBundle
from aboveboard.policy.catalogue import Catalogue
from aboveboard.policy.syntax import Module
from aboveboard.workbench.asking import Answers, Modules, Question, Reply, ask
from aboveboard.workbench.opa import Said, Scratch
from aboveboard.workbench.places import Source
from aboveboard.workbench.reading import Row
from aboveboard.workbench.report import Case, Outcome

__all__ = ["Lines", "Reached", "RegoTest", "disagreeing", "run_embedded", "run_opa", "tests_of"]

TEST_TIMEOUT_S = 30.0
_TEST = re.compile(r"(todo_)?test_\w*")
_PLACE = re.compile(r"-->\s*(?P<file>[^\n]+?):(?P<line>\d+):")
_NOT = "import future.keywords.not"

Reached = set[tuple[str, int]]
"""File, as in messages of the load checks, and line."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What OPA counts.

    Attributes:
        reached: lines that some test reaches.
        missed: lines that none does: file, first, last.
    """

    reached: frozenset[tuple[str, int]]
    missed: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class RegoTest:
    """One test of a file.

    Attributes:
        package: dotted, without `data`.
        name: of the rule.
        file: as in messages of the load checks.
        line: where it is first defined.
    """

    package: str
    name: str
    file: str
    line: int

    @property
    def path(self) -> str:
        """As OPA names it."""
        return f"data.{self.package}.{self.name}"


def tests_of(modules: Sequence[Module], pattern: str) -> list[RegoTest]:
    """The tests of files whose path contains the pattern, whatever its case."""
    found: dict[tuple[str, str], RegoTest] = {}
    for module in modules:
        for rule in module.rules:
            if _TEST.fullmatch(rule.name):
                test = RegoTest(module.name, rule.name, module.file, rule.line)
                if pattern.casefold() in test.path.casefold():
                    found.setdefault((test.package, test.name), test)
    return list(found.values())


def case_of(
    test: RegoTest, engine: str, outcome: Outcome, message: str = "", seconds: float = 0.0
) -> Case:
    """What became of a test."""
    return Case(engine, test.package, test.name, outcome, seconds, message, test.file, test.line)


def run_opa(
    scratch: Scratch,
    bundle: PolicyBundle,
    sources: Sequence[Source],
    tests: Sequence[RegoTest],
    rows: Sequence[Row],
    *,
    pattern: str = "",
    whole: bool = True,
) -> tuple[list[Case], Lines | None]:
    """Run the tests by `opa test`.

    With coverage first: that is quicker, and says that all passed. What did not, only a run without it
    says.

    Args:
        scratch: where OPA works.
        bundle: the policies.
        sources: the files of tests.
        tests: those that were found in them.
        rows: events of tables, which reach lines, too.
        pattern: run only tests whose path contains it.
        whole: the embedded engine's parser could read every file, so that `tests` has them all.
    """
    scratch.lay_out("tests", [*bundle.modules, *sources])
    scratch.write("tests", "data/data.json", bundle.data)
    paths = [*scratch.roots("tests"), "data"]
    lines = None
    if not pattern:
        extra = _rows_as_tests(scratch, rows)
        said = scratch.run("tests", *_test("--coverage"), *paths, *extra)
        lines = _lines(scratch, said, bundle)
        if lines is not None and whole and not any(t.name.startswith("todo_") for t in tests):
            return [case_of(test, "opa", "passed") for test in tests], lines
    run = ("--run", f"(?i){re.escape(pattern)}") if pattern else ()
    said = scratch.run("tests", *_test(*run), *paths)
    return _cases(scratch, said), lines


def _test(*more: str) -> tuple[str, ...]:
    return ("test", "--timeout", f"{TEST_TIMEOUT_S:g}s", "--format", "json", *more)


def _rows_as_tests(scratch: Scratch, rows: Sequence[Row]) -> list[str]:
    """Tests that ask what the tables ask, and expect nothing: for the lines that they reach."""
    if not rows:
        return []
    inputs = [json.loads(row.event.engine_input()) for row in rows]
    scratch.write("tests", "rows/data.json", {"workbench_rows": inputs})
    text = ["package workbench_rows_test", ""]
    for number, row in enumerate(rows):
        text.append(
            f"test_{number} if {{\n\tanswers := {{data.aboveboard.{row.event.step}.answer | true}} "
            f"with input as data.workbench_rows[{number}]\n\tis_set(answers)\n}}\n"
        )
    path = scratch.part("tests") / "rows" / "rows_test.rego"
    path.write_text("\n".join(text), encoding="utf-8")
    return ["rows"]


def _lines(scratch: Scratch, said: Said, bundle: PolicyBundle) -> Lines | None:
    """OPA's count of the policies' lines; its own figure counts the tests' lines, too."""
    if said.code != 0:
        return None
    try:
        files: Mapping[str, Any] = json.loads(said.out)["files"]
    except (ValueError, KeyError, TypeError):
        return None
    texts = {module.file: module for module in bundle.modules}
    reached: Reached = set()
    missed: list[tuple[str, int, int]] = []
    seen = set()
    for laid, file in files.items():
        name = scratch.name(laid)
        if name in texts:
            seen.add(name)
            for span in file.get("covered", ()):
                first, last = span["start"]["row"], span["end"]["row"]
                reached.update((name, line) for line in range(first, last + 1))
            missed += [
                (name, span["start"]["row"], span["end"]["row"])
                for span in file.get("not_covered", ())
            ]
    for name, module in texts.items():
        # A file that no test loads a line of is in no report.
        if name not in seen and module.rules:
            missed.append((name, module.rules[0].line, module.text.count("\n")))
    return Lines(frozenset(reached), tuple(sorted(set(missed))))


def _cases(scratch: Scratch, said: Said) -> list[Case]:
    try:
        # No test at all prints nothing or null and exits with 0.
        results = json.loads(said.out or "null") or []
    except ValueError:
        results = []
    if not results and said.code != 0:
        lines = [" ".join(line.split()) for line in said.err.splitlines() if line.strip()]
        text = f"OPA ran no test: {' '.join(lines[:4])[:400]}"
        return [Case("opa", "opa", "test", "error", 0.0, text, "", 0)]
    return [_case(scratch, result) for result in results]


def _case(scratch: Scratch, result: Mapping[str, Any]) -> Case:
    place = result.get("location") or {}
    outcome: Outcome = "passed"
    message = ""
    if result.get("error"):
        outcome = "error"
        error = result["error"]
        told = error.get("message") if isinstance(error, dict) else error
        message = f"OPA could not run it: {' '.join(str(told).split())[:300]}."
        if "cancel" in message or "timeout" in message:
            message = f"It did not end within {TEST_TIMEOUT_S:g} s."
    elif result.get("fail"):
        outcome, message = "failed", "It does not hold on OPA."
    elif result.get("skip"):
        outcome, message = "skipped", "Its name begins with 'todo_'."
    return Case(
        engine="opa",
        group=str(result.get("package", "")).removeprefix("data."),
        name=str(result.get("name", "")),
        outcome=outcome,
        seconds=float(result.get("duration", 0)) / 1e9,
        message=message,
        file=scratch.name(str(place.get("file", ""))),
        line=int(place.get("row", 0)),
    )


def run_embedded(
    bundle: PolicyBundle, modules: Sequence[Module], tests: Sequence[RegoTest]
) -> tuple[list[Case], Reached]:
    """Run the tests on the embedded engine, in a child process.

    Args:
        bundle: the policies.
        modules: the files of tests.
        tests: those to run.
    """
    asked = [test for test in tests if not test.name.startswith("todo_")]
    if not asked:
        return [_skipped(test) for test in tests], set()
    linker = _Linker(bundle, modules)
    engine = Modules(linker.texts, json.dumps(bundle.data), coverage=True)
    found = ask([engine], [Question(0, "{}", test.path) for test in asked], TEST_TIMEOUT_S)
    replies = dict(zip(asked, found.replies, strict=True))
    cases = [
        _told(linker, test, replies[test]) if test in replies else _skipped(test) for test in tests
    ]
    return cases, linker.reached(found)


def _skipped(test: RegoTest) -> Case:
    return case_of(test, "embedded", "skipped", "Its name begins with 'todo_'.")


def _told(linker: _Linker, test: RegoTest, reply: Reply) -> Case:
    seconds = reply.seconds
    if reply.lost:
        return case_of(test, "embedded", "error", f"It {reply.lost}", seconds)
    if reply.error is not None:
        where = linker.place(reply.error)
        text = f"The embedded engine could not run it{where and f', at {where}'}."
        return case_of(test, "embedded", "error", text, seconds)
    if reply.value == "true":
        return case_of(test, "embedded", "passed", "", seconds)
    if reply.value in ('"<undefined>"', "false"):
        return case_of(
            test, "embedded", "failed", "It does not hold on the embedded engine.", seconds
        )
    text = "It is a test of several cases, which only OPA runs."
    return case_of(test, "embedded", "skipped", text, seconds)


class _Linker:
    """Policies and tests as few modules, and the way back to their files."""

    def __init__(self, bundle: PolicyBundle, modules: Sequence[Module]) -> None:
        # What imports more than everybody does keeps its own file: an alias is for that file.
        alone = [m for m in modules if any(name != _NOT.split()[1] for name, _ in m.imports)]
        together = [module for module in modules if module not in alone]
        tests = PolicyBundle(tuple(together), {}, Catalogue(()), "")
        self.texts: list[tuple[str, str]] = []
        self._origins: dict[str, list[tuple[str, int]]] = {}
        for part in (bundle, tests):
            for package in sorted({module.name for module in part.modules}):
                self._add(part.linked(package), part.origins(package))
        for module in alone:
            count = module.text.count("\n") + 1
            self._add(module.text, [(module.file, number) for number in range(1, count + 1)])

    def _add(self, text: str, origins: list[tuple[str, int]]) -> None:
        name = f"m{len(self.texts)}.rego"
        self.texts.append((name, text))
        self._origins[name] = origins

    def place(self, error: str) -> str:
        """File and line that an error of the engine names; its own words quote values."""
        for found in _PLACE.finditer(error):
            origins = self._origins.get(found["file"].strip())
            number = int(found["line"])
            if origins and number <= len(origins):
                file, line = origins[number - 1]
                return f"{file}:{line}"
        return ""

    def reached(self, answers: Answers) -> Reached:
        """The lines that tests reach."""
        found: Reached = set()
        for files in answers.reached.values():
            for name, lines in files.items():
                origins = self._origins.get(name, [])
                found.update(origins[line - 1] for line in lines if line <= len(origins))
        return found


def disagreeing(opa: Sequence[Case], embedded: Sequence[Case]) -> list[Case]:
    """The embedded engine's cases; where OPA passes what it does not, with the way out."""
    passed = {(case.group, case.name) for case in opa if case.outcome == "passed"}
    hint = (
        " OPA passes it: the two read this test, or the policy, differently. docs/workbench.md has the "
        "known causes."
    )
    return [
        replace(case, message=f"{case.message}{hint}")
        if case.outcome == "failed" and (case.group, case.name) in passed
        else case
        for case in embedded
    ]
