"""Mutated payloads: each ends in events or in one clear error, and in no allow of what is unknown."""

from __future__ import annotations

import base64
import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import aboveboard_pipedrive
from aboveboard import EventError, Gate, StepDenied, StepEscalated, WebhookError
from aboveboard.crm import FieldMap, Guard, HttpCall
from aboveboard_pipedrive.routes import ROUTES

httpx = pytest.importorskip("httpx")

SAMPLES = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((Path(__file__).parent / "samples").glob("*.json"))
}
FIELDS = FieldMap.shipped("aboveboard_pipedrive")
ODD: list[Any] = [
    None, True, False, 0, -1, 1e308, 10**400, "", " ", "x" * 5000, "\x00", "\ud800", "🦄", "2026-13-40",
    "9" * 500, [], {}, [[]], [None], [{}], {"": ""}, {"value": None}, {"id": {"id": {}}}, "person",
    "subscribed", "unsubscribed", {"type": "x", "value": "y"}, ["a", "b"], "٣", float("nan"),
]  # fmt: skip
NAMES = ["", "id", "person", "person_id", "custom_fields", "data", "items", "item", "object",
         "related_objects", "marketing_status", "emails", "x" * 300, "\ud800", "ключ"]  # fmt: skip
USER = {"authorization": "Basic " + base64.b64encode(b"u:p").decode()}


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)


def mutated(source: random.Random) -> Any:
    payload = copy.deepcopy(SAMPLES[source.choice(sorted(SAMPLES))])
    for _ in range(source.randint(1, 4)):
        found = list(places(payload)) if isinstance(payload, dict | list) else []
        if not found:
            break
        holder, key = source.choice(found)
        odd = copy.deepcopy(source.choice(ODD))
        match source.randrange(5):
            case 0:
                holder[key] = odd
            case 1:
                del holder[key]
            case 2 if isinstance(holder, dict):
                holder[source.choice(NAMES)] = odd
            case 3 if isinstance(holder, dict):
                holder[source.choice(NAMES)] = holder.pop(key)
            case _:
                holder[key] = [holder[key], odd] if source.random() < 0.5 else {"data": holder[key]}
    return source.choice([payload] * 30 + [copy.deepcopy(source.choice(ODD))])


def nothing_is_claimed(events: list[Any]) -> None:
    """A field that nobody has described bears no category."""
    known = {name for object_ in FIELDS.objects() for name in FIELDS.of_object(object_)}
    for event in events:
        for field in event.facts.fields or ():
            if field.name not in known:
                assert field.categories is None


def run(gate: Gate, count: int, seed: int) -> None:
    source = random.Random(seed)
    hooks = aboveboard_pipedrive.Webhooks(gate, user="u", password="p", deletion_is_erasure=True)
    governor = _governor(gate)
    said: list[str] = []
    for turn in range(count):
        payload = mutated(source)
        try:
            nothing_is_claimed(aboveboard_pipedrive.events(payload, gate.pseudonym))
        except EventError as error:
            said.append(str(error))
        try:
            body = json.dumps(payload).encode()
        except ValueError:
            continue
        if isinstance(payload, dict) and "meta" in payload:
            try:
                hooks.receive(body, USER)
            except WebhookError as error:
                said.append(str(error))
        elif turn % 3 == 0:
            _answered(governor, source, payload)
    assert not [text for text in said if "Siiri" in text]


def _governor(gate: Gate) -> Any:
    from aboveboard_pipedrive.governor import Governor

    guard = Guard("pipedrive", purpose="contact_management", fields=FIELDS, gate=gate)
    return Governor(guard, FIELDS)


def _answered(governor: Any, source: random.Random, payload: Any) -> None:
    """What comes as the answer of any governed path is given, cut, or stopped: never another error."""
    routes = [route for route in ROUTES.routes if route.handling in ("read", "write")]
    route = source.choice(routes)
    call = HttpCall(route.method, route.template)
    call.route, call.params = route, {"id": "1"}
    if isinstance(payload, dict):
        try:
            governor.exchange.after(call, payload)
        except (StepDenied, StepEscalated):
            pass
    call.body = payload
    try:
        governor.exchange.before(call)
    except (StepDenied, StepEscalated):
        pass


def test_300_mutations_end_well(keeping: Gate) -> None:
    run(keeping, 300, 20261127)


@pytest.mark.nightly
def test_5000_mutations_end_well(keeping: Gate) -> None:
    run(keeping, 5000, random.SystemRandom().randrange(2**32))
