"""Takes requests to Salesforce through the guard: queries are read and rewritten before they leave."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from aboveboard.crm import Exchange, Guard, HttpCall
from aboveboard_salesforce.bulk import PAGE, Job, Table
from aboveboard_salesforce.dialect import SalesforceCall, SalesforceDialect, written_items
from aboveboard_salesforce.people import OPT_OUTS, flag
from aboveboard_salesforce.routes import FILES, METADATA, SOAP_LOGIN
from aboveboard_salesforce.soql import Item, Soql, SoqlError, parse_soql
from aboveboard_salesforce.sosl import Sosl, parse_sosl

__all__ = ["SalesforceExchange"]

_FILE = "It moves files, which nobody reads here. Keep what policies judge in fields of records."
_SOQL = (
    "Salesforce query: {what} is not understood here, so that nobody could say what it asks for."
)
_NOES = frozenset(name.lower() for name in OPT_OUTS)
_NO_JOB = "Nobody can say whose records this bulk job moves. Make the job by the wrapped client."


class SalesforceExchange(Exchange):
    """An exchange that knows queries.

    Args:
        guard: who judges.
        dialect: how Salesforce says it.
    """

    def __init__(self, guard: Guard, dialect: SalesforceDialect) -> None:
        super().__init__(guard, dialect)
        self.salesforce = dialect

    def before(self, call: HttpCall) -> HttpCall:
        """See `Exchange.before`."""
        assert isinstance(call, SalesforceCall)  # noqa: S101
        found = self.dialect.routes.match(call.method, call.path)
        if found is None:
            return super().before(call)
        call.route, call.params = found
        if call.route.template.startswith(SOAP_LOGIN.template) and not _signs_in(call.text):
            self.guard.refuse(
                f"{call.name} (not a login)", "SOAP calls are not governed. Use REST."
            )
            return call
        name = call.params.get("object")
        if name is not None and self.salesforce.object_named(name) in FILES and _moves(call):
            self.guard.refuse(f"{call.name} of {self.salesforce.object_named(name)}", _FILE)
            call.route = None
            return call
        if call.method == "POST" and call.tail in ("/jobs/ingest", "/job") and call.text:
            self.guard.refuse(
                f"{call.name} (not understood)",
                "A job that is made in one piece with its data, or as XML, is not judged. Make it as "
                "JSON, and send the data after it.",
            )
            call.route = None
            return call
        if "{job}" in call.tail and call.route.handling != "plain" and not self._job(call):
            return call
        if call.route.handling == "read":
            self._plan(call)
        elif call.route.handling == "write" and not self._may_write(call):
            return call
        return super().before(call)

    def after(self, call: HttpCall, answer: Any) -> Any:
        """See `Exchange.after`."""
        assert isinstance(call, SalesforceCall)  # noqa: S101
        if call.tail in ("/jobs/query", "/jobs/ingest", "/job") and call.method == "POST":
            added = call.job.added if call.job else False
            self.salesforce.jobs.note(answer, call.soql, added=added)
            return answer
        return super().after(call, answer)

    # Reading.

    def _plan(self, call: SalesforceCall) -> None:
        """Leave out of a request what would be cut from its answer."""
        tail = call.tail
        if tail in ("/query", "/queryAll", "/tooling/query"):
            text = _asked(call.query, "q")
            if text is not None and (soql := self._query(call, text)):
                call.soql = soql
                call.query = [(k, soql.text() if k == "q" else v) for k, v in call.query]
        elif tail == "/jobs/query" and isinstance(call.body, dict):
            text = call.body.get("query")
            soql = self._query(call, text) if isinstance(text, str) else None
            if soql is not None:
                added = self._ask_for_id(soql)
                call.soql = soql
                call.body["query"] = soql.text()
                call.job = Job(soql.object, "query", soql=soql, added=added)
        elif tail == "/search":
            self._search(call)
        elif tail in ("/sobjects/{object}/{id}", "/sobjects/{object}/{field}/{value}"):
            self._row(call)
        elif tail == "/composite/sobjects/{object}":
            self._collection(call)
        elif tail.endswith("/results") and "{job}" in tail:
            asked = _asked(call.query, "maxRecords")
            size = int(asked) if asked is not None and asked.isdecimal() else PAGE
            call.query = [(k, v) for k, v in call.query if k != "maxRecords"]
            call.query.append(("maxRecords", str(min(size or PAGE, PAGE))))

    def _query(self, call: SalesforceCall, text: str) -> Soql | None:
        """A query without what must not be asked for; None when it goes out as it is."""
        try:
            soql = parse_soql(text)
        except SoqlError as error:
            self.guard.refuse(f"{call.name} (not understood)", _SOQL.format(what=error))
            return None
        return soql if self._cut(call, soql) else None

    def _cut(self, call: SalesforceCall, soql: Soql) -> bool:
        """Whether everything that must not be asked for could be left out; otherwise as refused."""
        objects: dict[int, str] = {id(soql): self.salesforce.object_named(soql.object)}
        queries = [soql]
        for query in queries:
            for inner in [item.inner for item in query.items if item.inner is not None]:
                child = self.salesforce.metadata.child(objects[id(query)], inner.object)
                objects[id(inner)] = self.salesforce.object_named(child)
                queries.append(inner)
        asked: dict[str, list[str]] = {}
        for query in queries:
            name = objects[id(query)]
            self._spread(query, name)
            for path in [path for item in query.items for path in item.paths]:
                target, field, _ = self.salesforce.resolve(name, path)
                asked.setdefault(target, []).append(field)
        used: list[tuple[str, str]] = []
        for query in queries:
            for source, path in query.used:
                name = objects[id(query)] if source == query.object else source
                target, field, _ = self.salesforce.resolve(self.salesforce.object_named(name), path)
                used.append((target, field))
                asked.setdefault(target, []).append(field)
        cut = self._cuts(asked)
        for target, field in used:
            if field in cut.get(target, ()):
                self.guard.refuse(
                    f"{call.name} on {target}.{field}",
                    f"The query's conditions would tell '{target}.{field}', which has to be left out. "
                    "Take the condition out, or allow the field's category for the purpose.",
                )
                return False
        for query in queries:
            name = objects[id(query)]

            def gone(path: str, name: str = name) -> bool:
                target, field, _ = self.salesforce.resolve(name, path)
                return field in cut.get(target, ())

            try:
                query.without(gone)
            except SoqlError as error:
                self.guard.refuse(f"{call.name} (nothing left)", _SOQL.format(what=error))
                return False
        return True

    def _cuts(self, asked: dict[str, list[str]]) -> dict[str, frozenset[str]]:
        return {
            name: self.guard.plan(name, fields)
            for name, fields in asked.items()
            if name not in METADATA and fields
        }

    def _spread(self, soql: Soql, name: str) -> None:
        """`FIELDS(…)` as the fields that there are, so that single ones can be left out."""
        if not any(item.group for item in soql.items):
            return
        described = self.salesforce.metadata.of(name)
        if described is None or not described.fields:
            return  # the answer is judged
        items: dict[str, Item] = {}
        for item in soql.items:
            if item.group is None:
                items.setdefault(item.text.lower(), item)
                continue
            for field, custom in described.fields.items():
                if item.group == "ALL" or custom == (item.group == "CUSTOM"):
                    items.setdefault(field.lower(), Item(field, (field,), field))
        soql.items = list(items.values())

    def _ask_for_id(self, soql: Soql) -> bool:
        """CSV bears no ids: without one nobody knows whose a row is."""
        if soql.aggregated or any(item.key and item.key.lower() == "id" for item in soql.items):
            return False
        if any(item.group for item in soql.items):
            return False
        soql.items.append(Item("Id", ("Id",), "Id"))
        return True

    def _search(self, call: SalesforceCall) -> None:
        text = _asked(call.query, "q")
        if text is None:
            return
        try:
            sosl: Sosl = parse_sosl(text)
        except SoqlError as error:
            self.guard.refuse(f"{call.name} (not understood)", _SOQL.format(what=error))
            return
        if all(self._cut(call, part) for _, part in sosl.parts if part is not None):
            call.query = [(k, sosl.text() if k == "q" else v) for k, v in call.query]

    def _row(self, call: SalesforceCall) -> None:
        """A record by its id: Salesforce gives all fields where none are named."""
        name = self.salesforce.object_named(call.params["object"])
        asked = _asked(call.query, "fields")
        kept = self._kept(name, asked.split(",") if asked else None)
        if kept is not None:
            call.query = [(k, v) for k, v in call.query if k != "fields"]
            call.query.append(("fields", ",".join(kept)))

    def _collection(self, call: SalesforceCall) -> None:
        name = self.salesforce.object_named(call.params["object"])
        if isinstance(call.body, dict) and isinstance(call.body.get("fields"), list):
            kept = self._kept(name, [str(field) for field in call.body["fields"]])
            if kept is not None:
                call.body["fields"] = kept
        elif (asked := _asked(call.query, "fields")) is not None:
            kept = self._kept(name, asked.split(","))
            if kept is not None:
                call.query = [(k, ",".join(kept) if k == "fields" else v) for k, v in call.query]

    def _kept(self, name: str, asked: list[str] | None) -> list[str] | None:
        """The fields that are left to ask for; None when the request stays as it is."""
        if name in METADATA:
            return None
        described = self.salesforce.metadata.of(name)
        names = [field.strip() for field in asked or (described.fields if described else ())]
        names = [field for field in names if field]
        if not names:
            return None
        resolved = [(path, *self.salesforce.resolve(name, path)[:2]) for path in names]
        grouped: dict[str, list[str]] = {}
        for _, target, field in resolved:
            grouped.setdefault(target, []).append(field)
        cut = self._cuts(grouped)
        kept = [path for path, target, field in resolved if field not in cut.get(target, ())]
        return None if len(kept) == len(names) else kept or ["Id"]

    # Writing.

    def _job(self, call: SalesforceCall) -> bool:
        """Find out whose records a bulk job moves; False when it goes on as refused."""
        assert call.route is not None  # noqa: S101
        path = call.path.partition(f"/{call.params['job']}")[0] + f"/{call.params['job']}"
        call.job = self.salesforce.jobs.of(call.params["job"], self.salesforce.line(), path)
        bulk_1 = call.path.startswith("/services/async/")
        if call.job is None or (bulk_1 and call.job.form != "JSON"):
            self.guard.refuse(f"{call.name} (unknown job)", _NO_JOB)
            call.route = None
            return False
        call.soql = call.job.soql
        return True

    def _may_write(self, call: SalesforceCall) -> bool:
        """Whether what is written can be read, and goes on to be judged."""
        assert call.route is not None  # noqa: S101
        job = call.job
        if call.tail == "/job/{job}/batch" and job is not None and job.reads:
            soql = self._query(call, call.text or "")
            if soql is not None:
                call.text = soql.text()
                self.salesforce.jobs.query(call.params["job"], soql)
            return False
        if call.tail == "/jobs/ingest/{job}/batches" and job is not None:
            try:
                call.table = Table.read(call.text or "", job.delimiter)
            except ValueError as error:
                self.guard.refuse(
                    f"{call.name} (not understood)", f"The file cannot be judged: {error}."
                )
                return False
            return True
        items = written_items(call.body)
        if call.text or not items:
            self.guard.refuse(
                f"{call.name} (not understood)",
                "What it writes is no JSON object and cannot be judged.",
            )
            return False
        for item in items:
            attributes = item.get("attributes")
            kind = attributes.get("type") if isinstance(attributes, dict) else None
            if isinstance(kind, str) and self.salesforce.object_named(kind) in FILES:
                self.guard.refuse(f"{call.name} of {self.salesforce.object_named(kind)}", _FILE)
                return False
        if any(
            flag(value) for item in items for key, value in item.items() if key.lower() in _NOES
        ):
            self._remember(self.salesforce.refusals(call))
            if all(_only_refuses(item) for item in items):
                return False  # a person's own no always goes through
        return True


def _only_refuses(item: dict[str, Any]) -> bool:
    fields = {key: value for key, value in item.items() if key not in ("attributes", "Id", "id")}
    return bool(fields) and all(
        key.lower() in _NOES and flag(value) for key, value in fields.items()
    )


def _asked(query: Iterable[tuple[str, str]], name: str) -> str | None:
    return next((value for key, value in query if key == name), None)


def _moves(call: SalesforceCall) -> bool:
    return call.route is not None and call.route.handling in ("read", "write")


def _signs_in(text: str | None) -> bool:
    """Whether a SOAP envelope is simple-salesforce's login and nothing else."""
    return re.search(r"<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?login[\s>]", text or "") is not None
