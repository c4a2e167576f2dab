"""Reads of the real SDK: what must not be had is neither asked for nor given."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hubspot.crm.contacts import (
    BatchReadInputSimplePublicObjectId,
    Filter,
    FilterGroup,
    PublicObjectSearchRequest,
    SimplePublicObjectId,
)

from aboveboard import Gate, StepDenied
from aboveboard.crm import Record
from examples.hubspot.server import HubSpotServer
from tests.plugins.hubspot.conftest import Seen, Wrap, known

ASKED = ["email", "jobtitle", "hs_predictivecontactscore_v2", "shoe_size"]


def test_one_contact(wrap: Wrap, server: HubSpotServer) -> None:
    contact = wrap().crm.contacts.basic_api.get_by_id("1", properties=ASKED)
    # The score is not needed for this purpose, and nobody knows what a shoe size says.
    request = server.asked("GET /crm/v3/objects/contacts/1")[0]
    assert request.asked("properties") == [
        "email", "jobtitle", "country", "hs_email_optout", "hs_language", "hs_legal_basis",
        "lifecyclestage",
    ]  # fmt: skip
    assert contact.id == "1"
    assert contact.properties == {
        "email": "aino@example.com",
        "jobtitle": "Buyer",
        "createdate": "2026-10-12T11:02:41.456Z",
        "hs_object_id": "1",
        "lastmodifieddate": "2026-10-12T11:02:41.456Z",
    }


def test_nothing_asked_for_is_what_hubspot_gives_by_itself(wrap: Wrap) -> None:
    contact = wrap().crm.contacts.basic_api.get_by_id("1")
    assert set(contact.properties) == {
        "createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname",
    }  # fmt: skip


def test_what_comes_unasked_is_cut_from_the_answer(wrap: Wrap, server: HubSpotServer) -> None:
    held = server.put("contacts", 9, email="a@example.com", religion="none")
    server.special = lambda r: (200, held, {}) if r.path.endswith("/contacts/9") else None
    contact = wrap().crm.contacts.basic_api.get_by_id("9", properties=["email"])
    assert set(contact.properties) == {"email", "createdate", "hs_object_id", "lastmodifieddate"}


def test_what_lies_beside_the_properties_is_unknown(wrap: Wrap, server: HubSpotServer) -> None:
    held = {**server.put("contacts", 9, email="a@example.com"), "enriched": {"religion": "none"}}
    server.special = lambda r: (200, held, {}) if r.path.endswith("/contacts/9") else None
    answer = wrap().api_request({"path": "/crm/v3/objects/contacts/9"}).json()
    assert "enriched" not in answer
    assert answer["properties"]["email"] == "a@example.com"


def test_pages_to_the_last_one(wrap: Wrap, server: HubSpotServer) -> None:
    for number in range(10, 260):
        server.put("contacts", number, email=f"n{number}@example.com")
    found = wrap().crm.contacts.get_all(properties=["email"])
    assert len(found) == 253
    assert all(set(item.properties) <= {"email", "createdate", "hs_object_id", "lastmodifieddate"}
               for item in found)  # fmt: skip
    assert len(server.asked("GET /crm/v3/objects/contacts")) == 3
    assert len(server.asked("statuses/batch/read")) == 3  # one a page


def test_records_that_must_not_be_had_are_skipped(wrap: Wrap) -> None:
    def facts(record: Record) -> dict[str, Any]:
        gone = (
            [{"type": "erasure", "status": "open"}]
            if record.subject == "hubspot/contacts/2"
            else []
        )
        return {**known(), "rights_requests": gone}

    found = wrap(facts=facts, on_stopped="skip").crm.contacts.get_all(properties=["email"])
    assert [item.id for item in found] == ["1", "3"]
    single = wrap(facts=facts, on_stopped="skip").crm.contacts.basic_api.get_by_id("2")
    assert (single.id, single.properties) == ("2", {})
    with pytest.raises(StepDenied):
        wrap(facts=facts).crm.contacts.get_all(properties=["email"])


def test_a_search(wrap: Wrap, server: HubSpotServer) -> None:
    request = PublicObjectSearchRequest(
        filter_groups=[FilterGroup([Filter(property_name="email", operator="EQ", value="eetu@example.com")])],
        properties=ASKED, sorts=["-createdate"], limit=10,
    )  # fmt: skip
    page = wrap().crm.contacts.search_api.do_search(public_object_search_request=request)
    assert (page.total, page.results[0].properties["email"]) == (1, "eetu@example.com")
    assert "hs_predictivecontactscore_v2" not in server.asked("search")[0].body["properties"]
    assert request.properties == ASKED  # what the program holds is left alone


def test_what_must_not_be_used_is_not_searched_by(wrap: Wrap, server: HubSpotServer) -> None:
    contacts = wrap().crm.contacts.search_api
    for more in (
        {
            "filter_groups": [
                {"filters": [{"propertyName": "religion", "operator": "EQ", "value": "x"}]}
            ]
        },
        {"sorts": ["-religion"]},
    ):
        with pytest.raises(StepDenied, match="filters or sorts by religion"):
            contacts.do_search(
                {"properties": ["email"], **{k.replace("_g", "G"): v for k, v in more.items()}}
            )
    assert server.asked("search") == []


def test_what_is_searched_by_is_had(wrap: Wrap, watched: Gate, seen: Seen) -> None:
    by_name = {"filterGroups": [{"filters": [
        {"propertyName": "firstname", "operator": "EQ", "value": "Aino"}]}], "properties": ["jobtitle"]}  # fmt: skip
    wrap(gate=watched).crm.contacts.search_api.do_search(by_name)
    assert {field.name for field in seen.events[0].facts.fields} == {"firstname", "jobtitle"}


def test_a_batch_with_some_missing(wrap: Wrap, server: HubSpotServer) -> None:
    asked = BatchReadInputSimplePublicObjectId(
        inputs=[SimplePublicObjectId("1"), SimplePublicObjectId("77")],
        properties=["email", "shoe_size"],
        properties_with_history=["jobtitle", "religion"],
    )
    answer = wrap().crm.contacts.batch_api.read(asked)
    assert (len(answer.results), answer.num_errors) == (1, 1)
    assert answer.errors[0].context == {"ids": ["77"]}
    body = server.asked("batch/read")[0].body
    assert body["propertiesWithHistory"] == ["jobtitle"]
    assert "shoe_size" not in body["properties"]
    assert list(answer.results[0].properties_with_history) == ["jobtitle"]


def test_old_values_are_values(
    wrap: Wrap, server: HubSpotServer, watched: Gate, seen: Seen
) -> None:
    server.special = lambda r: (
        200,
        {"id": "1", "properties": {"email": "aino@example.com"}, "propertiesWithHistory": {
            "message": [{"value": "thanks"}, {"value": "I was on sick leave after surgery"}]},
         "createdAt": "2026-10-12T11:02:41Z", "updatedAt": "2026-10-12T11:02:41Z"},
        {},
    ) if r.path.endswith("contacts/1") else None  # fmt: skip
    api = wrap(gate=watched).crm.contacts.basic_api
    contact = api.get_by_id("1", properties_with_history=["message"])
    assert contact.properties_with_history == {}
    (field,) = [field for field in seen.events[-1].facts.fields if field.name == "message"]
    assert "pd:Health" in field.detected_categories


def test_history_that_was_asked_for_stays(wrap: Wrap, server: HubSpotServer) -> None:
    contact = wrap().crm.contacts.basic_api.get_by_id("1", properties_with_history=["country"])
    assert list(contact.properties_with_history) == ["country"]
    assert "country" not in contact.properties


def test_a_missing_null_or_odd_field_stops_nothing(wrap: Wrap, server: HubSpotServer) -> None:
    odd = {"id": 5, "properties": {"email": None, "firstname": ["Aino"], "hs_language": 7, "country": {},
                                   "jobtitle": "Ostaja \u00e4\u0000 \U0001f9d1", "createdate": "soon"},
           "createdAt": "2026-10-12T11:02:41Z", "updatedAt": None, "archived": None, "associations": "none"}  # fmt: skip
    server.special = lambda r: (
        (200, {"results": [odd, {"id": "6"}]}, {}) if "objects" in r.path else None
    )
    answer = wrap().api_request({"path": "/crm/v3/objects/contacts", "qs": {"limit": 2}}).json()
    assert [item["id"] for item in answer["results"]] == [5, "6"]
    assert answer["results"][0]["properties"]["jobtitle"] == odd["properties"]["jobtitle"]


def test_other_objects(wrap: Wrap, server: HubSpotServer) -> None:
    server.put("companies", 1, name="Esimerkki Oy", domain="example.com", industry="RETAIL")
    company = wrap().crm.companies.basic_api.get_by_id("1", properties=["name", "industry"])
    assert company.properties["name"] == "Esimerkki Oy"
    server.put("2-123", 1, anything="x")
    custom = wrap().crm.objects.basic_api.get_by_id("2-123", "1", properties=["anything"])
    assert "anything" not in custom.properties


def test_a_note_is_of_the_contact_that_it_belongs_to(
    wrap: Wrap, server: HubSpotServer, watched: Gate, seen: Seen
) -> None:
    note = server.put("notes", 1, hs_note_body="Call back in May.")
    note["associations"] = {"contacts": {"results": [{"id": "1", "type": "note_to_contact"}]}}
    client = wrap(gate=watched, on_stopped="skip")
    client.crm.objects.notes.basic_api.get_by_id(
        "1", properties=["hs_note_body"], associations=["contacts"]
    )
    assert seen.events[-1].subject == watched.pseudonym("hubspot/contacts/1")


def test_owners_and_lists(wrap: Wrap, server: HubSpotServer, watched: Gate, seen: Seen) -> None:
    owner = {"id": "7", "email": "seller@example.com", "firstName": "Veera", "lastName": "M", "userId": 3,
             "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z", "archived": False,
             "type": "PERSON", "hobby": "chess"}  # fmt: skip
    server.special = lambda r: (200, {"results": [owner]}, {}) if "owners" in r.path else None
    server.members["5"] = ["1", "2"]
    client = wrap(gate=watched)
    assert client.crm.owners.owners_api.get_page().results[0].first_name == "Veera"
    assert "hobby" not in client.api_request({"path": "/crm/v3/owners/"}).json()["results"][0]
    skipping = wrap(gate=watched, on_stopped="skip")
    skipping.crm.lists.memberships_api.get_page("5")
    assert seen.events[-1].facts.fields[0].categories == ("pd:IndividualProfile",)
    assert seen.events[-1].subject == watched.pseudonym("hubspot/contacts/2")


def test_in_a_thread_of_the_sdk(wrap: Wrap) -> None:
    api = wrap().crm.contacts.basic_api
    thread = api.get_by_id("1", properties=ASKED, async_req=True)
    assert set(thread.get().properties) >= {"email", "jobtitle"}
    denied = wrap(purpose="direct_marketing").crm.contacts.basic_api
    with pytest.raises(StepDenied):
        denied.get_by_id("1", properties=["religion"], async_req=True).get()
    api.api_client.close()
    denied.api_client.close()


def test_a_body_that_the_program_reads_itself(wrap: Wrap) -> None:
    api = wrap().crm.contacts.basic_api
    response = api.get_by_id("1", properties=ASKED, _preload_content=False)
    assert set(response.json()["properties"]) == {
        "email", "jobtitle", "createdate", "hs_object_id", "lastmodifieddate",
    }  # fmt: skip
    assert response.status == 200
    response.release_conn()


def test_the_status_and_headers_still_come(wrap: Wrap) -> None:
    contact, status, _ = wrap().crm.contacts.basic_api.get_by_id_with_http_info("1")
    assert (contact.id, status) == ("1", 200)


def test_many_threads_and_one_client(wrap: Wrap, server: HubSpotServer) -> None:
    client = wrap()

    def one(number: int) -> str:
        found = client.crm.contacts.basic_api.get_by_id(str(1 + number % 3), properties=ASKED)
        assert "hs_predictivecontactscore_v2" not in found.properties
        return str(found.properties["email"])

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(one, range(24)))
    assert found == [f"{('aino', 'eetu', 'saara')[n % 3]}@example.com" for n in range(24)]
