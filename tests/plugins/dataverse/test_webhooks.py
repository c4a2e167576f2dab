"""Webhooks: authenticated by the registration's key, each taken in once, refusals before all else."""

from __future__ import annotations

import hashlib
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

import aboveboard_dataverse
from aboveboard import EventError, StepDenied, WebhookError
from aboveboard_dataverse.payloads import NOT_SENT
from tests.plugins.dataverse.people import AINO, BART, CONTACT

SAMPLES = Path(__file__).parent / "samples"
URL = "https://example.com/hook?code=s3cret"


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


def body(name: str) -> bytes:
    return (SAMPLES / f"{name}.json").read_bytes()


def told(payload: Any) -> list[Any]:
    return aboveboard_dataverse.events(payload, pseudonym)


def pseudonym(identifier: object) -> str:
    return f"k1:{hashlib.sha256(str(identifier).encode()).hexdigest()[:32]}"


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("*.json")), ids=lambda file: file.stem)
def test_every_sample_is_understood(file: Path) -> None:
    found = told(json.loads(file.read_text("utf-8")))
    assert found
    for event in found:
        text = event.to_json()
        assert not [held for held in ("example.com", "Esimerkki", AINO, CONTACT) if held in text]


def test_a_new_lead_is_data_collected() -> None:
    (event,) = told(sample("webhook_create"))
    assert event.step == "data_collection"
    assert event.subject == pseudonym(f"dataverse/lead/{AINO}")
    assert {field.name for field in event.facts.fields} == {
        "address1_country", "emailaddress1", "firstname", "jobtitle", "lastname",
    }  # fmt: skip
    assert event.facts.subject.country == "FI"
    assert event.time.isoformat() == "2026-10-12T11:02:41+00:00"


def test_columns_that_were_not_sent_are_unknown() -> None:
    (event,) = told(sample("webhook_truncated"))
    assert [(field.name, field.categories) for field in event.facts.fields] == [(NOT_SENT, None)]


def test_what_nobody_knows_passes_as_unknown_with_a_warning() -> None:
    with capture_logs() as log:
        (event,) = told(sample("webhook_custom"))
    assert event.facts.fields[0].categories is None
    assert log == [
        {
            "event": "webhook.unknown", "log_level": "warning", "vendor": "dataverse",
            "kind": "new_visit.new_Enrich", "object": "new_visit",
        }
    ]  # fmt: skip


def test_rows_in_one_message_are_events_each() -> None:
    found = told(sample("webhook_many"))
    assert [event.subject for event in found] == [
        pseudonym(f"dataverse/lead/{guid}") for guid in (AINO, BART)
    ]


@pytest.mark.parametrize(
    "payload",
    [
        None, 7, "x", [], {}, {"MessageName": 1}, {"MessageName": "Update"},
        {"MessageName": "Update", "PrimaryEntityName": "lead", "InputParameters": {}},
        {"MessageName": "Update", "PrimaryEntityName": "lead", "InputParameters": [1]},
        {"value": [1]}, {"value": [{"a": 1}]}, {"fullname": "x"},
    ],
)  # fmt: skip
def test_what_is_none_of_dataverses_is_an_error_without_values(payload: Any) -> None:
    with pytest.raises(EventError, match="Dataverse"):
        told(payload)


@pytest.fixture
def keeping(gate: Any, tmp_path: Path) -> Any:
    return gate(suppression_store=tmp_path / "s.sqlite")


def scopes(gate: Any, identifier: str) -> list[str]:
    subject = gate.pseudonym(identifier)
    return [entry.scope for entry in gate.store.of([subject]).get(subject, ())]


def test_an_opt_out_counts_at_once_and_once(keeping: Any) -> None:
    hooks = aboveboard_dataverse.Webhooks(keeping, key="s3cret", purpose="contact_management")
    first = hooks.receive(body("webhook_optout"), {}, url=URL)
    assert len(first.decided) == 1
    assert scopes(keeping, f"dataverse/contact/{CONTACT}") == ["email"]
    again = hooks.receive(body("webhook_optout"), {}, url=URL)
    assert (again.decided, again.duplicates) == ((), 1)
    assert (hooks.inbox.counts["received"], hooks.inbox.counts["duplicates"]) == (1, 1)


def test_an_opt_out_stops_the_next_score(keeping: Any, server: Any, connect: Any) -> None:
    client = connect(keeping, purpose="lead_scoring", model="propensity-3.1")
    hooks = aboveboard_dataverse.Webhooks(keeping, key="s3cret")
    payload = sample("webhook_optout")
    payload.update(PrimaryEntityId=AINO, PrimaryEntityName="lead", PostEntityImages=[])
    payload["InputParameters"][0]["value"]["Id"] = AINO
    payload["InputParameters"][0]["value"]["Attributes"] = [
        {"key": "msdyn_gdproptout", "value": True}
    ]
    hooks.receive(json.dumps(payload).encode(), {}, url=URL)
    assert scopes(keeping, f"dataverse/lead/{AINO}") == ["any", "profiling"]
    with pytest.raises(StepDenied, match="SUPPRESSED"):
        client.records.update("lead", AINO, {"msdyn_leadscore": 99})


