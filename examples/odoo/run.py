"""Odoo, governed: a page that is read, scores that are written, an opt-out that arrives.

    python examples/odoo/run.py

Everything runs on this machine: a small Odoo (server.py), OdooRPC, a gate.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import odoorpc
import structlog
from server import OdooServer

import aboveboard_odoo
from aboveboard import Gate, Settings, StepDenied, StepEscalated
from aboveboard.crm import Record
from aboveboard.organisation import example

ASKED = ["contact_name", "function", "country_id", "email_from", "probability", "x_religion"]
SECRET = "which only Odoo and this program know"  # noqa: S105  (of this example alone)


def known(_: Record) -> dict[str, Any]:
    """What the seller knows and Odoo does not: whom it told what, and when."""
    then = datetime.now(UTC) - timedelta(days=30)
    return {
        "subject": {"is_minor": False, "vulnerable_flags": []},
        "rights_requests": [],
        "notice": {
            "delivered_at": then,
            "art14_delivered_at": then,
            "language": "fi",
            "shown_7d": 0,
        },
        "fields[]": {"collected_purposes": ["dpv:CustomerRelationshipManagement"]},
    }


def scored(record: Record) -> dict[str, Any]:
    """What the scoring program knows beside that: that nobody objected, and how sure its model is."""
    now = datetime.now(UTC) - timedelta(minutes=1)
    return {
        **known(record),
        "fields[]": {
            "inferred_by": "propensity-3.1",
            "inferred_at": now,
            "confidence_bp": 8000,
            "collected_at": now,
            "collected_purposes": ["dpv:CustomerRelationshipManagement"],
        },
        "objections": {"profiling": False, "right_notified_at": now - timedelta(days=30)},
        "ai": {"confidence_bp": 8000, "in_distribution": True},
    }


def agreed(record: Record) -> dict[str, Any]:
    """What the newsletter's sign-up form keeps: a consent, and how it was asked for."""
    then = datetime.now(UTC) - timedelta(days=30)
    return {
        **known(record),
        "fields[]": {"collected_purposes": ["dpv:DirectMarketing"], "collected_at": then},
        "consent": [
            {
                "status": "dpv:ConsentGiven",
                "purpose": "dpv:DirectMarketing",
                "channel": "email",
                "given_at": then,
                "proof_ref": "form-17",
                "informed": True,
                "granular": True,
                "preticked": False,
                "bundled_with_contract": False,
                "dark_pattern": False,
                "notice_version": "2026-09",
                "wording_language": "fi",
            }
        ],
        "objections": {"right_notified_at": then},
    }


def client(server: OdooServer) -> Any:
    """A client of the real SDK, logged in."""
    odoo = odoorpc.ODOO("127.0.0.1", port=server.port, timeout=10)
    odoo.login("crm", "bot", "secret")
    return odoo


def row(what: str, came: object, why: str = "") -> None:
    """A line of the table."""
    sys.stdout.write(f"{what:<40} {came!s:<10} {why}".rstrip() + "\n")


def tried(what: str, call: Callable[[], Any]) -> Any:
    """A line that tells what came, or what stopped it."""
    try:
        answer = call()
    except (StepDenied, StepEscalated) as stopped:
        rules = ", ".join(dict.fromkeys(found.rule for found in stopped.verdict.stopping()))
        row(what, "escalated" if isinstance(stopped, StepEscalated) else "denied", rules)
        return None
    row(what, "done")
    return answer


def opt_out(address: str) -> bytes:
    """As Odoo's server action sends it when an address comes onto the black list."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    told = {"_action": "Tell of opt-outs(#401)", "_id": 12, "_model": "mail.blacklist"}
    return json.dumps({**told, "email": address, "active": True, "write_date": now}).encode()


def main() -> None:
    """Print the table."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as folder, OdooServer() as server:
        settings = Settings.load(
            subject_key="a key of this example alone",
            suppression_store=Path(folder) / "refused.sqlite",
        )
        with Gate(settings, organisation=example()) as gate:
            odoo, scorer = client(server), client(server)
            aboveboard_odoo.wrap(
                odoo, purpose="contact_management", gate=gate, recipient="crm", facts=known
            )
            aboveboard_odoo.wrap(
                scorer,
                purpose="lead_scoring",
                gate=gate,
                recipient="crm",
                facts=scored,
                model="propensity-3.1",
            )
            leads = odoo.env["crm.lead"]
            server.calls.clear()
            page = tried("read a page of leads", lambda: leads.search_read([], ASKED))
            row("  fields that came", len(page[0]), ", ".join(sorted(page[0])))
            cut = sorted(set(ASKED) - page[0].keys())
            row("  fields never asked for", len(cut), ", ".join(cut))
            further = [f"{model}.{method}" for model, method in server.called()[1:]]
            row("  further requests for consent", len(further), ", ".join(further))
            lead = tried("browse a lead", lambda: leads.browse(7))
            row("  its name and its religion", lead.contact_name, str(lead.x_religion))
            tried("search by religion", lambda: leads.search([["x_religion", "=", "Lutheran"]]))
            tried("merge leads", lambda: leads.merge_opportunity([7, 8]))
            score = {"probability": 80.0}
            tried("write a score, no model named", lambda: leads.write([7], score))
            tried("write a score, all stated", lambda: scorer.env["crm.lead"].write([7], score))
            row("  probability in Odoo", server.rows["crm.lead"][7]["probability"])
            tried("write a job title", lambda: leads.write([7], {"function": "Head of pumps"}))
            shown: list[str] = []
            sender = aboveboard_odoo.wrap(
                client(server),
                purpose="direct_marketing",
                gate=gate,
                recipient="crm",
                facts=agreed,
                disclose=lambda notice: shown.append(notice.notice),
            )
            tried("post a message to Liisa", lambda: post(sender, 6))
            row("  notices put beside it", len(shown), ", ".join(shown))
            hooks = aboveboard_odoo.Webhooks(gate, secret=SECRET, purpose="contact_management")
            address = server.rows["res.partner"][6]["email"]
            hooks.receive(opt_out(address), {"X-Webhook-Token": SECRET})
            row("webhook: Liisa refuses e-mail", "stored")
            tried("post a message to Liisa", lambda: post(sender, 6))
            tried("post a message to Eero, on a black list", lambda: post(sender, 5))
            sent = [call for call in server.called() if call[1] == "message_post"]
            row("  messages that left", len(sent))


def post(sender: Any, partner: int) -> Any:
    """A message to one person."""
    text = {"body": "<p>New pumps</p>", "partner_ids": [partner]}
    return sender.execute_kw("res.partner", "message_post", [[partner]], text)


if __name__ == "__main__":
    main()
