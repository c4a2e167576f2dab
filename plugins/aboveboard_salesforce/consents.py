"""Looks up what people have chosen: one request for a page, kept for a short time.

Salesforce keeps a person's choices in three places: on the lead or contact, on its Individual, and in
the Individual's ContactPointTypeConsent records. One request of the composite resource asks for all
of them: a query of the records themselves with the fields of their Individual, and one of the
consents whose party is the Individual of one of these records. The program's own query stays as it is,
so nothing has to be taken out of its answer, and writing and sending are looked up in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

from aboveboard.crm import Lookups, Record, instant, join_facts
from aboveboard_salesforce.ids import id18
from aboveboard_salesforce.lines import Answer, Asked, Line, LineError, query_path, quoted
from aboveboard_salesforce.metadata import Metadata
from aboveboard_salesforce.people import consent_facts, individual_facts, own_facts
from aboveboard_salesforce.records import email_identifier

__all__ = ["Choices"]

_log = structlog.get_logger("aboveboard")
_IDS = 1000
_QUERIES = 5
_PREFIX = "salesforce/"
_OWN: dict[str, tuple[str, ...]] = {
    "Lead": ("CreatedDate", "HasOptedOutOfEmail", "DoNotCall", "Country", "IndividualId", "CountryCode",
             "State", "StateCode", "IsConverted"),
    "Contact": ("CreatedDate", "HasOptedOutOfEmail", "DoNotCall", "MailingCountry", "IndividualId",
                "MailingCountryCode", "MailingState", "MailingStateCode", "Birthdate"),
    "Account": ("CreatedDate", "PersonHasOptedOutOfEmail", "PersonDoNotCall", "PersonIndividualId",
                "PersonMailingCountry", "PersonMailingCountryCode", "PersonBirthdate"),
    "Individual": (),
}  # fmt: skip
_SURE = (
    5  # of a lead or contact: the first ones are there in every organisation but for the Individual
)
_INDIVIDUAL = (
    "HasOptedOutProfiling", "HasOptedOutSolicit", "HasOptedOutProcessing", "HasOptedOutTracking",
    "ShouldForget", "SendIndividualData", "IndividualsAge", "BirthDate",
)  # fmt: skip
_CONSENT = (
    "Id, PartyId, ContactPointType, PrivacyConsentStatus, CaptureDate, CaptureSource, "
    "DoubleConsentCaptureDate, EffectiveFrom, EffectiveTo, DataUsePurpose.Name, "
    "DataUsePurpose.LegalBasis.Name, DataUsePurpose.LegalBasis.Source"
)
_NO_COLUMN = re.compile(r"No such column '([\w.]+)'|relationship '(\w+)'")


class Choices:
    """What people have chosen, for the records of a page.

    Args:
        line: the connection of the request that is under way; None where there is none.
        metadata: which fields there are.
        purpose: short name of what the data is used for.
        ttl_s: how long an answer counts, in seconds.
    """

    def __init__(
        self,
        line: Callable[[], Line | None],
        metadata: Metadata,
        *,
        purpose: str | None,
        ttl_s: float,
    ) -> None:
        self._line = line
        self._metadata = metadata
        self._purpose = purpose
        self._gone: set[tuple[str, str]] = set()
        self._consents = True
        self._lookups = Lookups("salesforce.choices", self._fetch, ttl_s=ttl_s)

    def tell(self, records: Sequence[Record]) -> None:
        """Fill in the facts of people, and their further identifiers."""
        owners: dict[str, list[Record]] = {}
        for record in records:
            key = (record.subject or "").removeprefix(_PREFIX)
            name = key.partition("/")[0]
            if name in _OWN or name == "email":
                owners.setdefault(key, []).append(record)
        if not owners or self._line() is None:
            return
        found = self._lookups.get(owners)
        for key, owned in owners.items():
            told = found.get(key)
            if not told:
                continue  # nobody knows
            for record in owned:
                join_facts(record.facts, _copied(told["facts"]))
                record.also = tuple(dict.fromkeys([*record.also, *told["also"]]))
                record.collected_at = record.collected_at or told["created"]

    def _fetch(self, keys: list[str]) -> Mapping[str, Any]:
        line = self._line()
        if line is None:
            msg = "no connection"
            raise LineError(msg)
        by_object: dict[str, list[str]] = {}
        for key in keys:
            name, _, value = key.partition("/")
            by_object.setdefault(name, []).append(value)
        jobs: list[_Question] = []
        for name, values in by_object.items():
            for start in range(0, len(values), _IDS):
                jobs += self._questions(name, values[start : start + _IDS])
        found: dict[str, Any] = {}
        consents: dict[str, list[Mapping[str, Any]]] = {}
        complete = True
        for start in range(0, len(jobs), _QUERIES):
            part = jobs[start : start + _QUERIES]
            asked = [
                Asked(f"q{number}", query_path(line.root, job.soql))
                for number, job in enumerate(part)
            ]
            answers = line.together(asked)
            for item, job in zip(asked, part, strict=True):
                answer = answers[item.name]
                if job.of == "consents":
                    complete &= self._add_consents(answer, consents)
                else:
                    self._add_people(answer, job, found)
        for told in found.values():
            self._finish(told, consents if complete and self._consents else None)
        nothing: dict[str, Any] = {"facts": {}, "also": (), "created": None}
        return {key: found.get(key) or nothing for key in keys}

    def _questions(self, name: str, values: list[str]) -> list[_Question]:
        if name == "email":
            return [
                _Question(
                    person,
                    f"SELECT Id, Email, {', '.join(fields)} FROM {person} "  # noqa: S608  (quoted)
                    f"WHERE Email IN ({quoted(values)})",
                    by_email=True,
                )
                for person in ("Lead", "Contact")
                if (fields := self._fields(person))
            ]
        ids = quoted(filter(None, map(id18, values)))
        where = f"WHERE Id IN ({ids})"
        found: list[_Question] = []
        fields = self._fields(name)
        if fields:
            soql = f"SELECT Id, {', '.join(fields)} FROM {name} {where}"  # noqa: S608  (ids only)
            found.append(_Question(name, soql))
        link = _link(name)
        if self._consents and (name == "Individual" or link in fields):
            of = f"SELECT {link} FROM {name} {where}"  # noqa: S608  (ids only)
            parties = ids if name == "Individual" else of
            soql = (
                f"SELECT {_CONSENT} FROM ContactPointTypeConsent "  # noqa: S608  (ids only)
                f"WHERE PartyId IN ({parties})"
            )
            found.append(_Question("consents", soql))
        return found

    def _fields(self, name: str) -> list[str]:
        """The fields to ask for: of those that matter the ones that there are."""
        described = self._metadata.of(name)
        wanted = list(_OWN[name])
        if described is not None and described.fields:
            wanted = [field for field in wanted if field in described.fields]
        else:
            wanted = [] if name == "Account" else wanted[:_SURE]
        wanted = [field for field in wanted if (name, field) not in self._gone]
        if name == "Individual":
            return [field for field in _INDIVIDUAL if ("Individual", field) not in self._gone]
        link = _link(name)
        relation = link.removesuffix("Id")
        if link in wanted and (name, relation) not in self._gone:
            wanted += [
                f"{relation}.{field}"
                for field in _INDIVIDUAL
                if ("Individual", field) not in self._gone
            ]
        return wanted

    def _add_people(self, answer: Answer, job: _Question, found: dict[str, Any]) -> None:
        if not answer.ok:
            self._note_gone(answer, job.of)
        for row in answer.value().get("records") or ():
            if not isinstance(row, Mapping):
                continue
            number = id18(row.get("Id"))
            if number is None:
                continue
            key = f"{job.of}/{number}"
            also = [f"{_PREFIX}{job.of}/{number}"] if job.by_email else []
            if job.by_email:
                key = (email_identifier(row.get("Email")) or "").removeprefix(_PREFIX)
            name = "PersonAccount" if job.of == "Account" else job.of
            facts = own_facts(name, row)
            link = id18(row.get(_link(job.of))) or (number if job.of == "Individual" else None)
            if link is not None:
                also.append(f"{_PREFIX}Individual/{link}")
            individual = row.get(_link(job.of).removesuffix("Id"))
            if isinstance(individual, Mapping):
                join_facts(facts, individual_facts(individual))
            told = found.setdefault(key, {"facts": {}, "also": (), "parties": [], "created": None})
            if not job.by_email:  # of several with one address nobody knows whose record is meant
                told["created"] = instant(row.get("CreatedDate"))
            join_facts(told["facts"], facts)
            told["also"] = tuple(dict.fromkeys([*told["also"], *also]))
            told["parties"].append(link)

    def _add_consents(self, answer: Answer, consents: dict[str, list[Mapping[str, Any]]]) -> bool:
        """Whether all of them are there."""
        if not answer.ok:
            code = answer.error[0]
            if code in ("INVALID_TYPE", "INVALID_FIELD"):
                self._consents = False
            _log.warning("lookup.failed", lookup="salesforce.consents", error=code or answer.status)
            return False
        body = answer.value()
        for row in body.get("records") or ():
            if isinstance(row, Mapping) and (party := id18(row.get("PartyId"))):
                consents.setdefault(party, []).append(row)
        return body.get("done") is not False

    def _finish(
        self, told: dict[str, Any], consents: Mapping[str, list[Mapping[str, Any]]] | None
    ) -> None:
        parties = {party for party in told.pop("parties") if party}
        if consents is None or not parties:
            return
        rows = [row for party in sorted(parties) for row in consents.get(party, ())]
        join_facts(told["facts"], consent_facts(rows, purpose=self._purpose))

    def _note_gone(self, answer: Answer, name: str) -> None:
        """A field that the user cannot see is not asked for again."""
        code, message = answer.error
        match = _NO_COLUMN.search(message) if code == "INVALID_FIELD" else None
        if match is None:
            return
        column = match[1] or match[2]
        of = "Individual" if column in _INDIVIDUAL else name
        self._gone.add((of, column.rpartition(".")[2]))


class _Question:
    def __init__(self, of: str, soql: str, *, by_email: bool = False) -> None:
        self.of = of
        self.soql = soql
        self.by_email = by_email


def _link(name: str) -> str:
    return "PersonIndividualId" if name == "Account" else "IndividualId"


def _copied(facts: Any) -> Any:
    """Facts that may be added to; their values are never changed."""
    if isinstance(facts, dict):
        return {name: _copied(value) for name, value in facts.items()}
    return [_copied(value) for value in facts] if isinstance(facts, list) else facts
