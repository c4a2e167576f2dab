"""Every decision is stopped, for what the authority blamed; its lawful twin is not stopped.

Of each step there are three events. The scene is what the company's business was about; nothing is
found in it, so whatever is found in the case is found for the facts that the authority blamed. The
twin changes only facts that the remedies of those findings name.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from aboveboard.facts import PHASES
from aboveboard.policy.bundle import load_bundle
from aboveboard.testing import make_event
from tests.policies.cases.case import NOW
from tests.policies.enforcement.cases import CASES, FILE, SCHEMA, Case, Trial
from tests.policies.enforcement.change import changed, facts_with, named, of_any_item, touches

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.gate import Gate
    from aboveboard.verdicts import Finding

pytestmark = pytest.mark.library

EACH = [
    pytest.param(case, trial, id=f"{case.id}-{trial.step}-{case.status.replace(' ', '_')}")
    for case in CASES
    for trial in case.tried
]
WEIGHTY = ("deny", "escalate", "oblige")


def scene(trial: Trial) -> dict[str, Any]:
    return facts_with(trial.step, trial.scene)


def blamed(trial: Trial) -> dict[str, Any]:
    return facts_with(trial.step, trial.scene, trial.facts)


def twin(trial: Trial) -> dict[str, Any]:
    return facts_with(trial.step, trial.scene, trial.facts, trial.lawful)


def ask(gate: Gate, trial: Trial, facts: Mapping[str, Any]) -> tuple[set[str], dict[str, Finding]]:
    """The effects in both phases, and the findings as a case writes them."""
    effects: set[str] = set()
    findings: dict[str, Finding] = {}
    for phase in PHASES:
        verdict = gate.check(make_event(trial.step, phase, facts=facts, time=NOW))
        effects.add(verdict.effect)
        for item in verdict.findings:
            text = (item.rule, item.effect, str(item.args.get("reason", "")))
            findings[":".join(filter(None, text))] = item
    return effects, findings


@pytest.mark.parametrize(("case", "trial"), EACH)
def test_nothing_is_found_in_the_scene(case: Case, trial: Trial, gate: Gate) -> None:
    assert ask(gate, trial, scene(trial)) == ({"allow"}, {}), case.id


@pytest.mark.parametrize(("case", "trial"), EACH)
def test_the_rules_find_what_the_authority_blamed(case: Case, trial: Trial, gate: Gate) -> None:
    effects, findings = ask(gate, trial, blamed(trial))
    assert set(findings) == {*trial.expected, *trial.also}, case.id
    assert effects != {"allow"} or any(item.effect == "oblige" for item in findings.values())
    facts = changed(scene(trial), blamed(trial))
    for text, item in findings.items():
        touched = {path for path in facts for fact in item.facts if touches(path, fact)}
        assert touched, f"{text} rests on {item.facts}, of which the case changes none"
        if "unknown" in str(item.args.get("reason", "")):
            assert any(facts[path] in (None, "none") for path in touched), text


@pytest.mark.parametrize(("case", "trial"), EACH)
def test_a_finding_goes_with_the_facts_it_names(case: Case, trial: Trial, gate: Gate) -> None:
    _, findings = ask(gate, trial, blamed(trial))
    for text, item in findings.items():
        others = {
            path: value
            for path, value in trial.facts.items()
            if not any(touches(of_any_item(path), fact) for fact in item.facts)
        }
        _, left = ask(gate, trial, facts_with(trial.step, trial.scene, others))
        assert text not in left, f"{case.id}: {text} does not rest on {item.facts}"


@pytest.mark.parametrize(("case", "trial"), EACH)
def test_what_is_expected_weighs(case: Case, trial: Trial) -> None:
    """A warning will do only where the rule's own answer to an unknown is one, and the case's
    authority blamed just that: nobody knew."""
    catalogue = {entry.rule: entry for entry in load_bundle().catalogue}
    facts = changed(scene(trial), blamed(trial))
    for text in trial.expected:
        rule, effect = text.split(":")[:2]
        if effect == "warn":
            assert catalogue[rule].unknown.startswith("warn"), case.id
            assert None in facts.values()
        else:
            assert effect in WEIGHTY


@pytest.mark.parametrize(("case", "trial"), EACH)
def test_the_same_business_done_lawfully_is_allowed(case: Case, trial: Trial, gate: Gate) -> None:
    # Without a warning even, also where a court saw it otherwise.
    assert ask(gate, trial, twin(trial)) == ({"allow"}, {}), case.id


@pytest.mark.parametrize(("case", "trial"), EACH)
def test_the_remedies_name_what_the_twin_changes(case: Case, trial: Trial, gate: Gate) -> None:
    _, findings = ask(gate, trial, blamed(trial))
    remedies = [item.remedy for item in findings.values()]
    paths = set(changed(blamed(trial), twin(trial)))
    assert paths
    missing = {path for path in paths if not any(named(path, remedy) for remedy in remedies)}
    assert not missing, f"{case.id}: no remedy names {sorted(missing)}:\n" + "\n".join(remedies)


def test_the_cases_have_the_form_of_their_schema() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    document = json.loads(FILE.read_text(encoding="utf-8"))
    problems = [error.message for error in Draft202012Validator(schema).iter_errors(document)]
    assert problems == []
    assert len({case.id for case in CASES}) == len(CASES) == 24


def test_a_case_that_did_not_stand_says_so() -> None:
    assert {case.id: case.status for case in CASES if not case.stands} == {
        "it-garante-openai-2024": "annulled",
        "fr-cnil-amazonfl-2023": "partly set aside",
    }
    assert all(case.status_note for case in CASES if not case.stands)


def test_what_changed_and_what_is_named() -> None:
    """The yardstick itself."""
    before = {"a": {"b": 1, "c": [1]}, "d": [{"e": 1}], "f": True}
    after = {"a": {"b": 2, "c": [1, 2]}, "d": [{"e": 2}, {"e": 3}]}
    paths = changed(before, after)
    assert paths == {"a.b": 2, "a.c": [1, 2], "d[].e": 2, "d[]": {"e": 3}, "f": None}
    assert changed(before, before) == {}
    assert touches("fields", "fields[].source")
    assert touches("fields[].source", "fields[].source")
    assert not touches("field", "fields[].source")
    assert named("consent[].status", "give it as consent[]; or else")
    assert named("consent[]", "record consent[].informed.")
    assert named("lia.outcome", "a new test (lia.outcome).")
    assert not named("consent[].status", "ask for consent and record consent[].informed")
    assert not named("lia.outcome", "state lia.outcome_ref")
