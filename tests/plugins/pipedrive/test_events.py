"""All that Pipedrive sends, as events; and what it does not send, as one clear error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import aboveboard_pipedrive
from aboveboard import EventError, Gate
from aboveboard_pipedrive.plugin import aboveboard_events

SAMPLES = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((Path(__file__).parent / "samples").glob("*.json"))
}


def told(gate: Gate, name: str) -> list[Any]:
    return aboveboard_pipedrive.events(SAMPLES[name], gate.pseudonym)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_understood(gate: Gate, name: str) -> None:
    found = told(gate, name)
    assert found
    assert all(event.source.startswith("/pipedrive/") for event in found)
    text = json.dumps([event.to_dict() for event in found]) if hasattr(
        found[0], "to_dict") else str(found)  # fmt: skip
    assert not [word for word in ("Siiri", "@example", "+358", "shop steward") if word in text]


def test_the_hook_is_asked_for_its_vendor_only(gate: Gate) -> None:
    assert aboveboard_events("hubspot", SAMPLES["person"], gate.pseudonym) is None
    assert list(aboveboard_events("pipedrive", SAMPLES["person"], gate.pseudonym) or [])


def test_subjects_are_one_persons_wherever_they_stand(gate: Gate) -> None:
    subject = gate.pseudonym("pipedrive/persons/1")
    for name in ("deal", "lead", "notes", "activity", "call_logs", "webhook_person_change",
                 "webhook_person_delete", "webhook_note_create"):  # fmt: skip
        assert {event.subject for event in told(gate, name)} >= {subject}, name


def test_a_marketing_status_becomes_consent(gate: Gate) -> None:
    page = told(gate, "persons_page")
    assert page[0].facts.consent is None
    assert page[1].facts.consent[0].status == "dpv:ConsentWithdrawn"


def test_an_unknown_kind_passes_as_unknown_and_is_named(gate: Gate, log: list[Any]) -> None:
    payload = json.loads(json.dumps(SAMPLES["webhook_person_change"]))
    payload["meta"].update(entity="horoscope", action="foretell")
    (event,) = aboveboard_pipedrive.events(payload, gate.pseudonym)
    assert {field.categories for field in event.facts.fields} <= {None, ("pd:Name",)}
    (entry,) = [entry for entry in log if entry["event"] == "webhook.unknown"]
    assert entry["kind"] == "foretell.horoscope"


@pytest.mark.parametrize(
    ("payload", "place"),
    [
        (None, "expected"), ([], "expected"), ("x", "expected"), ({}, "expected"),
        ({"success": False, "error": "secret words"}, "expected"),
        ({"success": True}, "expected"), ({"success": "yes", "data": {"id": 1}}, "expected"),
        ({"id": 1, "unheard": 2}, "expected"),
        ({"meta": 7}, "meta"), ({"meta": {}}, "meta.action"),
        ({"meta": {"action": "change", "entity": None}}, "meta.entity"),
        ({"meta": {"object": "person", "action": "updated"}}, "version 1"),
        ({"meta": {"action": "change", "entity": "person", "entity_id": [1]}}, "entity_id"),
        ({"meta": {"action": "change", "entity": "person"}, "data": "secret words"}, "data"),
        ({"meta": {"action": "change", "entity": "person"}, "previous": [1]}, "previous"),
    ],
)  # fmt: skip
def test_what_pipedrive_does_not_send_is_one_error(gate: Gate, payload: Any, place: str) -> None:
    with pytest.raises(EventError, match=place) as refused:
        aboveboard_pipedrive.events(payload, gate.pseudonym)
    assert "secret" not in str(refused.value)


def test_a_bare_record_is_understood(gate: Gate) -> None:
    (event,) = aboveboard_pipedrive.events(SAMPLES["person"]["data"], gate.pseudonym)
    assert event.subject == gate.pseudonym("pipedrive/persons/1204")
