"""What goes wrong: the client's own errors stay as they are, and a stop is never retried."""

from __future__ import annotations

import copy
import json
import pickle
import threading
from typing import Any

import pytest
import requests
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceResourceNotFound,
)

import aboveboard_salesforce
from aboveboard import ConfigurationError, Gate, StepDenied
from examples.salesforce.server import Org
from tests.plugins.salesforce.conftest import Client
from tests.plugins.salesforce.people import AINO, INDIVIDUAL, known, lead_ids

LIMIT = [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]


def test_errors_keep_their_type_and_text(client: Client, org: Org) -> None:
    sf = client(choices=False)
    with pytest.raises(SalesforceResourceNotFound, match="NOT_FOUND"):
        sf.Lead.get("00Q5g00000AbCdZEAV")
    with pytest.raises(SalesforceMalformedRequest, match="INVALID_TYPE"):
        sf.query("SELECT Id FROM Nothing__c")
    sf.query("SELECT Id, Name FROM Lead")
    org.failures.append((429, {"Retry-After": "7"}, LIMIT))
    with pytest.raises(SalesforceGeneralError, match="REQUEST_LIMIT_EXCEEDED") as caught:
        sf.query("SELECT Id, Name FROM Lead")
    assert caught.value.status == 429
    org.token = "token-2"
    with pytest.raises(SalesforceExpiredSession, match="INVALID_SESSION_ID"):
        sf.Lead.get(AINO)


def test_a_session_that_expired_is_renewed(client: Client, org: Org) -> None:
    sf = client(login=True)
    org.token = "token-2"
    assert sf.query("SELECT Id, Religion__c FROM Lead")["records"][0]["Id"] == AINO
    org.token = "token-3"
    assert "Religion__c" not in sf.Lead.get(AINO)
    assert org.logins == 3


def test_a_stop_comes_out_as_it_is_and_is_not_retried(client: Client, org: Org) -> None:
    org.records["Individual"][INDIVIDUAL]["ShouldForget"] = True
    sf = client()
    with pytest.raises(StepDenied) as stopped:
        sf.Lead.get(AINO)
    assert type(stopped.value) is StepDenied
    assert stopped.value.__cause__ is None
    assert org.count(f"Lead/{AINO}") == 1


def test_a_server_that_hangs_up_half_way(client: Client, org: Org, log: list[Any]) -> None:
    org.broken = lambda path: "query" in path
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        client().query("SELECT Id, Name FROM Lead")
    org.broken = lambda path: path.endswith("/composite")
    assert len(client().query("SELECT Id, Name FROM Lead")["records"]) == 2
    assert {entry["lookup"] for entry in log if entry["event"] == "lookup.failed"} == {
        "salesforce.metadata",
        "salesforce.choices",
    }


def test_failing_look_ups_leave_facts_unknown(client: Client, org: Org, log: list[Any]) -> None:
    seen: list[Any] = []

    def facts(record: Any) -> None:
        seen.append(record.facts)

    sf = client(facts=facts, purpose="lead_scoring", model="propensity-3.1")
    org.failures += [(500, {}, []), (503, {}, "busy")]
    with pytest.raises(StepDenied):
        sf.Lead.update(AINO, {"Rating": "Hot"})
    assert "objections" not in seen[-1]


def test_organisations_without_individuals(client: Client, org: Org, log: list[Any]) -> None:
    for name in ("Individual", "ContactPointTypeConsent"):
        del org.described[name]
    sf = client(ttl_s=0)
    page = sf.query("SELECT Id, Name FROM Lead")
    assert len(page["records"]) == 2
    sf.query("SELECT Id, Name FROM Lead")
    failed = [entry for entry in log if entry["event"] == "lookup.failed"]
    assert [entry["lookup"] for entry in failed] == [
        "salesforce.consents"
    ]  # and is not asked again


def test_a_field_that_the_user_cannot_see_is_asked_for_once(
    client: Client, org: Org, log: list[Any]
) -> None:
    org.hidden.add("DoNotCall")
    seen: list[Any] = []

    def facts(record: Any) -> Any:
        seen.append(record.facts)
        return known()

    sf = client(ttl_s=0, facts=facts)
    sf.query("SELECT Id, Name FROM Lead")
    assert "objections" not in seen[-1]
    sf.query("SELECT Id, Name FROM Lead")
    assert seen[-1]["objections"]["direct_marketing"] is True
    failed = [entry for entry in log if entry["event"] == "lookup.failed"]
    assert [entry["lookup"] for entry in failed] == ["salesforce.choices"]


def test_answers_that_cannot_be_read_are_refused(client: Client, org: Org) -> None:
    sf = client()
    for answer in ("<html>", '{"records": ['):
        org.failures.append((200, {}, answer))
        with pytest.raises(StepDenied, match="nobody can judge it"):
            sf.query("SELECT Id FROM Account")


