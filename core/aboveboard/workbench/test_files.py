"""`*_test.rego`: which of them the embedded engine's parser reads, and what is in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from aboveboard.errors import PolicyError
from aboveboard.policy.bundle import located
from aboveboard.policy.problems import Problem
from aboveboard.policy.syntax import Module, check_syntax, parse
from aboveboard.workbench.places import Source

__all__ = ["TESTS", "parsed", "unparsed", "without_tests"]

TESTS = "_test.rego"
_TEST = re.compile(r"^(todo_)?test_", re.MULTILINE)
_PACKAGE = re.compile(r"^package\s+([\w.]+)", re.MULTILINE)


def parsed(sources: Iterable[Source]) -> tuple[list[Module], list[Problem]]:
    """The files that can be parsed, and what keeps the others from it."""
    modules: list[Module] = []
    problems: list[Problem] = []
    for source in sources:
        try:
            modules.append(parse(source.name, source.text))
        except PolicyError as error:
            problems.append(located(source.name, str(error)))
    return modules, problems


def unparsed(sources: Iterable[Source]) -> Iterator[Problem]:
    """What keeps files from being parsed."""
    for source in sources:
        try:
            check_syntax(source.name, source.text)
        except PolicyError as error:
            yield located(source.name, str(error))


def without_tests(sources: Sequence[Source]) -> Iterator[Problem]:
    """Files that hold no test and that no other file reads."""
    for source in sources:
        package = _PACKAGE.search(source.text)
        if package is None or _TEST.search(source.text):
            continue
        name = f"data.{package[1]}."
        if not any(name in other.text for other in sources if other is not source):
            line = source.text.count("\n", 0, package.start()) + 1
            text = "holds no test. The name of a test begins with 'test_'."
            yield Problem(source.name, line, text, "AB-DEAD-03")
