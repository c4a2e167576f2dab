"""Salesforce's requests and answers, as the exchange wants to know them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aboveboard.crm import Dialect, Guard, HttpCall, Record, Refusal
from aboveboard_salesforce.bulk import Job, Jobs, Table
from aboveboard_salesforce.consents import Choices
from aboveboard_salesforce.ids import identifier
from aboveboard_salesforce.lines import Line
from aboveboard_salesforce.metadata import Metadata
from aboveboard_salesforce.people import OPT_OUTS, flag
from aboveboard_salesforce.records import (
    Column,
    Place,
    email_identifier,
    flat_records,
    records_of,
)
from aboveboard_salesforce.routes import METADATA, ROUTES
from aboveboard_salesforce.soql import Soql

__all__ = ["SalesforceCall", "SalesforceDialect"]


@dataclass(slots=True, repr=False)
class SalesforceCall(HttpCall):
    """A request to Salesforce.

    Attributes:
        text: its body, when it is no JSON.
        table: its body, when it is CSV.
        soql: its query.
        job: the bulk job that it belongs to.
        touched: something was taken out of the answer, or out of the body.
    """

    text: str | None = None
    table: Table | None = None
    soql: Soql | None = None
    job: Job | None = None
    touched: bool = False

    def touch(self) -> None:
        """Say that something was taken out."""
        self.touched = True

    @property
    def tail(self) -> str:
        """The route below the API's version."""
        template = self.route.template if self.route else ""
        return template.partition("{version}")[2]


class SalesforceDialect(Dialect):
    """How Salesforce says it.

    Args:
        guard: whose field kinds count.
        line: the connection of the request that is under way.
        purpose: short name of what the data is used for.
        choices: look up what people have chosen.
        ttl_s: how long an answer counts, in seconds.
    """

    routes = ROUTES

    def __init__(
        self,
        guard: Guard,
        line: Callable[[], Line | None],
        *,
        purpose: str | None,
        choices: bool = True,
        ttl_s: float = 30.0,
    ) -> None:
        self.guard = guard
        self.line = line
        self.jobs = Jobs()
        self.metadata = Metadata(guard, line)
        self._choices: Choices | None = None
        if choices:
            self._choices = Choices(line, self.metadata, purpose=purpose, ttl_s=ttl_s)

    # Names.

    def object_named(self, name: str) -> str:
        """An object by its own spelling: Salesforce takes any case."""
        known = {other.lower(): other for other in (*self.guard.fields.objects(), *METADATA)}
        return known.get(name.lower(), name)

    def field_named(self, object_name: str, name: str) -> str:
        """A field by its own spelling."""
        kinds = self.guard.fields.of_object(object_name)
        if name in kinds:
            return name
        if (found := _spelled_as(name, kinds)) is not None:
            return found
        described = self.metadata.of(object_name)
        return _spelled_as(name, described.fields if described else ()) or name

    def resolve(self, object_name: str, path: str) -> tuple[str, str, bool]:
        """The object and the field at the end of a path, and whether it leads to another object."""
        *relations, field = path.split(".")
        name = object_name
        for relation in relations:
            name = self.object_named(self.metadata.related(name, relation))
        if not name.startswith("?"):
            field = self.field_named(name, field)
        return name, field, bool(relations)

    # Answers.

    def records(self, call: HttpCall, answer: Any) -> list[Record]:
        """See `Dialect.records`."""
        assert isinstance(call, SalesforceCall)  # noqa: S101
        if call.route is None or call.route.handling != "read":
            return []
        found: list[Record] = []
        if isinstance(answer, Table):
            return self._rows(call, answer)
        name = self.object_named(call.params["object"]) if "object" in call.params else None
        if call.job is not None:
            name = self.object_named(call.job.object)
        names = call.soql.keys() if call.soql is not None else None
        for item, place in _items(call, answer):
            attributes = item.get("attributes")
            told = attributes.get("type") if isinstance(attributes, Mapping) else None
            if told == "AggregateResult" and call.soql is not None:
                columns = self._columns(call.soql, list(names or ()))
                found += flat_records(columns, item, _remover(call, item), place)
                continue
            found += records_of(
                item,
                call.touch,
                object_name=name,
                place=place,
                names=names,
                person_accounts=told == "Account" and self._person_accounts(),
            )
        return [record for record in found if record.object not in METADATA]

    def _rows(self, call: SalesforceCall, table: Table) -> list[Record]:
        job = call.job
        if job is None:
            return []
        columns = self._columns(job.soql or self.object_named(job.object), table.columns)
        accounts = job.object == "Account" and self._person_accounts()
        found: list[Record] = []
        for row in table.rows:
            place = Place(table.rows, row)
            remove = _emptier(call, row)
            found += flat_records(columns, row, remove, place, person_accounts=accounts)
        return found

    def _columns(self, of: Soql | str, keys: Sequence[str]) -> list[Column]:
        name = self.object_named(of.object if isinstance(of, Soql) else of)
        paths = of.keys() if isinstance(of, Soql) else {}
        found = []
        for key in keys:
            path = paths.get(key, key)
            if not path:
                continue
            target, field, related = self.resolve(name, path)
            found.append(Column(key, target, field, related))
        return found

    def _person_accounts(self) -> bool:
        described = self.metadata.of("Account")
        return described is not None and "IsPersonAccount" in described.fields

    def drop(self, answer: Any, record: Record) -> None:  # noqa: ARG002  (the kit's signature)
        """See `Dialect.drop`. A record that was asked for by itself is emptied."""
        place = record.source
        if not isinstance(place, Place):
            return
        holder = place.holder
        place.touch()
        if isinstance(holder, list):
            holder[:] = [item for item in holder if item is not place.item]
        elif isinstance(holder, dict) and place.key is not None:
            holder[place.key] = None
        elif isinstance(place.item, dict):
            for key in [key for key in place.item if key not in ("attributes", "Id")]:
                del place.item[key]

    def learn(self, records: Sequence[Record]) -> None:
        """See `Dialect.learn`."""
        if self._choices is not None and records:
            self._choices.tell(records)

    # Requests.

    def written(self, call: HttpCall) -> list[Record]:
        """See `Dialect.written`."""
        assert isinstance(call, SalesforceCall)  # noqa: S101
        if call.table is not None:
            if call.job is None or call.job.deletes:
                return []
            return self._rows(call, call.table)
        name = self.object_named(call.params["object"]) if "object" in call.params else None
        if call.job is not None:
            if call.job.deletes:
                return []
            name = self.object_named(call.job.object)
        found: list[Record] = []
        for item in written_items(call.body):
            found += records_of(
                item,
                call.touch,
                object_name=name,
                number=item.get("Id") or item.get("id") or call.params.get("id"),
            )
        return [self._spelled(record) for record in found]

    def _spelled(self, record: Record) -> Record:
        """Fields by their own spelling, so that what they hold is known."""
        record.object = self.object_named(record.object)
        names: dict[str, str] = {}
        for name in record.values:
            spelled = self.field_named(record.object, name)
            # Of two spellings of one field the second stays as it is: unknown, and judged by itself.
            names[name] = name if spelled in names.values() or spelled in record.values else spelled
        if all(name == other for name, other in names.items()):
            return record
        back = {other: name for name, other in names.items()}
        remove = record.remove
        record.values = {names[name]: value for name, value in record.values.items()}
        record.remove = lambda name: remove(back.get(name, name))
        return record

    def recipients(self, call: HttpCall) -> list[Record]:
        """See `Dialect.recipients`: one for each address and each person that an action names."""
        name = self.object(call)
        body = call.body if isinstance(call.body, dict) else {}
        inputs = body.get("inputs")
        found: list[Record] = []
        for item in inputs if isinstance(inputs, list) else []:
            if not isinstance(item, dict):
                continue
            subjects = [
                identifier(item.get(key)) for key in ("recipientId", "targetId") if item.get(key)
            ]
            subjects += map(email_identifier, _addresses(item))
            for subject in subjects or [None]:
                record = Record(
                    name,
                    subject,
                    item,
                    lambda _: None,
                    facts={"subject": {"type": "natural_person"}, "contact": {"channel": "email"}},
                )
                found.append(record)
        return found

    def refusals(self, call: HttpCall) -> Iterable[Refusal]:
        """See `Dialect.refusals`: opt-outs among what is written. What is taken back does not count."""
        for record in self.written(call):
            if record.subject is not None:
                yield from refusals_of(record.subject, record.values, taken_back=False)


