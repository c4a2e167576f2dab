"""One request to a CRM over HTTP, governed; the same for every vendor that speaks JSON.

A plugin hooks in where its SDK makes requests and describes the vendor's API by a `Dialect`. The
exchange asks it what a request wants and what an answer holds, and the guard what may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aboveboard.crm.guard import Guard
from aboveboard.crm.records import Record
from aboveboard.crm.routes import Route, Routes
from aboveboard.crm.telling import filled
from aboveboard.suppression import Scope, Suppression

__all__ = ["Dialect", "Exchange", "HttpCall", "Refusal"]


@dataclass(slots=True, repr=False)
class HttpCall:
    """A request as the SDK is about to make it. No repr: it would show people's data.

    Attributes:
        method: such as `GET`.
        path: below the API's root, decoded: `/crm/v3/objects/contacts`.
        query: names and values of the query, in order.
        body: the body as a JSON value, or None.
        route: filled in by the exchange.
        params: what stands in the path; filled in by the exchange.
        left_out: fields that the program does not get, whether they come or not: those that were cut,
            and those that the plugin itself asks for, to know of the person.
        written: names of the fields that the program writes, and so knows; filled in by the exchange.
    """

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    body: Any = None
    route: Route | None = None
    params: dict[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """How it is refused and let through: method and route, never an id or an address."""
        template = self.route.template if self.route else _without_ids(self.path)
        return f"{self.method.upper()} {template}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A person's own no, on its way through: who, to what."""

    identifier: str
    scope: Scope
    refused: bool = True


class Dialect:
    """What a plugin knows of its vendor's API. Each method may be left as it is."""

    routes = Routes(())

    def names(self, call: HttpCall) -> list[str]:
        """The fields that a request asks for; none where the vendor chooses them."""
        return []

    def relied_on(self, call: HttpCall) -> list[str]:
        """The fields that a request filters or sorts by, which cannot be left out of it."""
        return []

    def object(self, call: HttpCall) -> str:
        """What a request is about, in the vendor's words."""
        return (call.route.object if call.route else None) or call.params.get("object", "")

    def leave_out(self, call: HttpCall, names: frozenset[str]) -> None:
        """Take fields out of a request, so that they are never fetched."""

    def ask_too(self, call: HttpCall) -> frozenset[str]:
        """Ask for what tells of the person's choices; the names that the program did not ask for."""
        return frozenset()

    def records(self, call: HttpCall, answer: Any) -> list[Record]:
        """The records in an answer."""
        return []

    def drop(self, answer: Any, record: Record) -> None:
        """Take a whole record out of an answer."""
        raise NotImplementedError

    def learn(self, records: Sequence[Record]) -> None:
        """Fill in what one further request tells of the people of a page; into `Record.facts`."""

    def written(self, call: HttpCall) -> list[Record]:
        """The records that a request writes."""
        return []

    def recipients(self, call: HttpCall) -> list[Record]:
        """Those whom a request sends something to, a record each."""
        return []

    def refusals(self, call: HttpCall) -> Iterable[Refusal]:
        """What people refuse by this request."""
        return ()


class Exchange:
    """Takes requests of one client through its guard."""

    def __init__(self, guard: Guard, dialect: Dialect) -> None:
        self.guard = guard
        self.dialect = dialect

    def before(self, call: HttpCall) -> HttpCall:
        """Judge a request; what must not be asked for is out of it afterwards.

        Raises:
            StepDenied, StepEscalated: it must not be made.
        """
        guard, dialect = self.guard, self.dialect
        found = dialect.routes.match(call.method, call.path)
        if found is None:
            guard.refuse(call.name)
            return call
        call.route, call.params = found
        handling = call.route.handling
        if handling == "refuse":
            guard.refuse(call.name, call.route.why)
        elif handling == "read":
            relied_on = dialect.relied_on(call)
            names = [*dialect.names(call), *relied_on]
            cut = guard.plan(dialect.object(call), names) if names else frozenset()
            if needed := sorted(cut.intersection(relied_on)):
                guard.refuse(
                    call.name,
                    f"'{call.name}' filters or sorts by {', '.join(needed)}, which must not be used.",
                )
            if wanted := cut.difference(relied_on):
                dialect.leave_out(call, wanted)
            call.left_out = cut
            call.left_out |= dialect.ask_too(call)
        elif handling == "write":
            records = dialect.written(call)
            dialect.learn(records)
            guard.write(records)
            call.written = frozenset(name for record in records for name in record.values)
        elif handling == "send":
            records = dialect.recipients(call)
            dialect.learn(records)
            guard.send(records)
        elif handling == "refusal":
            self._remember(dialect.refusals(call))
        return call

    def after(self, call: HttpCall, answer: Any) -> Any:
        """Judge an answer; what must not be had is out of it afterwards.

        The answer to a write comes when it is done: what else it tells than what was written is cut
        where it must not be had, and nothing is raised.

        Args:
            call: as `before` left it.
            answer: the body as a JSON value; changed in place.

        Raises:
            StepDenied, StepEscalated: the program must not have it.
        """
        if call.route is None or call.route.handling not in ("read", "write"):
            return answer
        dialect = self.dialect
        records = dialect.records(call, answer)
        if not records:
            return answer
        for record in records if call.left_out else ():
            for name in call.left_out.intersection(record.values):
                record.remove(name)
            record.values = {k: v for k, v in record.values.items() if k not in call.left_out}
        if call.route.handling == "write":
            self._give_back(call, records)
            return answer
        dialect.learn(records)
        for record in self.guard.give(records):
            dialect.drop(answer, record)
        return answer

    def _give_back(self, call: HttpCall, records: Sequence[Record]) -> None:
        """Judge what an answer to a write tells beyond what was written."""
        fields = self.guard.fields
        news = []
        for record in records:
            record.values = {
                name: value
                for name, value in record.values.items()
                if name not in call.written and fields.kind(record.object, name).categories != ()
            }
            if filled(record):
                news.append(record)
        if not news:
            return
        self.dialect.learn(news)
        for record in self.guard.give(news, on_stopped="skip"):
            for name in list(record.values):
                record.remove(name)

    def _remember(self, refusals: Iterable[Refusal]) -> None:
        gate = self.guard.gate
        if gate.store is None:
            return
        now = datetime.now(UTC)
        gate.store.record(
            Suppression(gate.pseudonym(item.identifier), item.scope, item.refused, now)
            for item in refusals
        )


def _without_ids(path: str) -> str:
    """A path nobody knows, with what may be an id or an address left out."""
    parts = [
        part if part.replace("_", "").replace("-", "").isalpha() and len(part) < 40 else "{…}"
        for part in path.split("/")
        if part
    ]
    return "/" + "/".join(parts)
