"""The syntax tree of a Rego module, as the embedded engine's parser gives it: small questions about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aboveboard.policy.syntax import walk

__all__ = [
    "ANY",
    "Node",
    "Path",
    "got",
    "indexes",
    "is_constant",
    "is_empty_set",
    "literal",
    "texts_of",
    "values_at",
    "var",
]

ANY = "*"
"""Any item of a list, or any key of an object. Facts have no key of that name."""

Path = tuple[str, ...]
Node = Mapping[str, Any]


def var(node: Node | None) -> str | None:
    """The name, of a bare one."""
    return None if node is None else node.get("Var", {}).get("value")


def literal(node: Node) -> str | None:
    """The text, of one that stands there."""
    kind = node.get("String") or node.get("RawString")
    return kind["value"] if kind and kind["value"] != ANY else None


def texts_of(node: Node) -> frozenset[str] | None:
    """The texts of a set or array that holds nothing else."""
    kind = node.get("Set") or node.get("Array")
    texts = [literal(item) for item in kind["items"]] if kind else [None]
    return None if None in texts else frozenset(text for text in texts if text is not None)


def is_empty_set(node: Node) -> bool:
    """Whether it is `set()`: the parser reads that as a set, or as a call."""
    call = node.get("Call")
    if call is not None:
        return var(call["fcn"]) == "set" and not call["params"]
    return "Set" in node and not node["Set"]["items"]


def got(node: Node) -> tuple[Node, Node, Node] | None:
    """What `object.get` is asked for: where, the key, and what it gives where that is not there."""
    call = node.get("Call")
    if call is None or len(call["params"]) != 3:
        return None
    called = call["fcn"].get("RefDot", {})
    if called.get("field", [None, ""])[1] != "get" or var(called["refr"]) != "object":
        return None
    return call["params"][0], call["params"][1], call["params"][2]


def is_constant(node: Node) -> bool:
    """Whether nothing is read or called to know it."""
    return not any("Var" in here or "Call" in here for here in walk(node))


def indexes(node: Node) -> list[Any]:
    """The bracketed parts of a chain: expressions of their own."""
    found: list[Any] = []
    while True:
        if "RefDot" in node:
            node = node["RefDot"]["refr"]
        elif "RefBrack" in node:
            found.append(node["RefBrack"]["index"])
            node = node["RefBrack"]["refr"]
        elif (inner := got(node)) is not None:
            found += indexes(inner[2])
            node = inner[0]
        else:
            return found


def values_at(data: Any, path: Path) -> Iterator[Any]:
    """What stands at a path of data; nothing where it is not there."""
    if not path:
        yield data
    elif path[0] == ANY:
        inner = data.values() if isinstance(data, Mapping) else data
        for value in inner if isinstance(inner, Iterable) and not isinstance(data, str) else ():
            yield from values_at(value, path[1:])
    elif isinstance(data, Mapping) and path[0] in data:
        yield from values_at(data[path[0]], path[1:])
