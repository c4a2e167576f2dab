"""Odoo's calls and answers, as the exchange wants to know them: one dialect for each call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from aboveboard.crm import Dialect, Guard, HttpCall, Record, Refusal
from aboveboard_odoo import routes
from aboveboard_odoo.calls import OdooCall
from aboveboard_odoo.domains import asked_path, filters, nested
from aboveboard_odoo.lookups import People, Seen
from aboveboard_odoo.people import CONSENT_FIELDS
from aboveboard_odoo.reading import Table, groups_of, pairs_of, record_of, rows_of
from aboveboard_odoo.refusing import refusals_of
from aboveboard_odoo.sending import recipients_of
from aboveboard_odoo.writing import commands, written_by

__all__ = ["OdooDialect"]

_GROUPS = frozenset(["formatted_read_group", "read_group", "web_read_group"])
_GOES_OUT = frozenset(["schedule_date", "schedule_type", "state"])
_NAMES = frozenset(["name_get", "name_search"])
_SEARCHES = frozenset(["search", "search_count"])
_SPECIFIED = frozenset(["web_name_search", "web_read", "web_save", "web_search_read"])


class OdooDialect(Dialect):
    """How Odoo says it.

    Args:
        guard: who refuses what cannot be left out.
        people: what is known of people beside the records.
        seen: the user who makes the call.
        call: the call.
    """

    def __init__(self, guard: Guard, people: People, seen: Seen, call: OdooCall) -> None:
        self._guard = guard
        self._people = people
        self._seen = seen
        self._call = call
        self._table: Table | None = None
        self.routes = _routes(call)

    def object(self, call: HttpCall) -> str:
        """See `Dialect.object`."""
        return call.path

    def types(self) -> dict[str, Any] | None:
        """Types of the model's fields, as far as Odoo says them."""
        return self._people.types.of(self._seen.who, self._call.model, self._seen.ask)

    def names(self, call: HttpCall) -> list[str]:
        """What is asked for, and what is filtered by; all fields of the model when none is named."""
        call = self._call
        found = self._asked(call)
        call.asked = None if found is None else tuple(found)
        if found is None:
            found = list(self.types() or ())
        call.filters = filters(call, self._relation)
        for model, names in call.filters.items():
            if model != call.model:
                self._barred(names.intersection(self._guard.plan(model, sorted(names))))
        if (
            call.method in ("read", "search_read")
            and call.get("load", "_classic_read") != "_classic_read"
        ):
            # Names of links tell of country and language; they are taken out of the answer again.
            call.bare = True
            call.put("load", "_classic_read")
        own = call.filters.get(call.model, set())
        return [*found, *sorted(own.difference(found))]

    def plain(self) -> None:
        """See that a call on lists of the system does not reach through to people.

        Raises:
            StepDenied: it asks for, or by, fields of people's records behind them.
        """
        call = self._call
        if call.method in _SPECIFIED:
            self._nested(call.get("specification"))
        if call.method == "export_data":
            paths = [name for name in call.get("fields_to_export") or () if "/" in str(name)]
            self._nested({name: {"fields": {"": {}}} for name in paths})
        for model, names in filters(call, self._relation).items():
            if model != call.model:
                self._barred(names.intersection(self._guard.plan(model, sorted(names))))

    def leave_out(self, call: HttpCall, names: frozenset[str]) -> None:
        """See `Dialect.leave_out`. To filter by what must not be had would tell it as well."""
        call = self._call
        self._barred(names.intersection(call.filters.get(call.model, ())))
        if call.method in _NAMES:
            self._guard.refuse(
                call.name, f"'{call.name}' gives names, which this purpose does not need."
            )
        elif call.method in _GROUPS:
            key = "aggregates" if call.method == "formatted_read_group" else "fields"
            call.put(key, [item for item in call.get(key) or [] if asked_path(item) not in names])
        elif call.method in _SPECIFIED and isinstance(call.get("specification"), dict):
            spec = call.get("specification")
            kept = {name: more for name, more in spec.items() if name not in names}
            call.put("specification", kept or {"id": {}})
        elif call.method == "export_data":
            self._export(cut=names)
        else:
            found = call.asked if call.asked is not None else tuple(self.types() or ())
            # To ask for nothing would bring everything: the id is asked for.
            self._put([name for name in found if name not in names] or ["id"])

    def ask_too(self, call: HttpCall) -> frozenset[str]:
        """See `Dialect.ask_too`."""
        call = self._call
        if call.method not in (
            "export_data", "read", "search_read", "web_read", "web_search_read"
        ):  # fmt: skip
            return frozenset()
        types = self.types()
        if types is None:
            return frozenset()
        asked = set(types if call.asked is None else call.asked).difference(call.left_out)
        wanted = [name for name in CONSENT_FIELDS if name in types and name not in call.left_out]
        extra = frozenset(wanted).difference(asked)
        if call.method == "export_data":
            self._export(extra=sorted(extra))
        elif isinstance(call.get("specification"), dict):
            links: dict[str, Any] = {
                name: {"fields": {"display_name": {}}} for name in ("country_id", "lang_id")
            }
            more = {name: links.get(name, {}) for name in sorted(extra)}
            call.put("specification", {**call.get("specification"), **more})
        elif extra:
            key = "specification" if call.method in _SPECIFIED else "fields"
            self._put([*(call.get(key) or ()), *sorted(extra)])
        return extra

    def records(self, call: HttpCall, answer: Any) -> list[Record]:
        """See `Dialect.records`."""
        call = self._call
        route = call.route
        if route is None or call.method in _SEARCHES:
            return []
        if route.handling == "write" and call.method != "web_save":
            return []
        types = self.types() if call.method != "default_get" else None
        try:
            if call.method in _NAMES:
                return list(pairs_of(call.model, answer))
            if call.method in _GROUPS:
                return list(groups_of(call.model, answer, call))
            if call.method == "export_data":
                return [] if self._table is None else self._table.records(call.model, answer, types)
            found = [record_of(call.model, row, types) for row in rows_of(answer)]
            if call.method == "default_get":  # a form that is empty tells of nobody
                found = [record for record in found if any(record.values.values())]
            return found
        except (TypeError, ValueError):
            why = f"The answer of '{call.name}' is not as Odoo gives it: nobody can judge it."
            self._guard.refuse(call.name, why)
            return []

    def drop(self, answer: Any, record: Record) -> None:
        """See `Dialect.drop`. What was asked for by itself cannot be left out: it is emptied."""
        if isinstance(answer, dict):
            for key in ("datas", "records", "groups"):
                if isinstance(answer.get(key), list):
                    _drop(answer[key], record.source)
                    return
            answer.clear()
        elif isinstance(answer, list):
            _drop(answer, record.source)

    def learn(self, records: Sequence[Record]) -> None:
        """See `Dialect.learn`."""
        route = self._call.route
        if self._call.method in _NAMES or (
            route is not None and route.handling in ("send", "write")
        ):
            self._people.written(records, self._seen)
        elif self._call.method not in (*_GROUPS, "default_get", "get_metadata"):
            self._people.page(records, self._seen)

    def written(self, call: HttpCall) -> list[Record]:
        """See `Dialect.written`."""
        call = self._call
        if call.method == "web_save":
            self._nested(call.get("specification"))
        records = list(written_by(call, self._guard, self.types(), self._relation))
        if any(
            record.object in routes.SUBSCRIPTIONS and record.values.get("opt_out") is False
            for record in records
        ):
            self._guard.refuse(f"{call.name} opt_out", routes.BACK)
        return records

    def recipients(self, call: HttpCall) -> list[Record]:  # noqa: ARG002
        """See `Dialect.recipients`."""
        return recipients_of(self._call, self._guard, self._seen.ask)

    def refusals(self, call: HttpCall) -> Iterable[Refusal]:  # noqa: ARG002
        """See `Dialect.refusals`."""
        self._people.forget()
        return refusals_of(self._call, self._seen.ask)

    def _relation(self, model: str, name: str) -> str | None:
        types = self._people.types.of(self._seen.who, model, self._seen.ask)
        found = (types or {}).get(name, {}).get("relation")
        return found if isinstance(found, str) else None

    def _barred(self, names: Iterable[str]) -> None:
        for name in sorted(names):
            call = self._call
            self._guard.refuse(
                f"{call.name} by {name}",
                f"'{call.name}' asks by '{name}', which must not be had for this purpose: the answer "
                "would tell it as well.",
            )

    def _nested(self, specification: Any) -> None:
        for name in sorted(nested(specification)):
            self._guard.refuse(
                f"{self._call.name} of {name}",
                f"'{self._call.name}' asks for fields of the records behind '{name}', which nobody "
                "judges here. Read them by themselves.",
            )

    def _export(self, cut: frozenset[str] = frozenset(), extra: Sequence[str] = ()) -> None:
        if self._table is not None:
            self._table.cut |= cut
            self._table.extra = extra or self._table.extra
            self._call.put("fields_to_export", self._table.columns())

    def _asked(self, call: OdooCall) -> list[str] | None:
        """The fields that a call names, or None when it leaves them to Odoo."""
        if call.method in _NAMES:
            return ["display_name"]
        if call.method in _SEARCHES:
            return []
        if call.method == "get_metadata":
            return ["create_uid", "write_uid"]
        if call.method in _GROUPS:
            key = "aggregates" if call.method == "formatted_read_group" else "fields"
            paths = (asked_path(item) for item in call.get(key) or ())
            return [name for name in paths if name and name != "__count"]
        if call.method == "export_data":
            self._table = Table(call.get("fields_to_export"))
            return list(self._table.asked)
        if call.method in _SPECIFIED:
            spec = call.get("specification")
            self._nested(spec)
            if isinstance(spec, dict):
                return list(spec)
            return [str(name) for name in spec] if spec else None
        named = call.get("fields")
        found = [name for name in named if isinstance(name, str)] if isinstance(named, list) else []
        return found or None

    def _put(self, names: Sequence[str]) -> None:
        """Say which fields are asked for, by whatever name this call has them."""
        names = list(dict.fromkeys(names))
        if self._call.method in _SPECIFIED:
            self._call.put("specification", names)
        else:
            self._call.put("fields", names)


def _drop(items: list[Any], source: Any) -> None:
    items[:] = [] if source is items else [item for item in items if item is not source]


def _routes(call: OdooCall) -> Any:
    """What a call does, where its arguments say so."""
    items = call.values()
    if call.model in routes.SUBSCRIPTIONS and call.method in ("create", "write"):
        if items and all(item.get("opt_out") is True for item in items):
            return routes.REFUSING
        if call.method == "write" and any("opt_out" in item for item in items):
            return routes.TAKING_BACK
    if call.method in ("create", "write"):
        if call.model == "calendar.event" and not any(item.get("partner_ids") for item in items):
            return routes.WRITING
        if call.model == "mailing.mailing" and any(_GOES_OUT.intersection(item) for item in items):
            return routes.SENDING
        refused = items and all(item.get("accepted") is False for item in items)
        if call.model == "privacy.consent" and refused:
            return routes.REFUSING
    if routes.plain_model(call.model) and any(
        True for item in items for value in item.values() for _ in commands(value)
    ):
        return routes.WRITING
    return routes.ROUTES
