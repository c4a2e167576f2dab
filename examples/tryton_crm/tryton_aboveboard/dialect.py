"""Tryton's calls and answers, as the exchange wants to know them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aboveboard.crm import Dialect, HttpCall, Lookups, Record, Refusal, join_facts
from tryton_aboveboard.calls import TrytonCall
from tryton_aboveboard.people import (
    OWNERS,
    PARTY,
    SUBSCRIPTION,
    by_email,
    party_facts,
    party_names,
    subscription_facts,
    utc,
)
from tryton_aboveboard.records import flat, prune, take_out
from tryton_aboveboard.routes import BUTTONS, DOMAINS, FIELDS_AT, MAILING, ROUTES

__all__ = ["Ask", "TrytonDialect", "record_of"]

Ask = Callable[[str, list[Any]], Any]
"""Makes a call of the plugin's own: method and parameters → result."""


class TrytonDialect(Dialect):
    """How Tryton says it.

    Args:
        ask: makes the plugin's own calls.
        objections: objection → name of the party category that stands for it.
        model: whose scores are written.
        ttl_s: how long an answer counts, in seconds.
    """

    routes = ROUTES

    def __init__(
        self, ask: Ask, objections: Mapping[str, str], model: str | None, ttl_s: float
    ) -> None:
        self._ask = ask
        self._objections = objections
        self._model = model
        self._people = Lookups("tryton.people", self._fetch_people, ttl_s=ttl_s)
        self._mailing = Lookups("tryton.mailing", self._fetch_mailing, ttl_s=ttl_s)
        self._addresses = Lookups("tryton.addresses", self._fetch_addresses, ttl_s=ttl_s)

    def names(self, call: HttpCall) -> list[str]:
        """See `Dialect.names`."""
        at, args = FIELDS_AT.get(call.method), _call(call).args
        asked = args[at] if at is not None and len(args) > at else None
        return [name for name in asked if isinstance(name, str)] if isinstance(asked, list) else []

    def relied_on(self, call: HttpCall) -> list[str]:
        """The fields that a search is about and sorted by: whom it finds tells of them."""
        args = _call(call).args
        if call.method not in DOMAINS or not args:
            return []
        order = args[3] if call.method != "search_count" and len(args) > 3 else None
        sorted_by = [item[0] for item in order or () if isinstance(item, list) and item]
        return [name for name in (*_searched(args[0]), *sorted_by) if isinstance(name, str)]

    def leave_out(self, call: HttpCall, names: frozenset[str]) -> None:
        """See `Dialect.leave_out`. Of no field Tryton gives the id."""
        _call(call).args[FIELDS_AT[call.method]] = [n for n in self.names(call) if n not in names]

    def ask_too(self, call: HttpCall) -> frozenset[str]:
        """See `Dialect.ask_too`."""
        rpc = _call(call)
        rpc.asked = self.names(call)
        if call.method not in FIELDS_AT:
            return frozenset()
        model = self.object(call)
        wanted = party_names(model, categories=bool(self._objections))
        if model == MAILING:
            wanted = list(SUBSCRIPTION)
        extra = frozenset(wanted).difference(rpc.asked, call.left_out)
        if rpc.asked and extra:
            rpc.args[FIELDS_AT[call.method]] = [*rpc.asked, *sorted(extra)]
        return extra

    def records(self, call: HttpCall, answer: Any) -> list[Record]:
        """See `Dialect.records`; what a write answers are ids."""
        rpc, model = _call(call), self.object(call)
        if call.method not in FIELDS_AT:
            return []
        return [
            record_of(model, item, self._objections, rpc.asked)
            for item in answer
            if isinstance(item, dict)
        ]

    def drop(self, answer: Any, record: Record) -> None:
        """See `Dialect.drop`."""
        answer[:] = [item for item in answer if item is not record.source]

    def learn(self, records: Sequence[Record]) -> None:
        """One request for what mailing lists say of all addresses of a page."""
        asked = {address for record in records for address in (*record.also, record.subject or "")}
        asked = {address for address in asked if address.startswith("tryton/email/")}
        found = self._mailing.get(sorted(asked)) if asked else {}
        for record in records:
            for address in (*record.also, record.subject or ""):
                if address in found:
                    join_facts(record.facts, subscription_facts(found[address] or ()))

    def written(self, call: HttpCall) -> list[Record]:
        """See `Dialect.written`: a record for each id, and whose it is."""
        args, model = _call(call).args, self.object(call)
        pairs: list[tuple[int | None, dict[str, Any]]]
        if call.method in BUTTONS:
            state = BUTTONS[call.method]
            pairs = [(number, {"state": state}) for number in args[0]]
        elif call.method == "create":
            pairs = [(None, values) for values in args[0]]
        else:
            pairs = list(_split(call))
        owner = OWNERS.get(model)
        keys: list[str] = []
        for number, values in pairs:
            named = values.get(owner) if owner else None
            keys.append(f"{PARTY},{named}" if isinstance(named, int) else f"{model},{number}")
        wanted = [key for key in keys if owner is not None and not key.endswith(",None")]
        people = self._people.get(wanted) if wanted else {}
        return [
            self._written(model, values, people.get(key))
            for key, (_, values) in zip(keys, pairs, strict=True)
        ]

    def recipients(self, call: HttpCall) -> list[Record]:
        """See `Dialect.recipients`: who is put on a mailing list gets what is sent to it."""
        if call.method == "create":
            pairs = [(values.get("email"), values) for values in _call(call).args[0]]
        else:
            split = list(_split(call))
            known = self._addresses.get(str(number) for number, _ in split)
            pairs = [(values.get("email") or known.get(str(n)), values) for n, values in split]
        return [
            Record(
                MAILING, by_email(address), values, partial(take_out, values),
                facts={"contact": {"channel": "email"}},
            )
            for address, values in pairs
        ]  # fmt: skip

    def refusals(self, call: HttpCall) -> Iterator[Refusal]:
        """See `Dialect.refusals`."""
        found = self._addresses.get(str(number) for ids in _call(call).args[0::2] for number in ids)
        for address in found.values():
            if (subject := by_email(address)) is not None:
                yield Refusal(subject, "email")

    def _written(self, model: str, values: dict[str, Any], known: Any) -> Record:
        record = Record(model, None, values, partial(take_out, values))
        if known is not None:
            record.subject, record.also, facts, record.collected_at = known
            join_facts(record.facts, copy.deepcopy(facts))
        if self._model is not None and "conversion_probability" in values:
            record.facts["fields"] = [
                {
                    "name": "conversion_probability",
                    "inferred_by": self._model,
                    "inferred_at": datetime.now(UTC),
                }
            ]
        return record

    def _fetch_people(self, keys: list[str]) -> dict[str, Any]:
        """Whose records are: one request for each model, nearly always one."""
        by_model: dict[str, list[int]] = {}
        for key in keys:
            model, _, number = key.partition(",")
            by_model.setdefault(model, []).append(int(number))
        found: dict[str, Any] = {}
        for model, ids in by_model.items():
            names = party_names(model, categories=bool(self._objections))
            for item in self._ask(f"model.{model}.read", [ids, names]):
                record = record_of(model, item, self._objections)
                told = (record.subject, record.also, record.facts, record.collected_at)
                found[f"{model},{item['id']}"] = told
        return found

    def _fetch_mailing(self, addresses: list[str]) -> dict[str, list[Any]]:
        named = [address.removeprefix("tryton/email/") for address in addresses]
        domain = [["email", "in", named], ["active", "in", [True, False]]]
        params = [domain, 0, None, None, list(SUBSCRIPTION)]
        found: dict[str, list[Any]] = {}
        for entry in self._ask(f"model.{MAILING}.search_read", params):
            found.setdefault(by_email(entry["email"]) or "", []).append(entry)
        return found

    def _fetch_addresses(self, ids: list[str]) -> dict[str, str]:
        asked = [int(number) for number in ids]
        answer = self._ask(f"model.{MAILING}.read", [asked, ["email"]])
        return {str(entry["id"]): entry["email"] for entry in answer}


