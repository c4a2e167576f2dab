"""How a linked module is written, so that the embedded engine has least to do.

Measured in instructions, that engine pays some 12,000 for each definition that it tries, as much again
for a rule of its own, 16,000 for a call and 3,000 for a plain statement; 50,000 for a rule that only
gives reference data a short name, and 20,000 to walk to them from `data.reference`. So

- names are short, a single value of the reference data stands where it is read, and other parts of them
  are data right below the root (`data.d0__countries`);
- findings that ask the same first are a set of their own, which is looked at only where that holds;
- the definitions of one rule that is true or undefined are one chain of `else`, which ends at the first
  that holds;
- a rule that is one plain statement stands where it is asked;
- what is read again for each item of a list has a name in the body: a tenth of the time;
- whether a set is empty is asked without counting it;
- guards that hold anyway are left out.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
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
from aboveboard.policy.syntax import Guard

__all__ = ["Linked", "write"]

_COUNTED = re.compile(r"\bcount\((?P<set>\w+)\) (?P<how>>|==) 0(?![\w.])")
_READ = re.compile(r"(?<![\w.])(?:data\.d\d+__\w+|\w+)(?![\w(])")
_BLANK = re.compile(r"^\s*\n", re.MULTILINE)
_PLAIN = re.compile(r"[\w .:/+-]*", re.ASCII)
_HELD = re.compile(r"(?P<name>\w+)(?:\((?P<args>[\w, ]*)\))? if (?P<body>.*)", re.DOTALL)
_ONE = re.compile(r"\w+ if (?:\{\n\t(?P<block>[^\n]+)\n\}|(?P<bare>[^\n{]+))")
# What could bring a variable along, or be more than a comparison.
_MORE_THAN_ONE = re.compile(r"\b(?:some|every|with|else)\b|:=|[\[|`{]")
_FINDING = re.compile(
    rf"(?P<head>(?:{FINDINGS}|g\d+) contains .*) if \{{\n\t(?P<first>[^\t\n][^\n]*)\n(?P<rest>\t.*\n)\}}",
    re.DOTALL,
)
_OPENS = ("{", "[", "(", ",", "|")
_GROUP = 3
"""From so many findings on that ask the same first."""
_OFTEN = 3
"""Up to so many times a statement is repeated rather than given a rule."""


@dataclass(frozen=True, slots=True)
class Linked:
    """One module, ready for the engine.

    Attributes:
        text: the Rego.
        data: what it reads below `data`, besides the catalogue's revision.
    """

    text: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Part:
    """A definition in the new module; `single` when it has one body."""

    name: str
    text: str
    single: bool


def write(
    head: str, definitions: list[Definition], here: Mapping[str, str], data: Mapping[str, Any]
) -> Linked:
    """One module that begins with `head`, of definitions that need nothing else.

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
        parts.append(_Part(names[item.key], text, single))
    texts = [part.text for part in _grouped(_inlined(_chained(parts)))]
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
    after = next(line for line in lines[number + 1 :] if line.strip())
    if before.endswith("{") and after.startswith("}"):
        return text  # the body would be empty
    lines[number] = ""
    return "\n".join(lines)


