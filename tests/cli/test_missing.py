"""Which unknown facts stopped events, and where to state them."""

from __future__ import annotations

import pytest

from aboveboard.cli.missing import Missing, is_known, where
from aboveboard.events import StepEvent
from aboveboard.facts import STEP_FACTS
from aboveboard.testing import make_event
from aboveboard.verdicts import Finding, Verdict


def verdict(*findings: tuple[str, list[str]]) -> Verdict:
    return Verdict(
        id="e1",
        decision_id="d1",
        step="profiling",
        phase="requested",
        effect="deny",
        findings=tuple(
            Finding(rule="R-1", effect=effect, message="", facts=tuple(paths))  # type: ignore[arg-type]
            for effect, paths in findings
        ),
        policy_revision="",
        engine="embedded",
        duration_ms=0.1,
    )


def event(**groups: object) -> StepEvent:
    return make_event("profiling", facts=groups)


@pytest.mark.parametrize(
    ("groups", "path", "known"),
    [
        ({}, "objections.profiling", False),
        ({"objections": {}}, "objections.profiling", False),
        ({"objections": {"profiling": False}}, "objections.profiling", True),
        ({}, "consent", False),
        ({"consent": []}, "consent", True),
        ({"consent": []}, "consent[].status", True),
        ({"fields": [{"name": "a"}]}, "fields[].text_scanned", False),
        ({"fields": [{"name": "a"}]}, "fields[].name", True),
        (
            {"fields": [{"name": "a", "text_scanned": True}, {"name": "b"}]},
            "fields[].text_scanned",
            False,
        ),
        ({}, "no.such.path", False),
    ],
)
def test_is_known(groups: dict[str, object], path: str, known: bool) -> None:
    assert is_known(event(**groups), path) is known


def test_counts_a_fact_once_an_event() -> None:
    missing = Missing()
    bare, stated = event(), event(objections={"profiling": True})
    missing.add(
        bare, verdict(("deny", ["objections.profiling"]), ("escalate", ["objections.profiling"]))
    )
    missing.add(bare, verdict(("deny", ["objections.profiling", "consent"])))
    missing.add(stated, verdict(("deny", ["objections.profiling"]), ("warn", ["lia.ref"])))
    assert missing.top(5) == [
        ("objections.profiling", 2, "CRM plugin or facts function"),
        ("consent", 1, "CRM plugin or facts function"),
    ]
    assert missing.top(1) == missing.top(5)[:1]
    assert len(missing) == 2


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("processing.legal_basis", "purpose register"),
        ("transfer.recipient_country", "organisation profile (processors)"),
        ("objections.channel", "organisation profile (contact)"),
        ("consent[].status", "CRM plugin or facts function"),
        ("fields[].text_scanned", "annotations of the step's arguments"),
        ("recommendation.option_without_profiling", "purpose register"),
        ("recommendation.alternatives_count", "facts function"),
        ("whatever.else", "facts function"),
    ],
)
def test_where(path: str, place: str) -> None:
    assert where(path) == place


def test_every_group_has_a_place() -> None:
    for model in STEP_FACTS.values():
        assert all(where(name) for name in model.model_fields)
