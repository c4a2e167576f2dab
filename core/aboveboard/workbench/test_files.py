"""`*_test.rego`: which tests there are, as far as the embedded engine's parser reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aboveboard.errors import PolicyError
from aboveboard.policy.problems import Problem
from aboveboard.policy.syntax import Module, parse
from aboveboard.workbench.places import Source

__all__ = ["TESTS", "parsed", "without_tests"]

TESTS = "_test.rego"
_PREFIXES = ("test_", "todo_test_")


def parsed(sources: Iterable[Source]) -> tuple[list[Module], list[Problem]]:
    """The files that can be parsed, and what keeps the others from it."""
    modules: list[Module] = []
    problems: list[Problem] = []
    for source in sources:
        try:
            modules.append(parse(source.name, source.text))
        except PolicyError as error:
            line, _, text = str(error).removeprefix(f"{source.name}:").partition(": ")
            if not line.strip().isdigit():
                line, text = "0", str(error).removeprefix(f"{source.name}: ")
            problems.append(Problem(source.name, int(line), text, "AB-SYNTAX-01"))
    return modules, problems


def without_tests(modules: Sequence[Module]) -> Iterator[Problem]:
    """Files that no other file reads and that hold no test."""
    read = {
        ".".join(reference.path[1 : 1 + len(module.package)])
        for other in modules
        for rule in other.rules
        for reference in rule.references
        for module in modules
    }
    for module in modules:
        names = [rule.name for rule in module.rules]
        if not any(name.startswith(_PREFIXES) for name in names) and module.name not in read:
            text = "holds no test. The name of a test begins with 'test_'."
            yield Problem(module.file, module.package_line, text, "AB-DEAD-03")
