"""Dataverse's requests and answers, as the exchange wants to know them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aboveboard.crm import Dialect, Guard, HttpCall, Record, Refusal
from aboveboard_dataverse.fetchxml import Fetch
from aboveboard_dataverse.lookups import People, choice_columns
from aboveboard_dataverse.metadata import Metadata
from aboveboard_dataverse.odata import Options, column, key_values, parse_query, parse_url
from aboveboard_dataverse.people import CHOICES, consent_refusals, refusals
from aboveboard_dataverse.routes import ROUTES
from aboveboard_dataverse.rows import Place, Shape, records_of
from aboveboard_dataverse.sql import Query
from aboveboard_dataverse.tables import CONSENT_TABLE, PERSONS, Table, Tables, identifier

__all__ = ["Asked", "DataverseDialect", "ODataCall"]

_WORDS = re.compile(r"(?:/(?:[A-Za-z_$][\w.]{0,127}(?:\((?:key)?\))?)?)+")
_FLAGS = frozenset(name for name in CHOICES if name.startswith("donot")) | {"msdyn_gdproptout"}
_BOUND = re.compile(r"/?(\w+)\(([^()]*)\)")
Asked = Options | Fetch | Query
Slots = dict[str, frozenset[str]]


@dataclass(slots=True, repr=False)
class ODataCall(HttpCall):
    """A request of the Web API.

    Attributes:
        keys: what stands in the path in place of each `key`.
        table: of the rows that it is about; None until it is known.
        asked: which columns it asks for.
        cut: columns that must not be had, by slot.
        added: columns that the plugin itself asks for, by slot.
        settled: a further page of a request that was judged: it goes as it is.
    """

    keys: list[str] = field(default_factory=list)
    table: Table | None = None
    asked: Asked | None = None
    cut: Slots = field(default_factory=dict)
    added: Slots = field(default_factory=dict)
    settled: bool = False

    @classmethod
    def of(cls, method: str, url: str, body: Any) -> ODataCall:
        """A request by its address."""
        path, keys = parse_url(url)
        return cls(method.upper(), path or "//", parse_query(url), body, keys=keys)

    @property
    def name(self) -> str:
        """See `HttpCall.name`; keys stand nowhere in the path."""
        if self.path == "//":
            return f"{self.method} outside the Web API"
        if _WORDS.fullmatch(self.path):
            return f"{self.method} {self.path}"
        template = self.route.template if self.route else "/{…}"
        return f"{self.method} {template}"


class DataverseDialect(Dialect):
    """How Dataverse says it.

    Args:
        guard: whose fields learn of custom columns.
        ttl_s: how long a look-up counts, in seconds.
        consents: look up consent by address.
    """

    routes = ROUTES

    def __init__(self, guard: Guard, ttl_s: float = 30.0, *, consents: bool = True) -> None:
        self.tables = Tables()
        self.guard = guard
        self.metadata = Metadata(self.tables, guard.learn)
        self.people = People(self.metadata, self.tables, ttl_s, consents=consents)

    def read_asked(self, call: ODataCall) -> None:
        """Which columns a read asks for.

        Raises:
            ValueError: it is not understood; says what, without a value.
        """
        query = {name.lower(): value for name, value in call.query}
        if len(query) != len(call.query) or "$apply" in query:
            msg = "$apply, or an option twice"
            raise ValueError(msg)
        if "fetchxml" in query:
            call.asked = Fetch(query["fetchxml"], self.tables)
        elif "sql" in query:
            try:
                call.asked = Query(query["sql"])
            except IndexError:
                msg = "SQL that ends too early."
                raise ValueError(msg) from None
        else:
            call.asked = Options.of(call.query)
            if any("/" in name or "$" in name for _, name, _ in call.asked.walk()):
                msg = "$expand along a path"
                raise ValueError(msg)

    def slots(self, call: ODataCall) -> list[tuple[str, str, list[str] | None]]:
        """Slot, table and columns of each part of what is asked for; None where all are."""
        asked, table = call.asked, call.table
        if isinstance(asked, Fetch | Query):
            return asked.slots()
        assert asked is not None and table is not None  # noqa: S101, PT018  (the exchange saw to it)
        parts = [("", table.name, asked.select)]
        parts += [(slot, self.tables.target(nav), node.select) for slot, nav, node in asked.walk()]
        return [
            (slot, name, None if names is None else [column(item) for item in names])
            for slot, name, names in parts
        ]

    def leave_out_of(self, call: ODataCall, slot: str, names: frozenset[str]) -> None:
        """Take columns out of one part of a request."""
        asked = call.asked
        call.cut[slot] = names
        if isinstance(asked, Fetch | Query):
            asked.leave_out(slot, names)
            return
        node, table = self._node(call, slot)
        kept = [item for item in node.select or () if column(item) not in names]
        # To select nothing would bring every column: the key, which comes anyway, stands in.
        node.select = kept or [table.key if table else kept_key(slot)]

    def add_to(self, call: ODataCall, slot: str, table: str, names: Sequence[str] | None) -> None:
        """Ask for a person's choices beside what a part asks for."""
        asked = call.asked
        if table not in PERSONS or names is None:
            return
        if isinstance(asked, Fetch | Query) and (
            not asked.plain or (slot and isinstance(asked, Query))
        ):
            return
        wanted = list(choice_columns(self.metadata, table))
        if isinstance(asked, Query):
            wanted.append(f"{table}id")  # elsewhere the key comes by itself
        wanted = [
            name for name in wanted if name not in names and name not in call.cut.get(slot, ())
        ]
        if isinstance(asked, Fetch | Query):
            asked.add(slot, wanted)
        else:
            node, _ = self._node(call, slot)
            node.select = [*(node.select or ()), *wanted]
        call.added[slot] = frozenset(wanted)

    def write_asked(self, call: ODataCall) -> None:
        """Put into the query what is asked for now."""
        if isinstance(call.asked, Options):
            call.query = call.asked.write(call.query)
        elif call.asked is not None:
            name = "fetchxml" if isinstance(call.asked, Fetch) else "sql"
            text = call.asked.text()
            call.query = [
                (key, text if key.lower() == name else value) for key, value in call.query
            ]

    def records(self, call: HttpCall, answer: Any) -> list[Record]:
        """See `Dialect.records`."""
        assert isinstance(call, ODataCall)  # noqa: S101
        table = call.table.name if call.table else ""
        shape = call.asked.shape if isinstance(call.asked, Fetch | Query) else None
        rows = answer.get("value") if isinstance(answer, dict) else answer
        if not isinstance(rows, list):
            return self._row(table, answer, None, shape) if isinstance(answer, dict) else []
        rows[:] = [row for row in rows if isinstance(row, dict)]  # the SDK gives nothing else on
        found = []
        for row in rows:
            found += self._row(table, row, _without(rows, row), shape)
        return found

    def _row(self, table: str, row: dict[str, Any], drop: Any, shape: Shape | None) -> list[Record]:
        return records_of(self.tables, table, row, drop, shape=shape)

    def drop(self, answer: Any, record: Record) -> None:  # noqa: ARG002  (the record knows its place)
        """See `Dialect.drop`."""
        record.source.drop()

    def learn(self, records: Sequence[Record]) -> None:
        """See `Dialect.learn`."""
        self.people.learn(records)

    def written(self, call: HttpCall) -> list[Record]:
        """See `Dialect.written`.

        Raises:
            ValueError: the body is no row.
        """
        assert isinstance(call, ODataCall)  # noqa: S101
        assert call.table is not None  # noqa: S101
        table = call.table
        own = key_values(table.key, call.keys[0]) if call.keys else {}
        subject = identifier(table.name, own.get(table.key))
        if "column" in call.params:
            values = {call.params["column"].lower(): True}
            now = datetime.now(UTC)
            return [Record(table.name, subject, values, self._keep(call), collected_at=now)]
        targets = call.body.get("Targets") if isinstance(call.body, dict) else None
        rows = targets if isinstance(targets, list) and "Multiple" in call.path else [call.body]
        found: list[Record] = []
        for row in rows:
            if not isinstance(row, dict):
                msg = "The body is no row."
                raise ValueError(msg)  # noqa: TRY004
            bound = _BOUND.fullmatch(str(row.get("@odata.id") or ""))
            more = own if not bound else key_values(table.key, bound[2])
            records = records_of(self.tables, table.name, row)
            first = records[0]
            first.object = table.name
            first.collected_at = datetime.now(UTC)  # the CRM gets these values now
            first.subject = first.subject or subject or identifier(table.name, more.get(table.key))
            in_key = {name: value for name, value in more.items() if name != table.key}
            first.values = {**in_key, **first.values}
            if in_key:
                first.remove = self._keep(call, first.remove, in_key)
            found += records
        return found

    def recipients(self, call: HttpCall) -> list[Record]:
        """See `Dialect.recipients`."""
        assert isinstance(call, ODataCall)  # noqa: S101
        if call.keys:
            found = self.people.parties(call.keys[0].strip().strip("{}").lower())
        else:
            target = call.body.get("Target") if isinstance(call.body, dict) else None
            told = target.get("email_activity_parties") if isinstance(target, dict) else None
            found = told if isinstance(told, list) else None
        records = [
            _recipient(party)
            for party in found or ()
            if isinstance(party, Mapping) and party.get("participationtypemask") in (2, 3, 4)
        ]
        return records or [_to(None, None)]

    def refusals(self, call: HttpCall) -> Iterable[Refusal]:
        """See `Dialect.refusals`: of the opt-out actions; of rows, see `refused_in`."""
        assert isinstance(call, ODataCall)  # noqa: S101
        table = "lead" if call.path.startswith("/leads") else "contact"
        return refusals(identifier(table, call.keys[0]), {"msdyn_gdproptout": True}, {})

    def refused_in(self, records: Sequence[Record]) -> list[Refusal]:
        """What people refuse by rows that are written."""
        found: list[Refusal] = []
        for record in records:
            if record.object == CONSENT_TABLE:
                found += consent_refusals(record.values, {})
            elif record.object in PERSONS:
                found += refusals(record.subject, record.values, {})
        return found

    def only_refuses(self, records: Sequence[Record]) -> bool:
        """Whether rows that are written say nothing but no."""
        for record in records:
            values = {name: v for name, v in record.values.items() if name != f"{record.object}id"}
            if record.object == CONSENT_TABLE:
                if not list(consent_refusals(values, {})):
                    return False
            elif (
                not values
                or record.object not in PERSONS
                or record.subject is None
                or any(name not in _FLAGS or value is not True for name, value in values.items())
            ):
                return False
        return bool(records)

    def _node(self, call: ODataCall, slot: str) -> tuple[Options, Table | None]:
        assert isinstance(call.asked, Options)  # noqa: S101
        if not slot:
            return call.asked, call.table
        for place, navigation, node in call.asked.walk():
            if place == slot:
                return node, self.tables.named(self.tables.target(navigation))
        raise KeyError(slot)

    def _keep(
        self, call: ODataCall, inner: Any = None, names: Mapping[str, Any] | None = None
    ) -> Any:
        """Removes a column from a body; one that the address itself holds cannot be left out."""

        def remove(name: str) -> None:
            if inner is None or (names is not None and name in names):
                self.guard.refuse(
                    f"{call.name} with a cut column",
                    f"'{name}' must not be written, and cannot be cut.",
                )
            if inner is not None:
                inner(name)

        return remove


