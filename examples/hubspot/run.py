"""A seller's evening with HubSpot, governed: python examples/hubspot/run.py

A page is read with the fields the purpose does not need left out, a score is written back once it may be,
and an opt-out that arrives by webhook stops the next mail. Nothing leaves this machine.
"""

from __future__ import annotations

import base64
import gc
import hashlib
import hmac
import json
import logging
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hubspot
import structlog
from hubspot.crm.contacts import SimplePublicObjectInput
from hubspot.marketing.transactional import PublicSingleSendEmail, PublicSingleSendRequestEgg

import aboveboard_hubspot
from aboveboard import Disclosure, Gate, Settings, StepDenied, StepEscalated
from aboveboard.crm import Record
from aboveboard.organisation import example

sys.path.insert(0, str(Path(__file__).parent))
from server import HubSpotServer

SECRET = "the secret of the app"  # noqa: S105  (of nobody)
URL = "https://example.com/hubspot"
ASKED = ["firstname", "email", "jobtitle", "religion", "hs_predictivecontactscore_v2"]


def known(_: Record) -> dict[str, Any]:
    """What HubSpot does not know of a person and the seller does."""
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
        "objections": {"profiling": False, "right_notified_at": then},
    }


def scored(record: Record) -> dict[str, Any]:
    """The same, and how the model came to its score."""
    facts = known(record)
    facts["ai"] = {"confidence_bp": 8200, "in_distribution": True}
    facts["fields[]"] |= {
        "inferred_at": datetime.now(UTC),
        "inferred_by": "propensity-3.1",
        "confidence_bp": 8200,
    }
    return facts


def mailed(_: Record) -> dict[str, Any]:
    """What the seller knows of a mail to a customer; whether it is wanted HubSpot knows."""
    then = datetime.now(UTC) - timedelta(days=30)
    return {
        **known(_),
        "subject": {"is_minor": False, "vulnerable_flags": [], "country": "FI", "language": "fi"},
        "contact": {"attempts_7d": 0, "attempts_30d": 0},
        "message": {"language": "fi"},
        "soft_opt_in": {"sale_at": then, "similar_product": True, "optout_offered": True},
        "fields[]": {"collected_at": then, "collected_purposes": ["dpv:DirectMarketing"]},
    }


def in_the_template(_: Disclosure) -> None:
    """The mail's template has the notices that the policies ask for."""


def webhook(kind: str, number: int, **more: Any) -> tuple[bytes, dict[str, str]]:
    """A webhook as HubSpot sends it, with its signature."""
    now = str(int(time.time() * 1000))
    event = {"eventId": 1, "portalId": 1, "occurredAt": int(now), "subscriptionType": kind,
             "objectId": number, **more}  # fmt: skip
    body = json.dumps([event]).encode()
    text = b"POST" + URL.encode() + body + now.encode()
    made = base64.b64encode(hmac.new(SECRET.encode(), text, hashlib.sha256).digest()).decode()
    return body, {"X-HubSpot-Signature-v3": made, "X-HubSpot-Request-Timestamp": now}


def tried(what: str, step: Callable[[], str]) -> None:
    """A line of the table: what was tried, and what came of it."""
    try:
        came = step()
    except (StepDenied, StepEscalated) as stopped:
        kind = "denied" if isinstance(stopped, StepDenied) else "escalated"
        finding = stopped.verdict.stopping()[0]
        came = f"{kind}: {finding.rule}: {finding.message}"
    print(f"{what:<38} {came}")


def main() -> None:
    """Run the evening."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with HubSpotServer() as server, tempfile.TemporaryDirectory() as folder:
        for number, name in ((1, "Aino"), (2, "Eetu")):
            server.put(
                "contacts", number, firstname=name, email=f"{name.lower()}@example.com",
                jobtitle="Buyer", religion="none", country="Finland", hs_language="fi",
                hs_email_optout="false", lifecyclestage="lead", hs_predictivecontactscore_v2="12",
            )  # fmt: skip
        agreed = {"subscriptionId": 7, "status": "SUBSCRIBED", "legalBasis": "CONSENT_WITH_NOTICE",
                  "channel": "EMAIL", "timestamp": "2026-03-02T08:14:05Z"}  # fmt: skip
        server.statuses["eetu@example.com"] = [agreed]
        settings = Settings.load(
            suppression_store=Path(folder) / "suppression.sqlite",
            subject_key="a key of at least sixteen bytes",
            # HubSpot does not say whether an address is of work; whoever keeps it knows.
            fields={"hubspot/contacts": {"email": ["pd:EmailAddressWork"]}},
        )
        with Gate(settings, organisation=example()) as gate:
            evening(server, gate)
        gc.collect()


def evening(server: HubSpotServer, gate: Gate) -> None:
    """What is tried, step by step."""

    def client(purpose: str, facts: Callable[[Record], dict[str, Any]], **more: Any) -> Any:
        made = hubspot.HubSpot(access_token="token", host=server.url, base_url=server.url)  # noqa: S106
        return aboveboard_hubspot.wrap(
            made, purpose=purpose, gate=gate, recipient="crm", facts=facts, **more
        )

    def read() -> str:
        page = client("contact_management", known).crm.contacts.basic_api.get_page(properties=ASKED)
        asked = server.asked("GET")[-1].asked("properties")
        cut = ", ".join(name for name in ASKED if name not in asked)
        return f"{len(page.results)} read, never asked for: {cut}"

    def write(facts: Callable[[Record], dict[str, Any]], **more: Any) -> Callable[[], str]:
        def score() -> str:
            api = client("lead_scoring", facts, **more).crm.contacts.basic_api
            api.update("1", SimplePublicObjectInput({"hs_predictivecontactscore_v2": "71"}))
            held = server.records["contacts"]["1"]["properties"]
            return f"written: {held['hs_predictivecontactscore_v2']}"

        return score

    def mail() -> str:
        message = PublicSingleSendEmail(to="eetu@example.com")
        seller = client("direct_marketing", mailed, disclose=in_the_template)
        api = seller.marketing.transactional.single_send_api
        return str(
            api.send_email(PublicSingleSendRequestEgg(email_id=1, message=message)).send_result
        )

    def export() -> str:
        return str(client("contact_management", known).crm.imports.core_api.get_page())

    def hook(kind: str, number: int, **more: Any) -> Callable[[], str]:
        def receive() -> str:
            hooks = aboveboard_hubspot.Webhooks(
                gate, client_secret=SECRET, purpose="contact_management"
            )
            body, headers = webhook(kind, number, **more)
            received = hooks.receive(body, headers, url=URL)
            return f"{len(received.decided)} taken in"

        return receive

    tried("read a page of contacts", read)
    tried("write a score, nothing known of it", write(known, model="propensity-3.1"))
    tried("write a score, as the model gave it", write(scored, model="propensity-3.1"))
    tried("read what was imported, as files", export)
    tried("mail Eetu, who agreed", mail)
    opt_out = hook(
        "contact.propertyChange", 2, propertyName="hs_email_optout", propertyValue="true"
    )
    tried("webhook: Eetu opts out", opt_out)
    tried("mail Eetu again", mail)
    tried("webhook: Aino asks for erasure", hook("contact.privacyDeletion", 1))
    tried("read a page of contacts", read)


if __name__ == "__main__":
    main()
