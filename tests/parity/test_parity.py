"""Both engines, the same events: the same effect, rules, findings and obligations, to the byte.

    ABOVEBOARD_PARITY_EVENTS=20000 pytest tests/parity      a longer stream
    pytest -m nightly tests/parity                          100,000 events, new ones each time

A counter-example is printed as the `aboveboard event` command that makes it.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from hypothesis import HealthCheck, Phase, given, reject, settings

from aboveboard.events import StepEvent
from aboveboard.facts import PHASES
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import load_bundle
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event
from tests.parity.stream import Case, cases
from tests.policies.cases import CASES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboveboard.verdicts import Verdict

pytestmark = pytest.mark.opa

# What fits in three minutes on two cores.
EVENTS = int(os.environ.get("ABOVEBOARD_PARITY_EVENTS", "8000"))
NIGHTLY = int(os.environ.get("ABOVEBOARD_PARITY_EVENTS", "100000"))
RANK = ["deny", "escalate", "oblige", "warn"]


@pytest.fixture(scope="module")
def gates(opa_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Gate, Gate]]:
    """The embedded engine, and a real OPA over one kept-alive session."""
    archive = tmp_path_factory.mktemp("bundle") / "bundle.tar.gz"
    archive.write_bytes(write_archive(load_bundle()))
    with (
        opa_server(archive, bundle=True) as url,
        Gate(Settings(), organisation=example()) as embedded,
        Gate(Settings(engine="opa", opa_url=url, timeout_s=30), organisation=example()) as opa,
    ):
        yield embedded, opa


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """One logged verdict an event would be most of the time that this takes."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.reset_defaults()


def said(verdict: Verdict) -> str:
    """A verdict as JSON, but for what differs between two questions about one event."""
    everything = verdict.as_dict()
    for name in ("decision_id", "duration_ms", "engine"):
        del everything[name]
    return json.dumps(everything, ensure_ascii=False, indent=1)


def stream(
    gates: tuple[Gate, Gate], count: int, *, derandomize: bool
) -> Counter[tuple[str, str, str, str]]:
    """Ask both gates about `count` events; count what was found in which step and phase."""
    embedded, opa = gates
    seen: Counter[tuple[str, str, str, str]] = Counter()

    @settings(
        max_examples=count,
        deadline=None,
        derandomize=derandomize,
        # Explaining why an example fails costs as much again; the command explains it.
        phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        database=None,
    )
    @given(cases())
    def ask(case: Case) -> None:
        event = case.event()
        if event is None:
            reject()
        verdict = embedded.check(event)
        assert said(verdict) == said(opa.check(event)), case.command()
        for finding in verdict.findings:
            # No event that is one makes a policy fail.
            assert not finding.rule.startswith("runtime."), case.command()
            reason = str(finding.args.get("reason", "default"))
            seen[finding.rule, reason, case.step, case.phase] += 1
        order = [(RANK.index(item.effect), item.rule, item.facts) for item in verdict.findings]
        assert order == sorted(order), case.command()

    ask()
    return seen


def test_a_stream_of_events(gates: tuple[Gate, Gate]) -> None:
    """The same events each time, so that a failure comes with the change that made it."""
    seen = stream(gates, EVENTS, derandomize=True)
    rules = {entry.rule for entry in load_bundle().catalogue}
    # A stream that left many rules out would say little about them; the rest is seen below.
    assert len({rule for rule, *_ in seen}) > 0.9 * len(rules)


def test_every_reason_of_every_rule(gates: tuple[Gate, Gate]) -> None:
    """What the rules are tried with one by one: each reason, step and phase."""
    embedded, opa = gates
    seen: set[tuple[str, str, str, str]] = set()
    for case in CASES:
        for step in case.steps:
            for phase in PHASES:
                event = compliant_event(step, phase, changes=case.changes, time=case.time)
                verdict = embedded.check(event)
                assert said(verdict) == said(opa.check(event)), (step, phase, str(case))
                for finding in verdict.findings:
                    reason = str(finding.args.get("reason", "default"))
                    seen.add((finding.rule, reason, step, phase))
    catalogue = load_bundle().catalogue
    assert {(rule, reason) for rule, reason, *_ in seen} == {
        (entry.rule, reason) for entry in catalogue for reason in entry.messages
    }
    assert {(rule, step, phase) for rule, _, step, phase in seen} == {
        (entry.rule, step, phase)
        for entry in catalogue
        for step in entry.steps
        for phase in entry.phases
    }


@pytest.mark.nightly
def test_a_long_stream_of_new_events(gates: tuple[Gate, Gate]) -> None:
    assert stream(gates, NIGHTLY, derandomize=False)


def test_null_is_left_out(gates: tuple[Gate, Gate]) -> None:
    """Unknown as null on the wire is the same question as unknown left out."""

    @settings(max_examples=200, deadline=None, derandomize=True, database=None)
    @given(cases())
    def ask(case: Case) -> None:
        event = case.event()
        if event is None:
            reject()
        spare = event.to_dict()
        full = {**spare, "data": event.facts.model_dump(mode="json")}
        assert "null" in json.dumps(full["data"])
        again = [StepEvent.from_json(json.dumps(raw)) for raw in (spare, full)]
        assert [one.engine_input() for one in again] == [event.engine_input()] * 2
        verdicts = {said(gate.check(one)) for gate in gates for one in (event, *again)}
        assert len(verdicts) == 1, case.command()

    ask()


@pytest.mark.anyio
async def test_asynchronous_answers_are_the_same(gates: tuple[Gate, Gate]) -> None:
    found: list[Case] = []

    @settings(max_examples=50, database=None, derandomize=True)
    @given(cases())
    def gather(case: Case) -> None:
        found.append(case)

    gather()
    for case in found:
        event = case.event()
        if event is not None:
            verdicts = {said(await gate.acheck(event)) for gate in gates}
            assert verdicts == {said(gates[0].check(event))}, case.command()
    await gates[1].aclose()


def test_a_counter_example_is_a_command() -> None:
    case = Case("recommendation", "completed", {"objections.profiling": True, "contact": None})
    assert case.command() == (
        "aboveboard event --step recommendation --phase completed --compliant "
        "--set objections.profiling=true --set contact=null"
    )
    assert case.event() is not None