def kept_key(slot: str) -> str:
    """The key that stands in where nobody knows the table: as tables name it."""
    name = slot.rpartition("/")[2].lower()
    return name if name.endswith("id") else f"{name}id"


def _recipient(party: Mapping[str, Any]) -> Record:
    for name, table in (
        ("partyid_contact@odata.bind", "contact"),
        ("partyid_lead@odata.bind", "lead"),
    ):
        bound = _BOUND.search(str(party.get(name) or ""))
        if bound:
            return _to(identifier(table, bound[2]), None)
    table = str(party.get("_partyid_value@Microsoft.Dynamics.CRM.lookuplogicalname"))
    return _to(identifier(table, party.get("_partyid_value")), party.get("addressused"))


def _to(subject: str | None, address: object) -> Record:
    also: tuple[str, ...] = ()
    if isinstance(address, str) and "@" in address:
        also = (f"dataverse/email/{address.strip().lower()}",)
        subject = subject or also[0]
    facts = {"contact": {"channel": "email"}, "subject": {"type": "natural_person"}}
    return Record("email", subject, {"to": address or True}, lambda _: None, facts=facts, also=also)


def _without(rows: list[Any], row: Any) -> Any:
    def drop() -> None:
        rows[:] = [other for other in rows if other is not row]

    return drop


def slot_of(record: Record) -> str:
    """Where a record stands in its answer."""
    return record.source.slot if isinstance(record.source, Place) else ""
