"""Rego that changed: per rule and per helper, by the parser's tree, so that layout does not count."""

from __future__ import annotations

import difflib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aboveboard.policy.definitions import Definition, definitions, target
from aboveboard.policy.differences.surplus import surplus
from aboveboard.policy.metadata import MetadataError, blocks
from aboveboard.policy.syntax import Module, syntax_tree

__all__ = ["CodeDifference", "Graph", "code_differences", "layout_only", "unlike"]

_CONTEXT = 2
# Where the parser counts its nodes; it says nothing of the code.
_COUNTERS = {"eidx", "sidx", "qidx", "span"}
_SPAN = {"line", "col", "start", "end"}


@dataclass(frozen=True, slots=True)
class _Part:
    definition: Definition
    code: str
    """What it says, and nothing of how it is laid out."""


@dataclass(frozen=True, slots=True)
class CodeDifference:
    """Definitions of one owner that are not the same.

    Attributes:
        owner: id of a rule, or dotted name of a helper that several share.
        shared: whether it is such a helper.
        lines: of a unified diff, without comments; none when it moved as it was.
    """

    owner: str
    shared: bool
    lines: tuple[str, ...]


def unlike(old: Sequence[Module], new: Sequence[Module]) -> tuple[list[Module], list[Module]]:
    """Files of either set whose text the other does not have."""
    return surplus(old, new, _whole), surplus(new, old, _whole)


def _whole(module: Module) -> str:
    return module.text


def code_differences(
    old: Sequence[Module], new: Sequence[Module], ids: Sequence[str]
) -> tuple[CodeDifference, ...]:
    """What decides otherwise, by rule and by shared helper.

    Args:
        old: files that the other set does not have as they are.
        new: the same of the new set.
        ids: of all rules of both sets.
    """
    before, after = _by_owner(old, ids), _by_owner(new, ids)
    found = []
    for owner in sorted({*before, *after}):
        gone = surplus(before.get(owner, []), after.get(owner, []), _code)
        come = surplus(after.get(owner, []), before.get(owner, []), _code)
        if gone or come:
            lines = tuple(_diff(gone, come))
            found.append(CodeDifference(owner[1], owner[0], lines))
    return tuple(found)


def _by_owner(modules: Sequence[Module], ids: Sequence[str]) -> dict[tuple[bool, str], list[_Part]]:
    prefixes = {f"_{rule.lower().replace('-', '_')}_": rule for rule in ids}
    found: dict[tuple[bool, str], list[_Part]] = defaultdict(list)
    for module in modules:
        here = {rule.head.rule for rule in module.rules if rule.head and rule.head.rule}
        for part in _parts(module):
            rule = part.definition.rule
            owners = [
                owner for prefix, owner in prefixes.items() if f"{rule.name}_".startswith(prefix)
            ]
            if rule.head and rule.head.rule:
                found[False, rule.head.rule].append(part)
            elif owners:
                found[False, max(owners, key=len)].append(part)
            elif here:
                for owner in here:
                    found[False, owner].append(part)
            else:
                found[True, f"{module.name}.{rule.name}"].append(part)
    return found


def _parts(module: Module, *, whole: bool = False) -> Iterator[_Part]:
    """The definitions of a file; without what `rules` tells of a finding's head, unless whole."""
    raw = module.text.encode()
    items = syntax_tree(module.file, module.text)["rules"]
    for definition, item in zip(definitions(module), items, strict=True):
        bare = _bare(item, raw)
        if definition.rule.head is not None and not whole:
            _take_out_told(bare["Spec"]["head"]["Set"]["key"]["Object"])
        yield _Part(definition, json.dumps([module.name, bare], sort_keys=True))


def _take_out_told(head: dict[str, Any]) -> None:
    """Leave out the effect and the facts of a finding where they are literal: they are told apart."""
    head["fields"] = [
        (key, value)
        for key, value in head["fields"]
        if not (_text(key) == "effect" and _text(value) is not None)
        and not (_text(key) == "facts" and _are_texts(value))
    ]


