"""Requests of one client on their way through its guard, alone or many in a batch."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from aboveboard.crm import Exchange, Guard, HttpCall, Record
from aboveboard_dataverse.dialect import DataverseDialect, ODataCall, slot_of
from aboveboard_dataverse.tables import Table

__all__ = ["DataverseExchange"]

_PAGES_KEPT = 10_000


class DataverseExchange(Exchange):
    """What `Exchange` does, for joins, nested rows and batches: one look-up for all of a request."""

    dialect: DataverseDialect

    def __init__(self, guard: Guard, dialect: DataverseDialect) -> None:
        super().__init__(guard, dialect)
        self._pages: OrderedDict[str, ODataCall] = OrderedDict()
        self._lock = threading.Lock()

    def before(self, call: HttpCall) -> HttpCall:
        """See `Exchange.before`."""
        assert isinstance(call, ODataCall)  # noqa: S101
        self.before_all([call])
        return call

    def before_all(self, calls: Sequence[ODataCall]) -> None:
        """Judge the requests of a batch, all of them before any is made.

        Raises:
            StepDenied, StepEscalated: none may be made.
        """
        written: list[Record] = []
        sent: list[Record] = []
        for call in calls:
            self._route(call)
            handling = call.route.handling if call.route else "plain"
            if handling == "refuse":
                assert call.route is not None  # noqa: S101
                self.guard.refuse(call.name, f"'{call.name}' is not governed: {call.route.why}.")
            elif handling == "read":
                self._read(call)
            elif handling == "write":
                written += self._written(call)
            elif handling == "send":
                sent += self.dialect.recipients(call)
            elif handling == "refusal":
                self._remember(self.dialect.refusals(call))
        if written:
            self.dialect.learn(written)
            self._columns(written)
            self.guard.write(written)
            self._remember(self.dialect.refused_in(written))
            self.dialect.people.forget(written)
        if sent:
            self.dialect.learn(sent)
            for record in sent:
                _over_this_channel(record)
            self.guard.send(sent)

    def after(self, call: HttpCall, answer: Any) -> Any:
        """See `Exchange.after`."""
        assert isinstance(call, ODataCall)  # noqa: S101
        self.after_all([(call, answer)])
        return answer

    def after_all(self, pairs: Sequence[tuple[ODataCall, Any]]) -> None:
        """Judge the answers of a batch; what must not be had is out of them afterwards.

        Raises:
            StepDenied, StepEscalated: the program must not have any of them.
        """
        found: list[Record] = []
        for call, answer in pairs:
            handling = call.route.handling if call.route else "plain"
            if handling == "read" or (handling == "write" and not _only_ids(answer)):
                self._remember_page(call, answer)
                for record in self.dialect.records(call, answer):
                    names = call.cut.get(slot_of(record), frozenset())
                    names |= call.added.get(slot_of(record), frozenset())
                    for name in names.intersection(record.values):
                        record.remove(name)
                    record.values = {k: v for k, v in record.values.items() if k not in names}
                    found.append(record)
            elif call.path.startswith("/EntityDefinitions"):
                self._definitions(answer)
        if not found:
            return
        self.dialect.learn(found)
        self._columns(found)
        for record in self.guard.give(found):
            self.dialect.drop(None, record)

    def _route(self, call: ODataCall) -> None:
        """Find out what a request is; an entity set that nobody has is a function or an action."""
        found = self.dialect.routes.match(call.method, call.path)
        if found is None:
            self.guard.refuse(call.name)
            return
        call.route, call.params = found
        name = call.params.get("set")
        if name is None or call.route.handling in ("plain", "refuse"):
            return
        try:
            table = self.dialect.tables.of_set(name) or self.dialect.metadata.of_set(name)
        except LookupError:
            table = Table(name, name, f"{name}id") if name.islower() else None
        call.table = table
        if table is None:
            call.route = None
            self.guard.refuse(call.name)

    def _read(self, call: ODataCall) -> None:
        if self._further_page(call):
            return
        dialect = self.dialect
        try:
            dialect.read_asked(call)
        except ValueError as error:
            self.guard.refuse(f"{call.name} not read", f"'{call.name}' is not governed: {error}")
            return
        before = list(call.query)
        for slot, table, names in dialect.slots(call):
            if names:
                self._known(table, names)
                cut = self.guard.plan(table, names)
                if cut:
                    dialect.leave_out_of(call, slot, cut)
            if not any(key.lower() == "$skiptoken" for key, _ in before):
                dialect.add_to(call, slot, table, names)
        if call.cut or any(call.added.values()):
            dialect.write_asked(call)

    def _written(self, call: ODataCall) -> list[Record]:
        try:
            records = self.dialect.written(call)
        except ValueError as error:
            self.guard.refuse(f"{call.name} not read", f"'{call.name}' is not governed: {error}")
            return []
        if self.dialect.only_refuses(records):
            # A person's own no always goes through.
            self._remember(self.dialect.refused_in(records))
            self.dialect.people.forget(records)
            return []
        return records

    def _columns(self, records: Sequence[Record]) -> None:
        """Ask once what columns hold that nobody has described."""
        for table in dict.fromkeys(record.object for record in records):
            names = {name for record in records if record.object == table for name in record.values}
            self._known(table, names)

    def _known(self, table: str, names: Any) -> None:
        fields, tables = self.guard.fields, self.dialect.tables
        if tables.named(table) is None:
            return
        if any(fields.kind(table, name).categories is None for name in names):
            self.dialect.metadata.columns(table)

    def _further_page(self, call: ODataCall) -> bool:
        """Whether this is a page whose first one was judged: then it is asked for as it is."""
        link = _link(call)
        with self._lock:
            first = self._pages.get(link)
        if first is None:
            return False
        call.asked, call.cut, call.added, call.settled = first.asked, first.cut, first.added, True
        return True

    def _remember_page(self, call: ODataCall, answer: Any) -> None:
        link = answer.get("@odata.nextLink") if isinstance(answer, dict) else None
        if not isinstance(link, str):
            return
        with self._lock:
            self._pages[_link(ODataCall.of("GET", link, None))] = call
            while len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)

    def _definitions(self, answer: Any) -> None:
        items = answer.get("value") if isinstance(answer, dict) else None
        for item in items if isinstance(items, list) else [answer]:
            if isinstance(item, dict):
                self.dialect.tables.take(item)


def _only_ids(answer: Any) -> bool:
    """Whether an answer to a write is a list of keys, and no row."""
    return isinstance(answer, dict) and {"Ids"} == {k for k in answer if not k.startswith("@")}


def _link(call: ODataCall) -> str:
    return repr((call.path, call.keys, sorted(call.query)))


def _over_this_channel(record: Record) -> None:
    """A refusal of this very channel is an objection to what is about to be sent over it."""
    channel = record.facts["contact"]["channel"]
    refused = any(
        item.get("channel") == channel and item.get("status") == "dpv:ConsentRefused"
        for item in record.facts.get("consent", ())
    )
    if refused:
        record.facts.setdefault("objections", {})["direct_marketing"] = True
