"""Whatever comes, it ends in events or in one clear error, and is never taken for harmless."""

from __future__ import annotations

import contextlib
import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

import aboveboard_odoo
from aboveboard import EventError, Gate, WebhookError
from aboveboard_odoo.reading import FIELDS

SAMPLES = [
    json.loads(path.read_text("utf-8"))
    for path in sorted(Path(__file__).with_name("samples").glob("*.json"))
]
ODD: list[Any] = [
    None, True, False, 0, -1, 2**70, 1e400, float("nan"), "", "x", "\u0000", "\ud800", "\U0001f600" * 50,
    "a@b.c", "2026-13-45 99:99:99", "<p", "&#x110000;", "<" * 300, [], {}, [[]], [None], [1, "x"],
    [1, 2, 3], {"id": []}, {"display_name": 5}, {"": {}}, ["a"] * 200, {"_model": "crm.lead", "_id": 1},
]  # fmt: skip


def mutated(chance: random.Random) -> Any:
    payload = copy.deepcopy(chance.choice(SAMPLES))
    for _ in range(chance.randint(1, 6)):
        holder, key = chance.choice(list(places(payload)) or [(None, None)])
        if holder is None:
            return chance.choice(ODD)
        way = chance.random()
        if way < 0.5:
            holder[key] = copy.deepcopy(chance.choice(ODD))
        elif way < 0.65:
            del holder[key]
        elif way < 0.8 and isinstance(holder, dict):
            holder[chance.choice(["x_new", "_model", "_id", "id", "\ud800", "a.b"])] = holder.pop(
                key
            )
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(chance.choice(SAMPLES)))
        else:
            holder[f"x_{chance.randint(0, 9)}"] = copy.deepcopy(chance.choice(ODD))
    return payload


def places(payload: Any) -> Any:
    items = payload.items() if isinstance(payload, dict) else (
        enumerate(payload) if isinstance(payload, list) else ()
    )  # fmt: skip
    for key, value in list(items):
        yield payload, key
        yield from places(value)


def judged(seed: int, gate: Gate, hooks: aboveboard_odoo.Webhooks) -> None:
    payload = mutated(random.Random(seed))
    try:
        events = aboveboard_odoo.events(payload, gate.pseudonym)
    except EventError:
        events = []
    for event in events:
        for field in event.facts.fields or ():
            if field.name.startswith("x_"):
                assert field.categories is None or field.name in FIELDS.of_object("crm.lead")
    text = json.dumps(payload).encode("utf-8", "replace")
    with contextlib.suppress(WebhookError):
        hooks.receive(text, {"X-Webhook-Token": "of more than sixteen"})


@pytest.fixture
def hooks(gate: Gate) -> aboveboard_odoo.Webhooks:
    return aboveboard_odoo.Webhooks(gate, secret="of more than sixteen")


def test_mutated_samples(gate: Gate, hooks: aboveboard_odoo.Webhooks) -> None:
    for seed in range(300):
        judged(seed, gate, hooks)


@pytest.mark.nightly
def test_many_mutated_samples(gate: Gate, hooks: aboveboard_odoo.Webhooks) -> None:
    for seed in range(1000, 6000):
        judged(seed, gate, hooks)


def test_nothing_that_was_not_understood_is_allowed(gate: Gate) -> None:
    payload = {"_model": "crm.lead", "_id": 7, "x_new": "He is in a union.", "x_flag": True}
    (event,) = aboveboard_odoo.events(payload, gate.pseudonym)
    verdict = gate.check(gate.complete(event, purpose="contact_management"))
    cut = {path for obligation in verdict.obligations for path in obligation.paths}
    assert verdict.effect != "allow" or {"x_new", "x_flag"} <= cut
