"""What Odoo knows of people's choices reaches the rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from aboveboard import StepEvent
from aboveboard.crm import FieldMap
from aboveboard.vocab import ids
from aboveboard_odoo.people import language, person_facts, privacy_facts, subject_of
from aboveboard_odoo.reading import FIELDS, values_of
from aboveboard_odoo.values import address, empty, link, plain_text, shown
from examples.odoo.server import OdooServer

Wrapped = Callable[..., Any]


@pytest.fixture
def seen(gate: Any, monkeypatch: pytest.MonkeyPatch) -> list[StepEvent]:
    """The events that were decided."""
    events: list[StepEvent] = []
    check = gate.check

    def recording(event: StepEvent) -> Any:
        events.append(event)
        return check(event)

    monkeypatch.setattr(gate, "check", recording)
    return events


def of(events: list[StepEvent], gate: Any, name: str) -> StepEvent:
    return next(event for event in events if event.subject == gate.pseudonym(name))


def test_a_lead_tells_of_its_person(wrapped: Wrapped, gate: Any, seen: list[StepEvent]) -> None:
    wrapped().execute("crm.lead", "search_read", [], ["contact_name"])
    aino, eero = (of(seen, gate, f"odoo/crm.lead/{n}").facts for n in (7, 8))
    assert aino.subject is not None
    assert (aino.subject.country, aino.subject.language) == ("FI", "fi-FI")
    assert aino.subject.relationship == "lead"
    assert eero.subject is not None
    assert eero.subject.relationship == "prospect"
    assert aino.consent is not None
    assert sorted((c.status, c.withdrawn_at) for c in aino.consent if c.status) == [
        ("dpv:ConsentUnknown", None),
        ("dpv:ConsentWithdrawn", datetime(2026, 10, 20, 9, 30, tzinfo=UTC)),
    ]
    assert eero.consent is not None
    assert {c.channel for c in eero.consent} == {"email", "phone", "sms"}
    assert aino.fields is not None
    assert aino.fields[0].collected_at == datetime(2026, 10, 2, 8, 14, 5, tzinfo=UTC)


def test_firms_and_people_are_told_apart(
    wrapped: Wrapped, gate: Any, seen: list[StepEvent]
) -> None:
    wrapped().execute("res.partner", "search_read", [], ["name"])
    firm, eero = (of(seen, gate, f"odoo/res.partner/{n}").facts.subject for n in (3, 5))
    assert firm is not None
    assert (firm.type, firm.relationship) == ("legal_person", "customer")
    assert eero is not None
    assert eero.type == "natural_person"
    assert eero.age_years is not None
    assert eero.age_years >= 46


def test_links_as_bare_ids_tell_as_much(wrapped: Wrapped, gate: Any, seen: list[StepEvent]) -> None:
    odoo = wrapped()
    rows = odoo.execute_kw(
        "crm.lead", "read", [[7], ["stage_id", "user_id"]], {"load": "_classic_write"}
    )
    assert rows == [{"id": 7, "stage_id": 1, "user_id": 2}]
    subject = of(seen, gate, "odoo/crm.lead/7").facts.subject
    assert subject is not None
    assert subject.country == "FI"


def test_before_odoo_17_those_who_left_a_list_are_asked_for(
    wrapped: Wrapped, gate: Any, server: OdooServer, seen: list[StepEvent]
) -> None:
    types = server.types["mailing.contact"]
    types["subscription_list_ids"] = types.pop("subscription_ids")
    wrapped().execute("crm.lead", "read", [7], ["contact_name"])
    assert server.called() == [("crm.lead", "read"), ("mailing.contact", "search_read")]
    consent = of(seen, gate, "odoo/crm.lead/7").facts.consent
    assert consent is not None
    assert [entry.status for entry in consent] == ["dpv:ConsentWithdrawn"]


def test_privacy_consent_is_asked_where_it_is_installed(
    wrapped: Wrapped, gate: Any, server: OdooServer, seen: list[StepEvent]
) -> None:
    server.types["privacy.consent"] = {
        "state": "selection", "accepted": "boolean", "partner_id": "res.partner",
        "activity_id": "privacy.activity", "write_date": "datetime",
    }  # fmt: skip
    server.rows["privacy.consent"] = {
        1: {"state": "answered", "accepted": True, "partner_id": 6, "activity_id": 2,
            "write_date": "2026-10-05 10:00:00"},
        2: {"state": "sent", "accepted": False, "partner_id": 6, "activity_id": 3,
            "write_date": "2026-10-05 10:00:00"},
    }  # fmt: skip
    odoo = wrapped(activities={2: "dpv:DirectMarketing"})
    odoo.execute("res.partner", "read", [6], ["name"])
    assert server.called() == [("res.partner", "read"), ("privacy.consent", "search_read")]
    consent = of(seen, gate, "odoo/res.partner/6").facts.consent
    assert consent is not None
    given, requested = consent
    assert (given.status, given.purpose) == ("dpv:ConsentGiven", "dpv:DirectMarketing")
    assert given.proof_ref == "odoo/privacy.consent/1"
    assert given.given_at == datetime(2026, 10, 5, 10, tzinfo=UTC)
    assert (requested.status, requested.purpose) == ("dpv:ConsentRequested", None)


def test_what_is_not_installed_is_asked_for_once(
    wrapped: Wrapped, server: OdooServer, log: list[Any]
) -> None:
    del server.types["mailing.contact"]
    odoo = wrapped(ttl_s=0)
    for _ in range(3):
        odoo.execute("crm.lead", "read", [7], ["contact_name"])
    asked = [(model, method) for model, method, _, _ in server.calls if method == "fields_get"]
    assert sorted(asked) == [
        ("crm.lead", "fields_get"),
        ("mailing.contact", "fields_get"),
        ("privacy.consent", "fields_get"),
    ]
    assert [entry for entry in log if entry["event"] == "lookup.failed"] == []


def test_a_look_up_that_fails_is_unknown_and_logged(
    wrapped: Wrapped, gate: Any, server: OdooServer, seen: list[StepEvent], log: list[Any]
) -> None:
    def before(model: str, method: str) -> None:
        if (model, method) == ("mailing.contact", "web_search_read"):
            raise PermissionError("aino.virtanen@example.com may not be read")

    server.before = before
    wrapped().execute("crm.lead", "read", [7], ["contact_name"])
    assert of(seen, gate, "odoo/crm.lead/7").facts.consent is None
    (entry,) = [entry for entry in log if entry["event"] == "lookup.failed"]
    assert entry["lookup"] == "odoo.subscriptions"
    assert "aino" not in str(entry)


def test_without_types_the_answer_is_judged_all_the_same(
    wrapped: Wrapped, server: OdooServer, log: list[Any]
) -> None:
    def before(model: str, method: str) -> None:
        if method == "fields_get":
            raise PermissionError("no")

    server.before = before
    then = "2026-10-01T00:00:00Z"
    odoo = wrapped(
        consent=None,
        facts={"notice": {"delivered_at": then, "art14_delivered_at": then, "shown_7d": 0,
                          "language": "fi"}, "rights_requests": [], "consent": [],
               "fields[]": {"collected_at": then,
                            "collected_purposes": ["dpv:CustomerRelationshipManagement"]}},
    )  # fmt: skip
    (lead,) = odoo.execute("crm.lead", "read", [7])
    assert "x_religion" not in lead
    assert "automated_probability" not in lead
    assert lead["contact_name"] == "Aino Virtanen"
    assert any(entry["event"] == "lookup.failed" for entry in log)


def test_types_tell_of_fields_that_nobody_described(wrapped: Wrapped) -> None:
    odoo = wrapped()
    odoo.execute("crm.lead", "read", [7], ["contact_name"])
    fields = type(odoo._connector._proxy_json).aboveboard_traffic.guard.fields
    assert fields.kind("crm.lead", "x_region_id").categories == ("pd:Region",)
    assert fields.kind("crm.lead", "x_religion").categories is None
    assert fields.kind("crm.lead", "active").categories == ()


def test_every_category_that_ships_is_one() -> None:
    known = set(ids("category"))
    for name in (*FIELDS.objects(), "*"):
        for kind in FIELDS.of_object(name).values():
            assert set(kind.categories or ()) <= known
    assert isinstance(FIELDS, FieldMap)


def test_false_is_nothing_but_where_it_is_a_value() -> None:
    assert empty("phone", False)
    assert empty("phone", None)
    assert not empty("active", False)
    assert not empty("x_vip", False, "boolean")
    assert empty("x_vip", False, "char")
    assert not empty("x_new", False, described=False)
    assert not empty("probability", 0.0)
    assert values_of("crm.lead", {"phone": False, "is_blacklisted": False, "x_new": False}) == {
        "phone": None,
        "is_blacklisted": False,
        "x_new": False,
    }


def test_links_are_read_in_each_of_their_shapes() -> None:
    shapes = ([7, "Aino"], (7, "Aino"), {"id": 7, "display_name": "Aino"}, 7)
    assert {link(shape) for shape in shapes} == {7}
    assert [link(odd) for odd in (True, [], {}, "7", [None, "x"])] == [None] * 5
    assert shown([7, "Aino"], "many2one") == "Aino"
    assert shown([7, 8], "one2many") == [7, 8]


def test_html_is_read_without_its_tags() -> None:
    text = "<p>Soitto&nbsp;12.3.<br/>Ei <b>luottotietoja</b></p><script>x<y</script>"
    assert plain_text(text) == "Soitto\xa012.3.\nEi luottotietoja"
    assert shown(text, "char") == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Aino <Aino@Example.com>", "aino@example.com"),
        ("a@b, c@d", "a@b"),
        ("nobody", None),
        (False, None),
        (5, None),
    ],
)
def test_addresses_are_read_as_odoo_normalises_them(text: Any, found: str | None) -> None:
    assert address(text) == found


@pytest.mark.parametrize(
    ("row", "tag"),
    [
        ({"lang": "fi_FI"}, "fi-FI"),
        ({"lang_code": "sr@latin"}, "sr"),
        ({"lang_id": [32, "Finnish / Suomi"]}, "fi"),
        ({"lang_id": [1, "English (US)"]}, "en"),
        ({"lang_id": [1, "/"]}, None),
        ({"lang_id": [1, "Klingon"]}, None),
        ({"lang": "x" * 40}, None),
        ({}, None),
    ],
)
def test_languages(row: dict[str, Any], tag: str | None) -> None:
    assert language(row) == tag


def test_on_no_black_list_is_no_objection() -> None:
    assert person_facts("crm.lead", {"is_blacklisted": False})["objections"] == {
        "direct_marketing": False
    }
    told = person_facts("crm.lead", {"is_blacklisted": False, "phone_blacklisted": True})
    assert "objections" not in told
    assert [entry["channel"] for entry in told["consent"]] == ["phone", "sms"]
    assert "objections" not in person_facts("crm.lead", {})


def test_records_lead_to_their_person() -> None:
    assert subject_of("sale.order", {"id": 1, "partner_id": [5, "x"]}) == "odoo/res.partner/5"
    assert subject_of("mail.message", {"model": "crm.lead", "res_id": 7}) == "odoo/crm.lead/7"
    assert subject_of("mail.message", {"model": "x", "res_id": 7}) is None
    assert (
        subject_of("mailing.subscription", {"contact_id": [11, "x"]}) == "odoo/mailing.contact/11"
    )
    assert subject_of("mail.blacklist", {"email": "A@b.c"}) == "odoo/email/a@b.c"
    assert subject_of("phone.blacklist", {"number": "+358 40 1"}) == "odoo/phone/+358401"
    assert subject_of("crm.lead", {"id": True}) is None


def test_a_consent_that_nobody_answered_is_unknown() -> None:
    told = privacy_facts([{"state": "draft"}, {"state": "answered", "accepted": None}, {}], {})
    assert {entry["status"] for entry in told["consent"]} == {"dpv:ConsentUnknown"}