def _text(node: dict[str, Any]) -> str | None:
    found = node.get("String") or node.get("RawString")
    return None if found is None else str(found["value"])


def _are_texts(node: dict[str, Any]) -> bool:
    items = node.get("Array", {}).get("items")
    return items is not None and all(_text(item) is not None for item in items)


def _bare(node: Any, raw: bytes, key: str = "") -> Any:
    """The tree without places; a name that the parser gives as a place only is put there."""
    if isinstance(node, dict):
        if node.keys() == _SPAN:
            return None if key == "span" else raw[node["start"] : node["end"]].decode()
        return {
            name: _bare(value, raw, name) for name, value in node.items() if name not in _COUNTERS
        }
    if isinstance(node, list) and key == "fields":  # of an object: place, key, value
        return [[_bare(part, raw) for part in item[1:]] for item in node]
    if isinstance(node, list):
        return [_bare(item, raw) for item in node]
    return node


def _code(part: _Part) -> str:
    return part.code


def _diff(gone: Sequence[_Part], come: Sequence[_Part]) -> Iterator[str]:
    changes = difflib.unified_diff(_lines(gone), _lines(come), n=_CONTEXT, lineterm="")
    for number, line in enumerate(list(changes)[2:]):
        if not line.startswith("@@"):
            yield line.replace("\t", "    ")
        elif number or not line.startswith(("@@ -0", "@@ -1 ", "@@ -1,")):
            yield "…"  # something is left out here


def _lines(parts: Sequence[_Part]) -> list[str]:
    texts = [part.definition.text for part in parts]
    return [line.rstrip() for text in texts for line in text.split("\n") if line.strip()]


def layout_only(old: Sequence[Module], new: Sequence[Module]) -> tuple[str, ...]:
    """Files of the new set, of which comments or layout changed and nothing else.

    Args:
        old: files that the new set does not have as they are.
        new: and the other way round.
    """
    before = Counter(map(_said, old))
    found = []
    for module in new:
        if before[_said(module)]:
            before[_said(module)] -= 1
            found.append(_inside(module))
    return tuple(sorted(found))


def _inside(module: Module) -> str:
    return module.file.partition("/")[2]


def _said(module: Module) -> str:
    """All that counts of a file: its code in full, and its METADATA."""
    metadata = [
        None if isinstance(block, MetadataError) else (block.title, block.description, block.law,
                                                       block.custom)
        for block in blocks(module)
    ]  # fmt: skip
    return repr(([part.code for part in _parts(module, whole=True)], metadata))


class Graph:
    """Which rules lean on what: helpers and documents, directly or through others."""

    def __init__(self, modules: Sequence[Module]) -> None:
        self._table: dict[tuple[str, str], list[Definition]] = defaultdict(list)
        self._heads: dict[str, list[Definition]] = defaultdict(list)
        for module in modules:
            for rule in module.rules:
                definition = Definition(module, rule, "")
                self._table[definition.key].append(definition)
                if rule.head and rule.head.rule:
                    self._heads[rule.head.rule].append(definition)

    def leaning(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of rules by the dotted name of a helper, or by `reference.<document>`."""
        found: dict[str, set[str]] = defaultdict(set)
        for rule, heads in self._heads.items():
            seen: set[tuple[str, str]] = set()
            stack = list(heads)
            while stack:
                here = stack.pop()
                for key in self._used(here):
                    if key not in seen:
                        seen.add(key)
                        stack.extend(self._table.get(key, ()))
            for package, name in seen:
                found[f"{package}.{name}"].add(rule)
        return {name: tuple(sorted(rules)) for name, rules in found.items()}

    def _used(self, definition: Definition) -> Iterator[tuple[str, str]]:
        package = definition.module.name
        for name in definition.rule.names:
            if (package, name) in self._table and name != "findings":
                yield package, name
        for reference in definition.rule.references:
            path = reference.path[1:]
            if path[:1] == ("reference",) and len(path) > 1:
                yield "reference", path[1]
            found = target(path, self._table)
            if found is not None:
                yield found