def test_an_address_that_opts_out_counts_for_its_owner(
    keeping: Any, server: Any, connect: Any
) -> None:
    hooks = aboveboard_dataverse.Webhooks(keeping, key="s3cret")
    hooks.receive(body("webhook_consent"), {}, url=URL)
    assert scopes(keeping, "dataverse/email/aino@example.com") == ["email"]
    connect(keeping).records.list("lead", select=["fullname"], top=1)
    assert scopes(keeping, f"dataverse/lead/{AINO}") == ["email"]


def test_a_refusal_is_taken_back_only_when_none_stands(keeping: Any) -> None:
    hooks = aboveboard_dataverse.Webhooks(keeping, key="s3cret")
    hooks.receive(body("webhook_optout"), {}, url=URL)
    payload = sample("webhook_optout")
    attributes = payload["InputParameters"][0]["value"]["Attributes"]
    attributes[0]["value"] = False
    image = payload["PostEntityImages"][0]["value"]["Attributes"]
    steps = ((None, ["email"]), (True, ["email"]), (False, []))
    for number, (other, left) in enumerate(steps):
        payload["OperationId"] = str(uuid.uuid4())
        payload["PostEntityImages"][0]["value"]["Attributes"] = [
            pair for pair in image if not pair["key"].startswith("donot")
        ] + ([] if other is None else [{"key": "donotemail", "value": other}])
        payload["OperationCreatedOn"] = f"/Date({1791802999000 + number})/"
        hooks.receive(json.dumps(payload).encode(), {}, url=URL)
        assert scopes(keeping, f"dataverse/contact/{CONTACT}") == left


def test_the_gdpr_opt_out_is_of_everything(keeping: Any) -> None:
    hooks = aboveboard_dataverse.Webhooks(keeping, key="s3cret")
    hooks.receive(body("webhook_gdpr_optout"), {}, url=URL)
    assert scopes(keeping, f"dataverse/contact/{CONTACT}") == ["any", "profiling"]


@pytest.mark.parametrize(
    ("options", "headers", "url", "good"),
    [
        ({}, {}, URL, True),
        ({}, {}, "https://example.com/hook?code=other", False),
        ({}, {}, "https://example.com/hook", False),
        ({}, {}, "https://example.com/hook?code=s3cret&code=s3cret", False),
        ({"authentication": "HttpHeader", "name": "X-Key"}, {"x-key": "s3cret"}, "", True),
        ({"authentication": "HttpHeader", "name": "X-Key"}, {"x-key": "ä"}, "", False),
        ({"authentication": "HttpQueryString", "name": "k"}, {}, "/hook?k=s3cret", True),
        ({"authentication": "HttpQueryString", "name": "k"}, {}, URL, False),
    ],
)
def test_the_key_comes_as_it_was_registered(
    keeping: Any, options: dict[str, Any], headers: dict[str, str], url: str, good: bool
) -> None:
    hooks = aboveboard_dataverse.Webhooks(keeping, key="s3cret", **options)
    if good:
        assert hooks.receive(body("webhook_create"), headers, url=url).decided
        return
    with pytest.raises(WebhookError) as refused:
        hooks.receive(body("webhook_optout"), headers, url=url)
    assert refused.value.reason == "unsigned"
    assert hooks.inbox.counts == {"refused.unsigned": 1}
    assert scopes(keeping, f"dataverse/contact/{CONTACT}") == []


def test_a_receiver_needs_a_key_and_a_name(keeping: Any) -> None:
    for options in ({"key": ""}, {"key": "x", "authentication": "HttpHeader"},
                    {"key": "x", "authentication": "None"}):  # fmt: skip
        with pytest.raises(ValueError, match=r"key|authentication"):
            aboveboard_dataverse.Webhooks(keeping, **options)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [(b"", "malformed"), (b"\xff", "malformed"), (b"[" * 100_000, "malformed"), (b"{}", "malformed"),
     (b" " * (1 << 21), "too_large")],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_and_counted(keeping: Any, sent: bytes, reason: str) -> None:
    hooks = aboveboard_dataverse.Webhooks(keeping, key="s3cret")
    with pytest.raises(WebhookError) as refused:
        hooks.receive(sent, {}, url=URL)
    assert refused.value.reason == reason
    assert hooks.inbox.counts == {f"refused.{reason}": 1}


def test_a_body_that_was_cut_for_size_is_unknown(keeping: Any) -> None:
    hooks = aboveboard_dataverse.Webhooks(keeping, key="s3cret", purpose="contact_management")
    headers = {"x-ms-dynamics-msg-size-exceeded": "true"}
    ((event, _),) = hooks.receive(body("webhook_score"), headers, url=URL).decided
    assert NOT_SENT in {field.name for field in event.facts.fields}