def _spelled_as(name: str, names: Iterable[str]) -> str | None:
    low = name.lower()
    return next((other for other in names if other.lower() == low), None)


def refusals_of(
    subject: str, values: Mapping[str, Any], *, taken_back: bool = True
) -> Iterator[Refusal]:
    """What a person refuses by these fields.

    Args:
        subject: identifier of the person.
        values: fields and values.
        taken_back: a flag that is not set takes an earlier refusal back.
    """
    for name, scopes in OPT_OUTS.items():
        said = flag(values.get(name))
        if said or (said is False and taken_back):
            for scope in scopes:
                yield Refusal(subject, scope, said)  # type: ignore[arg-type]


def written_items(body: Any) -> list[dict[str, Any]]:
    """The records in the body of a write."""
    if isinstance(body, dict) and isinstance(body.get("records"), list):
        body = body["records"]
    return [item for item in (body if isinstance(body, list) else [body]) if isinstance(item, dict)]


def _items(call: SalesforceCall, answer: Any) -> Iterator[tuple[dict[str, Any], Place]]:
    """The records of a page, or the one that was asked for."""
    rows: Any = answer
    if isinstance(answer, dict):
        rows = None
        for key in ("records", "searchRecords", "recentItems"):
            if isinstance(answer.get(key), list):
                rows = answer[key]
                break
        else:
            if "objectDescribe" not in answer and "totalSize" not in answer:
                yield answer, Place(None, answer, None, call.touch)
            return
    for row in list(rows) if isinstance(rows, list) else ():
        if isinstance(row, dict) and not ("success" in row and "attributes" not in row):
            yield row, Place(rows, row, None, call.touch)


def _remover(call: SalesforceCall, item: dict[str, Any]) -> Callable[[str], None]:
    def remove(key: str) -> None:
        if item.pop(key, None) is not None:
            call.touch()

    return remove


def _emptier(call: SalesforceCall, row: dict[str, Any]) -> Callable[[str], None]:
    def empty(key: str) -> None:
        if row.get(key):
            row[key] = ""
            call.touch()

    return empty


def _addresses(item: Mapping[str, Any]) -> list[str]:
    text = item.get("emailAddresses")
    listed = item.get("emailAddressesArray")
    found = re.split(r"[,;\s]+", text) if isinstance(text, str) else []
    found += [part for part in listed if isinstance(part, str)] if isinstance(listed, list) else []
    return [part for part in found if "@" in part]
