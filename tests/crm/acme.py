"""A CRM of our own making: people with a few fields, and facts that make reading them lawful."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aboveboard import Gate
from aboveboard.crm import Dialect, FieldMap, Guard, HttpCall, Record, Refusal, Route, Routes

__all__ = ["FIELDS", "AcmeDialect", "known", "make_guard", "person"]

FIELDS = FieldMap.of(
    {
        "people": {
            "id": {"categories": []},
            "name": {"categories": ["pd:Name"], "source": "provided"},
            "mail": {"categories": ["pd:EmailAddressWork"], "source": "provided"},
            "religion": {"categories": ["pd:Religion"], "source": "provided"},
            "notes": {"categories": ["pd:Communication"], "source": "provided", "free_text": True},
            "score": {
                "categories": ["pd:IndividualProfile"],
                "source": "inferred",
                "step": "profiling",
                "marked_inferred": True,
            },
        }
    },
    "acme",
)


def known(record: Record | None = None) -> dict[str, Any]:
    """What a CRM does not know and a lawful seller does."""
    then = datetime.now(UTC) - timedelta(days=30)
    return {
        "subject": {
            "type": "natural_person", "country": "FI", "language": "fi", "is_minor": False,
            "relationship": "lead", "vulnerable_flags": [],
        },
        "consent": [],
        "rights_requests": [],
        "notice": {
            "delivered_at": then, "art14_delivered_at": then, "language": "fi", "shown_7d": 0,
        },
        "fields[]": {
            "collected_purposes": ["dpv:CustomerRelationshipManagement"], "collected_at": then,
        },
    }  # fmt: skip


def make_guard(gate: Gate, **more: Any) -> Guard:
    """A guard for reading contacts."""
    options: dict[str, Any] = {
        "purpose": "contact_management",
        "recipient": "crm",
        "facts": known,
        **more,
    }
    return Guard("acme", fields=FIELDS, gate=gate, **options)


def person(number: int = 7, **values: Any) -> Record:
    """A person as Acme holds them; `source` is what a program would get."""
    held: dict[str, Any] = {"id": number, "name": "Aino", "mail": "aino@example.com", **values}
    return Record(
        "people", f"acme/people/{number}", held, lambda name: held.pop(name, None), source=held
    )


class AcmeDialect(Dialect):
    """Acme's API: people by page and by id, mail, and a form to be left alone."""

    routes = Routes(
        [
            Route("GET", "/people", "read", "people"),
            Route("POST", "/people/{id}", "write", "people"),
            Route("POST", "/mail", "send", "mail"),
            Route("POST", "/optout", "refusal"),
            Route("GET", "/colours", "plain"),
            Route("GET", "/export", "refuse", why="It is a file, which nobody reads here."),
        ]
    )

    def __init__(self) -> None:
        self.learned: list[int] = []

    def names(self, call: HttpCall) -> list[str]:
        return [n for key, value in call.query if key == "fields" for n in value.split(",")]

    def leave_out(self, call: HttpCall, names: frozenset[str]) -> None:
        kept = [name for name in self.names(call) if name not in names]
        call.query = [("fields", ",".join(kept))]

    def ask_too(self, call: HttpCall) -> frozenset[str]:
        call.query = [("fields", ",".join([*self.names(call), "country"]))]
        return frozenset({"country"})

    def records(self, call: HttpCall, answer: Any) -> list[Record]:
        return [
            Record(
                "people",
                f"acme/people/{item['id']}",
                dict(item),
                lambda name, item=item: item.pop(name, None),  # type: ignore[misc]
                source=item,
            )
            for item in answer["people"]
        ]

    def drop(self, answer: Any, record: Record) -> None:
        answer["people"] = [item for item in answer["people"] if item is not record.source]

    def learn(self, records: Sequence[Record]) -> None:
        self.learned.append(len(records))

    def written(self, call: HttpCall) -> list[Record]:
        return [
            Record(
                "people",
                f"acme/people/{call.params['id']}",
                call.body,
                lambda name: call.body.pop(name, None),
            )
        ]

    def recipients(self, call: HttpCall) -> list[Record]:
        record = Record("mail", f"acme/people/{call.body['to']}", {}, lambda _: None)
        record.facts = {"contact": {"channel": "email"}}
        return [record]

    def refusals(self, call: HttpCall) -> Iterable[Refusal]:
        return [Refusal(f"acme/people/{call.body['id']}", "any")]
