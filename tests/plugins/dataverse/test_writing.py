"""Writing rows and sending mail: judged before anything leaves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from aboveboard import StepDenied, StepEscalated
from tests.plugins.dataverse.people import AINO, BART, CONTACT


def scoring(record: Any) -> dict[str, Any]:
    """What a lawful scorer knows."""
    from tests.plugins.dataverse.conftest import KNOWN

    return KNOWN


def test_a_score_is_profiling_and_knows_the_persons_choices(
    server: Any, gate: Any, connect: Any, seen: Any
) -> None:
    client = connect(gate(mode="monitor"), purpose="lead_scoring", model="propensity-3.1")
    client.records.update("lead", AINO, {"msdyn_leadscore": 90})
    client.records.update("lead", BART, {"msdyn_leadscore": 10})
    requested = [event for event in seen.events("profiling") if event.phase == "requested"]
    assert [event.facts.objections.profiling for event in requested] == [False, True]
    assert requested[0].subject == gate().pseudonym(f"dataverse/lead/{AINO}")
    assert server.tables["lead"][0]["msdyn_leadscore"] == 90


def test_who_objects_to_profiling_gets_no_score(server: Any, gate: Any, connect: Any) -> None:
    client = connect(gate(), purpose="lead_scoring", model="propensity-3.1")
    with pytest.raises(StepDenied, match="R-OBJ-01"):
        client.records.update("lead", BART, {"msdyn_leadscore": 99})
    assert server.tables["lead"][1]["msdyn_leadscore"] == 12
    assert not server.requests("PATCH")


def test_a_page_of_scores_takes_one_look_up(server: Any, gate: Any, connect: Any) -> None:
    client = connect(gate(mode="monitor"), purpose="lead_scoring")
    client.records.update("lead", [AINO, BART], [{"msdyn_leadscore": 1}, {"msdyn_leadscore": 2}])
    assert len(server.requests("$batch")) == 2  # columns, once; people
    assert [row["msdyn_leadscore"] for row in server.tables["lead"]] == [1, 2]


def test_what_must_not_be_written_is_cut_from_the_body(
    server: Any, gate: Any, connect: Any
) -> None:
    client = connect(gate())
    client.records.create("lead", {"fullname": "Dora Vzor", "new_religion": "none"})
    row = server.tables["lead"][-1]
    assert row["fullname"] == "Dora Vzor"
    assert "new_religion" not in row
    client.records.create("lead", [{"fullname": "E"}, {"fullname": "F", "new_religion": "x"}])
    assert "new_religion" not in server.tables["lead"][-1]


def test_a_row_that_would_be_empty_is_not_written(server: Any, gate: Any, connect: Any) -> None:
    client = connect(gate())
    with pytest.raises(StepDenied, match="must be cut: new_religion"):
        client.records.update("lead", AINO, {"new_religion": "none"})
    assert not server.requests("PATCH")


def test_an_alternate_key_cannot_be_cut(server: Any, gate: Any, connect: Any) -> None:
    client = connect(gate())
    item = {"alternate_key": {"governmentid": "ESMCCL80E45H501X"}, "record": {"jobtitle": "CEO"}}
    with pytest.raises(StepDenied, match="cut column") as stopped:
        client.records.upsert("contact", [item])
    assert "ESMCCL" not in str(stopped.value)
    assert not server.requests("PATCH")


def test_upserts_of_many_are_judged_by_their_keys(server: Any, gate: Any, connect: Any) -> None:
    client = connect(gate())
    items = [
        {"alternate_key": {"governmentid": number}, "record": {"jobtitle": "CEO"}}
        for number in ("1", "2")
    ]
    with pytest.raises(StepDenied, match="cut column"):
        client.records.upsert("contact", items)


def test_a_persons_no_always_goes_through(
    server: Any, gate: Any, connect: Any, tmp_path: Path
) -> None:
    denying = gate(("data_collection", "true", {}), suppression_store=tmp_path / "s.sqlite")
    client = connect(denying)
    client.records.update("lead", AINO, {"donotbulkemail": True})
    assert server.tables["lead"][0]["donotbulkemail"] is True
    subject = denying.pseudonym(f"dataverse/lead/{AINO}")
    assert [entry.scope for entry in denying.store.of([subject])[subject]] == ["email"]
    with pytest.raises(StepDenied):
        client.records.update("lead", AINO, {"donotbulkemail": False})


def test_mail_is_a_recommendation_to_each_recipient(
    server: Any, gate: Any, connect: Any, seen: Any
) -> None:
    server.tables["email"].append({"activityid": CONTACT, "subject": "Hello"})
    for guid, mask in ((AINO, 2), (BART, 3), (CONTACT, 1)):
        server.tables["activityparty"].append(
            {
                "_activityid_value": CONTACT, "_partyid_value": guid, "participationtypemask": mask,
                "_partyid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "lead",
                "addressused": None,
            }
        )  # fmt: skip
    client = connect(gate(mode="monitor"), purpose="direct_marketing")
    with client:
        odata = client._get_odata()
        odata._request(
            "post", f"{odata.api}/emails({CONTACT})/Microsoft.Dynamics.CRM.SendEmail",
            json={"IssueSend": True},
        )  # fmt: skip
    asked = [e for e in seen.events("recommendation") if e.phase == "requested"]
    assert [e.subject for e in asked] == [
        gate().pseudonym(f"dataverse/lead/{guid}") for guid in (AINO, BART)
    ]
    assert [e.facts.objections.direct_marketing for e in asked] == [False, True]
    assert {e.facts.contact.channel for e in asked} == {"email"}


def test_mail_from_a_template_is_judged_by_its_parties(
    server: Any, gate: Any, connect: Any
) -> None:
    client = connect(gate(), purpose="direct_marketing")
    party = {"partyid_lead@odata.bind": f"/leads({BART})", "participationtypemask": 2}
    body = {"TemplateId": CONTACT, "Target": {"email_activity_parties": [party]}}
    odata = client._get_odata()
    with pytest.raises(StepDenied, match="R-DM-01"):
        odata._request("post", f"{odata.api}/SendEmailFromTemplate", json=body)
    assert not server.requests("SendEmail")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "leads(7b0d4a3e-1c5d-ef11-bfe2-000d3ab1c2d3)/Microsoft.Dynamics.CRM.QualifyLead"),
        ("post", "SendBulkMail"),
        ("post", "new_OwnApi"),
        ("get", "RetrieveDuplicates(x=1)"),
        ("get", "leads(7b0d4a3e-1c5d-ef11-bfe2-000d3ab1c2d3)/fullname"),
        ("get", "leads(7b0d4a3e-1c5d-ef11-bfe2-000d3ab1c2d3)/entityimage/$value"),
        ("post", "lists(7b0d4a3e-1c5d-ef11-bfe2-000d3ab1c2d3)/listcontact_association/$ref"),
        ("get", "leads?$apply=groupby((new_religion))"),
    ],
)
def test_what_nobody_governs_is_refused_by_name(
    server: Any, gate: Any, connect: Any, method: str, path: str
) -> None:
    client = connect(gate())
    odata = client._get_odata()
    with pytest.raises(StepDenied) as stopped:
        odata._request(method, f"{odata.api}/{path}")
    assert stopped.value.verdict.findings[0].rule == "runtime.not_governed"
    assert "7b0d4a3e" not in str(stopped.value)
    assert [
        line for line in server.requests() if "EntityDef" not in line and "batch" not in line
    ] == []


def test_what_is_named_in_passing_goes_through(gate: Any, connect: Any, server: Any) -> None:
    client = connect(gate(), passing=["POST /leads(key)/Microsoft.Dynamics.CRM.QualifyLead"])
    odata = client._get_odata()
    odata._request("post", f"{odata.api}/leads({AINO})/Microsoft.Dynamics.CRM.QualifyLead", json={})
    assert server.requests("QualifyLead")


def test_another_host_or_path_is_not_reached(gate: Any, connect: Any) -> None:
    client = connect(gate())
    odata = client._get_odata()
    with pytest.raises(StepDenied, match="outside the Web API"):
        odata._request("get", "https://elsewhere.example/leads")


def test_a_file_is_written_by_what_its_column_holds(
    server: Any, gate: Any, connect: Any, tmp_path: Path
) -> None:
    file = tmp_path / "cv.pdf"
    file.write_bytes(b"%PDF")
    held = {"categories": ["pd:Communication"]}
    unread = gate(fields={"dataverse/lead": {"new_letter": held}})
    with pytest.raises(StepEscalated, match="new_letter"):
        connect(unread).files.upload("lead", AINO, "new_letter", str(file), mode="small")
    known = gate(fields={"dataverse/lead": {"new_letter": {**held, "free_text": False}}})
    connect(known).files.upload("lead", AINO, "new_letter", str(file), mode="small")
    assert server.requests("PATCH")
    client = connect(gate())
    with pytest.raises(StepEscalated, match="new_cv"):
        client.files.upload("lead", AINO, "new_cv", str(file), mode="small")


def test_deleting_moves_nothing(server: Any, gate: Any, connect: Any) -> None:
    client = connect(gate(("data_collection", "true", {})))
    client.records.delete("lead", BART)
    client.records.delete("lead", [AINO])
    assert [row["leadid"] for row in server.tables["lead"]] == [AINO]


def test_a_batch_is_judged_as_a_whole(server: Any, gate: Any, connect: Any, seen: Any) -> None:
    client = connect(gate())
    batch = client.batch.new()
    batch.records.retrieve("lead", AINO, select=["fullname", "new_religion"])
    batch.records.update("lead", AINO, {"jobtitle": "CPO", "new_religion": "x"})
    with batch.changeset() as changes:
        made = changes.records.create("lead", {"fullname": "Gus Test"})
        changes.records.update("lead", made, {"jobtitle": "Buyer", "new_religion": "y"})
    batch.query.sql("SELECT fullname, new_religion FROM lead")
    result = batch.execute()
    assert [item.status_code for item in result.responses] == [200, 204, 204, 204, 200]
    assert set(result.responses[0].data) - {"@odata.context", "@odata.etag"} == {
        "leadid",
        "fullname",
    }
    assert set(result.responses[4].data["value"][0]) == {"fullname"}
    assert server.tables["lead"][0]["new_religion"] == "Lutheran"
    assert server.tables["lead"][0]["jobtitle"] == "CPO"


def test_one_denied_part_stops_a_batch(server: Any, gate: Any, connect: Any) -> None:
    client = connect(gate(), purpose="lead_scoring", model="propensity-3.1")
    batch = client.batch.new()
    batch.records.retrieve("lead", AINO, select=["jobtitle"])
    batch.records.update("lead", BART, {"msdyn_leadscore": 99})
    with pytest.raises(StepDenied, match="R-OBJ-01"):
        batch.execute()
    assert not server.requests("PATCH")


def test_parts_that_fail_stay_failures(server: Any, gate: Any, connect: Any) -> None:
    client = connect(gate())
    batch = client.batch.new()
    batch.records.retrieve("lead", "00000000-0000-0000-0000-00000000dead", select=["fullname"])
    batch.records.retrieve("lead", AINO, select=["fullname"])
    result = batch.execute(continue_on_error=True)
    assert [item.status_code for item in result.responses] == [404, 200]
    assert "Does Not Exist" in result.responses[0].error_message
    stopped = batch.execute()
    assert [item.status_code for item in stopped.responses] == [404]


def test_a_batch_of_reads_takes_one_look_up(server: Any, gate: Any, connect: Any) -> None:
    client = connect(gate(mode="monitor"), purpose="direct_marketing")
    batch = client.batch.new()
    for guid in (AINO, BART):
        batch.records.retrieve("lead", guid, select=["fullname"])
    batch.execute()
    assert len(server.requests("$batch")) == 3  # its own, the columns, the consents


def test_a_body_that_is_no_row_is_refused(gate: Any, connect: Any) -> None:
    odata = connect(gate())._get_odata()
    for body in (b"[1]", b"not json", json.dumps("x").encode()):
        with pytest.raises(StepDenied, match="no row"):
            odata._request("post", f"{odata.api}/leads", data=body)
