"""What one step and phase need of a policy set, as one Rego module for the embedded engine.

That engine's time grows with the modules, the rules and the reads of `data` that it walks through,
also where nothing can fire. So what can only hold in another step or phase is left out, with the
helpers that nobody else needs; findings go into one set at once, not by way of their topic's and
their step's; of a rule that holds in this step anyway, its other definitions go. How it is then written
is `linked_text`'s. Answers stay the same:
`answer` is defined for its own step and phase only, and whatever this linker does not understand
it does not link (`link` returns None): then the whole packages are asked, as OPA is.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from aboveboard.policy.definitions import (
    FINDINGS,
    PART,
    TOKEN,
    Definition,
    Key,
    definitions,
    is_laid_out,
    statement,
    target,
)
from aboveboard.policy.linked_text import Linked, write
from aboveboard.policy.syntax import Rule

if TYPE_CHECKING:
    from aboveboard.facts import Phase, Step
    from aboveboard.policy.bundle import PolicyBundle

__all__ = ["ANSWER", "Linked", "link", "possible", "uses"]

ANSWER = "data.linked.answer"

_HEADER = "package linked\n\nimport future.keywords.not\n"
_COLLECTING = {"answer", "collected", FINDINGS}
# That all reference data are there is known when a set loads; a server's may be gone.
_ANSWER = (
    'answer := {"findings": collected, "revision": data.catalogue.revision} '
    "if data.aboveboard.lib.whole"
)
_OWN = "collected contains finding if some finding in findings"
_OTHERS = "collected contains finding if { some name some finding in data.organisation[name].STEP.findings }"
_ASKED = re.compile(
    r"(?P<count>count\()?(?P<package>data\.(?:\w+\.)+)?(?P<name>\w+)(?(count)\) > 0)"
)
# What linking calls something, or may.
_OURS = re.compile(rf"answer|{FINDINGS}|[ghsw]\d+")
_INCLUDED = re.compile(
    r"findings contains finding if some finding in (data\.aboveboard\.topic\.\w+)\.findings"
)


def link(bundle: PolicyBundle, step: Step, phase: Phase) -> Linked | None:
    """The policies of one step and phase as one module, or None where they ask for more."""
    packages = set(bundle.packages_for(step))
    everything = [
        definition
        for module in bundle.modules
        if module.name in packages
        for definition in definitions(module)
    ]
    collected = _collected(everything, step)
    keys = {definition.key for definition in everything}
    if collected is None or any(_is_beyond(item, keys) for item in everything):
        return None
    here = {"step": step, "phase": phase}
    table: dict[Key, list[Definition]] = defaultdict(list)
    for definition in everything:
        table[definition.key].append(definition)
    left = set(map(id, possible(everything, here)))
    for key, found in table.items():
        # One that can never hold is still a name that others may read.
        kept = [item for item in found if id(item) in left]
        table[key] = _settled(kept, here) or kept or ([] if key[1] == FINDINGS else found)
    asked = [item for name in sorted(collected) for item in table.get((name, FINDINGS), ())]
    asked = [item for item in asked if item.rule.head is not None]
    if any(key[1] in _COLLECTING for item in asked for key in uses(item, table)):
        return None
    needed = _reachable(asked, table)
    if any(key[1] in _COLLECTING for item in needed for key in uses(item, table)):
        return None
    if any(map(_OURS.fullmatch, _variables([*needed, *asked]))):
        return None
    return write(_head(bundle, here, asked), [*needed, *asked], here, bundle.data)


def _head(bundle: PolicyBundle, here: Mapping[str, str], asked: list[Definition]) -> str:
    guards = "".join(f"\tinput.{about} == {json.dumps(name)}\n" for about, name in here.items())
    answer = f'answer := {{"findings": findings, "revision": {json.dumps(bundle.revision)}}}'
    nothing = "" if asked else "\nfindings := set()"
    return f"{_HEADER}\n{answer} if {{\n{guards}}}{nothing}"


def _collected(everything: list[Definition], step: Step) -> set[str] | None:
    """The packages whose findings make the answer; None when a step collects in a way of its own."""
    own = f"aboveboard.{step}"
    packages = {own}
    wanted = {_ANSWER, _OWN, _OTHERS.replace("STEP", step)}
    for definition in everything:
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
        elif definition.module.package[0] == "organisation" and name == FINDINGS:
            if definition.rule.head is None:
                return None  # it includes a topic, perhaps of another step
            packages.add(definition.module.name)
    return packages if not wanted else None


def _is_beyond(definition: Definition, keys: set[Key]) -> bool:
    """Whether names or lines of it may stand for something else than they seem to."""
    names = {found["name"] for found in TOKEN.finditer(definition.text)}
    # `data` alone: what is below it is written in another way than with dots.
    if not names.isdisjoint({"with", "import", "data"}):
        return True
    if any(name == "input" or (definition.key[0], name) in keys for name in definition.rule.bound):
        return True
    return not PART.fullmatch(definition.rule.name) or not is_laid_out(definition)


def _variables(definitions: list[Definition]) -> set[str]:
    return {name for item in definitions for name in (*item.rule.names, *item.rule.bound)}


def possible(everything: list[Definition], here: Mapping[str, str]) -> list[Definition]:
    """The definitions that can hold here: no guard is against it, and no rule that cannot hold."""
    left = [item for item in everything if _may_hold(item.rule, here)]
    # A set or object without members is there all the same.
    empty = {item.key for item in everything if not _is_complete(item)}
    while True:
        never = {item.key for item in everything} - {item.key for item in left}
        kept = [item for item in left if not _asks_for(item, never, empty)]
        if len(kept) == len(left):
            return left
        left = kept


def _is_complete(definition: Definition) -> bool:
    name = definition.rule.name
    return definition.text.startswith((f"{name} if ", f"{name} := "))


def _asks_for(definition: Definition, never: set[Key], empty: set[Key]) -> bool:
    """Whether the only body has one of these rules, or that one is not empty, as a statement."""
    if definition.rule.bodies != 1 or definition.rule.default:
        return False
    raw = definition.module.text.encode()
    for start, end in definition.rule.statements:
        found = _ASKED.fullmatch(raw[start:end].decode())
        if found and found["package"]:
            key = (found["package"].removeprefix("data.")[:-1], found["name"])
        elif found:
            key = (definition.module.name, found["name"])
        if found and key in never and (found["count"] or key not in empty):
            return True
    return False


def _may_hold(rule: Rule, here: Mapping[str, str]) -> bool:
    shut = {guard.body for guard in rule.guards if here[guard.about] not in guard.allowed}
    return rule.default or not rule.bodies or len(shut) < rule.bodies


def _settled(kept: list[Definition], here: Mapping[str, str]) -> list[Definition]:
    """The one definition that holds whatever else is known, of a rule that is true or undefined."""
    if not all(item.text.startswith(f"{item.rule.name} if ") for item in kept):
        return []
    return next(([item] for item in kept if _always_holds(item, here)), [])


def _always_holds(definition: Definition, here: Mapping[str, str]) -> bool:
    rule = definition.rule
    if rule.bodies != 1 or len(rule.guards) != 1:
        return False
    (guard,) = rule.guards
    asked = statement(definition.module, guard)
    only = definition.text in (f"{rule.name} if {asked}", f'{rule.name} if {asked}"')
    return only and here[guard.about] in guard.allowed


def uses(definition: Definition, table: Mapping[Key, Any]) -> Iterator[Key]:
    """The rules of the table that a definition reads."""
    package = definition.module.name
    for name in definition.rule.names:
        if (package, name) in table:
            yield package, name
    for reference in definition.rule.references:
        key = target(reference.path[1:], table)
        if key:
            yield key


def _reachable(asked: list[Definition], table: Mapping[Key, list[Definition]]) -> list[Definition]:
    seen: dict[Key, None] = {}
    waiting = [key for item in asked for key in uses(item, table)]
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen[key] = None
            waiting.extend(use for item in table[key] for use in uses(item, table))
    return [item for key in sorted(seen) for item in table[key]]
