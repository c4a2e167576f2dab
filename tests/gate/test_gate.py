"""The gate as an object: what it is made of, copies of it, completing events, explanations."""

from __future__ import annotations

import asyncio
import pickle
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aboveboard import (
    ConfigurationError,
    EventError,
    OrganisationError,
    PolicyError,
    SettingsError,
    StepEvent,
    VocabularyError,
    default_gate,
    set_default_gate,
)
from aboveboard.explain import EVENTS
from aboveboard.facts import PHASES, STEPS
from aboveboard.gate import Gate
from aboveboard.organisation import example, starter
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event
from tests.steps.helpers import ASKED

EVENT = compliant_event("recommendation")
KEY = "LEAKED-key-0123456789abcdef"


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("phase", PHASES)
def test_compliant_events_pass_without_a_word(gate: Gate, step: Any, phase: Any) -> None:
    verdict = gate.check(compliant_event(step, phase))
    assert (verdict.effect, verdict.findings, verdict.obligations) == ("allow", (), ())
    assert verdict.policy_revision.startswith("sha256:")
    assert verdict.engine == "embedded"
    assert verdict.duration_ms > 0


@pytest.mark.anyio
async def test_both_sides_say_the_same(gate: Gate) -> None:
    event = compliant_event("recommendation", changes={"objections.direct_marketing": True})
    one, other = gate.check(event), await gate.acheck(event)
    assert one.findings == other.findings
    assert one.id == other.id == event.id
    assert one.decision_id != other.decision_id


def test_one_log_event_for_each_verdict(gate: Gate, log: list[Any]) -> None:
    event = compliant_event("recommendation", changes={"objections.direct_marketing": True})
    verdict = gate.check(event)
    (entry,) = log
    finding = verdict.findings[0]
    assert entry == {
        "event": "step.denied",
        "log_level": "warning",
        "decision_id": verdict.decision_id,
        "event_id": event.id,
        "step": "recommendation",
        "phase": "requested",
        "subject": event.subject,
        "rules": ["R-DM-01"],
        "messages": [finding.message],
        "law": [finding.law],
        "remedy": [finding.remedy],
        "obligations": [],
        "policy_revision": verdict.policy_revision,
        "engine": "embedded",
        "enforced": True,
        "duration_ms": verdict.duration_ms,
    }


def test_the_name_of_the_log_event_says_the_effect(gate: Gate, log: list[Any]) -> None:
    gate.check(EVENT)
    gate.check(compliant_event("decision", changes={"conversation.user_requested_human": True}))
    gate.check(compliant_event("profiling", changes={"objections.profiling": True}))
    assert [(entry["event"], entry["log_level"]) for entry in log] == [
        ("step.allowed", "info"),
        ("step.escalated", "warning"),
        ("step.denied", "warning"),
    ]
    assert set(EVENTS.values()) == {entry["event"] for entry in log}


def test_messages_in_another_language_fall_back_to_english() -> None:
    gate = Gate(Settings(language="xx"), organisation=example())
    event = compliant_event("profiling", changes={"objections.profiling": True})
    assert gate.check(event).findings[0].message == "The person has objected to profiling."


def test_secrets_and_engines_stay_out_of_pickles(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate(Settings(subject_key=KEY, opa_token="LEAKED-token", app="sales"))
    assert gate.check(EVENT).effect == "allow"
    pickled = pickle.dumps(gate)
    assert b"LEAKED" not in pickled
    monkeypatch.setenv("ABOVEBOARD_SUBJECT_KEY", KEY)
    monkeypatch.setenv("ABOVEBOARD_OPA_TOKEN", "LEAKED-token")
    twin = pickle.loads(pickled)
    assert twin.settings.app == "sales"
    assert twin.check(EVENT).allowed
    assert twin.pseudonym("jane") == gate.pseudonym("jane")


def test_a_pickle_keeps_organisation_plugins_and_policies(tmp_path: Path) -> None:
    gate = Gate(Settings(), organisation=example())
    twin = pickle.loads(pickle.dumps(gate))
    assert twin.organisation == gate.organisation
    assert twin.check(EVENT).policy_revision == gate.check(EVENT).policy_revision


def test_no_text_of_a_gate_holds_a_secret() -> None:
    gate = Gate(Settings(subject_key=KEY, opa_token="LEAKED-token"))
    assert repr(gate) == f"Gate(engine='embedded', organisation={gate.organisation.name!r})"
    assert "LEAKED" not in repr(gate) + repr(gate.pseudonym) + repr(gate.settings)
    assert "LEAKED" not in repr(Gate(Settings(engine="opa", opa_token="LEAKED-token")).engine)


def test_the_context_manager_closes(gate: Gate) -> None:
    with Gate(Settings(), organisation=example()) as own:
        assert own.check(EVENT).allowed

    async def inside() -> bool:
        async with Gate(Settings(), organisation=example()) as own:
            return (await own.acheck(EVENT)).allowed

    assert asyncio.run(inside())


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"organisation": "no/such.yaml"}, OrganisationError),
        ({"policies": ["no/such/directory"]}, PolicyError),
        ({"settings": {"subject_key": "short"}}, SettingsError),
        ({"settings": {"subject_key": KEY, "subject_key_id": "a b"}}, SettingsError),
        ({"settings": {"subject_key": KEY, "subject_key_file": "x"}}, SettingsError),
        ({"settings": {"engine": "opa", "opa_url": "nonsense"}}, SettingsError),
        ({"settings": {"engine": "opa", "opa_token": "a b"}}, SettingsError),
    ],
    ids=repr,
)
def test_what_is_set_up_wrongly_is_said_when_the_gate_is_made(options: Any, kind: type) -> None:
    settings = Settings.load(**options.pop("settings", {}))
    with pytest.raises(kind) as refused:
        Gate(settings, **options)
    assert "LEAKED" not in str(refused.value)


