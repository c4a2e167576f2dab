"""Reference data that moved: each value by its path, with what its schema says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from aboveboard.policy.differences.surplus import surplus

__all__ = ["DocumentDifference", "ValueDifference", "document_differences"]

Change = Literal["added", "removed", "changed"]

_UNITS = {
    "s": "seconds",
    "minute": "minutes",
    "minutes": "minutes",
    "hours": "hours",
    "days": "days",
    "months": "months",
    "years": "years",
    "words": "words",
    "bp": "basis points",
    "mwh": "mWh",
}
_BOUNDS = ("_max", "_min")
_MAX_REFERENCES = 20


@dataclass(frozen=True, slots=True)
class ValueDifference:
    """One value that moved.

    Attributes:
        path: within the document, dotted.
        change: `added` has no `old`, `removed` no `new`; `items` is a list's, see below; `order`
            means that the same items stand in another order.
        old: before.
        new: after.
        added: items that a list got.
        removed: items that it lost.
        means: what the schema says of this value, or else of what holds it.
        own: whether that is said of the value itself.
        unit: in words, by the end of the name; '' for none.
        house: the document calls it a choice of the house, not law.
    """

    path: str
    change: Literal["added", "removed", "changed", "items", "order"]
    old: Any = None
    new: Any = None
    added: tuple[Any, ...] = ()
    removed: tuple[Any, ...] = ()
    means: str = ""
    own: bool = False
    unit: str = ""
    house: bool = False


@dataclass(frozen=True, slots=True)
class DocumentDifference:
    """A document of reference data that came, went or changed.

    Attributes:
        name: below `data.reference`.
        title: what its schema calls it.
        change: of the document as a whole.
        values: that moved, when it was there before and after.
        read_by: ids of rules that read it, directly or through others.
    """

    name: str
    title: str
    change: Change
    values: tuple[ValueDifference, ...] = ()
    read_by: tuple[str, ...] = ()


def document_differences(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    schemas: Mapping[str, Any],
    read_by: Mapping[str, tuple[str, ...]],
) -> tuple[DocumentDifference, ...]:
    """All documents that are not the same.

    Args:
        old: documents by name, before.
        new: the same, after.
        schemas: by name.
        read_by: ids of rules by the name of a document.
    """
    found = []
    for name in sorted({*old, *new}):
        schema = schemas.get(name)
        title = str(schema.get("title", "")) if isinstance(schema, dict) else ""
        readers = read_by.get(name, ())
        if name not in old or name not in new:
            change: Change = "added" if name in new else "removed"
            found.append(DocumentDifference(name, title, change, (), readers))
        elif _frozen(old[name]) != _frozen(new[name]):
            house = {
                str(item)
                for document in (old[name], new[name])
                for item in _listed(document, "house")
            }
            walk = _Walk(schema, house)
            values = tuple(walk.differences(old[name], new[name]))
            found.append(DocumentDifference(name, title, "changed", values, readers))
    return tuple(found)


def _listed(document: Any, key: str) -> list[Any]:
    value = document.get(key) if isinstance(document, dict) else None
    return value if isinstance(value, list) else []


class _Walk:
    """Goes through two versions of a document and its schema at once."""

    def __init__(self, schema: Any, house: set[str]) -> None:
        self._root = schema
        self._house = house

    def differences(self, old: Any, new: Any) -> Iterator[ValueDifference]:
        yield from self._values(old, new, (), self._root, "")

    def _values(
        self, old: Any, new: Any, path: tuple[str, ...], schema: Any, means: str
    ) -> Iterator[ValueDifference]:
        if _frozen(old) == _frozen(new):
            return
        schema, said = self._resolved(schema)
        if isinstance(old, dict) and isinstance(new, dict):
            around = said if path else ""
            for key in dict.fromkeys((*old, *new)):
                below = _below(schema, key)
                inner = (*path, key)
                if key in old and key in new:
                    yield from self._values(old[key], new[key], inner, below, around or means)
                else:
                    change: Literal["added", "removed"] = "added" if key in new else "removed"
                    told = self._told(inner, below, around or means)
                    yield ValueDifference(change=change, old=old.get(key), new=new.get(key), **told)
        elif isinstance(old, list) and isinstance(new, list):
            yield from self._items(old, new, path, schema, said or means)
        else:
            told = self._told(path, schema, means)
            yield ValueDifference(change="changed", old=old, new=new, **told)

    def _items(
        self, old: list[Any], new: list[Any], path: tuple[str, ...], schema: Any, means: str
    ) -> Iterator[ValueDifference]:
        key = _identity(old, new)
        below = schema.get("items") if isinstance(schema, dict) else None
        if key is not None:
            before = {item[key]: item for item in old}
            after = {item[key]: item for item in new}
            for name in before.keys() & after.keys():
                inner = (*path, f"[{name}]")
                yield from self._values(before[name], after[name], inner, below, means)
            gone = [item for name, item in before.items() if name not in after]
            come = [item for name, item in after.items() if name not in before]
        elif len(old) == len(new) and all(isinstance(item, dict) for item in (*old, *new)):
            for number, (one, other) in enumerate(zip(old, new, strict=True), 1):
                yield from self._values(one, other, (*path, f"[{number}]"), below, means)
            return
        else:
            gone, come = surplus(old, new, _frozen), surplus(new, old, _frozen)
        told = self._told(path, schema, means)
        if gone or come:
            yield ValueDifference(change="items", added=tuple(come), removed=tuple(gone), **told)
        elif key is None:
            yield ValueDifference(change="order", **told)

    def _told(self, path: tuple[str, ...], schema: Any, means: str) -> dict[str, Any]:
        _, said = self._resolved(schema)
        return {
            "path": ".".join(path).replace(".[", "["),
            "means": said or means,
            "own": bool(said),
            "unit": _unit(path),
            "house": path[:1] != () and path[0] in self._house,
        }

    def _resolved(self, schema: Any) -> tuple[Any, str]:
        """A schema after its references within the document, and the nearest description."""
        said = ""
        for _ in range(_MAX_REFERENCES):
            if not isinstance(schema, dict):
                return None, said
            said = said or str(schema.get("description", ""))
            target = schema.get("$ref")
            if not isinstance(target, str) or not target.startswith("#/"):
                return schema, said
            schema = self._root
            for part in target[2:].split("/"):
                schema = schema.get(part) if isinstance(schema, dict) else None
        return None, said


def _below(schema: Any, key: str) -> Any:
    if not isinstance(schema, dict):
        return None
    properties = schema.get("properties")
    if isinstance(properties, dict) and key in properties:
        return properties[key]
    return schema.get("additionalProperties")


def _unit(path: tuple[str, ...]) -> str:
    """By the last name that ends in one: `longest_days.lead` is of days."""
    for name in reversed(path):
        for bound in _BOUNDS:
            name = name.removesuffix(bound)  # noqa: PLW2901
        unit = _UNITS.get(name.rpartition("_")[2])
        if unit:
            return unit
    return ""


def _identity(old: list[Any], new: list[Any]) -> str | None:
    """A key by which the objects of both lists can be told apart; None when there is none."""
    items = [*old, *new]
    if not items or not all(isinstance(item, dict) for item in items):
        return None
    for key in items[0]:
        names = [[item.get(key) for item in half] for half in (old, new)]
        texts = all(isinstance(name, str) for half in names for name in half)
        if texts and all(len(set(half)) == len(half) for half in names):
            # None in common: what changed is the name itself, or it is no name.
            return str(key) if set(names[0]) & set(names[1]) else None
    return None


def _frozen(value: Any) -> str:
    # As JSON, because 1 is not True there, and 1.0 not 1.
    return json.dumps(value, sort_keys=True)