def record_of(
    model: str,
    item: dict[str, Any],
    objections: Mapping[str, str],
    asked: list[str] | None = None,
) -> Record:
    """One of Tryton's records; what only the plugin asked for is taken out of it.

    Args:
        model: what it is a record of.
        item: as Tryton gives it; changed in place.
        objections: objection → name of the party category that stands for it.
        asked: the fields that the program asked for; None leaves them all.
    """
    told = flat(item)
    whose: tuple[str | None, tuple[str, ...], dict[str, Any]]
    if model == MAILING:
        whose = by_email(told.get("email")), (), subscription_facts([told])
    else:
        whose = party_facts(model, told, objections)
    subject, also, facts = whose
    if asked is not None:
        prune(item, asked)
    return Record(
        model,
        subject,
        flat(item),
        partial(take_out, item),
        facts=facts,
        collected_at=utc(told.get("create_date")),
        also=also,
        source=item,
    )


def _call(call: HttpCall) -> TrytonCall:
    assert isinstance(call, TrytonCall)  # wrapping makes no other
    return call


def _searched(domain: Any) -> Iterator[Any]:
    """Names of the fields of a domain: `["OR", ["name", "=", "…"], [["email", "!=", None]]]`."""
    if not isinstance(domain, list):
        return
    if len(domain) > 2 and isinstance(domain[0], str) and domain[0] not in ("AND", "OR"):
        yield domain[0]
        return
    for part in domain:
        yield from _searched(part)


def _split(call: HttpCall) -> Iterator[tuple[int, dict[str, Any]]]:
    """A write of several records at once, made one of each: what is cut from one stays in another."""
    rpc = _call(call)
    pairs = [
        (number, dict(values))
        for ids, values in zip(rpc.args[0::2], rpc.args[1::2], strict=True)
        for number in ids
    ]
    rpc.args = [part for number, values in pairs for part in ([number], values)]
    yield from pairs
