"""What the environment says of its own columns, asked for once a table."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import structlog

from aboveboard.crm import FieldKind, FieldMap
from aboveboard.vocab import ids
from aboveboard_dataverse.asking import ask
from aboveboard_dataverse.tables import Table, Tables

__all__ = ["Metadata", "kind_of"]

_log = structlog.get_logger("aboveboard")
_COLUMNS = "LogicalName,AttributeType,AttributeTypeName,IsSecured,IsPrimaryId,Description"
_AGAIN_S = 60.0
_SET = re.compile(r"[A-Za-z_]\w{0,127}", re.ASCII)
_NAMED = re.compile(r"(?<![\w:])(?:pd|dpv):[A-Za-z]+")
_FORMATS = {"Email": "pd:EmailAddress", "Phone": "pd:TelephoneNumber"}
_PLUMBING = frozenset(("EntityName", "ManagedProperty", "State", "Status"))
_TEXTS = frozenset(("Memo", "String"))
_MEASURED = frozenset(
    ("BigInt", "Boolean", "DateTime", "Decimal", "Double", "Integer", "Lookup", "Money", "Owner",
     "Picklist", "State", "Status", "Uniqueidentifier")
)  # fmt: skip


class Metadata:
    """Columns of tables.

    Args:
        tables: learns of tables that it does not know.
        learn: takes in what the columns hold.
    """

    def __init__(self, tables: Tables, learn: Callable[[FieldMap], Any]) -> None:
        self._tables = tables
        self._learn = learn
        self._columns: dict[str, frozenset[str]] = {}
        self._failed: dict[str, float] = {}
        self._lock = threading.RLock()

    def columns(self, table: str) -> frozenset[str] | None:
        """Names of a table's columns; None when the environment did not say."""
        with self._lock:
            if table not in self._columns and not self._wait(table):
                self._fetch(table, f"(LogicalName='{table}')?", f"(LogicalName='{table}')")
            return self._columns.get(table)

    def of_set(self, entity_set: str) -> Table | None:
        """The table of an entity set; None when there is no such set.

        Raises:
            LookupError: the environment did not say.
        """
        if not _SET.fullmatch(entity_set):
            return None
        with self._lock:
            found = self._tables.of_set(entity_set)
            if found is not None or self._wait(entity_set):
                return found
            if not self._fetch(entity_set, f"?$filter=EntitySetName eq '{entity_set}'&", None):
                msg = "The environment did not say what tables it has."
                raise LookupError(msg)
            return self._tables.of_set(entity_set)

    def _wait(self, name: str) -> bool:
        """Whether it was asked for in vain a moment ago."""
        return time.monotonic() < self._failed.get(name, 0.0)

    def _fetch(self, name: str, where: str, typed: str | None) -> bool:
        self._failed[name] = time.monotonic() + _AGAIN_S
        chosen = "$select=LogicalName,EntitySetName,PrimaryIdAttribute"
        paths = [f"/EntityDefinitions{where}{chosen}&$expand=Attributes($select={_COLUMNS})"]
        if typed is not None:
            cast = "Attributes/Microsoft.Dynamics.CRM.StringAttributeMetadata"
            paths.append(f"/EntityDefinitions{typed}/{cast}?$select=LogicalName,FormatName")
        try:
            answers = ask(paths)
            status, told = answers[0]
            if status == 404:
                return True
            if status != 200 or not isinstance(told, Mapping):
                msg = f"status {status}"
                raise LookupError(msg)
            items = told["value"] if typed is None else [told]
            formats = _formats(answers[1][1]) if len(answers) > 1 and answers[1][0] == 200 else {}
            for item in items:
                self._take(item, formats)
        except Exception as error:
            _log.warning("lookup.failed", lookup="dataverse.columns", error=type(error).__name__)
            return False
        return True

    def _take(self, item: Mapping[str, Any], formats: Mapping[str, str]) -> None:
        table = self._tables.take(item)
        attributes = item.get("Attributes")
        if table is None or not isinstance(attributes, list):
            return
        kinds = {}
        for attribute in attributes:
            name = attribute.get("LogicalName") if isinstance(attribute, Mapping) else None
            if isinstance(name, str) and name:
                kinds[name.lower()] = kind_of(attribute, formats.get(name))
        self._columns[table.name] = frozenset(kinds)
        self._learn(FieldMap({table.name: kinds}))


def kind_of(attribute: Mapping[str, Any], text_format: str | None = None) -> FieldKind:
    """What a column holds, as far as its metadata says it.

    DPV ids in its description count (`Yearly pay. pd:Income`), and the formats of e-mail and telephone.
    A secured column (`IsSecured`) that only its type speaks for stays unknown.

    Args:
        attribute: its `AttributeMetadata`.
        text_format: its `FormatName`, when it is a text.
    """
    kind = str(attribute.get("AttributeType"))
    stated = [
        name for name in _NAMED.findall(_label(attribute.get("Description"))) if name in _ids()
    ]
    special = attribute.get("AttributeTypeName")
    special = special.get("Value") if isinstance(special, Mapping) else None
    categories: list[str] | None = stated or None
    if categories is None and text_format in _FORMATS:
        categories = [_FORMATS[str(text_format)]]
    if categories is None and special == "ImageType":
        categories = ["pd:Picture"]
    plumbing = kind in _PLUMBING or attribute.get("IsPrimaryId") is True
    if categories is None and plumbing and attribute.get("IsSecured") is False:
        categories = []
    free_text: bool | None = None
    if special == "FileType" or (kind in _TEXTS and text_format not in _FORMATS):
        free_text = True
    elif kind in _MEASURED or kind in _TEXTS:
        free_text = False
    return FieldKind.model_validate({"categories": categories, "free_text": free_text})


def _formats(told: Any) -> dict[str, str]:
    items = told.get("value") if isinstance(told, Mapping) else None
    found = {}
    for item in items if isinstance(items, list) else ():
        named = item.get("FormatName") if isinstance(item, Mapping) else None
        if isinstance(named, Mapping) and isinstance(named.get("Value"), str):
            found[str(item.get("LogicalName"))] = named["Value"]
    return found


def _label(value: object) -> str:
    own = value.get("UserLocalizedLabel") if isinstance(value, Mapping) else None
    text = own.get("Label") if isinstance(own, Mapping) else None
    return text if isinstance(text, str) else ""


@cache
def _ids() -> frozenset[str]:
    return frozenset(ids("category"))
