"""How a linked module is written: names, reference data, guards.

Names are short; guards that hold anyway are left out. A single value of the reference data stands where
it is read, other parts of them are data right below the root (`data.d0__countries`): to walk to them from
`data.reference` costs the embedded engine twice as much. What is read again for each item of a list has a
name in the body, and whether a set is empty is asked without counting it. See `shorter` for the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aboveboard.policy.definitions import (
    FINDINGS,
    PART,
    TOKEN,
    Definition,
    Key,
    statement,
    target,
)
from aboveboard.policy.shorter import Part, shorter
from aboveboard.policy.syntax import Guard

__all__ = ["Linked", "write"]

_COUNTED = re.compile(
    r"(?P<before>\t+(?:not )?|.* if (?:not )?)count\((?P<set>\w+)\) (?P<how>>|==) 0"
)
_READ = re.compile(r"(?<![\w.])(?:data\.d\d+__\w+|\w+)(?![\w(])")
_BLANK = re.compile(r"^\s*\n", re.MULTILINE)
_PLAIN = re.compile(r"[\w .:/+-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Linked:
    """One module, ready for the engine.

    Attributes:
        text: the Rego.
        data: what it reads below `data`, besides the catalogue's revision.
    """

    text: str
    data: Mapping[str, Any]


def write(
    head: str, definitions: list[Definition], here: Mapping[str, str], data: Mapping[str, Any]
) -> Linked | None:
    """One module that begins with `head`, of definitions that need nothing else.

    None where they read something below `data` in a way that is not understood.
    `here` has the step and phase that it is for, `data` what the policies find below `data`.
    """
    names = _names(definitions)
    tables = _Tables(data)
    sets = _sets(definitions, names)
    parts = []
    for item in definitions:
        text = _renamed(_unguarded(item, here), item.module.name, names, tables)
        text = text if "`" in text else _BLANK.sub("", _uncounted(text, sets))
        single = item.rule.bodies == 1 and not item.rule.default
        text = _read_once(text, sets) if single and "`" not in text else text
        parts.append(Part(names[item.key], text, single))
    if tables.unread:
        return None
    texts = [part.text for part in shorter(parts)]
    return Linked("\n".join([head, *texts, ""]), tables.kept)


def _names(definitions: list[Definition]) -> dict[Key, str]:
    taken = {found["name"] for item in definitions for found in TOKEN.finditer(item.text)}
    names: dict[Key, str] = {}
    for item in definitions:
        if item.key not in names:
            name = FINDINGS if item.rule.name == FINDINGS else f"r{len(names)}_{item.rule.name}"
            while name in taken and name != FINDINGS:
                name += "_"
            names[item.key] = name
    return names


def _unguarded(definition: Definition, here: Mapping[str, str]) -> str:
    """Without the guards that hold anyway, where the body says more than them."""
    text = definition.text
    for guard in reversed(definition.rule.guards):
        if here[guard.about] in guard.allowed:
            text = _without(text, definition, guard)
    return text


def _without(text: str, definition: Definition, guard: Guard) -> str:
    asked = statement(definition.module, guard)
    raw = definition.module.text.encode()
    number = raw[definition.rule.start : guard.start].count(b"\n")
    lines = text.split("\n")
    if lines[number].strip() not in (asked, f'{asked}"'):
        return text
    before = next(line for line in reversed(lines[:number]) if line.strip())
    after = next((line for line in lines[number + 1 :] if line.strip()), "}")
    if before.endswith(("{", " if")) and after.startswith("}"):
        return text  # the body would be empty
    lines[number] = ""
    return "\n".join(lines)


class _Tables:
    """The reference data that are read, each part right below the root of the data."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self._names: dict[tuple[str, ...], str] = {}
        self.kept: dict[str, Any] = {}
        self.unread = False

    def read(self, path: tuple[str, ...], more: str) -> str | None:
        """How to read it; None when it is not there."""
        value: Any = self._data
        for part in path:
            if not isinstance(value, Mapping) or part not in value:
                return None
            value = value[part]
        if not more and (constant := _constant(value)):
            return constant
        if path[0] != "reference":
            return None
        name = self._names.setdefault(path, f"d{len(self._names)}__{path[-1]}")
        self.kept[name] = value
        return f"data.{name}{more}"


def _constant(value: Any) -> str | None:
    """A single value of the data as Rego."""
    if isinstance(value, bool) or (isinstance(value, int) and value >= 0):
        return json.dumps(value)
    return json.dumps(value) if isinstance(value, str) and _PLAIN.fullmatch(value) else None


def _renamed(text: str, package: str, names: Mapping[Key, str], tables: _Tables) -> str:
    def replaced(found: re.Match[str]) -> str:
        if found["name"]:
            return names.get((package, found["name"]), found[0])
        if not found["data"]:
            return found[0]
        path = tuple(PART.findall(found["data"]))[1:]
        key = target(path, names)
        if key:
            rest = "".join(f".{part}" for part in path[key[0].count(".") + 2 :])
            return f"{names[key]}{rest}{found['more']}"
        read = tables.read(path, found["more"])
        tables.unread = tables.unread or read is None
        return read or found[0]

    return TOKEN.sub(replaced, text)


def _sets(definitions: list[Definition], names: Mapping[Key, str]) -> set[str]:
    """The new names of rules that are sets, so that they are there even when empty."""
    no_sets = {
        item.key for item in definitions if not item.text.startswith(f"{item.rule.name} contains ")
    }
    return {name for key, name in names.items() if key not in no_sets}


def _uncounted(text: str, sets: set[str]) -> str:
    """`count(s) > 0` as `s != set()`: two thirds of the time."""

    def short(line: str) -> str:
        found = None if '"' in line else _COUNTED.fullmatch(line)
        if found is None or found["set"] not in sets:
            return line
        return f"{found['before']}{found['set']} {'!=' if found['how'] == '>' else '=='} set()"

    return "\n".join(map(short, text.split("\n")))


def _read_once(text: str, sets: set[str]) -> str:
    """What a body reads for each item that it goes through, read before the first.

    Only what is always there: with the rest, when it is read can decide whether a rule holds.
    """
    before, some, after = text.partition("\n\tsome ")
    line, end, loop = after.partition("\n")
    if not loop.strip().removesuffix("}") or " if {" not in before or " if {" in after:
        return text
    ahead = before.partition(" if {")[2]
    if sum(map(ahead.count, "{[(")) != sum(map(ahead.count, "}])")):
        return text  # it stands within a comprehension
    taken = set(PART.findall(text))
    names = []

    def replaced(found: re.Match[str]) -> str:
        read = found[0]
        if not (read.startswith("data.") or read in sets):
            return read
        if read not in names:
            names.append(read)
        return f"h{names.index(read)}"

    loop = "\n".join(row if '"' in row else _READ.sub(replaced, row) for row in loop.split("\n"))
    if {f"h{number}" for number in range(len(names))} & taken:
        return text
    read = "".join(f"\n\th{number} := {name}" for number, name in enumerate(names))
    return f"{before}{read}{some}{line}{end}{loop}"
