"""Reading by the real client: what is not needed is not asked for, and comes to nobody."""

from __future__ import annotations

from typing import Any

import pytest
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceResourceNotFound

from aboveboard import StepDenied
from examples.salesforce.server import Org
from tests.plugins.salesforce.conftest import Client
from tests.plugins.salesforce.people import AINO, INDIVIDUAL, PEKKA, SALLA, lead_ids


def test_a_query_leaves_out_what_the_purpose_does_not_need(client: Client, org: Org) -> None:
    page = client().query("SELECT Id, Name, Religion__c, Email FROM Lead")
    assert [row["Name"] for row in page["records"]] == ["Aino Virtanen", "Pekka Laine"]
    assert set(page["records"][0]) == {"attributes", "Id", "Name", "Email"}
    assert org.queries()[0] == "SELECT Id, Name, Email FROM Lead"


def test_choices_cost_one_request_a_page(client: Client, org: Org, log: list[Any]) -> None:
    for number in lead_ids(100):
        org.add("Lead", number, Name="N", HasOptedOutOfEmail=False, IndividualId=None)
    sf = client()
    sf.query("SELECT Id, Name FROM Lead")
    assert [path.partition("?")[0] for _, path, _ in org.asked] == [
        "/services/data/v59.0/query/",
        "/services/data/v59.0/composite",  # how Lead describes itself, once
        "/services/data/v59.0/composite",  # what the 102 people have chosen
    ]
    org.asked.clear()
    sf.query("SELECT Id, Name FROM Lead LIMIT 5000")
    assert org.count("composite") == 0  # kept for a while
    assert not [entry for entry in log if entry["event"] == "lookup.failed"]


def test_a_record_by_its_id_is_asked_for_field_by_field(client: Client, org: Org) -> None:
    lead = client().Lead.get(AINO)
    assert lead["Title"] == "Head of Procurement"
    assert "Religion__c" not in lead
    (path,) = [path for _, path, _ in org.asked if f"Lead/{AINO}" in path]
    assert "Religion__c" not in path
    assert "Title" in path


def test_what_comes_unasked_is_cut_from_the_answer(client: Client, org: Org) -> None:
    del org.described["Account"]  # it cannot be described: nobody knows what there is
    org.records["Lead"][AINO]["New__c"] = {"deep": ["strange"]}
    sf = client()
    org.described["Lead"] = [item for item in org.described["Lead"] if item["name"] == "Id"]
    lead = sf.Lead.get(AINO)
    assert "New__c" not in lead
    assert "Religion__c" not in lead
    assert lead["Name"] == "Aino Virtanen"


def test_objections_and_erasure_are_known(client: Client, org: Org) -> None:
    org.records["Individual"][INDIVIDUAL]["ShouldForget"] = True
    with pytest.raises(StepDenied) as stopped:
        client().Lead.get(AINO)
    assert "R-ERA-01" in stopped.value.verdict.rules
    page = client(on_stopped="skip").query("SELECT Id, Name FROM Lead")
    assert [row["Id"] for row in page["records"]] == [PEKKA]


def test_an_individual_is_the_same_person(client: Client, org: Org) -> None:
    page = client().query("SELECT Id, Individual.BirthDate, Individual.ShouldForget FROM Lead")
    assert page["records"][0]["Individual"]["ShouldForget"] is False
    assert "BirthDate" not in page["records"][0]["Individual"]
    assert org.queries()[0] == "SELECT Id, Individual.ShouldForget FROM Lead"


def test_subqueries_are_read_too(client: Client, org: Org) -> None:
    org.records["Contact"][SALLA]["AccountId"] = "001000000000001AAA"
    org.describe("Account", "Contacts", "string")
    page = client().query("SELECT Name, (SELECT Name, Birthdate FROM Contacts) FROM Account")
    (account,) = page["records"]
    (contact,) = account["Contacts"]["records"]
    assert contact["Name"] == "Salla Niemi"
    assert "Birthdate" not in contact
    assert org.queries()[0] == "SELECT Name, (SELECT Name FROM Contacts) FROM Account"


def test_subqueries_of_subqueries(client: Client, org: Org) -> None:
    org.describe("Account", "Contacts", "string")
    query = "SELECT Name, (SELECT Id, (SELECT Birthdate, Subject FROM Cases WHERE Priority = 'x') FROM Contacts) FROM Account"
    client().query(query)
    assert "Birthdate" not in org.queries()[0]


def test_a_condition_on_a_cut_field_is_refused(client: Client, org: Org) -> None:
    sf = client()
    for query in (
        "SELECT Id FROM Lead WHERE Religion__c = 'x'",
        "SELECT Id FROM Lead ORDER BY religion__C",
        "SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact WHERE Birthdate > TODAY)",
        "SELECT COUNT(Id) FROM Lead GROUP BY Religion__c",
    ):
        with pytest.raises(StepDenied, match="conditions"):
            sf.query(query)
    assert org.queries() == []


def test_what_is_not_understood_is_refused(client: Client, org: Org) -> None:
    sf = client()
    for query in ("SELECT", "SELECT TYPEOF What WHEN Account THEN Phone END FROM Event", "FROM x"):
        with pytest.raises(StepDenied, match="not understood"):
            sf.query(query)
    assert org.queries() == []


