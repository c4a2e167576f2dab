"""What names in a Rego module stand for: places of the event, or sets of such.

A name stands for a place when it is given one (`x := input.a`), for each item of it (`some x in input.a`), or
for what a rule or set gives (`decision := object.get(input, "decision", {})`, `open contains r if some r in
input.requests`). Where a name is given several things it stands for all of them, wherever it stands: more than it
may mean, never less.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from aboveboard.policy.syntax import walk
from aboveboard.replay.rego_tree import (
    ANY,
    Node,
    Path,
    got,
    is_constant,
    literal,
    texts_of,
    values_at,
    var,
)

__all__ = ["DATA", "INPUT", "Meaning", "Names", "Parts", "Paths", "Unsure"]

Paths = frozenset[Path]
Parts = tuple[Paths, ...]
"""Of the items of a set: one for an item that is a place, more for arrays of places."""


class Names(dict[str, Paths]):
    """What the names of one rule stand for.

    Attributes:
        sets: names that were given to sets, with the rules that make these.
    """

    def __init__(self, given: Mapping[str, Paths] = MappingProxyType({})) -> None:
        super().__init__(given)
        self.sets: dict[str, str] = {}


INPUT, DATA = "input", "data"
_ROOTS: Mapping[str, Paths] = {INPUT: frozenset([(INPUT,)]), DATA: frozenset([(DATA,)])}
_ROUNDS = 20


class Unsure(Exception):
    """Something that is not understood."""


class Meaning:
    """What the names of one module stand for.

    Args:
        rules: all of its rules but defaults.
        raw: its text.
        data: what it reads below `data`.

    Attributes:
        sets: by rule (or function that gives a set), the parts of its items.
        values: by rule, the places that its value is one of.
    """

    def __init__(self, rules: list[Node], raw: bytes, data: Mapping[str, Any]) -> None:
        self._raw, self._data = raw, data
        self.sets: dict[str, Parts] = {}
        self.values: dict[str, Paths] = {}
        self._bound: list[dict[str, frozenset[str] | None]] = []
        self._learn(rules)

    def _learn(self, rules: list[Node]) -> None:
        by_name: dict[str, list[Node]] = {}
        for rule in rules:
            name = var(next(iter(rule["head"].values()))["refr"])
            by_name.setdefault(name or "", []).append(rule)
        by_name.pop("", None)
        for _ in range(_ROUNDS):
            before = (dict(self.sets), dict(self.values))
            for name, definitions in by_name.items():
                found = [self._given(rule) for rule in definitions]
                parts = _joined([parts for kind, parts in found if kind == "set"])
                places = _joined([parts for kind, parts in found if kind == "value"])
                if parts is not None and len(definitions) == sum(k == "set" for k, _ in found):
                    self.sets[name] = parts
                if places is not None and len(definitions) == sum(k == "value" for k, _ in found):
                    self.values[name] = places[0]
            if before == (self.sets, self.values):
                return
        raise Unsure

    def _given(self, rule: Node) -> tuple[str, Parts | None]:
        """What one definition gives: items of a set, a place, or something else."""
        kind, head = next(iter(rule["head"].items()))
        names = self.names(rule, {})
        if kind == "Set":
            return "set", self._parts(head["key"], names)
        if any(body["assign"] for body in rule["bodies"]) or not head["assign"]:
            return "", None
        value = head["assign"]["value"]
        if kind == "Func":
            parts = self.items(value, names) if "SetCompr" in value and not rule["bodies"] else None
            return "set" if parts else "", parts
        if kind != "Compr":
            return "", None
        parts = None if var(value) else self.items(value, names)
        if parts is not None:
            return "set", parts
        paths = self.paths(value, names)
        return ("", None) if paths is None else ("value", (paths,))

    def _parts(self, node: Node, names: Names) -> Parts | None:
        paths = self.paths(node, names)
        if paths is not None:
            return (paths,)
        if "Array" not in node or len(node["Array"]["items"]) < 2:
            return None
        return tuple(self.paths(item, names) or frozenset() for item in node["Array"]["items"])

    def items(self, node: Node, names: Names) -> Parts | None:
        """The parts of the items of an expression that is a set of places; None when it is none."""
        name = var(node)
        if name is not None:
            return None if name in names else self.sets.get(names.sets.get(name, name))
        if "Call" in node:
            return self.sets.get(var(node["Call"]["fcn"]) or "")
        if "SetCompr" in node:
            return self._parts(node["SetCompr"]["term"], names)
        binary = node.get("BinExpr")
        if binary and binary["op"] == "Union":
            sides = [self.items(binary[side], names) for side in ("lhs", "rhs")]
            return None if None in sides else _joined(sides)
        return None

    def names(self, rule: Node, given: Mapping[str, Paths]) -> Names:
        """What the names of a rule stand for, wherever in it that is."""
        names = Names(given)
        nodes = list(walk(rule))
        assigned = [
            (name, var(node["AssignExpr"]["rhs"]))
            for node in nodes
            if "AssignExpr" in node and (name := var(node["AssignExpr"]["lhs"]))
        ]
        for name, other in assigned:
            if other in self.sets and [one for one, _ in assigned].count(name) == 1:
                names.sets[name] = other
        for _ in range(_ROUNDS):
            before = dict(names)
            for node in nodes:
                for name, paths in self._bindings(node, names):
                    names[name] = names.get(name, frozenset()) | paths
            if names == before:
                return names
        raise Unsure

    def _bindings(self, node: Node, names: Names) -> Iterator[tuple[str, Paths]]:
        if "SomeIn" in node:
            some = node["SomeIn"]
            yield from self._each(some["value"], some["collection"], names)
        elif "Every" in node:
            every = node["Every"]
            named = {"Var": {"value": self.spanned(every["value"])}}
            yield from self._each(named, every["domain"], names)
        elif "AssignExpr" in node and (name := var(node["AssignExpr"]["lhs"])):
            paths = self.paths(node["AssignExpr"]["rhs"], names)
            if paths is not None:
                yield name, paths

    def _each(self, item: Node, collection: Node, names: Names) -> Iterator[tuple[str, Paths]]:
        paths, parts = self.paths(collection, names), self.items(collection, names)
        name = var(item)
        if name and paths is not None:
            yield name, frozenset((*path, ANY) for path in paths)
        elif name and parts is not None and len(parts) == 1:
            yield name, parts[0]
        elif parts is not None and (variables := self.pattern(item, parts)):
            yield from zip(variables, parts, strict=True)

    @staticmethod
    def pattern(item: Node, parts: Parts) -> list[str]:
        """The names of `[a, b]`, where it takes apart such items; empty where it does not."""
        inside = item["Array"]["items"] if "Array" in item else []
        names = [name for node in inside if (name := var(node))]
        return names if 1 < len(parts) == len(inside) == len(names) else []

    def spanned(self, span: Node) -> str:
        """What stands at a place of the text."""
        return self._raw[span["start"] : span["end"]].decode()

    def paths(self, node: Node, names: Mapping[str, Paths]) -> Paths | None:
        """The places that an expression is, when it is nothing but one."""
        name = var(node)
        if name is not None:
            return _ROOTS.get(name) or names.get(name) or self.values.get(name)
        if "RefDot" in node:
            inner, part = node["RefDot"]["refr"], node["RefDot"]["field"][1]
            return _below(self.paths(inner, names), frozenset([part]))
        if "RefBrack" in node:
            index = node["RefBrack"]["index"]
            text = literal(index)
            chosen = self._chosen(var(index)) if text is None else frozenset([text])
            return _below(self.paths(node["RefBrack"]["refr"], names), chosen or frozenset([ANY]))
        inside = got(node)
        return None if inside is None else self._got(*inside, names)

    def _got(
        self, where: Node, key: Node, default: Node, names: Mapping[str, Paths]
    ) -> Paths | None:
        """`object.get(x, "key", default)` is `x.key`, or what stands for it where that is not there."""
        text = literal(key)
        keys = self._chosen(var(key)) if text is None else frozenset([text])
        places = _below(self.paths(where, names), keys) if keys else None
        if places is None or is_constant(default):
            return places
        others = self.paths(default, names)
        return None if others is None else places | others

    # A name may go through texts that stand there: `some part in {"a", "b"}; input.x[part]`.

    def choose(self, chosen: Mapping[str, frozenset[str]]) -> None:
        """Say which texts names go through, as arguments do; `leave` ends it."""
        self._bound.append(dict(chosen))

    def enter(self, query: Node) -> None:
        """Begin with the statements of a body: what it binds means something of its own in it."""
        bound: dict[str, frozenset[str] | None] = {}
        for statement in query["stmts"]:
            kind, inner = next(iter(statement["literal"].items()))
            if kind == "SomeIn":
                name = var(inner["value"])
                for other in walk([inner["key"], inner["value"]]):
                    if (one := var(other)) is not None:
                        first = one == name and one not in bound and inner["key"] is None
                        bound[one] = texts_of(inner["collection"]) if first else None
            elif kind == "SomeVars":
                bound.update(dict.fromkeys(map(self.spanned, inner["vars"])))
            elif "AssignExpr" in inner.get("expr", {}):
                sides = [inner["expr"]["AssignExpr"][side] for side in ("lhs", "rhs")]
                for side in sides if inner["expr"]["AssignExpr"]["op"] == "Eq" else sides[:1]:
                    bound.update({one: None for here in walk(side) if (one := var(here))})
        self._bound.append(bound)

    def leave(self) -> None:
        """Go on with what stands around."""
        self._bound.pop()

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """In another rule: what is bound where it is asked for means nothing there."""
        around, self._bound = self._bound, []
        yield
        self._bound = around

    def _chosen(self, name: str | None) -> frozenset[str] | None:
        for bound in reversed(self._bound):
            if name in bound:
                return bound[name]
        return None

    def constants(self, node: Node, names: Mapping[str, Paths]) -> set[Any] | None:
        """The texts, integers and truth values that an expression can be; None when it can be more."""
        text = node.get("String") or node.get("RawString")
        for kind in (text, node.get("Number"), node.get("Bool")):
            if kind:
                return {kind["value"]} if type(kind["value"]) in (str, int, bool) else None
        paths = self.paths(node, names)
        if paths is None or any(path[0] != DATA for path in paths):
            return None
        found = [value for path in paths for value in values_at(self._data, path[1:])]
        return set(found) if all(type(value) in (str, int, bool) for value in found) else None

    def is_known(self, path: Path) -> bool:
        """Whether a path below `data` leads to data, and not to rules."""
        return len(path) > 1 and path[1] in self._data


def _below(paths: Paths | None, parts: frozenset[str]) -> Paths | None:
    return None if paths is None else frozenset((*path, part) for path in paths for part in parts)


def _joined(found: list[Parts | None]) -> Parts | None:
    """Of several definitions: what each may give, if they are alike."""
    if not found or None in found or len({len(parts) for parts in found if parts}) != 1:
        return None
    alike = [parts for parts in found if parts is not None]
    return tuple(frozenset().union(*column) for column in zip(*alike, strict=True))
