"""A Salesforce client that is governed, against a small Salesforce on this machine.

python examples/salesforce/run.py
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from simple_salesforce import Salesforce

import aboveboard_salesforce
from aboveboard import Gate, Settings, StepDenied
from aboveboard.crm import Record
from aboveboard.organisation import example

sys.path.insert(0, str(Path(__file__).parent))
from server import Org, local_session, running  # type: ignore[import-not-found,unused-ignore]

AINO, PEKKA = "00Q5g00000AbCdEEAV", "00Q5g00000AbCdFEAV"
INDIVIDUALS = {AINO: "0PK5g0000004CdEGAU", PEKKA: "0PK5g0000004CdFGAU"}


def organisation() -> Org:
    """Two leads; one of them has objected to profiling."""
    org = Org()
    for number, name, objects in ((AINO, "Aino Virtanen", False), (PEKKA, "Pekka Laine", True)):
        first, last = name.split()
        org.add("Lead", number, FirstName=first, LastName=last, Name=name, Company="Esimerkki Oy",
                Email=f"{first.lower()}@example.com", Title="Buyer", Country="Finland",
                Rating=None, Religion__c="Lutheran", HasOptedOutOfEmail=False, DoNotCall=False,
                IndividualId=INDIVIDUALS[number])  # fmt: skip
        org.add("Individual", INDIVIDUALS[number], HasOptedOutProfiling=objects,
                HasOptedOutSolicit=False, HasOptedOutProcessing=False, HasOptedOutTracking=False,
                ShouldForget=False, SendIndividualData=False, IndividualsAge="18 or older",
                BirthDate=None)  # fmt: skip
    org.describe("ContactPointTypeConsent", "PartyId", "reference")
    org.classes["Lead"] = {
        "Religion__c": {"ComplianceGroup": "GDPR", "SecurityClassification": "Restricted"}
    }
    return org


def known(_: Record) -> dict[str, Any]:
    """What Salesforce does not know: when the notice was given, and of a score how sure the model is."""
    then = datetime.now(UTC) - timedelta(days=30)
    return {
        "subject": {"language": "fi", "vulnerable_flags": []},
        "notice": {"delivered_at": then, "art14_delivered_at": then, "language": "fi", "shown_7d": 0},
        "ai": {"confidence_bp": 9100, "in_distribution": True},
        "fields[]": {
            "collected_purposes": ["dpv:CustomerRelationshipManagement"], "collected_at": then,
        },
    }  # fmt: skip


def row(what: str, became: str) -> None:
    """One line of the table."""
    sys.stdout.write(f"{what:<46} {became}\n")


def tried(call: Callable[[], Any]) -> str:
    """What became of a call."""
    try:
        call()
    except StepDenied as stopped:
        return f"stopped by {', '.join(stopped.verdict.rules[:1])}"
    return "done"


def main() -> None:
    """Read a page, write scores, and hear of somebody who wants to be forgotten."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    org = organisation()
    with tempfile.TemporaryDirectory() as folder, running(org) as host:
        settings = Settings.load(
            suppression_store=Path(folder) / "suppression.sqlite",
            subject_key="a key of the example, of 16 bytes or more",
        )
        with Gate(settings, organisation=example()) as gate:
            story(org, gate, host)


def story(org: Org, gate: Gate, host: str) -> None:
    """The example itself."""
    sessions = [local_session(host), local_session(host)]

    def client(number: int, **options: Any) -> Any:
        made = Salesforce(
            session=sessions[number], session_id=org.token, instance_url=f"https://{host}"
        )
        return aboveboard_salesforce.wrap(made, gate=gate, facts=known, recipient="crm", **options)

    reading = client(0, purpose="contact_management")
    scoring = client(1, purpose="lead_scoring", model="propensity-3.1")
    row("WHAT THE PROGRAM DID", "WHAT BECAME OF IT")
    asked = "SELECT Id, Name, Title, Religion__c FROM Lead"
    page = reading.query(asked)["records"]
    fields = [name for name in page[0] if name != "attributes"]
    row(
        "query " + asked.removeprefix("SELECT ")[:38], f"{len(page)} leads with {', '.join(fields)}"
    )
    row("  what Salesforce was asked", org.queries()[0])
    row("  further requests for the page", str(org.count("/composite") - 1))
    condition = "SELECT Id FROM Lead WHERE Religion__c = 'x'"
    row("query … WHERE Religion__c = …", tried(lambda: reading.query(condition)))
    row("score of Aino", tried(lambda: scoring.Lead.update(AINO, {"Rating": "Hot"})))
    row(
        "score of Pekka, who objects to profiling",
        tried(lambda: scoring.Lead.update(PEKKA, {"Rating": "Hot"})),
    )
    row("apexecute('Leads')", tried(lambda: reading.apexecute("Leads")))
    inbox = aboveboard_salesforce.ChangeEvents(gate, purpose="contact_management")
    event = {
        "payload": {
            "ChangeEventHeader": {
                "entityName": "Individual", "recordIds": [INDIVIDUALS[AINO]],
                "changeType": "UPDATE", "transactionKey": "0002343d-9d90", "sequenceNumber": 1,
                "commitTimestamp": int(datetime.now(UTC).timestamp() * 1000),
                "changedFields": ["ShouldForget"],
            },
            "ShouldForget": True,
        },
        "event": {"replayId": 6},
    }  # fmt: skip
    received = inbox.receive(event)
    row("change event: Aino wants to be forgotten", f"{len(received.decided)} taken in")
    row("  the same event again", f"{inbox.receive(event).duplicates} duplicate")
    row("read of Aino", tried(lambda: reading.Lead.get(AINO)))
    row("read of Pekka", tried(lambda: reading.Lead.get(PEKKA)))
    for session in sessions:
        session.close()


if __name__ == "__main__":
    main()
