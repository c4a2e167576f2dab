"""Pipedrive, governed: a page that is read, a score that is written, an opt-out that arrives.

    python examples/pipedrive/run.py

Everything runs on this machine: a small Pipedrive (server.py), an httpx client, a gate.
"""

from __future__ import annotations

import base64
import json
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import structlog
from server import EXTRA, SCORE, PipedriveServer

import aboveboard_pipedrive
from aboveboard import Gate, Settings, StepDenied, StepEscalated
from aboveboard.crm import Record
from aboveboard.organisation import example

AINO = "/api/v2/persons/1"
WORD = "of this example alone"
FIELDS = {
    "pipedrive/persons": {
        "Preferred language": ["pd:Language"],
        "Agreed to mail on": [],
        "AI score": {
            "categories": ["pd:IndividualProfile"], "source": "inferred", "step": "profiling",
            "marked_inferred": True, "free_text": False,
        },
    }
}  # fmt: skip


def known(_: Record) -> dict[str, Any]:
    """What the seller knows and the CRM does not: whom it told what, and when."""
    then = datetime.now(UTC) - timedelta(days=30)
    return {
        "subject": {
            "type": "natural_person", "language": "fi", "is_minor": False, "relationship": "lead",
            "vulnerable_flags": [],
        },
        "rights_requests": [],
        "notice": {
            "delivered_at": then, "art14_delivered_at": then, "language": "fi", "shown_7d": 0,
        },
        "fields[]": {
            "collected_purposes": ["dpv:CustomerRelationshipManagement"], "collected_at": then,
            "source": "provided",
        },
    }  # fmt: skip


def scored(record: Record) -> dict[str, Any]:
    """What the scoring program knows beside that: that nobody objected, and how sure its model is."""
    if "name" in record.values:  # the answer to the write: a record that is read
        return known(record)
    then = datetime.now(UTC) - timedelta(days=30)
    return {
        **known(record),
        "fields[]": {
            "collected_purposes": ["dpv:CustomerRelationshipManagement"], "collected_at": then,
            "inferred_by": "propensity-3.1", "inferred_at": datetime.now(UTC), "confidence_bp": 8000,
        },
        "objections": {"profiling": False, "right_notified_at": then},
        "ai": {"confidence_bp": 8000, "in_distribution": True},
    }  # fmt: skip


def row(what: str, came: str, why: str = "") -> None:
    sys.stdout.write(f"{what:<34} {came:<10} {why}\n")


def tried(what: str, call: Any) -> Any:
    """A line of the table: what came, or what stopped it."""
    try:
        answer = call()
    except (StepDenied, StepEscalated) as stopped:
        rules = ", ".join(dict.fromkeys(f.rule for f in stopped.verdict.stopping()))
        row(what, "escalated" if isinstance(stopped, StepEscalated) else "denied", rules)
        return None
    row(what, str(answer.status_code))
    return answer


def main() -> None:
    """Print the table."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    with tempfile.TemporaryDirectory() as folder, PipedriveServer() as server:
        settings = Settings.load(
            fields=FIELDS,
            subject_key="a key of this example alone",
            suppression_store=Path(folder) / "refused.sqlite",
        )
        with (
            Gate(settings, organisation=example()) as gate,
            httpx.Client(base_url=server.url, headers={"x-api-token": server.token}) as client,
            httpx.Client(base_url=server.url, headers={"x-api-token": server.token}) as scorer,
        ):
            aboveboard_pipedrive.wrap(
                client, purpose="contact_management", gate=gate, recipient="crm", facts=known,
                consent_date_field="Agreed to mail on",
            )  # fmt: skip
            aboveboard_pipedrive.wrap(
                scorer, purpose="lead_scoring", gate=gate, recipient="crm", facts=scored,
                model="propensity-3.1", consent_date_field="Agreed to mail on",
            )  # fmt: skip
            page = tried("read a page of persons", lambda: client.get("/api/v2/persons")).json()
            first = page["data"][0]
            held = {**server.persons[1], **server.persons[1]["custom_fields"]}
            got = {**first, **first["custom_fields"]}
            names = sorted(held.keys() - got.keys() - set(EXTRA))
            row("  fields that came", str(len(got)))
            row("  fields that were cut", str(len(names)), ", ".join(n[:16] for n in names))
            score = {"custom_fields": {SCORE: 80}}
            tried("write a score, no model named", lambda: client.patch(AINO, json=score))
            tried("write a score, all stated", lambda: scorer.patch(AINO, json=score))
            row("  AI score in Pipedrive", str(server.persons[1]["custom_fields"][SCORE]))
            title = {"job_title": "Head of pumps"}
            tried("write a job title", lambda: client.patch(AINO, json=title))
            tried("read files", lambda: client.get("/v1/files/3/download"))
            hooks = aboveboard_pipedrive.Webhooks(
                gate, user="hook", password=WORD, purpose="contact_management",
                deletion_is_erasure=True,
            )  # fmt: skip
            basic = {"authorization": "Basic " + base64.b64encode(f"hook:{WORD}".encode()).decode()}
            hooks.receive(json.dumps(webhook("change", "1")).encode(), basic)
            row("webhook: Aino opts out of mail", "stored", stands(gate, 1))
            hooks.receive(json.dumps(webhook("delete", "2")).encode(), basic)
            row("webhook: Bram is deleted", "stored", stands(gate, 2))
            tried("read Aino", lambda: client.get(AINO))
            tried("read Bram", lambda: client.get("/api/v2/persons/2"))


def webhook(action: str, number: str) -> dict[str, Any]:
    """As Pipedrive sends it, version 2."""
    state = {"id": int(number), "marketing_status": "unsubscribed"}
    return {
        "meta": {
            "action": action, "entity": "person", "entity_id": number, "company_id": "5550001",
            "id": f"00000000-0000-4000-8000-00000000000{number}", "version": "2.0", "attempt": 1,
            "timestamp": datetime.now(UTC).isoformat(),
        },
        "data": state if action == "change" else None,
        "previous": {"marketing_status": "subscribed"} if action == "change" else {"id": int(number)},
    }  # fmt: skip


def stands(gate: Gate, number: int) -> str:
    """What a person has refused, in the store that every process sees."""
    assert gate.store is not None
    subject = gate.pseudonym(f"pipedrive/persons/{number}")
    return ", ".join(entry.scope for entry in gate.store.of([subject])[subject])


if __name__ == "__main__":
    main()
