"""Writing, sending and refusing by the real client."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aboveboard import Gate, StepDenied
from aboveboard.suppression import Suppression
from examples.salesforce.server import Org
from tests.plugins.salesforce.conftest import Client
from tests.plugins.salesforce.people import AINO, INDIVIDUAL, PEKKA, SALLA, known


def scored(record: Any = None) -> dict[str, Any]:
    """What makes a score lawful, but for what the CRM knows."""
    told = known()
    told["subject"]["is_minor"] = False
    return {**told, "ai": {"confidence_bp": 9100, "in_distribution": True}}


SCORING: dict[str, Any] = {"purpose": "lead_scoring", "model": "propensity-3.1", "facts": scored}


def sent(org: Org, method: str) -> list[Any]:
    return [
        json.loads(body)
        for way, path, body in org.asked
        if way == method and not path.endswith("/composite")
    ]


def test_a_contact_is_written_without_what_is_not_needed(client: Client, org: Org) -> None:
    sf = client()
    sf.Lead.update(AINO, {"Title": "CPO", "Religion__c": "x", "religion__C": "x"})
    assert sent(org, "PATCH") == [{"Title": "CPO"}]
    sf.Lead.create({"LastName": "Uusi", "Company": "Oy", "Religion__c": "x"})
    assert sent(org, "POST") == [{"LastName": "Uusi", "Company": "Oy"}]
    org.records["Lead"][AINO]["Ext__c"] = "7"
    sf.Lead.upsert("Ext__c/7", {"FirstName": "Aino", "Religion__c": "x"})
    assert sent(org, "PATCH")[-1] == {"FirstName": "Aino"}
    assert sf.Lead.delete(AINO) == 204


def test_a_score_is_written_of_those_who_do_not_object(
    client: Client, org: Org, log: list[Any]
) -> None:
    sf = client(**SCORING)
    sf.Lead.update(AINO, {"Rating": "Hot"})
    assert sent(org, "PATCH") == [{"Rating": "Hot"}]
    assert {entry.get("step") for entry in log} == {"profiling"}
    org.records["Individual"][INDIVIDUAL]["HasOptedOutProfiling"] = True
    with pytest.raises(StepDenied, match="R-OBJ-01"):
        client(**SCORING).Lead.update(AINO[:15], {"Rating": "Cold"})
    assert len(sent(org, "PATCH")) == 1


def test_collections_and_trees_are_written_record_by_record(client: Client, org: Org) -> None:
    sf = client()
    lead = {"attributes": {"type": "Lead"}, "id": AINO, "Title": "CPO", "Religion__c": "x"}
    sf.restful("composite/sobjects", method="PATCH", json={"allOrNone": False, "records": [lead]})
    assert sent(org, "PATCH")[0]["records"] == [
        {"attributes": {"type": "Lead"}, "id": AINO, "Title": "CPO"}
    ]
    contact = {"attributes": {"type": "Contact"}, "LastName": "Niemi", "Birthdate": "1999-01-01"}
    tree = {"attributes": {"type": "Account"}, "Name": "Oy", "Contacts": {"records": [contact]}}
    sf.restful("composite/tree/Account", method="POST", json={"records": [tree]})
    assert "Birthdate" not in org.asked[-1][2]
    assert '"Niemi"' in org.asked[-1][2]
    with pytest.raises(StepDenied, match="bundles requests"):
        sf.restful("composite", method="POST", json={"compositeRequest": []})


def test_files_are_refused(client: Client, org: Org, tmp_path: Any) -> None:
    path = tmp_path / "x.txt"
    path.write_text("x")
    sf = client()
    calls: tuple[Any, ...] = (
        lambda: sf.Attachment.upload_base64(str(path)),
        lambda: sf.contentversion.update_base64("0685g000000001AAAA", str(path)),
        lambda: sf.Attachment.get_base64("00P5g000000001AAAA"),
        lambda: sf.Attachment.get("00P5g000000001AAAA"),
        lambda: sf.restful("composite/sobjects", method="POST",
                           json={"records": [{"attributes": {"type": "attachment"}, "Body": "x"}]}),
    )  # fmt: skip
    for call in calls:
        with pytest.raises(StepDenied, match="files"):
            call()
    assert not any("Attachment" in path or "ontent" in path for _, path, _ in org.asked)


def test_what_is_no_json_is_not_written(client: Client, org: Org) -> None:
    with pytest.raises(StepDenied, match="no JSON object"):
        client().restful("sobjects/Lead", method="POST", data="LastName=x")
    assert not sent(org, "POST")


def mail(**more: Any) -> dict[str, Any]:
    item = {
        "emailSubject": "Hei",
        "emailBody": "Uutisia",
        "emailAddresses": "aino.virtanen@example.com",
    }
    return {"inputs": [{**item, **more}]}


def marketing(record: Any = None) -> dict[str, Any]:
    advert = {"recommendation": {"is_advert": True}} if record and record.object else {}
    return {**known(), **advert}


def test_mail_goes_by_what_the_person_chose(client: Client, org: Org) -> None:
    sf = client(purpose="direct_marketing", facts=marketing)
    with pytest.raises(StepDenied) as stopped:
        sf.restful(
            "actions/standard/emailSimple",
            method="POST",
            json=mail(emailAddresses="pekka.laine@example.com"),
        )
    assert stopped.value.verdict.step == "recommendation"
    assert "R-DM-01" in stopped.value.verdict.rules
    with pytest.raises(StepDenied) as stopped:
        sf.restful("actions/standard/emailSimple", method="POST", json=mail())
    assert (
        "R-DM-01" not in stopped.value.verdict.rules
    )  # she has not objected; other things are unstated
    assert not org.sent
    with pytest.raises(StepDenied, match="whom nobody names"):
        sf.restful("actions/custom/emailAlert/Lead/News", method="POST", json={"inputs": []})


def test_a_no_always_goes_through_and_counts(client: Client, org: Org, keeping: Gate) -> None:
    org.records["Individual"][INDIVIDUAL]["HasOptedOutProcessing"] = True
    sf = client(gate=keeping)
    sf.Individual.update(INDIVIDUAL, {"ShouldForget": True})
    sf.Lead.update(PEKKA, {"HasOptedOutOfEmail": True})
    assert sent(org, "PATCH") == [{"ShouldForget": True}, {"HasOptedOutOfEmail": True}]
    assert keeping.store is not None
    subjects = {
        name: keeping.pseudonym(f"salesforce/{name}")
        for name in (f"Individual/{INDIVIDUAL}", f"Lead/{PEKKA}")
    }
    held = keeping.store.of(subjects.values())
    assert [entry.scope for entry in held[subjects[f"Individual/{INDIVIDUAL}"]]] == ["erasure"]
    assert [entry.scope for entry in held[subjects[f"Lead/{PEKKA}"]]] == ["email"]
    # The Individual's no counts for the lead that is the same person, at once.
    with pytest.raises(StepDenied, match="SUPPRESSED"):
        sf.Lead.get(AINO)
    # A program cannot take back what a person refused.
    sf.Lead.update(PEKKA, {"HasOptedOutOfEmail": False})
    assert keeping.store.of([subjects[f"Lead/{PEKKA}"]])


def test_old_choices_of_an_address_count_for_its_owner(
    client: Client, org: Org, keeping: Gate
) -> None:
    assert keeping.store is not None
    then = datetime.now(UTC) - timedelta(days=1)
    address = keeping.pseudonym("salesforce/email/aino.virtanen@example.com")
    keeping.store.record([Suppression(address, "processing", True, then)])
    with pytest.raises(StepDenied, match="SUPPRESSED"):
        client(gate=keeping).Lead.get(AINO)


def test_a_child_is_known_by_the_date_of_birth(client: Client, org: Org) -> None:
    seen: list[Any] = []

    def facts(record: Any) -> dict[str, Any]:
        seen.append(record.facts)
        return known()

    client(facts=facts).Contact.update(SALLA, {"Title": "Pupil"})
    assert seen[0]["subject"]["is_minor"] is True
    assert seen[0]["subject"]["country"] == "FI"
    assert {item["channel"] for item in seen[0]["consent"]} == {"phone", "automated_call"}
    seen.clear()
    client(facts=facts).Lead.update(AINO, {"Title": "CPO"})
    assert seen[0]["subject"]["age_years"] >= 46
    assert seen[0]["objections"] == {"direct_marketing": False, "profiling": False}
    (consent,) = seen[0]["consent"]
    assert consent["status"] == "dpv:ConsentGiven"
    assert consent["proof_ref"] == "salesforce/ContactPointTypeConsent/0ZX5g0000008OkAGAU"


def test_what_a_lead_refused_counts_for_mail_to_its_address(
    client: Client, org: Org, keeping: Gate
) -> None:
    assert keeping.store is not None
    then = datetime.now(UTC) - timedelta(days=1)
    keeping.store.record(
        [Suppression(keeping.pseudonym(f"salesforce/Lead/{AINO}"), "email", True, then)]
    )
    sf = client(gate=keeping, purpose="direct_marketing", facts=marketing)
    with pytest.raises(StepDenied) as stopped:
        sf.restful("actions/standard/emailSimple", method="POST", json=mail())
    assert "SUPPRESSED" in stopped.value.verdict.rules
    assert not org.sent
    lookups = [body for _, path, body in org.asked if path.endswith("/composite")]
    assert sum("WHERE%20Email%20IN" in body for body in lookups) == 1
