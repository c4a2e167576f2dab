"""What is written and sent is judged before it leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import aboveboard_odoo
from aboveboard import Gate, StepDenied, StepEvent
from aboveboard.crm import Record
from examples.odoo.server import OdooServer
from tests.plugins.odoo.conftest import known

Wrapped = Callable[..., Any]


@pytest.fixture
def seen(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> list[StepEvent]:
    """The events that were decided."""
    events: list[StepEvent] = []
    check = gate.check

    def recording(event: StepEvent) -> Any:
        events.append(event)
        return check(event)

    monkeypatch.setattr(gate, "check", recording)
    return events


def scorer(record: Record | None = None) -> dict[str, Any]:
    then = datetime.now(UTC) - timedelta(days=1)
    return {
        **known(),
        "objections": {"profiling": False, "right_notified_at": then},
        "audit": {"inputs_hash": "sha256:1", "decision_id": "d-1"},
    }


def test_what_must_not_be_written_is_left_out(wrapped: Wrapped, server: OdooServer) -> None:
    values = {"contact_name": "Aino", "x_religion": "Lutheran"}
    wrapped().env["crm.lead"].write([7], values)
    assert server.calls[-1][:3] == ("crm.lead", "write", [[7], {"contact_name": "Aino"}])
    assert values == {"contact_name": "Aino", "x_religion": "Lutheran"}
    assert server.rows["crm.lead"][7]["x_religion"] == "Lutheran"


def test_a_score_is_profiling(wrapped: Wrapped, server: OdooServer, seen: list[StepEvent]) -> None:
    with pytest.raises(StepDenied, match="profiling step"):
        wrapped(purpose="lead_scoring").env["crm.lead"].write([7], {"probability": 80.0})
    assert [event.step for event in seen] == ["profiling"]
    assert server.rows["crm.lead"][7]["probability"] == 37.5


@pytest.mark.parametrize(
    ("method", "args", "step"),
    [
        ("write", [{"stage_id": 2}], "profiling"),
        ("write", [{"priority": "3"}], "profiling"),
        ("action_set_lost", [], "profiling"),
        ("action_set_automated_probability", [], "profiling"),
        ("write", [{"contact_name": "Aino"}], "data_collection"),
        ("write", [{"partner_id": 5}], "data_collection"),
        ("activity_schedule", ["mail.mail_activity_data_todo", False, "Soita"], "data_collection"),
        ("copy", [], "data_collection"),
        ("toggle_active", [], "data_collection"),
    ],
)
def test_the_kind_of_a_field_says_the_step(
    wrapped: Wrapped, seen: list[StepEvent], method: str, args: list[Any], step: str
) -> None:
    odoo = wrapped(purpose="lead_scoring")
    try:
        odoo.execute_kw("crm.lead", method, [[7], *args])
    except StepDenied:
        pass
    assert {event.step for event in seen} == {step}
    assert {event.source for event in seen} == {"/odoo/app"}


def test_a_recordset_that_is_changed_writes(wrapped: Wrapped, server: OdooServer) -> None:
    lead = wrapped().env["crm.lead"].browse(7)
    lead.contact_name = "Aino Maria"
    assert server.rows["crm.lead"][7]["contact_name"] == "Aino Maria"
    with pytest.raises(StepDenied):
        lead.probability = 90.0
    assert server.rows["crm.lead"][7]["probability"] == 37.5


def test_new_records_are_judged_with_those_inside_them(
    wrapped: Wrapped, server: OdooServer, seen: list[StepEvent]
) -> None:
    values = {
        "name": "Malli Oy",
        "is_company": True,
        "child_ids": [[0, 0, {"name": "Kaisa", "x_faith": "none", "email": "kaisa@example.com"}]],
    }
    wrapped().env["res.partner"].create(values)
    made = server.rows["res.partner"][7]
    assert made["child_ids"] == [[0, 0, {"name": "Kaisa"}]]
    assert {event.facts.subject.type for event in seen if event.facts.subject} >= {"legal_person"}


def test_a_person_on_the_black_list_is_known_before_a_write(
    wrapped: Wrapped, server: OdooServer, seen: list[StepEvent]
) -> None:
    odoo = wrapped(purpose="direct_marketing")
    with pytest.raises(StepDenied):
        odoo.env["crm.lead"].write([8], {"contact_name": "Eero"})
    asked = [call for call in server.called() if call[1] == "read"]
    assert asked == [("crm.lead", "read")]
    (event,) = seen
    consent = event.facts.consent
    assert consent is not None
    assert {entry.status for entry in consent} == {"dpv:ConsentWithdrawn"}
    assert server.rows["crm.lead"][8]["contact_name"] == "Eero Laine"


@pytest.mark.parametrize(
    ("model", "method", "args", "kwargs", "people"),
    [
        ("crm.lead", "message_post", [[7]], {"body": "<p>Hei</p>"}, 1),
        ("crm.lead", "message_post", [[7]], {"body": "Hei", "partner_ids": [5, 6]}, 2),
        ("crm.lead", "message_post", [[7]], {"partner_ids": [[6, 0, [5, 6]]]}, 2),
        ("res.partner", "message_notify", [[]], {"partner_ids": [[4, 6]]}, 1),
        ("res.partner", "message_subscribe", [[3], [6]], {}, 1),
        ("mail.mail", "create", [{"email_to": "a@example.com, B <b@example.com>"}], {}, 2),
        ("mail.mail", "send", [[31]], {}, 1),
        ("mailing.mailing", "action_send_mail", [[9]], {}, 1),
        ("mailing.mailing", "action_launch", [[9]], {}, 1),
        ("mail.template", "send_mail", [4, 7], {}, 1),
        ("mailing.subscription", "create", [{"contact_id": 11, "list_id": 4}], {}, 1),
    ],
)
def test_messages_are_recommendations_one_for_each_recipient(  # noqa: PLR0917
    wrapped: Wrapped,
    server: OdooServer,
    monkeypatch: pytest.MonkeyPatch,
    model: str,
    method: str,
    args: list[Any],
    kwargs: dict[str, Any],
    people: int,
) -> None:
    server.types["mail.template"] = {"name": "char"}
    odoo = wrapped(purpose="direct_marketing")
    guard = type(odoo._connector._proxy_json).aboveboard_traffic.guard
    sent: list[list[Record]] = []
    monkeypatch.setattr(guard, "send", lambda records: sent.append(list(records)))
    odoo.execute_kw(model, method, args, kwargs)
    (records,) = sent
    assert len(records) == people
    assert {record.facts["contact"]["channel"] for record in records} == {"email"}
    assert all(record.subject is None or record.subject.startswith("odoo/") for record in records)
    further = [c for c in server.called() if c[1] in ("read", "search_read", "web_search_read")]
    assert len(further) <= 2 if (model, method) == ("mail.mail", "send") else len(further) <= 1


def test_marketing_without_consent_never_leaves(wrapped: Wrapped, server: OdooServer) -> None:
    odoo = wrapped(purpose="direct_marketing")
    for model, method, args in (
        ("crm.lead", "message_post", [[8]]),
        ("mailing.mailing", "action_send_mail", [[9]]),
        ("mail.mail", "send", [[31]]),
    ):
        with pytest.raises(StepDenied):
            odoo.execute_kw(model, method, args)
    methods = {method for _, method in server.called()}
    assert methods.isdisjoint({"message_post", "action_send_mail", "send"})


def test_refusals_go_through_and_count(plain: Any, keeping: Gate, server: OdooServer) -> None:
    odoo = aboveboard_odoo.wrap(plain, purpose="direct_marketing", gate=keeping)
    odoo.env["mail.blacklist"].create({"email": "Liisa Korpi <Liisa.Korpi@Example.com>"})
    odoo.env["mailing.subscription"].write([22], {"opt_out": True})
    odoo.execute("phone.blacklist", "add", "+358 40 123")
    assert keeping.store is not None
    names = {
        "odoo/email/liisa.korpi@example.com": {"email"},
        "odoo/mailing.contact/11": {"email"},
        "odoo/phone/+35840123": {"phone", "sms"},
    }
    for name, scopes in names.items():
        key = keeping.pseudonym(name)
        assert {entry.scope for entry in keeping.store.of([key])[key]} == scopes
    assert ("mail.blacklist", "create") in server.called()


@pytest.mark.parametrize(
    ("model", "method", "args"),
    [
        ("mailing.subscription", "write", [[21], {"opt_out": False}]),
        ("mailing.subscription", "unlink", [[21]]),
        ("mail.blacklist", "unlink", [[1]]),
        ("mail.blacklist", "write", [[1], {"active": False}]),
        ("mail.blacklist", "remove", ["a@example.com"]),
        ("crm.lead", "mail_action_blacklist_remove", [[8]]),
        ("mailing.contact", "write", [[11], {"subscription_ids": [[1, 21, {"opt_out": False}]]}]),
        ("privacy.consent", "action_answer", [[1], True]),
    ],
)
def test_nobody_takes_back_what_another_refused(
    wrapped: Wrapped, server: OdooServer, model: str, method: str, args: list[Any]
) -> None:
    with pytest.raises(StepDenied, match="takes back what a person refused"):
        wrapped().execute(model, method, *args)
    assert (model, method) not in server.called()


def test_people_inside_a_list_are_judged(wrapped: Wrapped, server: OdooServer) -> None:
    server.types["mailing.list"]["contact_ids"] = "mailing.contact*"
    inner = {"name": "Kaisa", "x_faith": "none"}
    wrapped().env["mailing.list"].create({"name": "Fair", "contact_ids": [[0, 0, inner]]})
    sent = [args for model, method, args, _ in server.calls if method == "create"]
    assert sent == [[{"name": "Fair", "contact_ids": [[0, 0, {"name": "Kaisa"}]]}]]


def test_a_mailing_that_is_queued_by_hand_is_sent(wrapped: Wrapped, server: OdooServer) -> None:
    odoo = wrapped(purpose="direct_marketing")
    odoo.env["mailing.mailing"].write([9], {"subject": "News"})
    with pytest.raises(StepDenied, match="recommendation step"):
        odoo.env["mailing.mailing"].write([9], {"state": "in_queue"})
    assert server.rows["mailing.mailing"][9] == {"subject": "News", "state": "draft"}


def test_a_consent_that_is_refused_goes_through(
    plain: Any, keeping: Gate, server: OdooServer
) -> None:
    server.types["privacy.consent"] = {"partner_id": "res.partner", "accepted": "boolean"}
    server.rows["privacy.consent"] = {1: {"partner_id": 6, "accepted": True}}
    odoo = aboveboard_odoo.wrap(plain, purpose="direct_marketing", gate=keeping)
    odoo.execute("privacy.consent", "write", [1], {"accepted": False})
    assert server.rows["privacy.consent"][1]["accepted"] is False
    assert keeping.store is not None
    key = keeping.pseudonym("odoo/res.partner/6")
    assert [entry.scope for entry in keeping.store.of([key])[key]] == ["any"]
