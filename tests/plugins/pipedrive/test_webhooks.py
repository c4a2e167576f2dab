"""Webhooks: who sent them, what they tell, and what counts at once."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from aboveboard import ConfigurationError, Gate, WebhookError
from aboveboard_pipedrive import Webhooks

HERE = Path(__file__).parent / "samples"
USER, PASSWORD = "aboveboard", "päss:word"


def sample(name: str, **meta: Any) -> dict[str, Any]:
    payload = json.loads((HERE / f"webhook_{name}.json").read_text("utf-8"))
    payload["meta"].update(meta)
    return payload


def headers(user: str = USER, password: str = PASSWORD) -> dict[str, str]:
    text = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {text}"}


def body(payload: Any) -> bytes:
    return json.dumps(payload).encode()


@pytest.fixture
def hooks(keeping: Gate) -> Webhooks:
    return Webhooks(keeping, user=USER, password=PASSWORD, purpose="contact_management")


def scopes(gate: Gate, identifier: str) -> list[str]:
    assert gate.store is not None
    subject = gate.pseudonym(identifier)
    return [entry.scope for entry in gate.store.of([subject]).get(subject, ())]


def test_a_change_is_decided(hooks: Webhooks) -> None:
    received = hooks.receive(body(sample("person_change")), headers())
    ((event, verdict),) = received.decided
    assert event.step == "data_collection"
    assert event.source == "/pipedrive/app"
    assert verdict.effect in ("allow", "deny", "escalate")
    assert {"job_title", "phones"} <= {field.name for field in event.facts.fields}


def test_what_came_before_counts_once(hooks: Webhooks) -> None:
    hooks.receive(body(sample("person_change")), headers())
    again = hooks.receive(body(sample("person_change", attempt=2)), headers())
    assert (again.decided, again.duplicates) == ((), 1)
    assert (hooks.inbox.counts["received"], hooks.inbox.counts["duplicates"]) == (1, 1)


def test_an_opt_out_counts_at_once(hooks: Webhooks, keeping: Gate) -> None:
    hooks.receive(body(sample("person_optout")), headers())
    assert scopes(keeping, "pipedrive/persons/1") == ["email"]
    assert scopes(keeping, "pipedrive/email/siiri@example.com") == ["email"]


def test_of_two_in_disorder_the_later_counts(hooks: Webhooks, keeping: Gate) -> None:
    back = sample("person_optout", id="other", timestamp="2026-11-19T09:30:00.000Z")
    back["data"]["marketing_status"] = "subscribed"
    back["previous"]["marketing_status"] = "no_consent"
    hooks.receive(body(sample("person_optout")), headers())
    hooks.receive(body(back), headers())
    assert scopes(keeping, "pipedrive/persons/1") == ["email"]
    back["meta"].update(id="third", timestamp="2026-11-21T09:30:00.000Z")
    hooks.receive(body(back), headers())
    assert scopes(keeping, "pipedrive/persons/1") == []


def test_a_status_that_did_not_change_takes_nothing_back(hooks: Webhooks, keeping: Gate) -> None:
    hooks.receive(body(sample("person_optout")), headers())
    later = sample("person_change", id="later", timestamp="2026-11-22T09:30:00.000Z")
    later["data"]["marketing_status"] = "subscribed"
    hooks.receive(body(later), headers())
    assert scopes(keeping, "pipedrive/persons/1") == ["email"]


def test_a_deletion_is_an_erasure_only_where_that_is_said(keeping: Gate, hooks: Webhooks) -> None:
    hooks.receive(body(sample("person_delete")), headers())
    assert scopes(keeping, "pipedrive/persons/1") == []
    strict = Webhooks(keeping, user=USER, password=PASSWORD, deletion_is_erasure=True)
    received = strict.receive(body(sample("person_delete", id="anew")), headers())
    assert scopes(keeping, "pipedrive/persons/1") == ["erasure"]
    assert received.decided[0][1].effect == "deny"


def test_who_is_merged_takes_refusals_along(keeping: Gate) -> None:
    hooks = Webhooks(keeping, user=USER, password=PASSWORD, deletion_is_erasure=True)
    hooks.receive(body(sample("person_optout")), headers())
    hooks.receive(body(sample("person_merged")), headers())
    assert scopes(keeping, "pipedrive/persons/2") == ["email"]
    assert scopes(keeping, "pipedrive/persons/1") == ["email"]


@pytest.mark.parametrize(
    "named",
    [
        {}, headers("someone"), headers(password="wrong"), {"authorization": "Basic ????"},
        {"authorization": "Bearer x"}, {"authorization": "Basic "}, {"authorization": "Basic ä"},
        {"authorization": ""},
    ],
)  # fmt: skip
def test_who_does_not_know_the_password_is_not_heard(
    hooks: Webhooks, keeping: Gate, named: dict[str, str]
) -> None:
    with pytest.raises(WebhookError) as refused:
        hooks.receive(body(sample("person_optout")), named)
    assert refused.value.reason == "unsigned"
    assert PASSWORD not in str(refused.value)
    assert scopes(keeping, "pipedrive/persons/1") == []
    assert hooks.inbox.counts["refused.unsigned"] == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "malformed"), (b"{", "malformed"), (b"\xff", "malformed"), (b"[]", "malformed"),
        (b"[" * 200_000, "malformed"), (b'{"meta": {}}', "malformed"), (b"1", "malformed"),
        (b" " * (5 << 20), "too_large"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(hooks: Webhooks, content: bytes, reason: str) -> None:
    with pytest.raises(WebhookError) as refused:
        hooks.receive(content, headers())
    assert refused.value.reason == reason


def test_without_a_password_there_is_no_receiver(gate: Gate) -> None:
    with pytest.raises(ConfigurationError, match="password"):
        Webhooks(gate, user="x", password="")


def test_settings_say_what_custom_fields_hold(keeping: Gate, hooks: Webhooks) -> None:
    settings = hooks.inbox.fields.of_object("persons")
    assert settings["Preferred language"].categories == ("pd:Language",)


def test_a_field_that_bears_no_name_is_told_and_its_opt_out_counts(
    hooks: Webhooks, keeping: Gate
) -> None:
    payload = sample("person_optout")
    payload["data"][""] = "secret words"
    received = hooks.receive(body(payload), headers())
    assert received.decided == ()
    assert len(received.unread) == 1
    assert "secret" not in received.unread[0]
    assert scopes(keeping, "pipedrive/persons/1") == ["email"]
