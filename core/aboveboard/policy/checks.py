"""What a policy set must keep to, so that both engines give the same answer.

Each check guards against a trap that was measured: an import alias that makes a rule of another file
vanish, a missing list that silently removes a deny, a negation that never fires, a recursive function
that crashes the embedded engine.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from aboveboard.facts import PHASES, STEPS
from aboveboard.nearest import nearest
from aboveboard.policy.metadata import Block
from aboveboard.policy.problems import Problem
from aboveboard.policy.syntax import Module, Rule

__all__ = [
    "check_across",
    "check_data_paths",
    "check_inclusion",
    "check_metadata",
    "check_modules",
    "check_secondary",
]

_STEP_RULES = {"answer", "collected", "findings"}
_FINDING_KEYS = {"rule", "effect", "facts", "args", "obligation"}
_NEEDED_KEYS = {"rule", "effect", "facts", "args"}
_ROOTS = ("aboveboard", "organisation", "reference", "catalogue")


@cache
def _builtins() -> frozenset[str]:
    text = files("aboveboard_policies").joinpath("capabilities.json").read_text(encoding="utf-8")
    return frozenset(item["name"] for item in json.loads(text)["builtins"])


def check_modules(modules: Iterable[Module], *, bundled: bool) -> Iterator[Problem]:
    """Package, imports, names, builtins and recursion of each module on its own."""
    for module in modules:
        yield from _check_package(module, bundled=bundled)
        yield from _check_imports(module)
        for rule in module.rules:
            yield from _check_calls(module, rule)
            if rule.name == "findings":
                yield from _check_finding(module, rule)
            elif not _may_be_named(module, rule.name):
                yield Problem(
                    module.file,
                    rule.line,
                    f"'{rule.name}' is not private to a rule. Begin it with '_' and the rule's id, "
                    "as in '_r_dm_01_objected', or move it to 'aboveboard.lib'.",
                )
    yield from _check_shared_names(modules)
    yield from _check_recursion(modules)


def _check_package(module: Module, *, bundled: bool) -> Iterator[Problem]:
    package = module.package[1:] if module.package[:1] == ("data",) else module.package
    if bundled:
        fine = package[:1] == ("aboveboard",) and (
            (len(package) == 2 and package[1] in (*STEPS, "lib"))
            or (len(package) == 3 and package[1] == "topic")
        )
        expected = "'aboveboard.<step>', 'aboveboard.topic.<name>' or 'aboveboard.lib'"
    else:
        fine = len(package) == 3 and package[0] == "organisation" and package[2] in STEPS
        expected = "'organisation.<name>.<step>'"
    if not fine:
        yield Problem(
            module.file,
            module.package_line,
            f"Package '{module.name}' is out of place; expected {expected}, "
            f"where a step is one of {', '.join(STEPS)}.",
        )


def _check_imports(module: Module) -> Iterator[Problem]:
    names = [name for name, _ in module.imports]
    if "future.keywords.not" not in names:
        yield Problem(
            module.file,
            module.package_line,
            "Add 'import future.keywords.not' below the package: without it, 'not' of something "
            "unknown makes the whole rule fail silently.",
        )
    for name, line in module.imports:
        if name != "future.keywords.not":
            yield Problem(
                module.file,
                line,
                f"Import of '{name.removesuffix(' as')}' is not allowed: aliases leak between "
                "files. Write the full 'data.' path where it is used.",
            )


def _check_calls(module: Module, rule: Rule) -> Iterator[Problem]:
    for name in rule.calls:
        if name.startswith("data.") or name in _own_functions(module) or name in _builtins():
            continue
        yield Problem(
            module.file,
            rule.line,
            f"Function '{name}' is not in the portable profile: the two engines may disagree on "
            "it. Compute the value before the event is made, or use another function.",
        )


def _own_functions(module: Module) -> frozenset[str]:
    return frozenset(rule.name for rule in module.rules)


def _check_finding(module: Module, rule: Rule) -> Iterator[Problem]:
    if rule.default:
        yield Problem(module.file, rule.line, "'findings' is a set and takes no default.")
        return
    head = rule.head
    if head is None:
        return  # an inclusion, or checked by check_metadata
    for key in sorted(_NEEDED_KEYS - set(head.keys)):
        yield Problem(module.file, rule.line, f"The finding lacks '{key}'.")
    for key in sorted(set(head.keys) - _FINDING_KEYS):
        yield Problem(module.file, rule.line, f"A finding has no '{key}'.")
    if head.effect is not None and head.effect not in ("deny", "escalate", "warn", "oblige"):
        yield Problem(
            module.file,
            rule.line,
            f"Effect '{head.effect}' is not one of deny, escalate, warn, oblige.",
        )
    if head.effect == "oblige" and "obligation" not in head.keys:
        yield Problem(module.file, rule.line, "A finding that obliges names its 'obligation'.")


def _may_be_named(module: Module, name: str) -> bool:
    if module.package[-1] == "lib" or name.startswith("_"):
        return True
    return len(module.package) == 2 and name in _STEP_RULES


def _check_shared_names(modules: Iterable[Module]) -> Iterator[Problem]:
    """A helper or default of one file must not silently become part of another's."""
    places: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    defaults: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for module in modules:
        for rule in module.rules:
            key = (module.name, rule.name)
            if rule.default:
                defaults[key].append((module.file, rule.line))
            if rule.name not in _STEP_RULES:
                places[key].setdefault(module.file, rule.line)
    for (_, name), found in places.items():
        for file, line in list(found.items())[1:]:
            yield Problem(
                file,
                line,
                f"'{name}' is defined in {next(iter(found))} too: the two would become one. "
                "Give it a name of its own.",
            )
    for (_, name), lines in defaults.items():
        for file, line in lines[1:]:
            yield Problem(file, line, f"'{name}' has a second default.")


