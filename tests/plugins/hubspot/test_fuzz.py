"""Mutated samples end in events or in one error; what was not understood claims nothing."""

from __future__ import annotations

import copy
import json
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest

from aboveboard import EventError, Gate, WebhookError
from aboveboard_hubspot import Webhooks, events
from aboveboard_hubspot.webhooks import FIELDS
from tests.plugins.hubspot.conftest import SAMPLES, sample
from tests.plugins.hubspot.test_webhooks import SECRET, URL, signed

NOW = 1_790_000_000.0
ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**300, float("inf"), float("nan"), "", " ", "\u0000", "x" * 5000,
    "\ud800", "2026-99-99", "\U0001f9d1\u200d\U0001f33e", [], {}, [[]], [None], {"": None}, {"id": {}},
    {"properties": {"email": []}}, "propertyName", "contact.privacyDeletion", "0-1",
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    yield path
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, item in items:
        yield from places(item, (*path, key))


def mutated(payload: Any, chance: random.Random) -> Any:
    """A payload with up to three places lost, doubled, renamed or made odd."""
    for _ in range(chance.randint(1, 3)):
        path = chance.choice(list(places(payload)))
        if not path:
            if chance.random() < 0.1:
                payload = copy.deepcopy(
                    chance.choice([*ODD, [payload], {"results": payload}, {"results": [payload]}])
                )
            continue
        holder = payload
        for key in path[:-1]:
            holder = holder[key]
        match chance.randrange(4):
            case 0:
                del holder[path[-1]]
            case 1 if isinstance(holder, list):
                holder.append(copy.deepcopy(holder[path[-1]]))
            case 2 if isinstance(holder, dict):
                holder[chance.choice(["", "x" * 300, "email", "objectId", "new"])] = holder.pop(
                    path[-1]
                )
            case _:
                holder[path[-1]] = copy.deepcopy(chance.choice(ODD))
    return payload


def attack(gate: Gate, times: int, seed: int) -> None:
    chance = random.Random(seed)
    names = sorted(path.stem for path in SAMPLES.glob("*.json"))
    box = Webhooks(gate, client_secret=SECRET, purpose="contact_management", clock=lambda: NOW)
    outcomes = {"events": 0, "error": 0, "taken": 0, "refused": 0}
    for _ in range(times):
        name = chance.choice(names)
        payload = mutated(sample(name), chance)
        try:
            found = events(payload, gate.pseudonym)
        except EventError as error:
            outcomes["error"] += len(str(error)) < 600
        else:
            outcomes["events"] += 1
            for event in found:
                for field in event.facts.fields or ():
                    described = any(
                        FIELDS.kind(each, field.name).categories == field.categories
                        for each in (*FIELDS.objects(), "objects")
                    )
                    assert described or field.categories is None
        body = json.dumps(payload).encode()
        headers = signed(body, at=NOW)
        try:
            received = box.receive(body, headers, url=URL)
        except WebhookError as error:
            outcomes["refused"] += error.reason == "malformed"
        else:
            outcomes["taken"] += 1
            for event, verdict in received.decided:
                assert verdict.effect in ("allow", "deny", "escalate")
                assert event.facts.fields is not None
    assert outcomes["events"] + outcomes["error"] == times, outcomes
    assert outcomes["taken"] + outcomes["refused"] == times, outcomes
    assert all(outcomes.values()), outcomes


def test_mutated_payloads(gate: Gate) -> None:
    attack(gate, 300, seed=20261127)


@pytest.mark.nightly
def test_many_mutated_payloads(gate: Gate) -> None:
    attack(gate, 5000, seed=int(time.time()) // 86_400)
