"""FetchXML: which columns it asks for, and taking some out. Read without entities: it has none."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable

from aboveboard_dataverse.rows import Shape
from aboveboard_dataverse.tables import Tables

__all__ = ["Fetch"]

MAX_CHARACTERS = 1 << 20
_ALIAS = re.compile(r"[A-Za-z_]\w*", re.ASCII)


class Fetch:
    """One query.

    Args:
        text: the XML.
        tables: what is known of tables.

    Raises:
        ValueError: it is none that Dataverse takes, or declares a document type.
    """

    def __init__(self, text: str, tables: Tables) -> None:
        if len(text) > MAX_CHARACTERS or "<!doctype" in text.lower() or "<!entity" in text.lower():
            msg = "FetchXML has no document type and no entities."
            raise ValueError(msg)
        try:
            self._root = ET.fromstring(text)  # noqa: S314  (without a document type nothing expands)
        except ET.ParseError:
            msg = "FetchXML that is no XML."
            raise ValueError(msg) from None
        entity = self._root.find("entity")
        if entity is None or not entity.get("name") or len(self._root.findall("entity")) > 1:
            msg = "FetchXML without an entity."
            raise ValueError(msg)
        grouped = self._root.get("aggregate", "").lower() in ("true", "1")
        self.plain = not grouped and self._root.get("distinct", "").lower() not in ("true", "1")
        self._holders: dict[str, ET.Element] = {"": entity}
        self.shape = Shape({"": str(entity.get("name")).lower()})
        self._keys = tables
        self._links(entity)
        for slot, holder in self._holders.items():
            for item in holder.findall("attribute"):
                alias, name = item.get("alias"), str(item.get("name", "")).lower()
                if not alias:
                    continue
                if not _ALIAS.fullmatch(alias) or alias in self.shape.outputs:
                    msg = "FetchXML with an alias that is no name, or stands twice."
                    raise ValueError(msg)
                counted = grouped and item.get("aggregate", "") in ("count", "countcolumn")
                self.shape.outputs[alias] = None if counted else (slot, name)

    def slots(self) -> list[tuple[str, str, list[str] | None]]:
        """Alias, table and columns of each part; None where all columns are asked for."""
        return [(slot, self.shape.slots[slot], self._names(slot)) for slot in self._holders]

    def leave_out(self, slot: str, names: frozenset[str]) -> None:
        """Take columns out of a part."""
        holder = self._holders[slot]
        had = holder.findall("attribute")
        for item in had:
            if str(item.get("name", "")).lower() in names:
                holder.remove(item)
        if slot == "" and had and holder.find("attribute") is None and self.plain:
            table = self._keys.named(self.shape.slots[slot])
            if table is not None:
                holder.insert(0, ET.Element("attribute", {"name": table.key}))

    def add(self, slot: str, names: Iterable[str]) -> None:
        """Ask for more columns of a part."""
        for name in names:
            self._holders[slot].insert(0, ET.Element("attribute", {"name": name}))

    def text(self) -> str:
        """The XML as it is now."""
        return ET.tostring(self._root, encoding="unicode")

    def _names(self, slot: str) -> list[str] | None:
        holder = self._holders[slot]
        if holder.find("all-attributes") is not None:
            return None
        names = [str(item.get("name", "")).lower() for item in holder.findall("attribute")]
        return names if names or slot else None

    def _links(self, holder: ET.Element) -> None:
        for link in holder.findall("link-entity"):
            name = str(link.get("name", "")).lower()
            alias = link.get("alias") or f"{name}{len(self._holders)}"
            if alias in self._holders:
                msg = "FetchXML with one alias for two tables."
                raise ValueError(msg)
            self._holders[alias] = link
            self.shape.slots[alias] = name
            self._links(link)
