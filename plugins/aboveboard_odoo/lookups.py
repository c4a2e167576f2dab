"""What is asked beside a request to know people's choices: one further request for a whole page."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from aboveboard.crm import Lookups, Record, instant, join_facts
from aboveboard_odoo.metadata import Ask, FieldTypes
from aboveboard_odoo.people import (
    CONSENT_FIELDS,
    also_known_as,
    person_facts,
    privacy_facts,
    subscription_facts,
)
from aboveboard_odoo.values import address, link

__all__ = ["ConsentSource", "People", "Seen"]

ConsentSource = Literal["auto", "privacy_consent", "subscriptions"]
"""Which module of Odoo holds consent; `auto` takes the OCA's privacy_consent where it is installed."""

_BY_EMAIL = "odoo/email/"
_BY_PARTNER = "odoo/res.partner/"
_SUBSCRIPTIONS: dict[str, Any] = {"list_id": {}, "opt_out": {}}


@dataclass(slots=True)
class Seen:
    """One user's look-ups, and how to ask as this user."""

    who: tuple[Any, ...]
    ask: Ask
    kept: dict[str, Lookups] = field(default_factory=dict)


class People:
    """Facts of people from other records than those of a page.

    Args:
        types: of the models' fields.
        consent: where consent is kept; None asks nobody.
        activities: the purpose of each activity of privacy_consent, by its id.
        ttl_s: how long an answer counts, in seconds.
    """

    def __init__(
        self,
        types: FieldTypes,
        consent: ConsentSource | None,
        activities: Mapping[int, str],
        ttl_s: float,
    ) -> None:
        self.types = types
        self._consent = consent
        self._activities = dict(activities)
        self._ttl_s = ttl_s
        self._seen: dict[tuple[Any, ...], Seen] = {}
        self._lock = threading.Lock()

    def seen(self, who: tuple[Any, ...], ask: Ask) -> Seen:
        """The look-ups of a user, who asks this way from now on."""
        with self._lock:
            if len(self._seen) > _MAX_USERS:
                self._seen.clear()
            found = self._seen.setdefault(who, Seen(who, ask))
        found.ask = ask
        return found

    def forget(self) -> None:
        """Ask anew: somebody has just refused something."""
        with self._lock:
            seen = list(self._seen.values())
        for user in seen:
            for lookups in user.kept.values():
                lookups.forget()

    def page(self, records: Sequence[Record], seen: Seen) -> None:
        """Consent of the people of a page, into their facts."""
        if self._consent is None or not records:
            return
        fields = None
        if self._consent in ("auto", "privacy_consent"):
            fields = self.types.of(seen.who, "privacy.consent", seen.ask)
        if fields is not None and {"accepted", "partner_id", "state"} <= fields.keys():
            lookups = self._kept(seen, "odoo.privacy_consent", self._privacy)
            self._join(records, _BY_PARTNER, lookups)
        elif self._consent != "privacy_consent":
            fields = self.types.of(seen.who, "mailing.contact", seen.ask)
            if fields is not None and "email_normalized" in fields:
                lookups = self._kept(seen, "odoo.subscriptions", self._subscribed)
                self._join(records, _BY_EMAIL, lookups)

    def written(self, records: Sequence[Record], seen: Seen) -> None:
        """What is known of those about whom something is written, or to whom something is sent."""
        numbered = {f"{of[0]}/{of[1]}": record for record in records if (of := _of(record))}
        if numbered:
            found = self._kept(seen, "odoo.people", self._read).get(numbered)
            for record in records:
                of = _of(record)
                row = found.get(f"{of[0]}/{of[1]}") if of else None
                if of and isinstance(row, Mapping):
                    join_facts(record.facts, person_facts(of[0], row))
                    record.collected_at = record.collected_at or instant(
                        row.get("create_date"), naive_is_utc=True
                    )
                    more = also_known_as(of[0], row, record.subject)
                    record.also = tuple(dict.fromkeys((*record.also, *more)))
        else:
            self._join(records, _BY_EMAIL, self._kept(seen, "odoo.blacklist", self._blacklisted))

    def _join(self, records: Sequence[Record], prefix: str, lookups: Lookups) -> None:
        owners: dict[str, list[Record]] = {}
        for record in records:
            for name in (record.subject, *record.also):
                if name is not None and name.startswith(prefix):
                    owners.setdefault(name.removeprefix(prefix), []).append(record)
        found = lookups.get(owners) if owners else {}
        for key, facts in found.items():
            for record in owners[key]:
                join_facts(record.facts, _own(facts))

    def _kept(self, seen: Seen, name: str, fetch: Callable[[Seen, list[str]], Any]) -> Lookups:
        with self._lock:
            if name not in seen.kept:
                seen.kept[name] = Lookups(name, lambda keys: fetch(seen, keys), ttl_s=self._ttl_s)
            return seen.kept[name]

    def _subscribed(self, seen: Seen, addresses: list[str]) -> dict[str, Any]:
        """Mailing contacts by address, with the lists that they left."""
        fields = self.types.of(seen.who, "mailing.contact", seen.ask) or {}
        domain: list[Any] = [["email_normalized", "in", addresses]]
        if "subscription_ids" in fields:
            when = self._when(seen)
            specification = {
                "email_normalized": {},
                "is_blacklisted": {},
                "subscription_ids": {"fields": {**_SUBSCRIPTIONS, **({when: {}} if when else {})}},
            }
            answer = seen.ask("mailing.contact", "web_search_read", [domain, specification], {})
            rows = answer["records"]
        else:
            # Before Odoo 17 the lists of contacts come in no one answer: those who left any are asked for.
            domain.append(["subscription_list_ids.opt_out", "=", True])
            rows = seen.ask(
                "mailing.contact",
                "search_read",
                [domain, ["email_normalized", "is_blacklisted"]],
                {},
            )
            for row in rows:
                row["subscription_ids"] = [{"opt_out": True}]
        return {key: subscription_facts(found) for key, found in _by(rows, addresses).items()}

    def _when(self, seen: Seen) -> str | None:
        fields = self.types.of(seen.who, "mailing.subscription", seen.ask) or {}
        return next((n for n in ("opt_out_datetime", "unsubscription_date") if n in fields), None)

    def _privacy(self, seen: Seen, partners: list[str]) -> dict[str, Any]:
        """Records of privacy_consent by partner."""
        numbers = [int(number) for number in partners]
        names = ["partner_id", "state", "accepted", "activity_id", "write_date"]
        rows = seen.ask(
            "privacy.consent", "search_read", [[["partner_id", "in", numbers]], names], {}
        )
        owned: dict[str, list[Any]] = {key: [] for key in partners}
        for row in rows:
            owned.setdefault(str(link(row["partner_id"])), []).append(row)
        return {key: privacy_facts(found, self._activities) for key, found in owned.items()}

    def _blacklisted(self, seen: Seen, addresses: list[str]) -> dict[str, Any]:
        """Whether an address is on the black list."""
        rows = seen.ask(
            "mail.blacklist", "search_read", [[["email", "in", addresses]], ["email"]], {}
        )
        listed = {address(row["email"]) for row in rows}
        return {key: person_facts("", {"is_blacklisted": key in listed}) for key in addresses}

    def _read(self, seen: Seen, keys: list[str]) -> dict[str, Any]:
        """The fields of consent of records, by model and id; of one model, since it is one request."""
        model = keys[0].rpartition("/")[0]
        fields = self.types.of(seen.who, model, seen.ask) or {}
        names = [name for name in CONSENT_FIELDS if name in fields]
        numbers = [int(key.rpartition("/")[2]) for key in keys if key.startswith(f"{model}/")]
        if not names:
            return {}
        rows = seen.ask(model, "read", [numbers, names], {})
        return {f"{model}/{row['id']}": row for row in rows}


_MAX_USERS = 256


def _of(record: Record) -> tuple[str, int] | None:
    """The record of the person, from `odoo/<model>/<id>`."""
    parts = (record.subject or "").split("/")
    if len(parts) == 3 and parts[1] not in ("email", "phone") and parts[2].isdigit():
        return parts[1], int(parts[2])
    return None


def _by(rows: Iterable[Mapping[str, Any]], addresses: list[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {key: [] for key in addresses}
    for row in rows:
        key = address(row["email_normalized"])
        if key is not None:
            found.setdefault(key, []).append(row)
    return found


def _own(facts: Any) -> dict[str, Any]:
    """A copy that a record may add to."""
    if not isinstance(facts, Mapping):
        return {}
    return {
        key: dict(value)
        if isinstance(value, Mapping)
        else list(value)
        if isinstance(value, list)
        else value
        for key, value in facts.items()
    }
