"""Calls and answers of any shape: given, stopped or an error of Odoo's, and never what was cut."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from aboveboard import Gate, StepDenied, StepEscalated
from aboveboard.crm import Guard
from aboveboard_odoo.client import _Traffic
from aboveboard_odoo.lookups import People
from aboveboard_odoo.metadata import FieldTypes
from aboveboard_odoo.reading import FIELDS
from examples.odoo.server import TYPES, OdooServer
from tests.plugins.odoo.conftest import known
from tests.plugins.odoo.test_fuzz import ODD, places

NAMES = ["contact_name", "x_religion"]
CALLS: dict[str, list[Any]] = {
    "read": [[7], NAMES],
    "search_read": [[["stage_id", "=", 1]], NAMES, 0, 5, "id"],
    "web_search_read": [[["id", "=", 7]], {name: {} for name in NAMES}],
    "web_read": [[7], {name: {} for name in NAMES}],
    "name_search": ["a", [["id", ">", 1]]],
    "read_group": [[], ["expected_revenue:sum", "x_religion"], ["stage_id"]],
    "export_data": [[7], NAMES],
    "write": [[7], {"contact_name": "A", "child_ids": [[0, 0, {"name": "C"}]], "opt_out": True}],
    "create": [{"name": "A", "partner_ids": [[6, 0, [5]]], "opt_out": True, "contact_id": 11}],
    "web_save": [[7], {"name": "x"}, {"name": {}}],
    "message_subscribe": [[3], [5, 6]],
    **{
        name: [[7]]
        for name in (
            "action_send_mail", "activity_schedule", "add", "copy", "default_get", "fields_get",
            "get_metadata", "message_post", "name_create", "name_get", "search", "send", "unlink",
        )
    },
}  # fmt: skip
MODELS = [
    *TYPES,
    "calendar.event",
    "mail.compose.message",
    "privacy.consent",
    "sms.composer",
    "x.y",
]


def bent(chance: random.Random, value: Any, times: int) -> Any:
    holder = {"value": value}
    for _ in range(times):
        place = chance.choice(list(places(holder)) or [(holder, "value")])
        place[0][place[1]] = copy.deepcopy(chance.choice(ODD))
    return holder["value"]


def called(seed: int, gate: Gate, server: OdooServer) -> None:
    chance = random.Random(seed)
    guard = Guard(
        "odoo",
        purpose=chance.choice(["contact_management", "direct_marketing", "lead_scoring"]),
        fields=FIELDS,
        gate=gate,
        recipient="crm",
        facts=known,
        on_stopped=chance.choice(["raise", "skip"]),
    )
    consent = chance.choice(["auto", "subscriptions", None])
    traffic = _Traffic(guard, People(FieldTypes(guard, 30), consent, {}, 30))
    method = chance.choice(list(CALLS))
    model = chance.choice(MODELS if chance.random() < 0.6 else ["crm.lead", "res.partner"])
    args = copy.deepcopy(CALLS[method])
    for place in range(len(args)):
        if chance.random() < 0.4:
            args[place] = bent(chance, args[place], chance.randint(1, 3))

    def send(url: str, params: dict[str, Any]) -> Any:
        try:
            result = server.answer(json.loads(json.dumps(params)))
        except Exception as error:
            return {"error": {"data": {"message": str(error)}}}
        return {"result": bent(chance, result, 2) if chance.random() < 0.3 else result}

    login = ["crm", 2, "secret", model, method, args, {"context": {"lang": "en_US"}}]
    try:
        answer = traffic.json(
            send, "/jsonrpc", {"service": "object", "method": "execute_kw", "args": login}
        )
    except (StepDenied, StepEscalated):
        return
    assert "Lutheran" not in json.dumps(answer, default=str)


@pytest.fixture
def quiet() -> OdooServer:
    server = OdooServer()
    server._http.server_close()
    return server


def test_calls_of_any_shape(gate: Gate, quiet: OdooServer) -> None:
    for seed in range(200):
        called(seed, gate, quiet)


@pytest.mark.nightly
def test_many_calls_of_any_shape(gate: Gate, quiet: OdooServer) -> None:
    for seed in range(1000, 6000):
        called(seed, gate, quiet)
