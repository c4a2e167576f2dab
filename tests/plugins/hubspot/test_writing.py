"""What is written back and sent is judged before it leaves, with what HubSpot knows of the person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hubspot.crm.contacts import (
    BatchInputSimplePublicObjectBatchInput,
    BatchInputSimplePublicObjectBatchInputForCreate,
    BatchInputSimplePublicObjectBatchInputUpsert,
    PublicGdprDeleteInput,
    PublicMergeInput,
    SimplePublicObjectBatchInput,
    SimplePublicObjectBatchInputForCreate,
    SimplePublicObjectBatchInputUpsert,
    SimplePublicObjectInput,
    SimplePublicObjectInputForCreate,
)
from hubspot.crm.lists import MembershipChangeRequest
from hubspot.crm.objects.notes import SimplePublicObjectInputForCreate as Note
from hubspot.events.send import BehavioralEventHttpCompletionRequest
from hubspot.marketing.transactional import PublicSingleSendEmail, PublicSingleSendRequestEgg

from aboveboard import Gate, Settings, StepDenied, StepEscalated
from aboveboard.crm import Record
from aboveboard.organisation import example
from aboveboard.suppression import Suppression
from examples.hubspot.server import HubSpotServer
from tests.plugins.hubspot.conftest import WORK_EMAIL, Seen, Wrap, known

SCORE = {"hs_predictivecontactscore_v2": "71"}


def scoring(wrap: Wrap, **more: Any) -> Any:
    """A client that writes the scores of a model."""

    def facts(record: Record) -> dict[str, Any]:
        return {
            **known(),
            "fields[]": {
                **known()["fields[]"],
                "inferred_at": datetime.now(UTC),
                "inferred_by": "propensity-3.1",
                "confidence_bp": 8000,
            },
            "ai": {"confidence_bp": 8000, "in_distribution": True},
            "objections": {
                "profiling": False,
                "right_notified_at": datetime.now(UTC) - timedelta(9),
            },
        }

    options = {"purpose": "lead_scoring", "model": "propensity-3.1", "facts": facts, **more}
    return wrap(**options)


def test_a_score_is_a_profiling_step(
    wrap: Wrap, server: HubSpotServer, watched: Gate, seen: Seen
) -> None:
    scoring(wrap, gate=watched).crm.contacts.basic_api.update("1", SimplePublicObjectInput(SCORE))
    assert server.records["contacts"]["1"]["properties"]["hs_predictivecontactscore_v2"] == "71"
    event = next(event for event in seen.events if event.phase == "requested")
    assert (event.step, event.subject) == ("profiling", watched.pseudonym("hubspot/contacts/1"))
    (field,) = event.facts.fields
    assert (field.name, field.source, field.target_system) == (*SCORE, "inferred", "hubspot")
    # One look-up told the rules of her country, and that she has not opted out.
    assert event.facts.subject.country == "FI"
    assert event.facts.objections.direct_marketing is False
    assert len(server.asked("contacts/batch/read")) == 1


def test_a_score_without_the_facts_is_not_written(wrap: Wrap, server: HubSpotServer) -> None:
    api = wrap(purpose="lead_scoring", facts=None).crm.contacts.basic_api
    with pytest.raises(StepDenied) as stopped:
        api.update("1", SimplePublicObjectInput(SCORE))
    assert stopped.value.verdict.step == "profiling"
    assert server.asked("PATCH") == []
    assert server.records["contacts"]["1"]["properties"]["hs_predictivecontactscore_v2"] == "12.34"


def test_a_job_title_is_merely_recorded(wrap: Wrap, server: HubSpotServer) -> None:
    title = SimplePublicObjectInput({"jobtitle": "Head of Procurement", "shoe_size": "43"})
    answer = wrap().crm.contacts.basic_api.update("1", title)
    assert answer.properties["jobtitle"] == "Head of Procurement"
    assert server.asked("PATCH")[0].body == {"properties": {"jobtitle": "Head of Procurement"}}
    assert title.properties["shoe_size"] == "43"  # what the program holds is left alone


def test_the_answer_to_a_write_tells_no_more_than_was_written(
    wrap: Wrap, server: HubSpotServer
) -> None:
    held = server.records["contacts"]["1"]
    server.special = lambda r: (200, held, {}) if r.method == "PATCH" else None
    api = wrap().crm.contacts.basic_api
    answer = api.update("1", SimplePublicObjectInput({"jobtitle": "Buyer"}))
    assert answer.properties["jobtitle"] == "Buyer"
    assert "hs_predictivecontactscore_v2" not in answer.properties
    server.special = lambda r: (200, ["?"], {}) if r.method == "PATCH" else None
    answer = wrap().api_request(
        {
            "method": "PATCH",
            "path": "/crm/v3/objects/contacts/1",
            "body": {"properties": {"jobtitle": "x"}},
        }
    )
    assert answer.json() == {}


def test_special_data_is_not_written(wrap: Wrap, server: HubSpotServer) -> None:
    note = {"message": "She is on sick leave after surgery."}
    with pytest.raises(StepDenied) as stopped:
        wrap(facts=None).crm.contacts.basic_api.update("1", SimplePublicObjectInput(note))
    assert "surgery" not in str(stopped.value)
    assert server.asked("PATCH") == []


def test_many_at_once_with_one_look_up(wrap: Wrap, server: HubSpotServer) -> None:
    batch = wrap().crm.contacts.batch_api
    answer = batch.update(
        BatchInputSimplePublicObjectBatchInput(
            [
                SimplePublicObjectBatchInput(id=str(n), properties={"jobtitle": "CEO"})
                for n in (1, 2, 77)
            ]
        )
    )
    assert [item.properties["jobtitle"] for item in answer.results] == ["CEO", "CEO"]
    assert answer.num_errors == 1
    assert [str(request) for request in server.log] == [
        "POST /crm/v3/objects/contacts/batch/read",
        "POST /crm/v3/objects/contacts/batch/update",
    ]


def test_an_upsert_by_address_is_of_the_contact_behind_it(
    wrap: Wrap, server: HubSpotServer, keeping: Gate
) -> None:
    gone = Suppression(keeping.pseudonym("hubspot/contacts/2"), "erasure", True, datetime.now(UTC))
    assert keeping.store is not None
    keeping.store.record([gone])

    def upsert(address: str) -> Any:
        entry = SimplePublicObjectBatchInputUpsert(
            id=address, id_property="email", properties={"jobtitle": "CEO"}
        )
        batch = BatchInputSimplePublicObjectBatchInputUpsert([entry])
        return wrap(gate=keeping).crm.contacts.batch_api.upsert(batch)

    assert upsert("Aino@Example.com ".strip().lower()).results[0].properties["jobtitle"] == "CEO"
    with pytest.raises(StepDenied, match="asked for erasure"):
        upsert("eetu@example.com")
    read = server.asked("batch/read")[0].body
    assert (read["idProperty"], read["inputs"]) == ("email", [{"id": "aino@example.com"}])
    with pytest.raises(StepDenied, match="asked for erasure"):
        wrap(gate=keeping).crm.contacts.basic_api.update(
            "eetu@example.com", SimplePublicObjectInput({"jobtitle": "CEO"}), id_property="email"
        )


def test_new_contacts(wrap: Wrap, server: HubSpotServer) -> None:
    new = {"email": "outi@example.com", "jobtitle": "Buyer", "country": "FI"}
    then = datetime.now(UTC) - timedelta(days=1)

    def facts(record: Record) -> dict[str, Any]:
        return {**known(), "fields[]": {**known()["fields[]"], "collected_at": then}}

    client = wrap(facts=facts)
    made = client.crm.contacts.basic_api.create(SimplePublicObjectInputForCreate(properties=new))
    assert made.properties["email"] == "outi@example.com"
    assert server.records["contacts"]["4"]["properties"]["email"] == "outi@example.com"
    many = BatchInputSimplePublicObjectBatchInputForCreate(
        [SimplePublicObjectBatchInputForCreate(properties={**new, "email": "o2@example.com"})]
    )
    assert client.crm.contacts.batch_api.create(many).results[0].id == "5"


def test_two_records_become_one_only_if_both_may(
    wrap: Wrap, server: HubSpotServer, keeping: Gate
) -> None:
    api = wrap(gate=keeping).crm.contacts.basic_api
    assert keeping.store is not None
    keeping.store.record(
        [Suppression(keeping.pseudonym("hubspot/contacts/2"), "erasure", True, datetime.now(UTC))]
    )
    with pytest.raises(StepDenied):
        api.merge(PublicMergeInput(primary_object_id="1", object_id_to_merge="2"))
    merged = api.merge(PublicMergeInput(primary_object_id="1", object_id_to_merge="3"))
    assert "hs_predictivecontactscore_v2" not in merged.properties


def test_what_a_model_writes_into_notes_is_profiling(
    wrap: Wrap, server: HubSpotServer, watched: Gate, seen: Seen
) -> None:
    note = Note(
        properties={"hs_note_body": "Likely to renew.", "hs_timestamp": "2026-10-12T11:02:41Z"},
        associations=[{"to": {"id": "1"}, "types": [
            {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}]}],
    )  # fmt: skip
    for client, step in (
        (wrap(gate=watched), "data_collection"),
        (scoring(wrap, gate=watched), "profiling"),
    ):
        seen.events.clear()
        try:
            client.crm.objects.notes.basic_api.create(note)
        except (StepDenied, StepEscalated):
            pass
        assert (seen.events[0].step, seen.events[0].subject) == (
            step,
            watched.pseudonym("hubspot/contacts/1"),
        )


def test_lists_are_segments(wrap: Wrap, watched: Gate, seen: Seen, server: HubSpotServer) -> None:
    client = scoring(wrap, gate=watched)
    for change in (
        lambda: client.crm.lists.memberships_api.add("5", ["1"]),
        lambda: client.crm.lists.memberships_api.add_and_remove(
            "5", MembershipChangeRequest(["2"], ["1"])
        ),
    ):
        try:
            change()
        except (StepDenied, StepEscalated):
            pass
    assert [event.step for event in seen.events if event.phase == "requested"] == ["profiling"] * 2
    with pytest.raises(StepDenied, match="whom nobody names"):
        client.crm.lists.memberships_api.add_all_from_list("5", "6")
    with pytest.raises(StepDenied, match="whom nobody names"):
        client.api_request({"method": "POST", "path": "/crm/v3/lists/", "body": {"name": "x"}})


def test_behaviour_is_told_of_somebody(
    wrap: Wrap, watched: Gate, seen: Seen, server: HubSpotServer
) -> None:
    server.special = lambda r: (204, None, {}) if "events/v3" in r.path else None
    event = BehavioralEventHttpCompletionRequest(
        event_name="pe1_visited", email="Aino@example.com", properties={"page": "price"}
    )
    try:
        wrap(gate=watched).events.send.basic_api.send(event)
    except StepDenied:
        pass
    assert seen.events[0].subject == watched.pseudonym("hubspot/email/aino@example.com")
    assert {field.name for field in seen.events[0].facts.fields} == {"eventName", "page"}


def mail(*others: str, **more: Any) -> Any:
    message = PublicSingleSendEmail(to="Aino@example.com", cc=list(others) or None)
    return PublicSingleSendRequestEgg(email_id=1, message=message, **more)


def test_a_mail_is_a_recommendation_to_each_it_reaches(
    wrap: Wrap, watched: Gate, seen: Seen, server: HubSpotServer
) -> None:
    client = wrap(gate=watched, purpose="direct_marketing")
    asked = mail(
        "eetu@example.com", contact_properties={"firstname": "Aino"}, custom_properties={"x": "y"}
    )
    with pytest.raises((StepDenied, StepEscalated)):
        client.marketing.transactional.single_send_api.send_email(asked)
    assert server.mailed == []
    event = seen.events[0]
    assert (event.step, event.facts.contact.channel) == ("recommendation", "email")
    assert event.subject == watched.pseudonym("hubspot/contacts/1")  # whose address it is
    assert {field.name for field in event.facts.fields} == {"email", "firstname", "custom.x"}
    # One look-up of consent, for both addresses.
    assert [request.body["inputs"] for request in server.asked("statuses/batch/read")] == [
        ["aino@example.com", "eetu@example.com"]
    ]
    assert event.facts.consent[0].proof_ref == "hubspot/subscriptions/7716990"


def open_gate(*plugins: Any, **settings: Any) -> Gate:
    """A gate that records what it would have stopped, and lets it go."""
    loaded = Settings.load(fields=WORK_EMAIL, mode="monitor", **settings)
    return Gate(loaded, organisation=example(), plugins=plugins)


def test_a_mail_that_may_go_goes(wrap: Wrap, server: HubSpotServer) -> None:
    client = wrap(gate=open_gate(), purpose="direct_marketing")
    sent = client.marketing.transactional.single_send_api.send_email(mail())
    assert sent.send_result == "SENT"
    assert server.mailed[0]["message"] == {"to": "Aino@example.com"}


def test_an_enrolment_is_a_recommendation(
    wrap: Wrap, watched: Gate, seen: Seen, server: HubSpotServer
) -> None:
    server.records["contacts"]["2"]["properties"]["hs_email_optout"] = "true"
    client = wrap(gate=watched, purpose="direct_marketing")
    enrol = {"method": "POST", "path": "/automation/v4/sequences/enrollments",
             "body": {"sequenceId": "9", "contactId": "2", "senderEmail": "me@example.com"}}  # fmt: skip
    with pytest.raises((StepDenied, StepEscalated)):
        client.api_request(enrol)
    assert seen.events[0].subject == watched.pseudonym("hubspot/contacts/2")
    assert seen.events[0].facts.objections.direct_marketing is True
    assert server.mailed == []


def test_a_persons_own_no_goes_through_and_counts_at_once(
    wrap: Wrap, server: HubSpotServer, keeping: Gate
) -> None:
    client = wrap(gate=keeping)
    client.communication_preferences.status_api.unsubscribe(
        {"emailAddress": "Aino@example.com", "subscriptionId": "7716990", "legalBasis": "CONSENT_WITH_NOTICE",
         "legalBasisExplanation": "by phone"}
    )  # fmt: skip
    gdpr = client.crm.contacts.basic_api
    gdpr.purge(PublicGdprDeleteInput(object_id="2"))
    gdpr.purge(PublicGdprDeleteInput(object_id="Saara@example.com", id_property="email"))
    assert keeping.store is not None
    names = {
        keeping.pseudonym("hubspot/email/aino@example.com"): "email",
        keeping.pseudonym("hubspot/contacts/2"): "erasure",
        keeping.pseudonym("hubspot/email/saara@example.com"): "erasure",
    }
    held = keeping.store.of(names)
    assert {subject: entries[0].scope for subject, entries in held.items()} == names
    # The address refused: so the contact whose address it is has refused.
    client.crm.contacts.basic_api.get_by_id("1", properties=["email"])
    person = keeping.pseudonym("hubspot/contacts/1")
    assert [entry.scope for entry in keeping.store.of([person])[person]] == ["email"]
    with pytest.raises(StepDenied, match="refused marketing"):
        wrap(
            gate=keeping, purpose="direct_marketing"
        ).marketing.transactional.single_send_api.send_email(mail())
