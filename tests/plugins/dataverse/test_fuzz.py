"""Mutated payloads end in events or in one clear error, and claim nothing that was not understood."""

from __future__ import annotations

import contextlib
import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

import aboveboard_dataverse
from aboveboard import EventError, WebhookError
from aboveboard_dataverse.payloads import FIELDS

SAMPLES = [
    json.loads(file.read_text("utf-8"))
    for file in sorted((Path(__file__).parent / "samples").glob("*.json"))
]
WEIRD: list[Any] = [
    None, True, 0, -1, 1e308, 10**30, "", "x" * 5000, "\x00", "ä\u202e\ud83d", "/Date(99999999999999)/",
    "/Date(-5)/", [], {}, [[]], [None], {"": 1}, {"Value": {}}, {"Id": []}, {"Entities": [1]},
    {"Attributes": 7}, {"value": [{}]}, "2026-13-45", "00000000-0000-0000-0000-000000000000",
]  # fmt: skip


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    items: Any = value.items() if isinstance(value, dict) else ()
    for key, inner in enumerate(value) if isinstance(value, list) else items:
        found += _places(inner, (*path, key))
    return found


def mutated(random_: random.Random) -> Any:
    """A sample with one to four things changed, dropped, moved or renamed."""
    payload = copy.deepcopy(random_.choice(SAMPLES))
    for _ in range(random_.randint(1, 4)):
        place = random_.choice(_places(payload))
        if not place:
            if random_.random() < 0.1:
                payload = random_.choice(WEIRD)
            continue
        holder = payload
        for key in place[:-1]:
            holder = holder[key]
        what = random_.random()
        if what < 0.5:
            holder[place[-1]] = copy.deepcopy(random_.choice(WEIRD))
        elif what < 0.7:
            del holder[place[-1]]
        elif what < 0.85 and isinstance(holder, dict):
            name = random_.choice(
                ["", "@", "_x_value", "a" * 300, "é", "@odata.x", "fullname\n", "MessageName"]
            )
            holder[name] = holder.pop(place[-1])
        else:
            holder[place[-1]] = copy.deepcopy(random_.choice(SAMPLES))
    return payload


def check(gate: Any, seeds: range) -> None:
    """Each payload, as an event and as a webhook."""
    hooks = aboveboard_dataverse.Webhooks(gate, key="k", purpose="contact_management")
    for seed in seeds:
        payload = mutated(random.Random(seed))
        try:
            events = aboveboard_dataverse.events(payload, gate.pseudonym)
            assert events or payload["value"] == []
            for event in events:
                for field in event.facts.fields or ():
                    if field.categories is not None:
                        assert any(
                            FIELDS.kind(name, field.name).categories == field.categories
                            for name in FIELDS.objects()
                        ), seed
        except EventError:
            pass
        with contextlib.suppress(WebhookError):
            hooks.receive(json.dumps(payload).encode(), {}, url="/?code=k")


def test_mutated_payloads(gate: Any) -> None:
    check(gate(), range(300))


@pytest.mark.nightly
def test_many_mutated_payloads(gate: Any) -> None:
    check(gate(), range(5000))
