"""Verdicts: one effect from many findings, a stable order, one JSON object; and their sentence."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest
from pydantic import ValidationError

from aboveboard.explain import sentence
from aboveboard.verdicts import Finding, Obligation, Verdict, in_order, worst


def finding(rule: str, effect: Any, **more: Any) -> Finding:
    return Finding(rule=rule, effect=effect, message=f"{rule} speaks.", **more)


def verdict(*findings: Finding, **more: Any) -> Verdict:
    ordered = in_order(list(findings))
    return Verdict(
        id="1",
        decision_id="2",
        step="data_collection",
        phase="requested",
        effect=worst(ordered),
        findings=ordered,
        policy_revision="sha256:0",
        engine="embedded",
        duration_ms=0.5,
        **more,
    )


@pytest.mark.parametrize(
    ("effects", "effect"),
    [
        ([], "allow"),
        (["warn"], "allow"),
        (["oblige"], "allow"),
        (["warn", "escalate", "oblige"], "escalate"),
        (["escalate", "deny"], "deny"),
        (["deny"], "deny"),
    ],
)
def test_the_worst_finding_is_the_effect(effects: list[str], effect: str) -> None:
    found = verdict(*(finding(f"R-{n}", item) for n, item in enumerate(effects)))
    assert found.effect == effect
    assert found.allowed == (effect == "allow")
    assert {item.effect for item in found.stopping()} <= {effect}


def test_the_order_of_findings_does_not_depend_on_that_of_the_answer() -> None:
    items = [
        finding("R-2", "deny"),
        finding("R-1", "escalate"),
        finding("R-1", "deny", facts=("a",)),
        finding("R-1", "deny", facts=("b",)),
    ]
    first = verdict(*items).findings
    for order in permutations(items):
        assert verdict(*order).findings == first
    assert [f.rule for f in first] == ["R-1", "R-1", "R-2", "R-1"]
    assert verdict(*items).rules == ("R-1", "R-2")


def test_one_json_object() -> None:
    found = verdict(
        finding("R-1", "oblige", law="GDPR", remedy="Cut.", facts=("a.b",), args={"n": 1}),
        obligations=(Obligation(kind="redact", rule="R-1", paths=("lead.x",)),),
    )
    read = json.loads(found.model_dump_json())
    assert read == found.as_dict()
    assert list(read) == [
        "id",
        "decision_id",
        "step",
        "phase",
        "effect",
        "findings",
        "obligations",
        "policy_revision",
        "engine",
        "duration_ms",
        "enforced",
    ]
    assert Verdict.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize("change", [{"effect": "maybe"}, {"more": 1}, {"rule": None}])
def test_findings_are_strict_and_quote_nothing(change: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        Finding.model_validate({"rule": "R-1", "effect": "deny", "message": "LEAKED", **change})
    assert "LEAKED" not in str(refused.value)


def test_arguments_cannot_be_changed() -> None:
    one = finding("R-1", "deny")
    with pytest.raises(TypeError, match="cannot be changed"):
        one.args["x"] = 1
    assert one.args == {}


def test_the_sentence_says_what_why_and_what_to_do() -> None:
    found = verdict(
        finding("R-1", "deny", law="GDPR Art. 6(1)", remedy="Name a basis."),
        finding("runtime.timeout", "deny"),
        finding("R-9", "warn"),
    )
    assert sentence(found, "read") == (
        "The data collection step 'read' was stopped:\n"
        "- R-1 speaks. (R-1, GDPR Art. 6(1)) Name a basis.\n"
        "- runtime.timeout speaks. (runtime.timeout)"
    )
    escalated = verdict(finding("R-1", "escalate"), finding("R-2", "oblige"))
    assert sentence(escalated, "read") == (
        "The data collection step 'read' needs a human's decision:\n- R-1 speaks. (R-1)"
    )


def test_what_has_to_be_cut_is_told_once_and_only_when_enforced() -> None:
    cuts = tuple(
        Obligation(kind=kind, rule=rule, paths=paths)
        for kind, rule, paths in (
            ("redact", "R-MIN-01", ("age", "phone")),
            ("redact", "R-SEC-03", ("phone", "name")),
            ("erase", "R-ERA-01", ("address",)),
        )
    )
    assert verdict(obligations=cuts).cuts() == ("age", "phone", "name")
    assert verdict(obligations=cuts, enforced=False).cuts() == ()
