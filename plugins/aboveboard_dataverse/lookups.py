"""Who the people of a page are and what they consented to: one request for all that is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog

from aboveboard.crm import Lookups, Record, join_facts
from aboveboard_dataverse.asking import ask, in_list
from aboveboard_dataverse.metadata import Metadata
from aboveboard_dataverse.people import CHOICES, SURE, addresses, consent_facts, person_facts
from aboveboard_dataverse.tables import CONSENT_TABLE, PERSONS, Tables

__all__ = ["People", "choice_columns"]

_log = structlog.get_logger("aboveboard")
_CHUNK = 200
_CONSENT = (
    "msdynmkt_contactpointconsent4id,msdynmkt_contactpointvalue,msdynmkt_contactpointtype,"
    "msdynmkt_value,statecode,createdon,modifiedon"
)


class People:
    """Facts of people that a page alone does not tell.

    Args:
        metadata: which columns there are.
        tables: what is known of tables.
        ttl_s: how long an answer counts, in seconds.
        consents: look up consent by address.
    """

    def __init__(self, metadata: Metadata, tables: Tables, ttl_s: float, *, consents: bool) -> None:
        self._metadata = metadata
        self._tables = tables
        self._consents = consents
        self._lookups = Lookups("dataverse.people", self._fetch, ttl_s=ttl_s)

    def learn(self, records: Sequence[Record]) -> None:
        """Consent by address, and choices of people whose rows do not tell them, into the facts."""
        owners: dict[str, list[Record]] = {}
        for record in records:
            keys = list(record.also) if self._consents else []
            if _is_person(record.subject) and "objections" not in record.facts:
                keys.append(str(record.subject))
            for key in keys:
                if not set('"\\').intersection(key) and key.isprintable():
                    owners.setdefault(key, []).append(record)
        found = self._lookups.get(owners) if owners else {}
        for key, mine in owners.items():
            told = found.get(key)
            if not isinstance(told, tuple):
                continue  # it could not be looked up: nobody knows
            facts, also = told
            for record in mine:
                join_facts(record.facts, {name: _copy(group) for name, group in facts.items()})
                record.also = tuple(dict.fromkeys((*record.also, *also)))

    def parties(self, activity: str) -> list[Any] | None:
        """The parties of an e-mail; None when nobody knows."""
        if not activity.replace("-", "").isalnum():
            return None
        key = f"parties/{activity}"
        found = self._lookups.get([key]).get(key)
        self._lookups.forget([key])
        return found if isinstance(found, list) else None

    def forget(self, records: Sequence[Record]) -> None:
        """Ask anew about people whose records were written."""
        self._lookups.forget(record.subject for record in records if record.subject is not None)

    def _fetch(self, keys: list[str]) -> dict[str, Any]:
        """One `$batch` for everything that is missing."""
        asked: list[tuple[str, list[str], str]] = []
        for kind in dict.fromkeys(_kind(key) for key in keys):
            mine = [key for key in keys if _kind(key) == kind]
            for start in range(0, len(mine), _CHUNK):
                part = mine[start : start + _CHUNK]
                path = self._path(kind, [key.removeprefix(f"{kind}/") for key in part])
                asked.append((kind, part, path))
        found: dict[str, Any] = {}
        failed = 0
        answers = ask([path for *_, path in asked])
        for (kind, part, _), (status, told) in zip(asked, answers, strict=True):
            rows = told.get("value") if isinstance(told, Mapping) else None
            if status != 200 or not isinstance(rows, list) or "@odata.nextLink" in told:
                failed += 1
                _log.warning("lookup.failed", lookup=f"dataverse.{kind.strip('/').replace('/', '.')}",
                             error=f"status {status}")  # fmt: skip
                found.update(dict.fromkeys(part, "unknown"))
                continue
            found.update(self._told(kind, part, [row for row in rows if isinstance(row, dict)]))
        if failed == len(asked) and all(status >= 500 for status, _ in answers):
            msg = "No part of the look-up was answered."
            raise LookupError(msg)
        return found

    def _path(self, kind: str, values: list[str]) -> str:
        if kind == "parties":
            chosen = "participationtypemask,addressused,_partyid_value"
            return f"/activityparties?$select={chosen}&$filter=_activityid_value eq {values[0]}"
        if kind in ("dataverse/email", "dataverse/phone"):
            where = in_list("msdynmkt_contactpointvalue", values)
            return f"/{CONSENT_TABLE}s?$select={_CONSENT}&$filter={where}"
        name = kind.rpartition("/")[2]
        table = self._tables.named(name)
        assert table is not None  # noqa: S101  (people's tables are known)
        columns = ",".join([table.key, *choice_columns(self._metadata, name)])
        return f"/{table.set}?$select={columns}&$filter={in_list(table.key, values)}"

    def _told(self, kind: str, part: list[str], rows: list[dict[str, Any]]) -> dict[str, Any]:
        if kind == "parties":
            return {part[0]: rows}
        if kind in ("dataverse/email", "dataverse/phone"):
            by_address: dict[str, list[Any]] = {}
            for row in rows:
                value = str(row.get("msdynmkt_contactpointvalue")).strip().lower()
                by_address.setdefault(f"{kind}/{value}", []).append(row)
            return {key: (consent_facts(by_address.get(key, [])), ()) for key in part}
        name = kind.rpartition("/")[2]
        facts: dict[str, Any] = dict.fromkeys(part, "unknown")
        for row in rows:
            key = f"{kind}/{str(row.get(f'{name}id')).lower()}"
            facts[key] = (person_facts(name, row), addresses(row))
        return facts


def choice_columns(metadata: Metadata, table: str) -> Iterable[str]:
    """The columns of a person's choices that a table has."""
    there = metadata.columns(table)
    return SURE if there is None else [name for name in CHOICES if name in there]


def _is_person(subject: str | None) -> bool:
    return subject is not None and subject.split("/")[1] in PERSONS


def _kind(key: str) -> str:
    """What a key stands for, such as `parties` or `dataverse/email`."""
    first, _, rest = key.partition("/")
    return first if first == "parties" else f"{first}/{rest.partition('/')[0]}"


def _copy(group: Any) -> Any:
    return (
        dict(group)
        if isinstance(group, dict)
        else list(group)
        if isinstance(group, list)
        else group
    )
