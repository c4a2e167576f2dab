"""Pipedrive's requests and answers, as the exchange wants to know them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

from aboveboard.crm import Dialect, HttpCall, Lookups, Record, Refusal, join_facts
from aboveboard_pipedrive.definitions import Ask, Definitions
from aboveboard_pipedrive.people import addresses, identifier, object_name, person_facts
from aboveboard_pipedrive.records import drop, record_of, records_of
from aboveboard_pipedrive.routes import RECORDS, ROUTES

__all__ = ["CONSENT_FIELDS", "PipedriveDialect"]

CONSENT_FIELDS = ("doi_status", "marketing_status")
"""What is asked for beside what the program asks, and taken out again before it gets the answer."""

_MAX_IDS = 100  # `ids` takes no more
_WITHOUT_S = 600.0
_PERSON = "pipedrive/persons/"


class PipedriveDialect(Dialect):
    """How Pipedrive says it.

    Args:
        definitions: names of custom fields.
        ask: makes a request of the plugin's own.
        consent: ask for the marketing status.
        date_field: custom field with the date of consent, by code or name.
        proof_field: custom field with its proof, by code or name.
        ttl_s: how long a look-up counts, in seconds.
    """

    routes = ROUTES

    def __init__(
        self,
        definitions: Definitions,
        ask: Ask,
        *,
        consent: bool = True,
        date_field: str | None = None,
        proof_field: str | None = None,
        ttl_s: float = 30.0,
    ) -> None:
        self._definitions = definitions
        self._ask = ask
        self._consent = consent
        self._fields = (date_field, proof_field)
        self._people = Lookups("pipedrive.persons", self._fetch, ttl_s=ttl_s)
        self._without_until = 0.0

    @property
    def campaigns(self) -> bool:
        """Whether to ask for the marketing status: accounts without Campaigns refuse it."""
        return self._consent and time.monotonic() >= self._without_until

    def without_campaigns(self) -> None:
        """The account refused the marketing status: leave it alone for ten minutes."""
        self._without_until = time.monotonic() + _WITHOUT_S

    def names(self, call: HttpCall) -> list[str]:
        """What is asked for by name: the rest Pipedrive gives always."""
        name = self.object(call)
        if name not in RECORDS or not _takes_names(call):
            return []
        custom = _listed(call, "custom_fields")
        self._definitions.know(name, custom)
        return [*_listed(call, "include_fields"), *custom]

    def relied_on(self, call: HttpCall) -> list[str]:
        """The field that a search looks into, where it names one."""
        if not call.path.endswith("/itemSearch/field"):
            return []
        return _listed(call, "field")

    def object(self, call: HttpCall) -> str:
        """See `Dialect.object`. A search in one field is about what the query names."""
        name = super().object(call)
        if name == "search" and (kinds := _listed(call, "entity_type")):
            return object_name(kinds[0])
        return name

    def leave_out(self, call: HttpCall, names: frozenset[str]) -> None:
        """See `Dialect.leave_out`. No custom fields would bring all: one is left, and cut later."""
        for key in ("include_fields", "custom_fields"):
            asked = _listed(call, key)
            kept = [name for name in asked if name not in names]
            if len(kept) < len(asked):
                _ask_for(call, key, kept or (asked[:1] if key == "custom_fields" else []))

    def ask_too(self, call: HttpCall) -> frozenset[str]:
        """See `Dialect.ask_too`."""
        if self.object(call) != "persons" or not _takes_names(call):
            return frozenset()
        extra: list[str] = []
        if self.campaigns:
            asked = _listed(call, "include_fields")
            extra = [name for name in CONSENT_FIELDS if name not in asked]
            if extra:
                _ask_for(call, "include_fields", [*asked, *extra])
        custom = _listed(call, "custom_fields")
        more = [code for code in self._codes() if code and code not in custom] if custom else []
        if more:
            _ask_for(call, "custom_fields", [*custom, *more])
        return frozenset([*extra, *more])

    def unasked(
        self, call: HttpCall, asked: Iterable[tuple[str, str]]
    ) -> list[tuple[str, str]] | None:
        """A request's query without the status that only the plugin asks for; None when it does not.

        Args:
            call: as it would be made.
            asked: the program's own query.
        """
        own = HttpCall(call.method, call.path, list(asked))
        extra = call.left_out.intersection(CONSENT_FIELDS).difference(
            _listed(own, "include_fields")
        )
        if not extra:
            return None
        own.query = list(call.query)
        kept = [name for name in _listed(call, "include_fields") if name not in extra]
        _ask_for(own, "include_fields", kept)
        return own.query

    def records(self, call: HttpCall, answer: Any) -> list[Record]:
        """See `Dialect.records`. The answer is an object: another is refused before."""
        name, subject = self.object(call), None
        kind = call.path.removeprefix("/api/v2/").removeprefix("/v1/").partition("/")[0]
        if kind == "persons":
            subject = identifier(call.params.get("id"))
        if call.route is not None and call.route.object == "search":
            name = f"search:{name}"
        elif name == "changes":
            name = f"{kind}/changes"
        date_field, proof_field = self._codes()
        return list(
            records_of(
                name,
                answer,
                lambda person: person_facts(person, date_field=date_field, proof_field=proof_field),
                subject,
            )
        )

    def drop(self, answer: Any, record: Record) -> None:
        """See `Dialect.drop`."""
        drop(answer, record)

    def learn(self, records: Sequence[Record]) -> None:
        """The account's own fields, once; and one request for the persons that a page is about."""
        fields: dict[str, set[str]] = {}
        for record in records:
            fields.setdefault(record.object, set()).update(record.values)
        for name, found in fields.items():
            self._definitions.know(name, found)
        if not self.campaigns:
            return
        about: dict[str, list[Record]] = {}
        for record in records:
            whole = record.object == "persons" and record.collected_at is not None
            if record.subject is None or whole or "consent" in record.facts:
                continue
            if record.subject.startswith(_PERSON):
                about.setdefault(record.subject.removeprefix(_PERSON), []).append(record)
        found_facts = self._people.get(list(about)[:_MAX_IDS]) if about else {}
        for number, told in found_facts.items():
            for record in about[number]:
                join_facts(record.facts, deepcopy(told or {}))

    def written(self, call: HttpCall) -> list[Record]:
        """See `Dialect.written`."""
        name = self.object(call)
        items = call.body if isinstance(call.body, list) else [call.body]
        subject = None
        if name == "persons":
            subject = identifier(call.params.get("id"))
        records = []
        for item in items:
            if not isinstance(item, dict):
                continue
            record = record_of(name, item, _as_written, subject=subject)
            if name == "persons":
                record.subject = subject or next(iter(addresses(item)), None)
            records.append(record)
        return records

    def refusals(self, call: HttpCall) -> Iterable[Refusal]:
        """An opt-out that a program records for a person."""
        if self.object(call) != "persons" or not isinstance(call.body, dict):
            return
        if call.body.get("marketing_status") != "unsubscribed":
            return
        subject = identifier(call.params.get("id"))
        for who in (*((subject,) if subject else ()), *addresses(call.body)):
            yield Refusal(who, "email")

    def _codes(self) -> tuple[str | None, str | None]:
        date_field, proof_field = self._fields
        code = self._definitions.code
        return code("persons", date_field), code("persons", proof_field)

    def _fetch(self, numbers: list[str]) -> dict[str, Any]:
        """Facts of persons by number, by one request."""
        date_field, proof_field = self._codes()
        query = {
            "ids": ",".join(numbers),
            "limit": str(_MAX_IDS),
            "include_fields": ",".join(CONSENT_FIELDS),
        }
        if codes := [code for code in (date_field, proof_field) if code]:
            query["custom_fields"] = ",".join(codes)
        answer = self._ask("/api/v2/persons", query)
        return {
            str(person["id"]): person_facts(person, date_field=date_field, proof_field=proof_field)
            for person in answer["data"]
        }


def _as_written(_: Any) -> dict[str, Any]:
    return {"subject": {"type": "natural_person"}}


def _takes_names(call: HttpCall) -> bool:
    """Records of version 2, with `include_fields` and `custom_fields`."""
    is_search = call.route is not None and call.route.object == "search"
    return call.path.startswith("/api/v2/") and not is_search


def _listed(call: HttpCall, key: str) -> list[str]:
    """A parameter that lists names."""
    found = [
        name.strip()
        for asked, value in call.query
        if asked == key
        for name in str(value).split(",")
    ]
    return [name for name in found if name]


def _ask_for(call: HttpCall, key: str, names: list[str]) -> None:
    call.query = [item for item in call.query if item[0] != key]
    if names:
        call.query.append((key, ",".join(names)))