class _Tables:
    """The reference data that are read, each part right below the root of the data."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self._names: dict[tuple[str, ...], str] = {}
        self.kept: dict[str, Any] = {}

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
        return tables.read(path, found["more"]) or found[0]

    return TOKEN.sub(replaced, text)


def _sets(definitions: list[Definition], names: Mapping[Key, str]) -> set[str]:
    """The new names of rules that are sets, so that they are there even when empty."""
    no_sets = {
        item.key for item in definitions if not item.text.startswith(f"{item.rule.name} contains ")
    }
    return {name for key, name in names.items() if key not in no_sets}


def _uncounted(text: str, sets: set[str]) -> str:
    """`count(s) > 0` as `s != set()`: two thirds of the time."""

    def replaced(found: re.Match[str]) -> str:
        if found["set"] not in sets:
            return found[0]
        return f"{found['set']} {'!=' if found['how'] == '>' else '=='} set()"

    lines = text.split("\n")
    return "\n".join(line if '"' in line else _COUNTED.sub(replaced, line) for line in lines)


def _read_once(text: str, sets: set[str]) -> str:
    """What a body reads for each item that it goes through, read before the first.

    Only what is always there: with the rest, when it is read can decide whether a rule holds.
    """
    before, some, after = text.partition("\n\tsome ")
    line, end, loop = after.partition("\n")
    if not loop.strip().removesuffix("}") or " if {" not in before or " if {" in after:
        return text
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


def _chained(parts: Iterable[_Part]) -> list[_Part]:
    """The definitions of each rule that is true or undefined as one chain of `else`."""
    groups: dict[str, list[_Part]] = defaultdict(list)
    for part in parts:
        groups[part.name].append(part)
    return [part for group in groups.values() for part in _chain(group)]


def _chain(group: list[_Part]) -> list[_Part]:
    found = [_HELD.fullmatch(part.text) for part in group if part.single and "`" not in part.text]
    held = [one for one in found if one and _block(one["body"])]
    if len(group) < 2 or len(held) < len(group):
        return group
    args = _common_args([(one["args"], one["body"]) for one in held])
    if args is None:
        return group
    chain = " else if ".join(_block(one["body"]) for one in held)
    return [_Part(group[0].name, f"{group[0].name}{args} if {chain}", single=False)]


def _block(body: str) -> str:
    """A body in braces; '' where it cannot be told whether it is."""
    if body.startswith("{"):
        return body if body.startswith("{\n") and body.endswith("\n}") else ""
    return f"{{\n\t{body}\n}}"


def _common_args(found: list[tuple[str | None, str]]) -> str | None:
    """The arguments that all definitions can have: where one has `_`, the name of the others."""
    if all(args is None for args, _ in found):
        return ""
    rows = [(args or "").split(", ") for args, _ in found]
    if len({len(row) for row in rows}) != 1:
        return None
    common = []
    for column in zip(*rows, strict=True):
        named = set(column) - {"_"}
        if len(named) > 1 or "" in named:
            return None
        common.append(next(iter(named), "_"))
    for row, (_, body) in zip(rows, found, strict=True):
        hidden = {name for name, own in zip(common, row, strict=True) if own == "_"} - {"_"}
        if hidden & set(PART.findall(body)):
            return None  # a variable of that body has the name
    return f"({', '.join(common)})"


def _inlined(parts: list[_Part]) -> list[_Part]:
    """Rules that are one plain statement stand where they are asked."""
    for name in [part.name for part in parts]:
        texts = [part for part in parts if part.name == name]
        one = _ONE.fullmatch(texts[0].text) if len(texts) == 1 and texts[0].single else None
        asked = (one["block"] or one["bare"]) if one else ""
        if not asked or _MORE_THAN_ONE.search(asked):
            continue
        others = [part for part in parts if part.name != name]
        replaced = _instead(others, name, asked)
        if replaced is not None:
            parts = replaced
    return parts


def _instead(parts: list[_Part], name: str, asked: str) -> list[_Part] | None:
    """The parts with a statement in a rule's place; None where it cannot stand there."""
    whole = re.compile(
        rf"(?P<before>^\t+|^\w+(?:\([\w, ]*\))? if )(?P<no>not )?{name}$", re.MULTILINE
    )
    used = re.compile(rf"\b{name}\b")
    times = 0
    result = []
    for part in parts:
        uses = used.findall(part.text)
        if uses:
            lines = list(whole.finditer(part.text))
            twice = asked.startswith("not ") and any(line["no"] for line in lines)
            if len(lines) != len(uses) or twice or "`" in part.text:
                return None
            times += len(uses)
            text = whole.sub(lambda line: f"{line['before']}{line['no'] or ''}{asked}", part.text)
            part = _Part(part.name, text, part.single)  # noqa: PLW2901
        result.append(part)
    return result if times <= (1 if "(" in asked else _OFTEN) else None


def _grouped(parts: list[_Part]) -> list[_Part]:
    """Findings that begin with the same statement as a set behind it; so again within that set."""
    taken = itertools.count()
    result: list[_Part] = []
    waiting = [[part for part in parts if part.name == FINDINGS]]
    while waiting:
        groups: dict[str, list[_Part]] = defaultdict(list)
        for part in waiting.pop():
            groups[_first(part)].append(part)
        for first, group in groups.items():
            if not first or len(group) < _GROUP:
                result.extend(group)
                continue
            name = f"g{next(taken)}"
            result.append(_behind(first, group[0].name, name))
            waiting.append([_moved(part, name) for part in group])
    return [*(part for part in parts if part.name != FINDINGS), *result]


def _first(part: _Part) -> str:
    """The first statement of a finding that says more than it; '' where it cannot go before."""
    found = None if "`" in part.text else _FINDING.fullmatch(part.text)
    if found is None or found["first"].endswith(_OPENS) or _MORE_THAN_ONE.search(found["first"]):
        return ""
    return found["first"]


def _behind(first: str, name: str, group: str) -> _Part:
    text = f"{name} contains finding if {{\n\t{first}\n\tsome finding in {group}\n}}"
    return _Part(name, text, single=True)


def _moved(part: _Part, group: str) -> _Part:
    """A finding of a group, without the statement that stands before the group."""
    found = _FINDING.fullmatch(part.text)
    assert found is not None  # noqa: S101  (`_first` matched it)
    head = found["head"].replace(f"{part.name} contains ", f"{group} contains ", 1)
    return _Part(group, f"{head} if {{\n{found['rest']}}}", single=True)
