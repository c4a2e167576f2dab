"""Webhooks and everything else that Odoo sends, as standard events."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import aboveboard_odoo
from aboveboard import EventError, Gate, WebhookError
from aboveboard_odoo.plugin import aboveboard_events

SAMPLES = Path(__file__).with_name("samples")
SECRET = "of more than sixteen"


def sample(name: str) -> Any:
    return json.loads(SAMPLES.joinpath(f"{name}.json").read_text("utf-8"))


def pseudonym(identifier: object) -> str:
    return f"k1:{hashlib.sha256(str(identifier).encode()).hexdigest()}"


def body(name: str, **more: Any) -> bytes:
    return json.dumps({**sample(name), **more}).encode()


@pytest.fixture
def hooks(keeping: Gate) -> aboveboard_odoo.Webhooks:
    return aboveboard_odoo.Webhooks(keeping, secret=SECRET, purpose="contact_management")


def receive(hooks: aboveboard_odoo.Webhooks, text: bytes) -> Any:
    return hooks.receive(text, {}, url=f"https://example.com/odoo?token={SECRET.replace(' ', '+')}")


@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("*.json")))
def test_every_sample_is_understood(name: str) -> None:
    found = aboveboard_odoo.events(sample(name), pseudonym)
    assert found
    text = "".join(event.to_json() for event in found)
    for told in ("Salo", "example.org", "765 4321", "sick leave", "Too many"):
        assert told not in text
    assert {event.source for event in found} == {"/odoo/app"}


def test_a_record_is_an_event_of_its_fields() -> None:
    full, hollow = aboveboard_odoo.events(sample("crm_lead_read"), pseudonym)
    assert full.subject == pseudonym("odoo/crm.lead/41")
    fields = {field.name: field for field in full.facts.fields or ()}
    assert fields["email_from"].categories == ("pd:EmailAddress",)
    assert fields["automated_probability"].source == "inferred"
    assert fields["description"].text_scanned is True
    assert fields["description"].detected_categories
    assert fields["phone"].collected_at == datetime(2026, 9, 1, 7, 31, 12, tzinfo=UTC)
    assert full.facts.subject is not None
    assert (full.facts.subject.country, full.facts.subject.language) == ("FI", "fi")
    names = {field.name for field in hollow.facts.fields or ()}
    assert "x_segment" in names  # nobody knows whether its false is a value
    assert "contact_name" not in names
    assert hollow.facts.consent is not None
    assert {entry.channel for entry in hollow.facts.consent} == {"email", "phone", "sms"}


def test_an_opt_out_of_a_list_is_a_consent_withdrawn() -> None:
    left, stayed = aboveboard_odoo.events(sample("subscription_read"), pseudonym)
    assert left.subject == pseudonym("odoo/mailing.contact/88")
    assert left.facts.consent is not None
    assert left.facts.consent[0].status == "dpv:ConsentWithdrawn"
    assert left.facts.consent[0].withdrawn_at == datetime(2026, 10, 5, 6, 12, 44, tzinfo=UTC)
    assert stayed.facts.consent is not None
    assert stayed.facts.consent[0].status == "dpv:ConsentUnknown"


def test_the_hook_answers_for_odoo_alone() -> None:
    assert aboveboard_events("odoo", sample("crm_lead_read"), pseudonym)
    assert aboveboard_events("hubspot", sample("crm_lead_read"), pseudonym) is None


@pytest.mark.parametrize(
    ("payload", "place"),
    [
        ([], "Odoo"),
        ("text", "Odoo"),
        (None, "Odoo"),
        ({}, "Odoo"),
        ([{"name": "x"}], "Odoo"),
        ([{"id": 1}, 5], "Odoo"),
        ({"result": [{"id": 1}]}, "Odoo"),
        ({"_model": 5, "_id": 1}, "_model"),
        ({"_model": "crm lead", "_id": 1}, "_model"),
        ({"_model": "crm.lead"}, "_id"),
        ({"_model": "crm.lead", "_id": True}, "_id"),
        ({"_model": "crm.lead", "_id": "7"}, "_id"),
        ({"_model": "x" * 200, "_id": 7}, "_model"),
    ],
)
def test_what_odoo_does_not_send_is_refused_with_its_place(payload: Any, place: str) -> None:
    if payload == []:
        assert aboveboard_odoo.events(payload, pseudonym) == []
        return
    with pytest.raises(EventError, match=place):
        aboveboard_odoo.events(payload, pseudonym)


def test_an_unknown_model_passes_as_unknown_and_is_named(log: list[Any]) -> None:
    (event,) = aboveboard_odoo.events(sample("webhook_unknown"), pseudonym)
    field = next(field for field in event.facts.fields or () if field.name == "x_text")
    assert field.categories is None
    (entry,) = [entry for entry in log if entry["event"] == "webhook.unknown"]
    assert entry["object"] == "x_my.model"


def test_an_opt_out_counts_at_once(hooks: aboveboard_odoo.Webhooks, keeping: Gate) -> None:
    assert keeping.store is not None
    for name in ("webhook_blacklist", "webhook_subscription", "webhook_privacy_consent"):
        receive(hooks, body(name))
    for name, scope in (
        ("odoo/email/veera.salo@example.org", "email"),
        ("odoo/mailing.contact/88", "email"),
        ("odoo/res.partner/12", "any"),
    ):
        key = keeping.pseudonym(name)
        assert [entry.scope for entry in keeping.store.of([key])[key]] == [scope]


def test_only_the_black_list_itself_takes_a_refusal_back(
    hooks: aboveboard_odoo.Webhooks, keeping: Gate
) -> None:
    assert keeping.store is not None
    key = keeping.pseudonym("odoo/email/veera.salo@example.org")
    receive(hooks, body("webhook_blacklist"))
    receive(hooks, body("webhook_crm_lead", write_date="2026-10-06 12:00:00"))
    assert key in keeping.store.of([key])
    receive(hooks, body("webhook_blacklist", active=False, write_date="2026-10-07 12:00:00"))
    assert key not in keeping.store.of([key])
    # An older one that comes late changes nothing.
    receive(hooks, body("webhook_blacklist", write_date="2026-10-06 12:00:00"))
    assert key not in keeping.store.of([key])


def test_a_lead_on_the_black_list_tells_of_its_address(
    hooks: aboveboard_odoo.Webhooks, keeping: Gate
) -> None:
    assert keeping.store is not None
    receive(hooks, body("webhook_crm_lead", is_blacklisted=True, phone_blacklisted=True))
    keys = [keeping.pseudonym(f"odoo/{n}") for n in ("crm.lead/41", "email/veera.salo@example.org")]
    found = keeping.store.of(keys)
    assert {entry.scope for entry in found[keys[0]]} == {"email", "phone", "sms"}
    assert {entry.scope for entry in found[keys[1]]} == {"email"}


def test_the_same_body_counts_once(hooks: aboveboard_odoo.Webhooks) -> None:
    first = receive(hooks, body("webhook_crm_lead"))
    second = receive(hooks, body("webhook_crm_lead"))
    changed = receive(hooks, body("webhook_crm_lead", write_date="2026-10-02 12:00:04"))
    assert (len(first.decided), first.duplicates) == (1, 0)
    assert (len(second.decided), second.duplicates) == (0, 1)
    assert len(changed.decided) == 1
    assert (hooks.inbox.counts["received"], hooks.inbox.counts["duplicates"]) == (2, 1)


def test_the_secret_comes_in_the_url_or_in_a_header(hooks: aboveboard_odoo.Webhooks) -> None:
    assert hooks.receive(body("webhook_crm_lead"), {"x-webhook-token": SECRET}).decided
    for headers, url in (
        ({}, "https://example.com/odoo"),
        ({"X-Webhook-Token": "another"}, ""),
        ({}, "https://example.com/odoo?token=another"),
        ({}, "https://[example.com/odoo?token=" + SECRET),
        ({"X-Webhook-Token": "\u00e4\ud800"}, ""),
    ):
        with pytest.raises(WebhookError) as refused:
            hooks.receive(body("webhook_blacklist"), headers, url=url)
        assert refused.value.reason == "unsigned"
        assert SECRET not in str(refused.value)
    assert hooks.inbox.counts["refused.unsigned"] == 5


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "malformed"),
        (b"\xff", "malformed"),
        (b"[" * 100_000, "malformed"),
        (b"[]", "malformed"),
        (b'{"_model": "crm.lead"}', "malformed"),
        (b"0" * (5 << 20), "too_large"),
    ],
)
def test_what_cannot_be_read_is_refused_and_counted(
    hooks: aboveboard_odoo.Webhooks, text: bytes, reason: str
) -> None:
    with pytest.raises(WebhookError) as refused:
        receive(hooks, text)
    assert refused.value.reason == reason
    assert hooks.inbox.counts == {f"refused.{reason}": 1}


def test_a_short_secret_is_none(gate: Gate) -> None:
    with pytest.raises(ValueError, match="at least 16"):
        aboveboard_odoo.Webhooks(gate, secret="short")
