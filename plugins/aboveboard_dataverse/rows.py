"""Rows as records: columns under their logical names, each table of a row by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aboveboard.crm import Record, instant
from aboveboard_dataverse.odata import column
from aboveboard_dataverse.people import addresses, consent_facts, consent_subject, person_facts
from aboveboard_dataverse.tables import CONSENT_TABLE, PERSONS, Tables

__all__ = ["Place", "Shape", "records_of"]

_LOGICAL = "@Microsoft.Dynamics.CRM.lookuplogicalname"
_MAX_DEPTH = 12


@dataclass(slots=True)
class Shape:
    """What the columns of an answer are, where names alone do not say it: FetchXML and SQL.

    Attributes:
        slots: tables by alias; the main one under "".
        outputs: name in the answer → alias and column; None for what is only counted.
    """

    slots: dict[str, str]
    outputs: dict[str, tuple[str, str] | None] = field(default_factory=dict)

    def of(self, key: str, tables: Tables) -> tuple[str, str] | None:
        """Alias and column of a key of a row; None when it holds nobody's data."""
        base = key.replace("_x002e_", ".").partition("@")[0]
        if base in self.outputs:
            return self.outputs[base]
        alias, dot, name = base.rpartition(".")
        if dot and alias not in self.slots:
            table = alias.rstrip("0123456789")
            self.slots[alias] = table if tables.named(table) else alias
        return alias, column(name)


@dataclass(slots=True, repr=False)
class Place:
    """Where a record stands in an answer.

    Attributes:
        slot: path of navigation properties or alias of a table; "" for the row itself.
        row: the row.
        drop: takes the whole record out of the answer.
    """

    slot: str
    row: dict[str, Any]
    drop: Callable[[], Any]


def records_of(
    tables: Tables,
    table: str,
    row: dict[str, Any],
    drop: Callable[[], Any] | None = None,
    *,
    shape: Shape | None = None,
    slot: str = "",
    depth: int = 0,
) -> list[Record]:
    """A row's records: its own, and one for each row or table that is nested or joined in it.

    Args:
        tables: what is known of tables.
        table: logical name of the row's table, or a guess.
        row: as the answer or the request has it; fields are taken out of it.
        drop: takes the row out of the answer; its columns are emptied when left out.
        shape: what the columns are, for FetchXML and SQL.
        slot: where the row stands.
        depth: of nesting; deeper than any request can ask is unknown as a whole.
    """
    if shape is not None:
        return _joined(tables, row, drop, shape)
    values: dict[str, Any] = {}
    targets: dict[str, Any] = {}
    nested: list[tuple[str, Any]] = []
    for key, value in row.items():
        name = column(key)
        if not name or key.startswith("@"):
            continue
        if key.endswith(_LOGICAL):
            targets[name] = value
        if depth < _MAX_DEPTH and "@" not in key and _rows(value):
            nested.append((key, value))
        elif "@" in key:
            values.setdefault(name, value)
        else:
            values[name] = value
    table = tables.of_row(table, values)
    if drop is None:
        drop = _emptied(row, values)
    found = [_record(tables, table, values, targets, Place(slot, row, drop), name_of=column)]
    for key, value in nested:
        place = f"{slot}/{key}" if slot else key
        for item, out in _each(row, key, value):
            found += records_of(tables, tables.target(key), item, out, slot=place, depth=depth + 1)
    return found


def _joined(
    tables: Tables, row: dict[str, Any], drop: Callable[[], Any] | None, shape: Shape
) -> list[Record]:
    held: dict[str, dict[str, Any]] = {"": {}}
    targets: dict[str, dict[str, Any]] = {}
    for key, value in row.items():
        at = shape.of(key, tables)
        if at is None or not at[1] or key.startswith("@"):
            continue
        if key.endswith(_LOGICAL):
            targets.setdefault(at[0], {})[at[1]] = value
        held.setdefault(at[0], {}).setdefault(at[1], value)
    found = []
    for slot, values in held.items():
        names = frozenset(values)

        def name_of(key: str, slot: str = slot) -> str:
            at = shape.of(key, tables)
            return at[1] if at is not None and at[0] == slot else ""

        out = _emptied(row, names, name_of)
        if slot == "" and drop is not None:
            out = drop
        if values or slot == "":
            place = Place(slot, row, out)
            table = shape.slots.get(slot, slot)
            found.append(
                _record(tables, table, values, targets.get(slot, {}), place, name_of=name_of)
            )
    return found


def _record(
    tables: Tables,
    table: str,
    values: dict[str, Any],
    targets: Mapping[str, Any],
    place: Place,
    *,
    name_of: Callable[[str], str],
) -> Record:
    row = place.row

    def remove(name: str) -> None:
        for key in [key for key in row if not key.startswith("@") and name_of(key) == name]:
            if "@" in key or not _rows(row[key]):
                row.pop(key, None)

    record = Record(
        table,
        tables.subject(table, values, targets),
        values,
        remove,
        collected_at=instant(values.get("createdon")),
        active_at=_latest(values),
        source=place,
    )
    if table in PERSONS:
        record.facts = person_facts(table, values)
        record.also = addresses(values)
    elif table == CONSENT_TABLE:
        record.subject = consent_subject(values)
        record.facts = {**consent_facts([values]), "subject": {"type": "natural_person"}}
    return record


def _latest(values: Mapping[str, Any]) -> Any:
    times = [instant(values.get(name)) for name in ("lastonholdtime", "lastusedincampaign")]
    return max((time for time in times if time is not None), default=None)


def _rows(value: Any) -> bool:
    """Whether a value is a row, or several."""
    if isinstance(value, list):
        return any(isinstance(item, dict) for item in value)
    return isinstance(value, dict)


def _each(
    row: dict[str, Any], key: str, value: Any
) -> list[tuple[dict[str, Any], Callable[[], Any]]]:
    if isinstance(value, dict):
        return [(value, lambda: row.__setitem__(key, None))]
    return [(item, _without(value, item)) for item in value if isinstance(item, dict)]


def _without(rows: list[Any], item: Any) -> Callable[[], Any]:
    def drop() -> None:
        rows[:] = [other for other in rows if other is not item]

    return drop


def _emptied(
    row: dict[str, Any], names: Any, name_of: Callable[[str], str] = column
) -> Callable[[], Any]:
    held = frozenset(names)

    def drop() -> None:
        for key in [key for key in row if not key.startswith("@") and name_of(key) in held]:
            row.pop(key, None)

    return drop
