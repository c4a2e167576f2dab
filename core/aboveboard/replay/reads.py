"""What policies read of an event, as far as their text tells: never less than they do.

The text is the one module that is linked for a step and phase. A value is followed from `input` through
names that are given to it (`x := input.a`, `some x in input.a`, `every`, arguments of functions,
`object.get`); where it goes another way it counts as read as a whole, with all that is below it. A bare
statement (`input.a`, `not input.a`) asks only whether it is there and not false, a comparison with a
constant only on which side of it a value is.

    Reads of  some field in input.fields; field.age_days > 30; not input.notice.at
    are       fields.*.age_days (before, at or after 30), notice.at (whether it is there)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aboveboard.policy.linking import Linked

__all__ = ["ANY", "Read", "reads_of"]

ANY = "*"
"""Any item of a list, or any key of an object. Facts have no key of that name."""

Path = tuple[str, ...]
Paths = frozenset[Path]
Node = Mapping[str, Any]
_DATA = "data"
_ROOTS: dict[str, Paths] = {"input": frozenset([("input",)]), _DATA: frozenset([(_DATA,)])}
_ROUNDS = 20
_DEPTH = 40
_MAX_CONSTANTS = 200


@dataclass(slots=True)
class Read:
    """What is read of one fact, and below it.

    Attributes:
        whole: its value, with all that is below.
        size: how many items it has.
        compared: constants that its value is compared with.
        below: by key what is read there; `ANY` for each item.
    """

    whole: bool = False
    size: bool = False
    compared: set[str | int] = field(default_factory=set)
    below: dict[str, Read] = field(default_factory=dict)

    def at(self, path: Path) -> Read:
        """The part at a path; made where there is none: to stand there is to be looked for."""
        here = self
        for part in path:
            here = here.below.setdefault(part, Read())
        return here


def reads_of(linked: Linked) -> Read | None:
    """What a linked module reads of `input`; None where its text leaves doubt."""
    import regorus

    engine = regorus.Engine()
    try:
        engine.add_policy("linked.rego", linked.text)
        tree = json.loads(engine.get_ast_as_json())[0]["ast"]
    except Exception:
        return None
    return _Reader(tree["rules"], linked).read()


class _Unsure(Exception):
    """Something that is not understood."""


class _Reader:
    def __init__(self, rules: list[dict[str, Any]], linked: Linked) -> None:
        self._raw = linked.text.encode()
        self._data = linked.data
        self._rules = [rule["Spec"] for rule in rules if "Spec" in rule]
        self._defaults = [rule["Default"] for rule in rules if "Default" in rule]
        self._functions: dict[str, list[Node]] = {}
        for rule in self._rules:
            if "Func" in rule["head"]:
                name = rule["head"]["Func"]["refr"].get("Var", {}).get("value")
                if name:
                    self._functions.setdefault(name, []).append(rule)
        self._root = Read()
        self._asked: set[tuple[str, tuple[Paths, ...]]] = set()
        self._depth = 0

    def read(self) -> Read | None:
        try:
            for rule in self._rules:
                self._rule(rule, {})
            for default in self._defaults:
                self._value(default["value"], {})
        except (_Unsure, KeyError, TypeError, AttributeError, RecursionError):
            return None
        return self._root

    def _rule(self, rule: Node, given: Mapping[str, Paths]) -> None:
        names = self._names(rule, given)
        kind, head = next(iter(rule["head"].items()))
        if kind == "Func":
            self._parts(head["assign"], names)
        else:
            self._parts({key: part for key, part in head.items() if key != "refr"}, names)
            self._parts(_indexes(head["refr"]), names)
        for body in rule["bodies"]:
            self._parts(body["assign"], names)
            self._query(body["query"], names)

    def _names(self, rule: Node, given: Mapping[str, Paths]) -> dict[str, Paths]:
        """What each name of a rule may stand for, wherever in it that is."""
        names = dict(given)
        for _ in range(_ROUNDS):
            before = dict(names)
            for node in _walk(rule):
                for name, expression, item in self._bindings(node):
                    paths = self._paths(expression, names)
                    if paths is not None:
                        more = frozenset((*path, ANY) for path in paths) if item else paths
                        names[name] = names.get(name, frozenset()) | more
            if names == before:
                return names
        raise _Unsure

    def _bindings(self, node: Node) -> Iterator[tuple[str, Node, bool]]:
        """Name, what it is given, and whether it is an item of that."""
        if "SomeIn" in node:
            some = node["SomeIn"]
            if "Var" in some["value"]:
                yield some["value"]["Var"]["value"], some["collection"], True
        elif "Every" in node:
            every = node["Every"]
            yield self._spanned(every["value"]), every["domain"], True
        elif "AssignExpr" in node and "Var" in node["AssignExpr"]["lhs"]:
            assigned = node["AssignExpr"]
            yield assigned["lhs"]["Var"]["value"], assigned["rhs"], False

    def _spanned(self, span: Node) -> str:
        return self._raw[span["start"] : span["end"]].decode()

    def _paths(self, node: Node, names: Mapping[str, Paths]) -> Paths | None:
        """The places of the event that an expression is, when it is nothing but one."""
        if "Var" in node:
            return _ROOTS.get(node["Var"]["value"]) or names.get(node["Var"]["value"])
        if "RefDot" in node:
            return _below(self._paths(node["RefDot"]["refr"], names), node["RefDot"]["field"][1])
        if "RefBrack" in node:
            part = _literal(node["RefBrack"]["index"])
            return _below(self._paths(node["RefBrack"]["refr"], names), part or ANY)
        got = _got(node)
        return None if got is None else _below(self._paths(got[0], names), got[1])

    def _look(self, paths: Paths, rest: Path = ()) -> Iterator[Read]:
        """The parts of the event at these paths; what stands below `data` is always the same."""
        for path in paths:
            if path[0] != _DATA:
                yield self._root.at((*path[1:], *rest))

    def _query(self, query: Node, names: Mapping[str, Paths]) -> None:
        for statement in query["stmts"]:
            if statement.get("with_mods"):
                raise _Unsure
            kind, literal = next(iter(statement["literal"].items()))
            if kind == "SomeIn":
                plain = "Var" in literal["value"]
                self._items(literal["collection"], names, whole=not plain)
                if literal["key"] is not None and "Var" not in literal["key"]:
                    self._value(literal["collection"], names)
            elif kind == "Every":
                self._items(literal["domain"], names, whole=False)
                self._query(literal["query"], names)
            elif kind in ("Expr", "NotExpr"):
                self._asked_for(literal["expr"], names)
            elif kind != "SomeVars":
                raise _Unsure

    def _items(self, node: Node, names: Mapping[str, Paths], *, whole: bool) -> None:
        paths = self._paths(node, names)
        if paths is None or whole:
            self._value(node, names)
            return
        list(self._look(paths, (ANY,)))
        self._parts(_indexes(node), names)

    def _asked_for(self, node: Node, names: Mapping[str, Paths]) -> None:
        """A statement: of a fact alone it asks whether it is there."""
        assigned = node.get("AssignExpr")
        if assigned and assigned["op"] == "ColEq" and "Var" in assigned["lhs"]:
            node = assigned["rhs"]
        paths = self._paths(node, names)
        if paths is None:
            self._value(node, names)
            return
        list(self._look(paths))
        self._parts(_indexes(node), names)

    def _value(self, node: Node, names: Mapping[str, Paths]) -> None:
        """An expression whose value matters."""
        paths = self._paths(node, names)
        if paths is not None:
            for found in self._look(paths):
                found.whole = True
            self._parts(_indexes(node), names)
            return
        if "Call" in node:
            self._call(node["Call"], names)
            return
        if "BoolExpr" in node and self._comparison(node["BoolExpr"], names):
            return
        self._parts(list(node.values()), names)

    def _comparison(self, node: Node, names: Mapping[str, Paths]) -> bool:
        """Whether it compares a fact with constants, and nothing else."""
        for one, other in ((node["lhs"], node["rhs"]), (node["rhs"], node["lhs"])):
            paths = self._paths(one, names)
            constants = self._constants(other, names)
            if paths is not None and constants is not None:
                for found in self._look(paths):
                    found.compared.update(constants)
                self._parts([*_indexes(one), *_indexes(other)], names)
                return True
        return False

    def _constants(self, node: Node, names: Mapping[str, Paths]) -> set[str | int] | None:
        """The texts and integers that an expression can be; None when it can be more."""
        text = node.get("String") or node.get("RawString")
        if text:
            return {text["value"]}
        if "Number" in node:
            value = node["Number"]["value"]
            return {value} if type(value) is int else None
        paths = self._paths(node, names)
        if paths is None or any(path[0] != _DATA for path in paths):
            return None
        found: set[str | int] = set()
        for path in paths:
            for value in _values(self._data, path[1:]):
                if type(value) not in (str, int):
                    return None
                found.add(value)
        return found if len(found) <= _MAX_CONSTANTS else None

    def _parts(self, node: Any, names: Mapping[str, Paths]) -> None:
        """Whatever stands within, each as a value."""
        if isinstance(node, list):
            for item in node:
                self._parts(item, names)
        elif isinstance(node, dict):
            if "stmts" in node:
                self._query(node, names)
            else:
                self._value(node, names)

    def _call(self, call: Node, names: Mapping[str, Paths]) -> None:
        name = call["fcn"].get("Var", {}).get("value")
        if name == "count" and "count" not in self._functions and len(call["params"]) == 1:
            paths = self._paths(call["params"][0], names)
            if paths is not None:
                for found in self._look(paths):
                    found.size = True
                self._parts(_indexes(call["params"][0]), names)
                return
        if name not in self._functions:
            self._parts(call["params"], names)
            return
        given = []
        for parameter in call["params"]:
            paths = self._paths(parameter, names)
            given.append(paths or frozenset())
            if paths is None:
                self._value(parameter, names)
            else:
                list(self._look(paths))
                self._parts(_indexes(parameter), names)
        self._function(name, tuple(given))

    def _function(self, name: str, given: tuple[Paths, ...]) -> None:
        if (name, given) in self._asked:
            return
        self._asked.add((name, given))
        self._depth += 1
        if self._depth > _DEPTH:
            raise _Unsure
        for rule in self._functions[name]:
            arguments = rule["head"]["Func"]["args"]
            if len(arguments) > len(given):
                raise _Unsure
            bound: dict[str, Paths] = {}
            for argument, paths in zip(arguments, given, strict=False):
                if "Var" in argument:
                    variable = argument["Var"]["value"]
                    bound[variable] = bound.get(variable, frozenset()) | paths
                    if not _twice(variable, arguments):
                        continue
                for found in self._look(paths):  # it is compared with a pattern
                    found.whole = True
            # One more: the call's value may be an output argument.
            for paths in given[len(arguments) :]:
                for found in self._look(paths):
                    found.whole = True
            self._rule(rule, bound)
        self._depth -= 1


def _values(data: Any, path: Path) -> Iterator[Any]:
    """What stands at a path of the data, and it may not be there."""
    if not path:
        yield data
    elif path[0] == ANY:
        inner = data.values() if isinstance(data, Mapping) else data
        for value in inner if isinstance(inner, Iterable) and not isinstance(data, str) else ():
            yield from _values(value, path[1:])
    elif isinstance(data, Mapping) and path[0] in data:
        yield from _values(data[path[0]], path[1:])


def _twice(variable: str, arguments: list[Node]) -> bool:
    found = [here for here in arguments if here.get("Var", {}).get("value") == variable]
    return len(found) > 1


def _below(paths: Paths | None, part: str) -> Paths | None:
    return None if paths is None else frozenset((*path, part) for path in paths)


def _got(node: Node) -> tuple[Node, str] | None:
    """`object.get(x, "key", default)` is `x.key`, where the default is a constant."""
    call = node.get("Call")
    if call is None or len(call["params"]) != 3:
        return None
    called = call["fcn"].get("RefDot", {})
    if called.get("field", [None, ""])[1] != "get":
        return None
    if called["refr"].get("Var", {}).get("value") != "object":
        return None
    key = _literal(call["params"][1])
    if key is None or any("Var" in here or "Call" in here for here in _walk(call["params"][2])):
        return None
    return call["params"][0], key


def _indexes(node: Node) -> list[Any]:
    """The bracketed parts of a chain: expressions of their own."""
    found: list[Any] = []
    while True:
        if "RefDot" in node:
            node = node["RefDot"]["refr"]
        elif "RefBrack" in node:
            found.append(node["RefBrack"]["index"])
            node = node["RefBrack"]["refr"]
        elif (got := _got(node)) is not None:
            node = got[0]
        else:
            return found


def _literal(node: Node) -> str | None:
    kind = node.get("String") or node.get("RawString")
    return kind["value"] if kind and kind["value"] != ANY else None


def _walk(node: Any) -> Iterator[Node]:
    stack = [node]
    while stack:
        here = stack.pop()
        if isinstance(here, dict):
            yield here
            stack.extend(here.values())
        elif isinstance(here, list):
            stack.extend(here)
