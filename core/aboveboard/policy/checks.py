"""What a policy set must keep to, so that both engines give the same answer.

Each check guards against a trap that was measured: an import alias that makes a rule of another file
vanish, a missing list that silently removes a deny, a negation that never fires, a recursive function
that crashes the embedded engine. What findings say is checked in `finding_checks`, which facts they
read in `fact_checks`.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from aboveboard.facts import STEPS
from aboveboard.nearest import nearest
from aboveboard.policy.problems import Problem
from aboveboard.policy.syntax import Module, Rule

__all__ = ["check_across", "check_data_paths", "check_modules"]

_STEP_RULES = {"answer", "collected", "findings"}
_ROOTS = ("aboveboard", "organisation", "reference", "catalogue")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LINE = re.compile(r"(package|import)\s+\S+\s*(#.*)?")


@cache
def _builtins() -> frozenset[str]:
    text = files("aboveboard_policies").joinpath("capabilities.json").read_text(encoding="utf-8")
    return frozenset(item["name"] for item in json.loads(text)["builtins"])


def check_modules(modules: Iterable[Module], *, bundled: bool) -> Iterator[Problem]:
    """Package, imports, names and builtins of each module on its own."""
    for module in modules:
        yield from _check_package(module, bundled=bundled)
        yield from _check_imports(module)
        own = frozenset(rule.name for rule in module.rules)
        for rule in module.rules:
            yield from _check_calls(module, rule, own)
            yield from _check_set(module, rule, own)
            if rule.name != "findings" and not _may_be_named(module, rule.name):
                yield Problem(
                    module.file,
                    rule.line,
                    f"'{rule.name}' is not private to a rule. Begin it with '_' and the rule's id, "
                    "as in '_r_dm_01_objected', or move it to 'aboveboard.lib'.",
                    "AB-NAME-01",
                )


def _check_package(module: Module, *, bundled: bool) -> Iterator[Problem]:
    package = module.package
    if bundled:
        fine = package[:1] == ("aboveboard",) and (
            (len(package) == 2 and package[1] in (*STEPS, "lib"))
            or (len(package) == 3 and package[1] == "topic")
        )
        expected = "'aboveboard.<step>', 'aboveboard.topic.<name>' or 'aboveboard.lib'"
    else:
        fine = len(package) == 3 and package[0] == "organisation" and package[2] in STEPS
        expected = "'organisation.<name>.<step>'"
    if not fine or not all(map(_NAME.fullmatch, package)):
        yield Problem(
            module.file,
            module.package_line,
            f"Package '{module.name}' is out of place; expected {expected}, "
            f"where a step is one of {', '.join(STEPS)}.",
            "AB-PACKAGE-01",
        )
    yield from _check_line(module, module.package_line, "package")


def _check_line(module: Module, line: int, what: str) -> Iterator[Problem]:
    # The linker drops these lines: a rule on one of them would be gone in the embedded engine.
    if not _LINE.fullmatch(module.text.split("\n")[line - 1].strip()):
        yield Problem(
            module.file,
            line,
            f"Write the {what} on one line, and nothing else there.",
            "AB-PACKAGE-02",
        )


def _check_imports(module: Module) -> Iterator[Problem]:
    names = [name for name, _ in module.imports]
    if "future.keywords.not" not in names:
        yield Problem(
            module.file,
            module.package_line,
            "Add 'import future.keywords.not' below the package: without it, 'not' of something "
            "unknown makes the whole rule fail silently.",
            "AB-IMPORT-01",
        )
    for name, line in module.imports:
        if name != "future.keywords.not":
            yield Problem(
                module.file,
                line,
                f"Import of '{name.removesuffix(' as')}' is not allowed: aliases leak between "
                "files. Write the full 'data.' path where it is used.",
                "AB-IMPORT-02",
            )
        else:
            yield from _check_line(module, line, "import")


def _check_calls(module: Module, rule: Rule, own: frozenset[str]) -> Iterator[Problem]:
    for name in rule.calls:
        if name.startswith("data.") or name in own or name in _builtins():
            continue
        yield Problem(
            module.file,
            rule.line,
            f"Function '{name}' is not in the portable profile: the two engines may disagree on "
            "it. Compute the value before the event is made, or use another function.",
            "AB-BUILTIN-01",
        )


def _check_set(module: Module, rule: Rule, own: frozenset[str]) -> Iterator[Problem]:
    # Of `contains item.id`, one item without an id is left out by OPA; embedded loses all of them.
    for name in rule.unsure:
        # What a rule without arguments has is the same for each item.
        if name in _builtins() or ("." in name and name.split(".")[0] in own):
            continue
        yield Problem(
            module.file,
            rule.line,
            f"'{rule.name}' is a set of '{name}', which may be undefined for an item: the embedded "
            "engine would lose the whole set. Give it a name in the body, as in "
            f"'value := {name}', and let the set contain that.",
            "AB-SET-01",
        )


def _may_be_named(module: Module, name: str) -> bool:
    if module.package == ("aboveboard", "lib") or name.startswith("_"):
        return True
    return len(module.package) == 2 and name in _STEP_RULES


def check_across(modules: Sequence[Module]) -> Iterator[Problem]:
    """What several files, or several directories, make of one package together."""
    yield from _check_shared_names(modules)
    yield from _check_recursion(modules)


def _check_shared_names(modules: Iterable[Module]) -> Iterator[Problem]:
    """A helper or default of one file must not silently become part of another's."""
    places: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    defaults: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for module in modules:
        for rule in module.rules:
            key = (module.name, rule.name)
            if rule.default:
                defaults[key].append((module.file, rule.line))
            if rule.name != "findings":
                places[key].setdefault(module.file, rule.line)
    for (_, name), found in places.items():
        for file, line in list(found.items())[1:]:
            yield Problem(
                file,
                line,
                f"'{name}' is defined in {next(iter(found))} too: the two would become one. "
                "Give it a name of its own.",
                "AB-NAME-02",
            )
    for (_, name), lines in defaults.items():
        for file, line in lines[1:]:
            yield Problem(file, line, f"'{name}' has a second default.", "AB-NAME-03")