@pytest.mark.parametrize(
    "answer",
    [
        {"records": None}, {"records": [None, 1, "x", []]}, {"records": [{"attributes": None}]},
        {"records": [{"attributes": {"type": 5, "url": 7}, "Id": {"a": 1}}]}, [], [[]], {}, None,
        {"records": [{"attributes": {"type": "Lead", "url": "x"}, "Individual": 5, "Email": ["x"]}]},
        {"records": [{"Contacts": {"records": [1, {"attributes": []}]}, "Country": {}}]},
        {"records": {}, "totalSize": "many"},
    ],
)  # fmt: skip
def test_strange_answers_do_not_crash(client: Client, org: Org, answer: Any) -> None:
    sf = client()
    org.failures.append((200, {}, answer))
    sf.session.get(f"{sf.base_url}query?q=SELECT Id FROM Account", headers=sf.headers)
    org.failures.append((200, {}, answer))
    sf.session.get(f"{sf.base_url}recent", headers=sf.headers)


def test_a_large_page(client: Client, org: Org) -> None:
    for number in lead_ids(500):
        org.add("Lead", number, Name="Ää 漢字 \u202e🙂" * 20, Religion__c="x" * 2000)
    page = client().query("SELECT Id, Name, Religion__c FROM Lead")
    assert len(page["records"]) == 502
    assert page["records"][-1]["Name"].startswith("Ää 漢字")
    assert all("Religion__c" not in row for row in page["records"])


def test_threads_share_a_client(client: Client, org: Org) -> None:
    for number in lead_ids(20):
        org.add("Lead", number, Name=number, Religion__c="x")
    sf = client()
    wrong: list[Any] = []

    def read(number: str) -> None:
        try:
            lead = sf.Lead.get(number)
            if "Religion__c" in lead or lead["Name"] != number:
                wrong.append(lead)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=read, args=(number,)) for number in lead_ids(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert org.count("/composite") <= 21  # what Lead is was asked once


def test_what_goes_round_the_guard_is_caught(client: Client, org: Org) -> None:
    sf = client()
    sf.session.mount("https://", sf.session.adapters["https://"].inner)  # a retry policy, say
    assert "Religion__c" not in sf.Lead.get(AINO)
    with pytest.raises(TypeError, match="copied to another process"):
        pickle.dumps(sf.session)
    with pytest.raises(TypeError, match="copied to another process"):
        copy.deepcopy(sf.session)
    for path in (
        f"sobjects/Lead/../../../../services/data/v59.0/sobjects/Lead/{AINO}/x/y",
        f"sobjects/Lead/{AINO}/%2e%2e/x",
        "sobjects/Lead/%2e%2e",
        "new/thing",
    ):
        with pytest.raises(StepDenied):
            sf.restful(path)
    with pytest.raises(StepDenied, match="not governed"):
        sf.session.get("https://example.com/people")
    with pytest.raises(StepDenied, match="SOAP"):
        sf.session.post(f"https://{sf.sf_instance}/services/Soap/u/59.0", data="<query/>")
    with pytest.raises(StepDenied, match="no JSON"):
        sf.session.post(f"{sf.base_url}sobjects/Lead/", data=iter([b"{}"]), headers=sf.headers)


def test_wrapping_says_what_is_wrong(client: Client, gate: Gate) -> None:
    sf = client()
    with pytest.raises(ConfigurationError, match="governed already"):
        aboveboard_salesforce.wrap(sf, purpose="contact_management", gate=gate)
    with pytest.raises(ConfigurationError, match=r"expected simple_salesforce\.Salesforce"):
        aboveboard_salesforce.wrap(object(), purpose="contact_management")
    with pytest.raises(ConfigurationError, match="governed already"):
        aboveboard_salesforce.session(sf.session, purpose="contact_management", gate=gate)
    with requests.Session() as plain:
        found = aboveboard_salesforce.session(plain, purpose="contact_management", gate=gate)
        assert found is plain


def test_what_looks_like_something_else(client: Client, org: Org) -> None:
    """A POST that is meant as another method, a job that brings its data along."""
    sf = client()
    base, headers = sf.base_url, sf.headers
    sf.session.post(
        f"{base}sobjects/Lead/{AINO}?_HttpMethod=PATCH",
        json={"Title": "CPO", "Religion__c": "x"},
        headers=headers,
    )
    assert json.loads(org.asked[-1][2]) == {"Title": "CPO"}
    for how in (
        {"params": {"_HttpMethod": "DELETE"}},
        {"headers": {**headers, "X-HTTP-Method-Override": "x"}},
    ):
        with pytest.raises(StepDenied):
            sf.session.get(f"{base}sobjects/Lead/{AINO}", **{"headers": headers, **how})
    with pytest.raises(StepDenied, match="in one piece"):
        sf.session.post(
            f"{base}jobs/ingest",
            data="--x\nContent-Type: application/json\n\n{}\n--x",
            headers=headers,
        )
    sf.Lead.update(
        AINO, {"Title": "x"}, headers={"Sforce-Duplicate-Rule-Header": "includeRecordDetails=true"}
    )
    with pytest.raises(StepDenied, match="not_governed"):
        sf.session.head(f"{base}sobjects/Lead/{AINO}", headers=headers)


def test_an_id_with_a_slash_stays_one_part_of_the_path(client: Client, org: Org) -> None:
    org.records["Lead"][AINO]["Ext__c"] = "a/b"
    org.describe("Lead", "Ext__c", "string")
    lead = client().session.get(
        "https://x.my.salesforce.com/services/data/v59.0/sobjects/Lead/Ext__c/a%2Fb",
        headers={"Authorization": "Bearer token-1"},
    )
    assert lead.status_code in (200, 404)
    assert "Religion__c" not in lead.text
