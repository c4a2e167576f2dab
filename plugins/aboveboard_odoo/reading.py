"""Records in Odoo's answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aboveboard.crm import FieldMap, Record, instant
from aboveboard_odoo.calls import OdooCall
from aboveboard_odoo.domains import asked_path
from aboveboard_odoo.people import also_known_as, person_facts, subject_of
from aboveboard_odoo.values import empty, shown

__all__ = ["FIELDS", "Table", "Types", "groups_of", "pairs_of", "record_of", "rows_of", "values_of"]

FIELDS = FieldMap.shipped("aboveboard_odoo")
Types = Mapping[str, Mapping[str, Any]]
"""Fields with their `type`, as `fields_get` tells them."""


def values_of(model: str, row: Mapping[str, Any], types: Types | None = None) -> dict[str, Any]:
    """The fields of a row as a person reads them; None where nothing is."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if not isinstance(name, str):
            continue
        told = (types or {}).get(name, {}).get("type")
        type_ = told if isinstance(told, str) else None
        kind = FIELDS.kind(model, name)
        described = kind.categories is not None or kind.free_text is not None
        nothing = empty(name, value, type_, described=described)
        found[name] = None if nothing else shown(value, type_)
    return found


def record_of(model: str, row: dict[str, Any], types: Types | None = None) -> Record:
    """One record as Odoo gives it: its fields by name, false where nothing is."""
    subject = subject_of(model, row)
    return Record(
        model,
        subject,
        values_of(model, row, types),
        lambda name: row.pop(name, None),
        facts=person_facts(model, row),
        collected_at=instant(row.get("create_date"), naive_is_utc=True),
        also=also_known_as(model, row, subject),
        source=row,
    )


def rows_of(answer: Any) -> Iterator[dict[str, Any]]:
    """The rows of an answer.

    Raises:
        TypeError: it has none.
    """
    if answer is None or answer is False:
        return
    if isinstance(answer, dict):
        records = answer.get("records")
        answer = records if isinstance(records, list) else [answer]
    if not isinstance(answer, list):
        raise TypeError
    for row in answer:
        if not isinstance(row, dict):
            raise TypeError
        yield row


def pairs_of(model: str, answer: Any) -> Iterator[Record]:
    """The records of an answer that holds ids and names.

    Raises:
        TypeError: it holds something else.
    """
    if not isinstance(answer, list):
        raise TypeError
    for pair in answer:
        if not isinstance(pair, list) or len(pair) != 2:
            raise TypeError
        row = {"id": pair[0]}

        def remove(_: str, pair: list[Any] = pair) -> None:
            pair[1] = ""

        values = {"display_name": pair[1]} if pair[1] else {}
        yield Record(model, subject_of(model, row), values, remove, source=pair)


def groups_of(model: str, answer: Any, call: OdooCall) -> Iterator[Record]:
    """The groups of an answer as one record of nobody in particular.

    Raises:
        TypeError: it holds none.
    """
    groups = answer.get("groups") if isinstance(answer, dict) else answer
    if not isinstance(groups, list):
        raise TypeError
    values: dict[str, Any] = {}
    for group in groups:
        if not isinstance(group, dict):
            raise TypeError
        for key, value in group.items():
            name = _grouped(key, call)
            if name and not empty(name, value) and name not in values:
                values[name] = shown(value)

    def remove(name: str) -> None:
        for group in groups:
            for key in [key for key in group if _grouped(key, call) == name]:
                del group[key]
            for key in ("__context", "__domain", "__extra_domain", "__range"):
                group.pop(key, None)  # they repeat what the group is of

    if values:
        yield Record(model, None, values, remove, source=groups)


def _grouped(key: str, call: OdooCall) -> str:
    """The field that a group's value is of; "" for counts and domains."""
    if key.startswith("__"):
        return ""
    name = asked_path(key)
    if name.endswith("_count") and name.removesuffix("_count") in _groupby(call):
        return ""
    for item in call.get("fields") or ():
        if isinstance(item, str) and item.partition(":")[0] == name:
            return asked_path(item)
    return name


def _groupby(call: OdooCall) -> set[str]:
    found = call.get("groupby")
    return {asked_path(item) for item in (found if isinstance(found, list) else [found])}


class Table:
    """An export: rows without names, whose columns are those that were asked for.

    Attributes:
        asked: the columns that the program asked for.
        cut: those that must not be had; they stay, and are empty.
        extra: columns that are asked for beside them, and taken out again.
    """

    def __init__(self, asked: Any) -> None:
        self.asked = [item for item in asked if isinstance(item, str)] if asked else []
        self.cut: frozenset[str] = frozenset()
        self.extra: Sequence[str] = ()

    def columns(self) -> list[str]:
        """What to ask Odoo for; `.id` is the record's number."""
        return [*(name for name in self.asked if name not in self.cut), *self.extra, ".id"]

    def records(self, model: str, answer: Any, types: Types | None) -> list[Record]:
        """The records of an answer, whose rows hold the asked columns afterwards.

        Raises:
            TypeError, ValueError: it is no table, or not of these columns.
        """
        rows = answer.get("datas") if isinstance(answer, dict) else None
        if rows is None or rows is False:
            return []
        return [self._record(model, row, types) for row in rows]

    def _record(self, model: str, row: list[Any], types: Types | None) -> Record:
        columns = self.columns()
        named = dict(zip(columns, row, strict=True))
        number = named.pop(".id", None)
        named["id"] = int(number) if str(number).isdigit() else None
        for name in ("is_blacklisted", "is_company", "phone_blacklisted"):
            named[name] = {"True": True, "False": False, "": False}.get(str(named.get(name)))
        if isinstance(country := named.get("country_id"), str):
            named["country_id"] = [0, country]
        full = record_of(model, named, types)
        row[:] = [named.get(name, "") if name not in self.cut else "" for name in self.asked]

        def remove(name: str) -> None:
            for place, asked in enumerate(self.asked):
                if asked == name:
                    row[place] = ""

        full.values = {name: full.values[name] for name in self.asked if name in full.values}
        full.remove = remove
        full.source = row
        return full