def _check_recursion(modules: Iterable[Module]) -> Iterator[Problem]:
    """The embedded engine crashes the process on a recursive function; OPA refuses it."""
    calls: dict[str, set[str]] = defaultdict(set)
    where: dict[str, tuple[str, int]] = {}
    for module in modules:
        for rule in module.rules:
            me = f"data.{module.name}.{rule.name}"
            where.setdefault(me, (module.file, rule.line))
            own = _own_functions(module)
            calls[me] |= {name if name.startswith("data.") else f"data.{module.name}.{name}"
                          for name in rule.calls if name.startswith("data.") or name in own}
    for start, (file, line) in where.items():
        seen: set[str] = set()
        stack = list(calls[start])
        while stack:
            name = stack.pop()
            if name == start:
                yield Problem(file, line, f"'{start.rpartition('.')[2]}' calls itself.")
                break
            if name not in seen:
                seen.add(name)
                stack.extend(calls.get(name, ()))


def check_metadata(module: Module, found: list[Block], primary: set[str]) -> Iterator[Problem]:
    """Every finding has its METADATA, and the two say the same.

    Args:
        module: the file.
        found: its blocks.
        primary: ids that have a full block so far, in any file of this set; added to.
    """
    by_line = {block.rule_line: block for block in found}
    for rule in module.rules:
        if rule.name != "findings" or rule.default or _is_inclusion(rule):
            continue
        block = by_line.get(rule.line)
        if block is None:
            yield Problem(
                module.file,
                rule.line,
                "A 'findings' rule needs a '# METADATA' block right above it, with title, "
                "custom.id, custom.message and custom.remedy.",
            )
            continue
        yield from _check_block(module, rule, block, primary)


def _check_block(
    module: Module, rule: Rule, block: Block, primary: set[str]
) -> Iterator[Problem]:
    custom, head = block.custom, rule.head
    if head is None or head.rule is None or head.effect is None:
        yield Problem(
            module.file,
            rule.line,
            "Write the finding as an object with literal 'rule' and 'effect', "
            'as in {"rule": "…", "effect": "deny", "facts": […], "args": {…}}.',
        )
        return
    if head.rule != custom.id:
        yield Problem(
            module.file, rule.line, f"The finding says '{head.rule}', METADATA '{custom.id}'."
        )
    if head.reason != custom.reason:
        yield Problem(
            module.file,
            rule.line,
            f"The finding's args.reason is {head.reason!r}, METADATA custom.reason "
            f"{custom.reason!r}.",
        )
    if head.args is not None:
        for name in sorted(block.placeholders - set(head.args)):
            yield Problem(
                module.file, block.line, f"The text names {{{name}}}, which is not among 'args'."
            )
    if custom.reason is None:
        primary.add(custom.id)
        missing = [
            name
            for name, value in (
                ("description", block.description),
                ("related_resources", block.law),
                ("custom.steps", custom.steps),
                ("custom.phases", custom.phases),
                ("custom.severity", custom.severity),
                ("custom.unknown", custom.unknown),
            )
            if not value
        ]
        if missing:
            yield Problem(module.file, block.line, f"METADATA lacks {', '.join(missing)}.")
    for texts, name in ((custom.message, "message"), (custom.remedy, "remedy")):
        if "en" not in texts:
            yield Problem(module.file, block.line, f"METADATA custom.{name} has no 'en'.")
    phases = set(custom.phases or ())
    if len(phases) == 1 and not phases <= set(rule.phase_guards):
        (phase,) = phases
        yield Problem(
            module.file,
            rule.line,
            f"METADATA says phase '{phase}'; the body must say 'input.phase == \"{phase}\"'.",
        )
    for phase in set(rule.phase_guards) - set(PHASES):
        yield Problem(module.file, rule.line, f"There is no phase '{phase}'.")


