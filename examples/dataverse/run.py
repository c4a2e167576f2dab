"""Leads read, scored and written back through a governed Dataverse client, and an opt-out on the way.

    python examples/dataverse/run.py

Starts a small Dataverse of its own (`server.py`); nothing leaves this machine.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from azure.core.credentials import AccessToken
from PowerPlatform.Dataverse.client import DataverseClient

import aboveboard_dataverse
from aboveboard import Gate, Settings, StepStopped
from aboveboard.organisation import example

sys.path.insert(0, str(Path(__file__).parent))

from server import Dataverse

AINO, BART = "7b0d4a3e-1c5d-ef11-bfe2-000d3ab1c2d3", "8c1e5b4f-2d6e-ef11-bfe2-000d3ab1c2d4"
NOW = datetime.now(UTC)
RECENTLY = NOW - timedelta(days=30)


def lead(guid: str, name: str, country: str, *, out: bool) -> dict[str, Any]:
    """A lead, as Dataverse holds it."""
    return {
        "leadid": guid, "fullname": name, "jobtitle": "Buyer", "companyname": "Esimerkki Oy",
        "emailaddress1": f"{name.split(maxsplit=1)[0].lower()}@example.com", "mobilephone": None,
        "address1_country": country, "new_religion": "Lutheran", "msdyn_leadscore": None,
        "createdon": RECENTLY.isoformat(), "donotemail": False, "donotbulkemail": False,
        "donotphone": False, "donotpostalmail": False, "donotbulkpostalmail": False,
        "donotsendmm": out, "msdyn_gdproptout": out,
    }  # fmt: skip


def known(_: Any) -> dict[str, Any]:
    """What the organisation knows of its leads and Dataverse does not."""
    return {
        "subject": {"is_minor": False, "vulnerable_flags": []},
        "rights_requests": [],
        "ai": {"confidence_bp": 8200, "in_distribution": True},
        "notice": {"delivered_at": RECENTLY, "art14_delivered_at": RECENTLY, "shown_7d": 0},
        "fields[]": {
            "collected_purposes": ["dpv:CustomerRelationshipManagement"],
            "confidence_bp": 8200,
            "inferred_at": RECENTLY,
            "inferred_by": "propensity-3.1",
        },
    }


class Credential:
    """Gives a token without asking anybody."""

    def get_token(self, *_: str, **__: Any) -> AccessToken:
        """A token."""
        return AccessToken("example", int(NOW.timestamp()) + 3600)


def opt_out(guid: str) -> bytes:
    """The webhook that Dataverse sends when a lead opts out."""
    target = {
        "Attributes": [{"key": "msdyn_gdproptout", "value": True}],
        "Id": guid,
        "LogicalName": "lead",
    }
    context = {
        "InputParameters": [{"key": "Target", "value": target}],
        "MessageName": "Update",
        "OperationCreatedOn": f"/Date({int(NOW.timestamp() * 1000)})/",
        "OperationId": "5a5a5a5a-0001-4b4b-8c8c-0d0d0d0d0d0d",
        "PrimaryEntityId": guid,
        "PrimaryEntityName": "lead",
        "Stage": 40,
    }
    return json.dumps(context).encode()


def attempt(what: str, act: Any) -> None:
    """Do something, and print a line of what came of it."""
    try:
        outcome = f"done     {act()}"
    except StepStopped as stopped:
        verdict = stopped.verdict
        outcome = f"{verdict.effect:8} {', '.join(sorted({f.rule for f in verdict.stopping()}))}"
    print(f"{what:<52} {outcome}")


def main() -> None:
    """Run the story."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    rows = [lead(AINO, "Aino Esimerkki", "Finland", out=False),
            lead(BART, "Bart Voorbeeld", "Nederland", out=True)]  # fmt: skip
    columns = {"lead": [{"LogicalName": "msdyn_gdproptout", "AttributeType": "Boolean"}]}
    with (
        tempfile.TemporaryDirectory() as folder,
        Dataverse(Path(folder), {"lead": rows}, columns) as crm,
    ):
        os.environ["REQUESTS_CA_BUNDLE"] = str(crm.certificate)
        settings = Settings(
            suppression_store=Path(folder) / "refusals.sqlite", subject_key="only-for-this-example"
        )
        with Gate(settings, organisation=example()) as gate:
            story(crm, gate)


def story(crm: Dataverse, gate: Gate) -> None:
    """Read, score, hear of an opt-out, try again."""

    def client(purpose: str, model: str | None = None) -> Any:
        return aboveboard_dataverse.wrap(
            DataverseClient(crm.url, Credential()),
            purpose=purpose, model=model, gate=gate, facts=known,
        )  # fmt: skip

    asked = ["fullname", "jobtitle", "emailaddress1", "new_religion"]
    with (
        client("contact_management") as reading,
        client("lead_scoring", "propensity-3.1") as scoring,
    ):
        attempt(
            f"read {', '.join(asked)}",
            lambda: ", ".join(
                sorted(
                    {key for row in reading.records.list("lead", select=asked) for key in dict(row)}
                )
            ),
        )
        attempt("download a file", lambda: _download(reading))
        attempt("score Aino", lambda: _score(scoring, AINO))
        attempt("score Bart, who opted out", lambda: _score(scoring, BART))
        hooks = aboveboard_dataverse.Webhooks(gate, key="a key", purpose="contact_management")
        hooks.receive(opt_out(AINO), {}, url="https://example.com/hook?code=a%20key")
        attempt("webhook: Aino opts out", lambda: f"{hooks.inbox.counts['received']} taken in")
        attempt("score Aino again", lambda: _score(scoring, AINO))
        scores = {row["fullname"].split()[0]: row["msdyn_leadscore"] for row in crm.tables["lead"]}
        attempt("scores in the CRM", lambda: scores)


def _score(client: Any, guid: str) -> str:
    client.records.update("lead", guid, {"msdyn_leadscore": 78})
    return "written"


def _download(client: Any) -> str:
    odata = client._get_odata()  # noqa: SLF001  (what the SDK has no method for is governed, too)
    odata._request("get", f"{odata.api}/leads({AINO})/new_contract/$value")  # noqa: SLF001
    return "had"


if __name__ == "__main__":
    main()
