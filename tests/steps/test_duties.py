"""What outlasts a step (erase, notify) waits in the suppression store until somebody has done it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest

from aboveboard import Gate, Settings, StepDenied, SubjectId, profiling
from aboveboard.organisation import example
from aboveboard.testing import compliant_facts

DEMANDS = """package organisation.acme.profiling

import future.keywords.not

# METADATA
# title: Told afterwards
# description: Whoever is scored is told.
# related_resources:
# - ref: https://acme.example/handbook
#   description: Acme's handbook
# custom:
#   id: ACME-01
#   steps: [profiling]
#   phases: [requested]
#   severity: low
#   unknown: does not fire
#   message: {en: "Whoever is scored is told."}
#   remedy: {en: "Tell them."}
findings contains {
	"rule": "ACME-01",
	"effect": "EFFECT",
	"facts": ["subject"],
	"args": {},
	"obligation": {"kind": "notify", "paths": ["score"]},
} if {
	input.phase == "requested"
}
"""


@pytest.fixture
def policies(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    (tmp_path / "policies").mkdir()
    text = DEMANDS.replace("EFFECT", getattr(request, "param", "oblige"))
    (tmp_path / "policies" / "acme.rego").write_text(text)
    return tmp_path / "policies"


@pytest.fixture
def gate(tmp_path: Path, policies: Path) -> Iterator[Gate]:
    settings = Settings.load(
        suppression_store=tmp_path / "s.sqlite", subject_key="of more than sixteen bytes"
    )
    with Gate(settings, organisation=example(), policies=[policies]) as gate:
        yield gate


def scored(gate: Gate, subject: Any = "lead-1") -> int:
    facts = compliant_facts("profiling")
    del facts["fields"]

    @profiling(purpose="lead_scoring", model="propensity-3.1", facts=facts, gate=gate)
    def score(lead: Annotated[Any, SubjectId]) -> int:
        return 80

    return score(subject)


def test_a_duty_waits_and_the_step_goes_on(gate: Gate) -> None:
    assert scored(gate) == 80
    assert scored(gate) == 80
    assert gate.store is not None
    (duty,) = gate.store.duties()
    assert (duty.kind, duty.subject, duty.rule, duty.paths) == (
        "notify", gate.pseudonym("lead-1"), "ACME-01", ("score",))  # fmt: skip


@pytest.mark.parametrize("policies", ["deny"], indirect=True)
def test_it_waits_when_the_step_is_stopped_too(gate: Gate) -> None:
    with pytest.raises(StepDenied, match="ACME-01"):
        scored(gate)
    assert gate.store is not None
    assert [duty.rule for duty in gate.store.duties()] == ["ACME-01"]


def test_without_a_store_nobody_would_do_it(policies: Path) -> None:
    gate = Gate(Settings(), organisation=example(), policies=[policies])
    with pytest.raises(
        StepDenied, match=r"demands 'notify'.*no suppression store.*Set suppression_store"
    ):
        scored(gate)


def test_a_duty_needs_somebody_whom_it_is_about(gate: Gate) -> None:
    with pytest.raises(StepDenied, match="nobody that it is about"):
        scored(gate, None)


def test_a_store_that_fails_stops_the_step(gate: Gate) -> None:
    assert gate.store is not None

    def demand(*_: object) -> None:
        msg = "disk of lead-1"
        raise OSError(msg)

    gate.store.demand = demand  # type: ignore[method-assign,assignment]
    with pytest.raises(StepDenied, match=r"could not be kept \(OSError\)") as stopped:
        scored(gate)
    assert "lead-1" not in str(stopped.value)


def test_a_dry_run_queues_nothing(gate: Gate) -> None:
    from aboveboard.testing import compliant_event

    gate.check(compliant_event("profiling"))
    gate.preview(compliant_event("profiling"))
    assert gate.store is not None
    assert gate.store.duties() == ()


def test_monitor_mode_queues_nothing(tmp_path: Path, policies: Path) -> None:
    settings = Settings.load(
        suppression_store=tmp_path / "s.sqlite", subject_key="sixteen bytes or more", mode="monitor"
    )
    with Gate(settings, organisation=example(), policies=[policies]) as gate:
        assert scored(gate) == 80
        assert gate.store is not None
        assert gate.store.duties() == ()