def _is_inclusion(rule: Rule) -> bool:
    return rule.head is None and any(
        ref.path[:3] == ("data", "aboveboard", "topic") for ref in rule.references
    )


def check_inclusion(modules: Iterable[Module], blocks: dict[str, list[Block]]) -> Iterator[Problem]:
    """A step includes exactly the topics whose rules name it, and a topic's rules agree on steps.

    Args:
        modules: the bundled modules.
        blocks: METADATA blocks by file.
    """
    wanted: dict[str, dict[tuple[str, ...], tuple[str, int]]] = defaultdict(dict)
    included: dict[str, set[str]] = defaultdict(set)
    for module in modules:
        for rule in module.rules:
            if rule.name == "findings" and _is_inclusion(rule) and len(module.package) == 2:
                included[module.package[1]] |= {
                    ref.path[3] for ref in rule.references if ref.path[2:3] == ("topic",)
                }
        for block in blocks.get(module.file, ()):
            steps = block.custom.steps
            if steps is None:
                continue
            if module.package[1:2] == ("topic",):
                key = tuple(sorted(steps))
                wanted[module.package[2]].setdefault(key, (module.file, block.line))
            elif steps != (module.package[-1],):
                yield Problem(
                    module.file,
                    block.line,
                    f"A rule of package '{module.name}' serves the step '{module.package[-1]}' "
                    "only; a rule of several steps belongs in 'aboveboard.topic.<name>'.",
                )
    for topic, found in wanted.items():
        file, line = next(iter(found.values()))
        if len(found) > 1:
            yield Problem(file, line, f"The rules of topic '{topic}' name different steps.")
            continue
        (steps,) = found
        for step in STEPS:
            if (step in steps) != (topic in included[step]):
                verb = "does not include" if step in steps else "includes"
                yield Problem(
                    file, line, f"Step '{step}' {verb} topic '{topic}', against its METADATA."
                )


def check_data_paths(modules: Iterable[Module], data: dict[str, Any]) -> Iterator[Problem]:
    """Every `data.` path that a rule reads is there: a missing list would remove a deny silently."""
    modules = list(modules)
    names = {(*module.package, rule.name) for module in modules for rule in module.rules}
    packages = {name[:length] for name in names for length in range(1, len(name) + 1)}
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
                    )
                elif path[0] == "aboveboard":
                    if path not in packages and path[:-1] not in names:
                        yield _missing(module, reference.line, path, packages)
                elif path[0] in ("reference", "catalogue"):
                    if not _there(data, path):
                        yield _missing(module, reference.line, path, set(_paths(data)))


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
    return Problem(module.file, line, f"'data.{name}' is not there.{hint}")


def check_across(modules: Iterable[Module]) -> Iterator[Problem]:
    """Two directories that define one organisation's package must not share a helper's name."""
    yield from _check_shared_names(modules)


def check_secondary(blocks: dict[str, list[Block]], primary: set[str]) -> Iterator[Problem]:
    """A block with a reason belongs to a rule that has its full block somewhere."""
    for file, found in blocks.items():
        for block in found:
            if block.custom.reason is not None and block.custom.id not in primary:
                yield Problem(
                    file,
                    block.line,
                    f"Rule '{block.custom.id}' has no block without a reason: one of them carries "
                    "description, related_resources, steps, phases, severity and unknown.",
                )
