"""What one step and phase need of a policy set, as one Rego module for the embedded engine.

That engine's time grows with the modules, the rules and the reads of `data` that it walks through,
also where nothing can fire. So what can only hold in another step or phase is left out, with the
helpers that nobody else needs; findings go into one set at once, not by way of their topic's and
their step's; a single number of the reference data stands where it is read; of a rule that holds in
this step anyway, its other definitions go; whether a set is empty is asked without counting it. Answers
stay the same:
`answer` is defined for its own step and phase only, and whatever this linker does not understand
it does not link (`link` returns None): then the whole packages are asked, as OPA is.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aboveboard.policy.syntax import Guard, Module, Rule

if TYPE_CHECKING:
    from aboveboard.facts import Phase, Step
    from aboveboard.policy.bundle import PolicyBundle

__all__ = ["ANSWER", "Linked", "link"]

ANSWER = "data.linked.answer"

_HEADER = "package linked\n\nimport future.keywords.not\n"
_FINDINGS = "findings"
_COLLECTING = {"answer", "collected", _FINDINGS}
# That all reference data are there is known when a set loads; a server's may be gone.
_ANSWER = (
    'answer := {"findings": collected, "revision": data.catalogue.revision} '
    "if data.aboveboard.lib.whole"
)
_LINKED = 'answer := {"findings": findings, "revision": data.catalogue.revision}'
_OWN = "collected contains finding if some finding in findings"
_OTHERS = "collected contains finding if { some name some finding in data.organisation[name].STEP.findings }"
_INCLUDED = re.compile(
    r"findings contains finding if some finding in (data\.aboveboard\.topic\.\w+)\.findings"
)
# Texts and comments are matched so that nothing within them is.
_TOKEN = re.compile(
    r'(?P<text>"(?:\\.|[^"\\\n])*"|`[^`]*`)'
    r"|(?P<comment>#[^\n]*)"
    r'|(?P<data>(?<![\w.])data(?:\.\w+|\["\w+"\])+)(?P<more>\[?)'
    r"|(?P<name>(?<![\w.])[A-Za-z_]\w*)"
)
_COUNTED = re.compile(r"\bcount\((?P<set>\w+)\) (?P<how>>|==) 0(?![\w.])")
_BLANK = re.compile(r"^\s*\n", re.MULTILINE)
_PART = re.compile(r"\w+")
_PLAIN = re.compile(r"[\w .:/+-]*", re.ASCII)

Key = tuple[str, str]
"""A package and the name of a rule in it."""


@dataclass(frozen=True, slots=True)
class Linked:
    """One module, ready for the engine.

    Attributes:
        text: the Rego; `ANSWER` is what to ask it.
        reference: the part of the reference data that it reads.
    """

    text: str
    reference: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Definition:
    module: Module
    rule: Rule
    text: str
    """Without comments and what follows it; its lines are those of the file."""

    @property
    def key(self) -> Key:
        return self.module.name, self.rule.name


def link(bundle: PolicyBundle, step: Step, phase: Phase) -> Linked | None:
    """The policies of one step and phase as one module, or None where they ask for more."""
    packages = set(bundle.packages_for(step))
    definitions = [
        definition
        for module in bundle.modules
        if module.name in packages
        for definition in _definitions(module)
    ]
    collected = _collected(definitions, step)
    if collected is None or any(map(_is_beyond, definitions)):
        return None
    here = {"step": step, "phase": phase}
    table: dict[Key, list[_Definition]] = defaultdict(list)
    for definition in definitions:
        table[definition.key].append(definition)
    for key, found in table.items():
        # One that can never hold is still a name that others may read.
        kept = [item for item in found if _may_hold(item.rule, here)]
        table[key] = _settled(kept, here) or kept or ([] if key[1] == _FINDINGS else found)
    asked = [item for name in sorted(collected) for item in table.get((name, _FINDINGS), ())]
    asked = [item for item in asked if item.rule.head is not None]
    if any(key[1] in _COLLECTING for item in asked for key in _uses(item, table)):
        return None
    needed = _reachable(asked, table)
    if any(key[1] in _COLLECTING for item in needed for key in _uses(item, table)):
        return None
    return _written([*needed, *asked], here, bundle.data)


def _definitions(module: Module) -> Iterator[_Definition]:
    raw = module.text.encode()
    starts = sorted(rule.start for rule in module.rules)
    ends = dict(zip(starts, [*starts[1:], len(raw)], strict=True))
    for rule in module.rules:
        text = raw[rule.start : ends[rule.start]].decode()
        bare = _TOKEN.sub(lambda found: "" if found["comment"] else found[0], text)
        yield _Definition(module, rule, bare.rstrip())


def _collected(definitions: list[_Definition], step: Step) -> set[str] | None:
    """The packages whose findings make the answer; None when a step collects in a way of its own."""
    own = f"aboveboard.{step}"
    packages = {own}
    wanted = {_ANSWER, _OWN, _OTHERS.replace("STEP", step)}
    for definition in definitions:
        name, text = definition.rule.name, " ".join(definition.text.split())
        if definition.module.name == own and definition.rule.head is None:
            if name not in _COLLECTING:
                continue
            included = _INCLUDED.fullmatch(text)
            if included:
                packages.add(included[1].removeprefix("data."))
            elif text in wanted:
                wanted.remove(text)
            else:
                return None
        elif definition.module.package[0] == "organisation" and name == _FINDINGS:
            if definition.rule.head is None:
                return None  # it includes a topic, perhaps of another step
            packages.add(definition.module.name)
    return packages if not wanted else None


def _is_beyond(definition: _Definition) -> bool:
    """Whether names of it may stand for something else than they seem to."""
    names = {found["name"] for found in _TOKEN.finditer(definition.text)}
    return "with" in names or "import" in names or not _PART.fullmatch(definition.rule.name)


def _may_hold(rule: Rule, here: Mapping[str, str]) -> bool:
    shut = {guard.body for guard in rule.guards if here[guard.about] not in guard.allowed}
    return rule.default or not rule.bodies or len(shut) < rule.bodies


def _settled(definitions: list[_Definition], here: Mapping[str, str]) -> list[_Definition]:
    """The one definition that holds whatever else is known, of a rule that is true or undefined."""
    if not all(item.text.startswith(f"{item.rule.name} if ") for item in definitions):
        return []
    return next(([item] for item in definitions if _always_holds(item, here)), [])


def _always_holds(definition: _Definition, here: Mapping[str, str]) -> bool:
    rule = definition.rule
    if rule.bodies != 1 or len(rule.guards) != 1:
        return False
    (guard,) = rule.guards
    statement = _statement(definition.module, guard)
    only = definition.text in (f"{rule.name} if {statement}", f'{rule.name} if {statement}"')
    return only and here[guard.about] in guard.allowed


def _uses(definition: _Definition, table: Mapping[Key, Any]) -> Iterator[Key]:
    package = definition.module.name
    for name in definition.rule.names:
        if (package, name) in table:
            yield package, name
    for reference in definition.rule.references:
        key = _target(reference.path[1:], table)
        if key:
            yield key


def _target(path: tuple[str, ...], table: Mapping[Key, Any]) -> Key | None:
    """The rule that a path below `data` leads to."""
    for length in range(2, min(len(path), 4) + 1):
        key = (".".join(path[: length - 1]), path[length - 1])
        if key in table:
            return key
    return None


def _reachable(
    asked: list[_Definition], table: Mapping[Key, list[_Definition]]
) -> list[_Definition]:
    seen: dict[Key, None] = {}
    waiting = [key for item in asked for key in _uses(item, table)]
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen[key] = None
            waiting.extend(use for item in table[key] for use in _uses(item, table))
    return [item for key in sorted(seen) for item in table[key]]


def _written(
    definitions: list[_Definition], here: Mapping[str, str], data: Mapping[str, Any]
) -> Linked:
    taken = {found["name"] for item in definitions for found in _TOKEN.finditer(item.text)}
    names: dict[Key, str] = {}
    for item in definitions:
        if item.key not in names:
            name = _FINDINGS if item.rule.name == _FINDINGS else f"r{len(names)}_{item.rule.name}"
            while name in taken and name != _FINDINGS:
                name += "_"
            names[item.key] = name
    guards = "".join(f"\tinput.{about} == {json.dumps(name)}\n" for about, name in here.items())
    parts = [_HEADER, f"{_LINKED} if {{\n{guards}}}\n"]
    if not any(item.rule.name == _FINDINGS for item in definitions):
        parts.append("findings := set()\n")
    tables: dict[str, str] = {}
    sets = _sets(definitions, names)
    for item in definitions:
        text = _renamed(_unguarded(item, here), item.module.name, names, data, tables)
        text = _uncounted(text, sets)
        parts.append((text if "`" in text else _BLANK.sub("", text)) + "\n")
    parts.extend(f"{name} := {path}\n" for path, name in tables.items())
    return Linked("".join(parts), _read(definitions, data["reference"]))


def _unguarded(definition: _Definition, here: Mapping[str, str]) -> str:
    """Without the guards that hold anyway, where the body says more than them."""
    text = definition.text
    for guard in reversed(definition.rule.guards):
        if here[guard.about] in guard.allowed:
            text = _without(text, definition, guard)
    return text


def _statement(module: Module, guard: Guard) -> str:
    return module.text.encode()[guard.start : guard.end].decode()


def _without(text: str, definition: _Definition, guard: Guard) -> str:
    statement = _statement(definition.module, guard)
    raw = definition.module.text.encode()
    number = raw[definition.rule.start : guard.start].count(b"\n")
    lines = text.split("\n")
    # The parser leaves out a closing quotation mark.
    if lines[number].strip() not in (statement, f'{statement}"'):
        return text
    before = next(line for line in reversed(lines[:number]) if line.strip())
    after = next(line for line in lines[number + 1 :] if line.strip())
    if before.endswith("{") and after.startswith("}"):
        return text  # the body would be empty
    lines[number] = ""
    return "\n".join(lines)


def _renamed(
    text: str,
    package: str,
    names: Mapping[Key, str],
    data: Mapping[str, Any],
    tables: dict[str, str],
) -> str:
    def replaced(found: re.Match[str]) -> str:
        if found["name"]:
            return names.get((package, found["name"]), found[0])
        if not found["data"]:
            return found[0]
        path = tuple(_PART.findall(found["data"]))[1:]
        key = _target(path, names)
        if key:
            rest = "".join(f".{part}" for part in path[key[0].count(".") + 2 :])
            return f"{names[key]}{rest}{found['more']}"
        constant = None if found["more"] else _constant(path, data)
        if constant or path[0] != "reference":
            return constant or found[0]
        chain = ".".join(("data", *path))
        return tables.setdefault(chain, f"d{len(tables)}__{path[-1]}") + found["more"]

    return _TOKEN.sub(replaced, text)


def _sets(definitions: list[_Definition], names: Mapping[Key, str]) -> set[str]:
    """The new names of rules that are sets, so that they are there even when empty."""
    no_sets = {
        item.key for item in definitions if not item.text.startswith(f"{item.rule.name} contains ")
    }
    return {name for key, name in names.items() if key not in no_sets}


def _uncounted(text: str, sets: set[str]) -> str:
    """`count(s) > 0` as `s != set()`: two thirds of the time. Texts stay as they are."""
    if "`" in text:
        return text

    def replaced(found: re.Match[str]) -> str:
        if found["set"] not in sets:
            return found[0]
        return f"{found['set']} {'!=' if found['how'] == '>' else '=='} set()"

    lines = text.split("\n")
    return "\n".join(line if '"' in line else _COUNTED.sub(replaced, line) for line in lines)


def _constant(path: tuple[str, ...], data: Any) -> str | None:
    """A single value of the data as Rego; reading it there costs the engine a walk each time."""
    for part in path:
        if not isinstance(data, Mapping) or part not in data:
            return None
        data = data[part]
    if isinstance(data, bool) or (isinstance(data, int) and data >= 0):
        return json.dumps(data)
    return json.dumps(data) if isinstance(data, str) and _PLAIN.fullmatch(data) else None


def _read(definitions: list[_Definition], reference: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for item in definitions:
        for found in item.rule.references:
            name, *path = found.path[2:4] if found.path[1:2] == ("reference",) else ("",)
            if name and not path:
                kept[name] = reference[name]
            elif name and kept.get(name) is not reference[name]:
                kept.setdefault(name, {})[path[0]] = reference[name][path[0]]
    return kept
