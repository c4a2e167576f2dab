"""What is read of people is judged before the program gets it, on every way that OdooRPC has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aboveboard import StepDenied
from examples.odoo.server import OdooServer

Wrapped = Callable[..., Any]
FIELDS = ["contact_name", "function", "x_religion"]


def test_a_search_asks_for_less_and_gives_less(wrapped: Wrapped, server: OdooServer) -> None:
    leads = wrapped().env["crm.lead"].search_read([], FIELDS)
    assert leads == [
        {"id": 7, "contact_name": "Aino Virtanen", "function": "Head of Procurement"},
        {"id": 8, "contact_name": "Eero Laine", "function": False},
    ]
    asked = next(args for _, method, args, _ in server.calls if method == "search_read")
    assert "x_religion" not in asked[1]
    assert {"is_blacklisted", "country_id", "email_normalized"} <= set(asked[1])


def test_all_fields_means_all_that_may_be_had(wrapped: Wrapped, server: OdooServer) -> None:
    (lead,) = wrapped().env["crm.lead"].read([7])
    asked = next(
        a for model, method, a, _ in server.calls if (model, method) == ("crm.lead", "read")
    )
    sent = server.calls[-2:]
    assert "x_religion" not in lead
    assert "automated_probability" not in lead
    assert lead["contact_name"] == "Aino Virtanen"
    assert lead["stage_id"] == [1, "New"]
    assert all("x_religion" not in str(call) for call in sent)
    assert asked


def test_a_field_alone_that_is_cut_does_not_bring_all(wrapped: Wrapped, server: OdooServer) -> None:
    assert wrapped().env["crm.lead"].read([7], ["x_religion"]) == [{"id": 7}]
    asked = next(call for call in server.calls if call[1] == "read")
    assert "x_religion" not in str(asked)


def test_a_recordset_holds_false_where_a_field_was_cut(wrapped: Wrapped) -> None:
    lead = wrapped().env["crm.lead"].browse(7)
    assert lead.contact_name == "Aino Virtanen"
    assert lead.function == "Head of Procurement"
    assert lead.x_religion is False
    assert lead.x_vip is False
    assert lead.probability == 0.0
    assert str(lead.create_date) == "2026-10-02 08:14:05"
    assert lead.stage_id.name == "New"
    assert lead.user_id.id == 2
    assert not lead.partner_id.id


def test_each_record_of_a_recordset_is_judged(wrapped: Wrapped) -> None:
    leads = wrapped().env["crm.lead"].browse([7, 8])
    assert [lead.contact_name for lead in leads] == ["Aino Virtanen", "Eero Laine"]
    assert leads[1].partner_id.name == "Eero Laine"


def test_one_further_request_for_a_page(wrapped: Wrapped, server: OdooServer) -> None:
    odoo = wrapped()
    odoo.execute("crm.lead", "search_read", [], ["contact_name"])
    assert server.called() == [
        ("crm.lead", "search_read"),
        ("mailing.contact", "web_search_read"),
    ]
    odoo.execute("crm.lead", "search_read", [], ["contact_name"])
    assert server.called()[2:] == [("crm.lead", "search_read")]


def test_pages_and_exports_and_specifications(wrapped: Wrapped, server: OdooServer) -> None:
    lead = wrapped().env["crm.lead"]
    page = lead.web_search_read([], {"contact_name": {}, "x_religion": {}}, limit=1)
    assert page == {"length": 1, "records": [{"id": 7, "contact_name": "Aino Virtanen"}]}
    (one,) = lead.web_read(
        [7], {"contact_name": {}, "country_id": {"fields": {"display_name": {}}}}
    )
    assert one == {
        "id": 7,
        "contact_name": "Aino Virtanen",
        "country_id": {"id": 70, "display_name": "Finland"},
    }
    rows = lead.export_data([7, 8], ["function", "x_religion", "contact_name"])
    assert rows == {
        "datas": [["Head of Procurement", "", "Aino Virtanen"], ["", "", "Eero Laine"]],
    }
    asked = next(call for call in server.calls if call[1] == "export_data")
    assert "x_religion" not in str(asked)


def test_names_are_read_of_partners_and_refused_where_not_needed(wrapped: Wrapped) -> None:
    partners = wrapped().env["res.partner"]
    assert partners.name_get([5]) == [[5, "Eero Laine"]]
    assert partners.name_search("liisa") == [[6, "Liisa Korpi"]]


def test_groups_lose_what_must_not_be_had(wrapped: Wrapped, server: OdooServer) -> None:
    lead = wrapped().env["crm.lead"]
    groups = lead.read_group([], ["expected_revenue:sum", "probability:avg"], ["stage_id"])
    assert [group["stage_id_count"] for group in groups] == [1, 1]
    assert "probability" not in groups[0]
    with pytest.raises(StepDenied, match=r"crm\.lead\.read_group by x_religion"):
        lead.read_group([], [], ["x_religion"])
    assert all("x_religion" not in str(call) for call in server.calls)


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ([["x_religion", "=", "Lutheran"]], "x_religion"),
        (["|", ["id", "=", 7], ["x_religion", "ilike", "a"]], "x_religion"),
        ([["partner_id.comment", "ilike", "a"]], "comment"),
        ([["partner_id", "any", [["comment", "ilike", "a"]]]], "comment"),
        ([["message_ids.x_unknown.y", "=", 1]], "x_unknown"),
    ],
)
def test_filters_tell_too(wrapped: Wrapped, server: OdooServer, domain: Any, name: str) -> None:
    if name == "comment":
        server.types["res.partner"]["comment"] = "char"
    leads = wrapped(purpose="lead_scoring").env["crm.lead"]
    with pytest.raises(StepDenied, match="asks by"):
        leads.search(domain)
    assert server.called() == []


def test_filters_that_tell_nothing_pass(wrapped: Wrapped, server: OdooServer) -> None:
    leads = wrapped().env["crm.lead"]
    assert leads.search([["stage_id", "=", 1], ["country_id.code", "=", "FI"]]) == [7]
    assert leads.search_count([["active", "=", True]]) == 2
    assert server.called() == [("crm.lead", "search"), ("crm.lead", "search_count")]


def test_lists_of_the_system_pass_unread(wrapped: Wrapped, log: list[Any]) -> None:
    odoo = wrapped()
    assert odoo.env["crm.stage"].search_read([], ["name"])[0]["name"] == "New"
    assert odoo.env.ref("base.fi").name == "Finland"
    assert "crm.lead" in odoo.env
    assert not [entry for entry in log if entry["event"].startswith("step.")]


@pytest.mark.parametrize(
    "call",
    [
        lambda o: o.env["crm.stage"].search([["lead_ids.x_religion", "=", "Lutheran"]]),
        lambda o: o.env["crm.stage"].web_read([1], {"lead_ids": {"fields": {"email_from": {}}}}),
        lambda o: o.env["crm.stage"].export_data([1], ["name", "lead_ids/x_religion"]),
        lambda o: o.env["crm.lead"].name_search("", [["x_religion", "=", "Lutheran"]]),
        lambda o: o.env["crm.lead"].search([], 0, 10, "x_religion desc"),
        lambda o: o.env["crm.lead"].search([], order="id, x_religion"),
    ],
)
def test_lists_do_not_reach_through_to_people(
    wrapped: Wrapped, server: OdooServer, call: Callable[[Any], Any]
) -> None:
    server.types["crm.stage"]["lead_ids"] = "crm.lead*"
    with pytest.raises(StepDenied, match=r"asks by|asks for|gives names"):
        call(wrapped())
    assert server.called() == []


def test_a_form_that_is_empty_tells_of_nobody(wrapped: Wrapped, log: list[Any]) -> None:
    assert not wrapped().env["mail.message"].browse(False).id
    assert not [entry for entry in log if entry["event"].startswith("step.")]
