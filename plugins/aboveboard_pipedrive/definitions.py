"""Custom fields: 40 characters of a hash in records, a name only in the account's field definitions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aboveboard.crm import FieldKind, FieldMap, Guard, Lookups

__all__ = ["Ask", "Definitions"]

Ask = Callable[[str, Mapping[str, str]], Any]
"""Makes a request of the plugin's own: path and query → the answer as a JSON value."""

_HASH = re.compile(r"[0-9a-f]{40}")
_PATHS = {
    "activities": "/api/v2/activityFields",
    "deals": "/api/v2/dealFields",
    "leads": "/api/v2/dealFields",  # leads have the custom fields of deals
    "organizations": "/api/v2/organizationFields",
    "persons": "/api/v2/personFields",
    "products": "/api/v2/productFields",
    "projects": "/api/v2/projectFields",
}
_WRITTEN = frozenset({"text", "varchar", "varchar_auto"})
_MAX_PAGES = 20
_TTL_S = 600.0


class Definitions:
    """Names of custom fields, asked for once for each kind of record.

    Pipedrive does not say which of them are sensitive: one that the setting `fields` does not name,
    by code or by name, stays unknown.

    Args:
        guard: learns what is found.
        ask: makes the request.
        standard: Pipedrive's own fields, whose names no custom field takes over.
    """

    def __init__(self, guard: Guard, ask: Ask, standard: FieldMap) -> None:
        self._guard = guard
        self._ask = ask
        self._standard = standard
        self._lookups = Lookups("pipedrive.fields", self._fetch, ttl_s=_TTL_S)
        self._known: dict[str, dict[str, str]] = {}

    def know(self, name: str, fields: Iterable[str]) -> None:
        """Learn what these fields of an object are, where one of them is a custom field that is new."""
        if name not in _PATHS:
            return
        known = self._known.get(name, {})
        if any(_HASH.fullmatch(field) and field not in known for field in fields):
            self._learn(name)

    def code(self, name: str, field: str | None) -> str | None:
        """The code of a custom field that is given by code or by name; None when nobody knows it."""
        if field is None or _HASH.fullmatch(field):
            return field
        if name not in self._known:
            self._learn(name)
        found = [code for code, text in self._known.get(name, {}).items() if text == field]
        return found[0] if len(found) == 1 else None

    def _learn(self, name: str) -> None:
        found = self._lookups.get([name]).get(name)
        if not isinstance(found, dict):
            return  # it could not be looked up: nobody knows
        names = {code: text for code, (text, _) in found.items()}
        if names == self._known.get(name):
            return
        stated = self._stated(name)
        standard = self._standard.of_object(name)
        often = Counter(names.values())
        kinds: dict[str, FieldKind] = {}
        for code, (text, kind) in found.items():
            named = stated.get(text) if often[text] == 1 and text not in standard else None
            kinds[code] = named or FieldKind(free_text=None if kind in _WRITTEN else False)
        self._guard.learn(FieldMap({name: kinds}))
        self._known[name] = names

    def _stated(self, name: str) -> dict[str, FieldKind]:
        """What the setting `fields` says of this object."""
        settings = self._guard.gate.settings.fields
        stated = {**settings.get("pipedrive/*", {}), **settings.get(f"pipedrive/{name}", {})}
        return FieldMap.of({name: stated}, "Setting 'fields' of pipedrive").of_object(name)

    def _fetch(self, names: list[str]) -> dict[str, dict[str, tuple[str, str]]]:
        return {name: dict(self._pages(_PATHS[name])) for name in names}

    def _pages(self, path: str) -> Iterable[tuple[str, tuple[str, str]]]:
        query = {"limit": "500"}
        for _ in range(_MAX_PAGES):
            answer = self._ask(path, query)
            for item in answer["data"]:
                code, text = item["field_code"], item["field_name"]
                if isinstance(code, str) and isinstance(text, str) and _HASH.fullmatch(code):
                    yield code, (text, str(item.get("field_type")))
            cursor = (answer.get("additional_data") or {}).get("next_cursor")
            if not isinstance(cursor, str) or not cursor:
                return
            query = {"limit": "500", "cursor": cursor}