def test_counts_and_groups(client: Client, org: Org) -> None:
    sf = client()
    assert sf.query("SELECT COUNT() FROM Lead")["totalSize"] == 2
    page = sf.query("SELECT LeadSource, COUNT(Id) FROM Lead GROUP BY LeadSource")
    assert page["records"][0]["expr0"] == 2
    with pytest.raises(StepDenied, match="nothing is left"):
        sf.query("SELECT COUNT(Religion__c) FROM Lead")


def test_all_fields_are_asked_for_one_by_one(client: Client, org: Org) -> None:
    page = client().query("SELECT FIELDS(ALL) FROM Lead LIMIT 200")
    assert "Religion__c" not in page["records"][0]
    assert "Religion__c" not in org.queries()[0]
    assert "Email" in org.queries()[0]


def test_pages_are_judged_one_by_one(client: Client, org: Org) -> None:
    org.page = 3
    for number in lead_ids(5):
        org.add("Lead", number, Name="N", Religion__c="x")
    sf = client()
    records = sf.query_all("SELECT Id, Name FROM Lead")["records"]
    assert len(records) == 7
    assert all(set(row) == {"attributes", "Id", "Name"} for row in records)
    org.records["Individual"][INDIVIDUAL]["ShouldForget"] = True
    seen = []
    with pytest.raises(StepDenied):
        seen += list(client().query_all_iter("SELECT Id, Name FROM Lead WHERE Status = 'Open'"))


def test_search(client: Client, org: Org) -> None:
    sf = client()
    found = sf.search("FIND {Aino} RETURNING Lead(Id, Name, Religion__c LIMIT 5), Contact(Id)")
    assert len(found["searchRecords"]) == 3
    assert "Religion__c" not in found["searchRecords"][0]
    assert org.queries()[0] == "FIND {Aino} RETURNING Lead(Id, Name LIMIT 5), Contact(Id)"
    assert sf.quick_search("Aino")["searchRecords"]
    with pytest.raises(StepDenied, match="not understood"):
        sf.search("FIND {x} IN ALL FIELDS RETURNING Lead(Id) WITH SNIPPET")


def test_by_external_id_and_many_by_id(client: Client, org: Org) -> None:
    org.records["Lead"][AINO]["Ext__c"] = "ab1"
    org.describe("Lead", "Ext__c", "string")
    sf = client()
    with pytest.raises(StepDenied):
        sf.Lead.get(f"{AINO}/Body")
    many = sf.restful(
        "composite/sobjects/Lead", params={"ids": f"{AINO},{PEKKA}", "fields": "Name,Religion__c"}
    )
    assert [row["Name"] for row in many] == ["Aino Virtanen", "Pekka Laine"]
    many = sf.restful(
        "composite/sobjects/Lead",
        method="POST",
        json={"ids": [AINO, "x"], "fields": ["Name", "Religion__c"]},
    )
    assert many[1] is None
    assert '"fields": ["Name"]' in org.asked[-1][2] or '"fields": ["Name"]' in org.asked[-2][2]
    lead = sf.Lead.get_by_custom_id("Ext__c", "ab1")
    assert lead["Name"] == "Aino Virtanen"
    assert "Religion__c" not in lead


def test_what_is_let_through_by_name_goes_out_as_it_is(client: Client, org: Org) -> None:
    passing = [
        "GET /services/apexrest/{rest+}",
        "GET /services/data/{version}/query (not understood)",
        "GET /services/data/{version}/query on Lead.Religion__c",
        "GET /services/data/{version}/sobjects/{object}/{id} of Attachment",
    ]
    sf = client(passing=passing)
    with pytest.raises(SalesforceResourceNotFound):
        sf.apexecute("Leads")
    with pytest.raises(SalesforceResourceNotFound):
        sf.Attachment.get("00P5g000000001AAAA")
    with pytest.raises(SalesforceMalformedRequest):
        sf.query("SELECT")
    query = "SELECT Id, Religion__c FROM Lead WHERE Religion__c = 'none of your business'"
    page = sf.query(query)
    assert org.queries()[-1] == query
    # The request was let through, not its answer.
    assert [set(row) for row in page["records"]] == [{"attributes", "Id"}] * 2


def test_records_within_records_are_left_out(client: Client, org: Org) -> None:
    org.records["Individual"][INDIVIDUAL]["ShouldForget"] = True
    org.records["Contact"][SALLA].update(AccountId="001000000000001AAA", IndividualId=INDIVIDUAL)
    sf = client(on_stopped="skip")
    page = sf.query("SELECT Name, (SELECT Name FROM Contacts) FROM Account")
    assert page["records"][0]["Name"] == "Esimerkki Oy"
    assert page["records"][0]["Contacts"]["records"] == []
    org.add("Case", "5005g000000001AAAA", Priority="High", ContactId=SALLA)
    page = sf.query("SELECT Priority, Contact.Name FROM Case")
    assert page["records"][0]["Contact"] is None
    lead = sf.Lead.get(AINO)
    assert set(lead) == {"attributes", "Id"}
