"""Not a machine that says no: everyday lawful events pass, and one fact more or less stops them.

The events are built as a user builds them: a firm's profile fills in what holds for all of its
events, and each event states its own facts. Nothing here comes from the compliant events of
`aboveboard.testing`, which know every fact that any rule asks for.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from aboveboard.facts import PHASES, STEPS, Phase
from tests.policies.everyday import EVERYDAY
from tests.policies.everyday.burden import burden
from tests.policies.everyday.event import Everyday, found

if TYPE_CHECKING:
    from aboveboard.gate import Gate

pytestmark = pytest.mark.library

EACH = [
    pytest.param(event, phase, id=f"{event.step}-{phase}-{event}")
    for event in EVERYDAY
    for phase in PHASES
]
MOST_FACTS = 50
"""So many facts an event may have to state itself, fields and consents with all they hold."""


def test_enough_of_everything() -> None:
    assert len(EVERYDAY) >= 48
    assert {event.country for event in EVERYDAY} >= {"DE", "FI", "FR", "IE", "NL", "SE"}
    assert min(Counter(event.step for event in EVERYDAY).values()) >= 8
    assert {event.step for event in EVERYDAY} == set(STEPS)
    assert len({str(event) for event in EVERYDAY}) == len(EVERYDAY)


@pytest.mark.parametrize(("event", "phase"), EACH)
def test_lawful_is_allowed(event: Everyday, phase: Phase, gates: dict[str, Gate]) -> None:
    gate = gates[event.firm]
    verdict = gate.check(event.event(gate, phase))
    assert verdict.effect == "allow"
    # Nothing to do either: an obligation would ask for what this business did already.
    assert verdict.obligations == ()
    assert found(verdict) == (event.warns if phase == "requested" else set())


@pytest.mark.parametrize(("event", "phase"), EACH)
def test_one_fact_makes_it_unlawful(event: Everyday, phase: Phase, gates: dict[str, Gate]) -> None:
    assert len(event.change) == 1
    assert event.requested | event.completed
    gate = gates[event.firm]
    if phase == "requested" and event.concerns_the_result():
        return  # before the step nobody knows it
    verdict = gate.check(event.event(gate, phase, event.change))
    expected = event.requested if phase == "requested" else event.completed
    assert {text for text in found(verdict) if ":warn" not in text} == expected


def test_how_much_a_user_has_to_state(
    gates: dict[str, Gate], capsys: pytest.CaptureFixture[str]
) -> None:
    """Prints a table: facts that each event states itself, and which of them some rule demands."""
    if next(iter(gates.values())).engine.name != "embedded":
        pytest.skip("once is enough; the engines agree")
    rows = [burden(event, gates[event.firm]) for event in EVERYDAY]
    demanded = Counter(path for row in rows for path in row.demanded)
    with capsys.disabled():
        print("\n\nstated demanded fields warns  event")
        for row in rows:
            event = row.event
            print(
                f"{row.stated:6} {len(row.demanded):8} {row.fields:6} {len(event.warns):5}  "
                f"{event.step:15} {event}"
            )
        warns = sum(len(event.warns) for event in EVERYDAY)
        print(f"{len(rows)} events, {warns} warned; most demanded facts:")
        for path, count in demanded.most_common(20):
            print(f"{count:6}  {path}")
    assert sum(len(event.warns) for event in EVERYDAY) <= 1
    assert max(row.stated for row in rows) <= MOST_FACTS