def test_the_default_gate_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    before = set_default_gate(None)
    try:
        gates: list[Gate] = []
        threads = [threading.Thread(target=lambda: gates.append(default_gate())) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(map(id, gates))) == 1
        assert set_default_gate(None) is gates[0]
    finally:
        set_default_gate(before)


# --- Making and completing events -----------------------------------------------------------------


def test_an_event_is_filled_from_register_and_profile(gate: Gate) -> None:
    event = gate.event(
        "profiling",
        facts={**ASKED, "fields": []},
        subject="LEAKED-jane",
        purpose="lead_scoring",
        model="propensity-3.1",
    )
    assert event.facts.processing is not None
    assert event.facts.processing.legal_basis == "eu-gdpr:A6-1-f"
    assert event.facts.ai is not None
    assert event.facts.ai.model == "propensity-3.1"
    assert event.source == "/aboveboard/app"
    assert event.subject == gate.pseudonym("LEAKED-jane")
    assert "LEAKED" not in event.to_json()
    assert gate.check(event).allowed


def test_completing_again_changes_nothing(gate: Gate) -> None:
    event = gate.event("profiling", purpose="lead_scoring", model="propensity-3.1")
    assert gate.complete(event) == event
    assert gate.complete(StepEvent.from_json(event.to_json())) == event


def test_a_gate_knows_that_it_writes_verdicts_down(gate: Gate) -> None:
    bare = StepEvent.create("profiling", facts={"processing.purpose": "lead_scoring"})
    no_profile = Gate(Settings(), organisation=starter(), engine=gate.engine)
    for filled in (no_profile.complete(bare), no_profile.event("profiling", purpose=None)):
        assert filled.facts.audit is not None
        assert filled.facts.audit.log_enabled is True
    assert no_profile.facts("profiling", purpose=None)["audit"] == {"log_enabled": True}
    denied = StepEvent.create("profiling", facts={"audit.log_enabled": False})
    kept = no_profile.complete(denied).facts.audit
    assert kept is not None
    assert kept.log_enabled is False


def test_an_event_is_completed_by_its_own_words(gate: Gate) -> None:
    bare = StepEvent.create("profiling", facts={"processing.purpose": "lead_scoring"})
    filled = gate.complete(bare)
    assert filled.facts.processing is not None
    assert filled.facts.processing.legal_basis == "eu-gdpr:A6-1-f"


def test_to_contradict_the_register_is_an_error(gate: Gate) -> None:
    with pytest.raises(EventError, match=r"processing\.legal_basis") as refused:
        gate.event(
            "profiling", facts={"processing.legal_basis": "eu-gdpr:A6-1-a"}, purpose="lead_scoring"
        )
    assert "A6-1-a" not in str(refused.value)


@pytest.mark.parametrize(
    "options", [{"purpose": "lead-scoring"}, {"purpose": "dpv:NoSuch"}, {"recipient": "nobody"}]
)
def test_a_name_that_nobody_registered(gate: Gate, options: Any) -> None:
    with pytest.raises(VocabularyError):
        gate.event("profiling", **{"purpose": "lead_scoring", **options})


def test_opening_hours_say_whether_a_human_is_there(gate: Gate) -> None:
    facts = {"processing.purpose": "service_chat"}
    monday = datetime(2026, 11, 2, 10, tzinfo=UTC)
    sunday = datetime(2026, 11, 1, 3, tzinfo=UTC)
    found = [
        gate.complete(StepEvent.create("decision", facts=facts, time=time)).facts.human.available  # type: ignore[attr-defined]
        for time in (monday, sunday)
    ]
    assert found == [True, False]
    stated = StepEvent.create("decision", facts={**facts, "human.available": False}, time=monday)
    assert gate.complete(stated).facts.human.available is False  # type: ignore[attr-defined]


@pytest.mark.parametrize(("name", "value"), [("settings", {"mode": "LEAKED"}), ("engine", "opa")])
def test_what_makes_no_gate_is_refused_at_once(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"^{name}: expected") as refused:
        Gate(**{"settings": Settings(), name: value})
    assert "LEAKED" not in str(refused.value)


def test_the_person_is_told_what_stopped_or_changed_something(gate: Gate) -> None:
    event = compliant_event("recommendation", changes={"objections.direct_marketing": True})
    verdict = gate.check(event)
    told = gate.for_person(verdict)
    assert told
    assert not any("R-" in text or "objections." in text for text in told)
    finnish = gate.for_person(verdict, "fi")
    assert len(finnish) == len(told)
    assert finnish != told
    fine = gate.check(compliant_event("recommendation"))
    assert gate.for_person(fine) == ()


def test_warnings_are_no_business_of_the_person(gate: Gate) -> None:
    verdict = gate.check(compliant_event("profiling", changes={"fairness": None}))
    assert {finding.effect for finding in verdict.findings} == {"warn"}
    assert gate.for_person(verdict) == ()
