"""What policies read of an event, as far as their text tells: never less than they do.

The text is the one module that is linked for a step and phase. A value is followed from `input` through
what names stand for (see `meaning`), arguments of functions and `object.get`; where it goes another way it
counts as read as a whole, with all that is below it. A bare statement (`input.a`, `not input.a`) asks only
whether it is there and not false, a comparison with a constant only on which side of it a value is.

    Reads of  some field in input.fields; field.age_days > 30; not input.notice.at
    are       fields.*.age_days (before, at or after 30), notice.at (whether it is there)

A set is taken as what it is: that two of its items are equal changes nothing for who goes through them. Where it
would (a count, a comparison, a list made of it), its items are read as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aboveboard.policy.linking import Linked
from aboveboard.policy.syntax import walk
from aboveboard.replay.meaning import DATA, Meaning, Names, Parts, Paths, Unsure
from aboveboard.replay.rego_tree import ANY, Node, Path, indexes, is_empty_set, literal, var

__all__ = ["ANY", "Read", "reads_of"]

_Given = tuple[Paths, str | None]
"""An argument: the places that it is, and the text, of one that stands there."""

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
    try:
        return _Reader(tree["rules"], linked).read()
    except (Unsure, KeyError, TypeError, AttributeError, RecursionError):
        return None


class _Reader:
    def __init__(self, rules: list[dict[str, Any]], linked: Linked) -> None:
        self._rules: list[Node] = [rule["Spec"] for rule in rules if "Spec" in rule]
        self._defaults = [rule["Default"] for rule in rules if "Default" in rule]
        self._functions: dict[str, list[Node]] = {}
        for rule in self._rules:
            if "Func" in rule["head"] and (name := var(rule["head"]["Func"]["refr"])):
                self._functions.setdefault(name, []).append(rule)
        given = {var(default["refr"]) for default in self._defaults}
        own = [rule for rule in self._rules if var(_head(rule)["refr"]) not in given]
        self._meaning = Meaning(own, linked.text.encode(), linked.data)
        self._root = Read()
        self._asked: set[tuple[str, tuple[_Given, ...]]] = set()
        self._depth = self._ordered = 0

    def read(self) -> Read:
        for rule in self._rules:
            if "Func" not in rule["head"]:
                self._rule(rule, {})
        for default in self._defaults:
            self._value(default["value"], Names())
        return self._root

    def _rule(self, rule: Node, given: Mapping[str, Paths]) -> None:
        names = self._meaning.names(rule, given)
        kind, head = next(iter(rule["head"].items()))
        name = var(head["refr"])
        self._parts(indexes(head["refr"]), names)
        if kind == "Set" and name in self._meaning.sets:
            self._item(head["key"], names)
        elif kind != "Func" and name in self._meaning.values:
            self._asked_for(head["assign"]["value"], names)
        elif name in self._meaning.sets:
            self._through(head["assign"]["value"], names)
        else:
            self._parts([part for key, part in head.items() if key not in ("refr", "args")], names)
        for body in rule["bodies"]:
            self._parts(body["assign"], names)
            self._query(body["query"], names)

    def _item(self, node: Node, names: Names) -> None:
        """What goes into a set, or is left out of it where it is not there."""
        inside = node["Array"]["items"] if "Array" in node else [node]
        for part in inside:
            self._asked_for(part, names)

    def _look(self, paths: Paths, rest: Path = ()) -> Iterator[Read]:
        """The parts of the event at these paths; what stands below `data` is always the same."""
        for path in paths:
            if path[0] != DATA:
                yield self._root.at((*path[1:], *rest))
            elif not self._meaning.is_known(path):
                raise Unsure

    def _whole(self, paths: Paths) -> None:
        for found in self._look(paths):
            found.whole = True

    def _query(self, query: Node, names: Names) -> None:
        self._meaning.enter(query)
        for statement in query["stmts"]:
            if statement.get("with_mods"):
                raise Unsure
            kind, inner = next(iter(statement["literal"].items()))
            if kind == "SomeIn":
                self._items(inner["collection"], inner["value"], inner["key"], names)
            elif kind == "Every":
                self._items(inner["domain"], None, inner["key"], names)
                self._query(inner["query"], names)
            elif kind in ("Expr", "NotExpr"):
                self._asked_for(inner["expr"], names)
            elif kind != "SomeVars":
                raise Unsure
        self._meaning.leave()

    def _items(self, collection: Node, item: Node | None, key: Node | None, names: Names) -> None:
        """Go through the items; `item` is None for one name that is bound."""
        paths = self._meaning.paths(collection, names)
        plain = item is None or var(item) is not None
        if paths is not None and plain and (key is None or var(key) or "start" in key):
            list(self._look(paths, (ANY,)))
            self._parts(indexes(collection), names)
            return
        parts = self._meaning.items(collection, names)
        if parts is not None and key is None and not self._ordered and self._takes(item, parts):
            self._through(collection, names)
            return
        self._value(collection, names)

    def _takes(self, item: Node | None, parts: Parts) -> bool:
        """Whether items are given names, as they are or part by part."""
        if item is None or var(item) is not None:
            return len(parts) == 1
        return bool(self._meaning.pattern(item, parts))

    def _through(self, node: Node, names: Names) -> None:
        """A set of places, whose items somebody goes through."""
        if "SetCompr" in node:
            self._query(node["SetCompr"]["query"], names)
            self._meaning.enter(node["SetCompr"]["query"])
            self._item(node["SetCompr"]["term"], names)
            self._meaning.leave()
        elif "Call" in node:
            self._call(node["Call"], names)
        elif "BinExpr" in node:
            self._through(node["BinExpr"]["lhs"], names)
            self._through(node["BinExpr"]["rhs"], names)

    def _asked_for(self, node: Node, names: Names) -> None:
        """A statement: of a fact alone it asks whether it is there."""
        assigned = node.get("AssignExpr")
        if assigned and assigned["op"] == "ColEq" and (name := var(assigned["lhs"])):
            node = assigned["rhs"]
            if name in names.sets:
                return
        paths = self._meaning.paths(node, names)
        if paths is None:
            self._value(node, names)
            return
        list(self._look(paths))
        self._parts(indexes(node), names)

    def _value(self, node: Node, names: Names) -> None:
        """An expression whose value matters."""
        paths = self._meaning.paths(node, names)
        if paths is not None:
            self._whole(paths)
            self._parts(indexes(node), names)
            return
        for part in self._meaning.items(node, names) or ():
            self._whole(part)
        if "Call" in node:
            self._call(node["Call"], names)
        elif "BoolExpr" in node and self._comparison(node["BoolExpr"], names):
            pass
        elif "ArrayCompr" in node:
            self._ordered += 1
            self._comprehension(node["ArrayCompr"], names)
            self._ordered -= 1
        elif compr := node.get("SetCompr") or node.get("ObjectCompr"):
            self._comprehension(compr, names)
        else:
            self._parts(list(node.values()), names)

    def _comprehension(self, node: Node, names: Names) -> None:
        self._query(node["query"], names)
        # What is made of it stands within the body, as for what names mean there.
        self._meaning.enter(node["query"])
        self._parts([part for key, part in node.items() if key != "query"], names)
        self._meaning.leave()

    def _parts(self, node: Any, names: Names) -> None:
        """Whatever stands within, each as a value."""
        if isinstance(node, list):
            for item in node:
                self._parts(item, names)
        elif isinstance(node, dict):
            if "stmts" in node:
                self._query(node, names)
            else:
                self._value(node, names)

    def _comparison(self, node: Node, names: Names) -> bool:
        """Whether it compares a fact with constants, or asks whether a set is empty."""
        for one, other in ((node["lhs"], node["rhs"]), (node["rhs"], node["lhs"])):
            if is_empty_set(other) and node["op"] in ("Eq", "Ne"):
                if self._meaning.items(one, names) is None:
                    continue
                self._through(one, names)
                return True
            paths = self._meaning.paths(one, names)
            constants = self._meaning.constants(other, names)
            if paths is not None and constants is not None and len(constants) <= _MAX_CONSTANTS:
                for found in self._look(paths):
                    found.compared.update(constants)
                self._parts([*indexes(one), *indexes(other)], names)
                return True
        return False

    def _call(self, call: Node, names: Names) -> None:
        name = var(call["fcn"])
        if name == "count" and "count" not in self._functions and len(call["params"]) == 1:
            paths = self._meaning.paths(call["params"][0], names)
            if paths is not None:
                for found in self._look(paths):
                    found.size = True
                self._parts(indexes(call["params"][0]), names)
                return
        if name is None or name not in self._functions:
            if any(var(here) == DATA for here in walk(call["fcn"])):
                raise Unsure
            self._parts(call["params"], names)
            return
        given: list[_Given] = []
        for parameter in call["params"]:
            paths = self._meaning.paths(parameter, names)
            given.append((paths or frozenset(), literal(parameter)))
            if paths is None:
                self._value(parameter, names)
            else:
                list(self._look(paths))
                self._parts(indexes(parameter), names)
        self._function(name, tuple(given))

    def _function(self, name: str, given: tuple[_Given, ...]) -> None:
        if (name, given) in self._asked:
            return
        self._asked.add((name, given))
        self._depth += 1
        if self._depth > _DEPTH:
            raise Unsure
        around, self._ordered = self._ordered, 0
        for rule in self._functions[name]:
            arguments = rule["head"]["Func"]["args"]
            if len(arguments) > len(given):
                raise Unsure
            bound = Names()
            chosen: dict[str, frozenset[str]] = {}
            for argument, (paths, text) in zip(arguments, given, strict=False):
                variable = var(argument)
                if variable is not None:
                    bound[variable] = bound.get(variable, frozenset()) | paths
                    if sum(var(other) == variable for other in arguments) == 1:
                        if text is not None:
                            chosen[variable] = frozenset([text])
                        continue
                self._whole(paths)  # it is compared with a pattern
            for paths, _ in given[len(arguments) :]:
                self._whole(paths)  # with the function's value
            with self._meaning.elsewhere():
                self._meaning.choose(chosen)
                self._rule(rule, bound)
                self._meaning.leave()
        self._depth, self._ordered = self._depth - 1, around


def _head(rule: Node) -> Node:
    head: Node = next(iter(rule["head"].values()))
    return head