def _check_recursion(modules: Sequence[Module]) -> Iterator[Problem]:
    """The embedded engine crashes the process on a recursive function; OPA refuses any recursion."""
    where: dict[str, tuple[str, int]] = {}
    for module in modules:
        for rule in module.rules:
            where.setdefault(f"{module.name}.{rule.name}", (module.file, rule.line))
    uses: dict[str, set[str]] = defaultdict(set)
    for module in modules:
        for rule in module.rules:
            named = {f"{module.name}.{name}" for name in rule.names}
            for reference in rule.references:
                path = reference.path[1:]
                named |= {".".join(path[:length]) for length in range(2, len(path) + 1)}
            uses[f"{module.name}.{rule.name}"] |= named & where.keys()
    for start, (file, line) in where.items():
        seen: set[str] = set()
        stack = list(uses[start])
        while stack:
            name = stack.pop()
            if name == start:
                yield Problem(
                    file,
                    line,
                    f"'{start.rpartition('.')[2]}' depends on itself.",
                    "AB-RECURSION-01",
                )
                break
            if name not in seen:
                seen.add(name)
                stack.extend(uses[name])


def check_data_paths(modules: Sequence[Module], data: dict[str, Any]) -> Iterator[Problem]:
    """Every `data.` path that a rule reads is there: a missing list would remove a deny silently.

    Args:
        modules: all modules of the set.
        data: the documents `reference` and `catalogue`, as far as both engines have them.
    """
    rules = {(*module.package, rule.name) for module in modules for rule in module.rules}
    for module in modules:
        for rule in module.rules:
            for reference in rule.references:
                path = reference.path[1:]
                if not path or path[0] not in _ROOTS:
                    root = path[0] if path else "data"
                    yield Problem(
                        module.file,
                        reference.line,
                        f"'data.{root}' is no root of this policy set; "
                        f"there are {', '.join(_ROOTS)}.",
                        "AB-DATA-01",
                    )
                elif path[0] in ("reference", "catalogue"):
                    if not _there(data, path) or path == ("catalogue",):
                        yield _missing(module, reference.line, path, {*_paths(data)} - {path})
                elif not any(path[:length] in rules for length in (3, 4)) and not (
                    path == ("organisation",) and module.package[0] == "aboveboard"
                ):
                    # A whole package, or any package, is more than one engine links to the step;
                    # only the steps themselves collect over all organisations.
                    yield _missing(module, reference.line, path, rules)


def _there(data: Any, path: tuple[str, ...]) -> bool:
    for part in path:
        if not isinstance(data, dict) or part not in data:
            return False
        data = data[part]
    return True


def _paths(data: Any, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if prefix:
        yield prefix
    if isinstance(data, dict) and len(prefix) < 4:
        for key, value in data.items():
            yield from _paths(value, (*prefix, str(key)))


def _missing(
    module: Module, line: int, path: tuple[str, ...], known: set[tuple[str, ...]]
) -> Problem:
    name = ".".join(path)
    close = nearest(name, [".".join(item) for item in known])
    hint = f" Did you mean 'data.{close}'?" if close else ""
    return Problem(module.file, line, f"'data.{name}' is not there.{hint}", "AB-DATA-02")
