"""A step inside another knows it, and the active trace, wherever it runs."""

from __future__ import annotations

import asyncio
import contextvars
import json
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from aboveboard import EventError, NotPersonal, StepEvent, SubjectId, hookimpl, pd
from aboveboard.gate import Gate
from aboveboard.nesting import parent_decision_id
from aboveboard.testing import compliant_event
from tests.steps.gates import gate_with
from tests.steps.helpers import ASKED, scoring

Number = Annotated[int, NotPersonal]
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Lead(BaseModel):
    id: Annotated[str, SubjectId]
    job: Annotated[str, pd.Job]


LEAD = Lead(id="1", job="buyer")


class Seen:
    """What plugins are shown."""

    def __init__(self) -> None:
        self.events: list[StepEvent] = []

    @hookimpl
    def aboveboard_facts(self, event: StepEvent) -> None:
        self.events.append(event)


def parents(log: list[dict]) -> list[str | None]:
    return [entry.get("parent_decision_id") for entry in log]


def test_a_step_within_a_step_carries_its_decision(gate: Gate, log: list[dict]) -> None:
    @scoring(gate=gate)
    def inner(lead: Lead) -> Number:
        return 1

    @scoring(gate=gate)
    def middle(lead: Lead) -> Number:
        return inner(lead)

    @scoring(gate=gate)
    def outer(lead: Lead) -> Number:
        return middle(lead) + inner(lead)

    assert outer(LEAD) == 2
    o, m, i = (log[n]["decision_id"] for n in (0, 1, 2))
    assert parents(log) == [None, o, m, m, o, o, o, None]
    assert i != log[3]["decision_id"]
    assert parent_decision_id() is None


def test_an_exception_leaves_nothing_behind(gate: Gate) -> None:
    @scoring(gate=gate)
    def failing(lead: Lead) -> Number:
        raise KeyError

    with pytest.raises(KeyError):
        failing(LEAD)
    assert parent_decision_id() is None


def test_plugins_and_own_events_know_it_too(tmp_path) -> None:
    seen = Seen()
    gate = gate_with(tmp_path, "profiling", "false", plugins=[seen])

    @scoring(gate=gate)
    def outer(lead: Lead) -> Any:
        return gate.event("profiling", facts=ASKED, purpose="lead_scoring")

    event = outer(LEAD)
    assert event.parent_decision_id is not None
    gate.check(event)
    assert [e.parent_decision_id for e in seen.events] == [None, None, event.parent_decision_id]


def test_generators_leak_nothing_between_items(gate: Gate, log: list[dict]) -> None:
    @scoring(gate=gate)
    def inner(lead: Lead) -> Number:
        return 1

    @scoring(gate=gate)
    def stream(lead: Lead) -> Iterator[Number]:
        try:
            yield inner(lead)
            yield inner(lead)
        finally:
            inner(lead)

    one, two = stream(LEAD), stream(LEAD)
    for items in (one, two, one, two):
        next(items)
        assert parent_decision_id() is None
    one.close()
    assert parent_decision_id() is None
    started = {}
    for entry in log:
        started.setdefault(entry.get("parent_decision_id"), []).append(entry["phase"])
    roots = started.pop(None)
    assert roots.count("requested") == 2
    assert sorted(map(len, started.values())) == [4, 6]


@pytest.mark.anyio
async def test_tasks_and_async_generators_keep_theirs_apart(gate: Gate, log: list[dict]) -> None:
    @scoring(gate=gate)
    async def inner(lead: Lead) -> Any:
        await asyncio.sleep(0)
        return parent_decision_id()

    @scoring(gate=gate)
    async def stream(lead: Lead) -> AsyncIterator[Any]:
        for _ in range(3):
            await asyncio.sleep(0)
            yield parent_decision_id()

    @scoring(gate=gate)
    async def outer(lead: Lead) -> Any:
        mine = parent_decision_id()
        found = await asyncio.gather(inner(lead), inner(lead))
        async for _ in stream(lead):
            assert parent_decision_id() == mine
        assert mine not in found
        return mine

    mine = await asyncio.gather(*(outer(LEAD) for _ in range(5)))
    assert len(set(mine)) == 5
    for decision in mine:
        # Two inner steps of two phases, a stream of a request and three items.
        assert parents(log).count(decision) == 8
    assert parent_decision_id() is None


def test_threads_have_it_with_their_starters_context_only(gate: Gate) -> None:
    found: list[str | None] = []

    def look() -> None:
        found.append(parent_decision_id())

    @scoring(gate=gate)
    def outer(lead: Lead) -> Any:
        for target in (contextvars.copy_context().run, lambda f: f()):
            thread = threading.Thread(target=target, args=(look,))
            thread.start()
            thread.join()
        return parent_decision_id()

    decision = outer(LEAD)
    # From Python 3.14 on a thread may start with its starter's context, where Python is set so.
    inherits = getattr(sys.flags, "thread_inherit_context", 0)
    assert found == [decision, decision if inherits else None]


def test_blocks_are_parents_too(gate: Gate, log: list[dict]) -> None:
    @scoring(gate=gate)
    def inner(lead: Lead) -> Number:
        return 1

    known = {**ASKED, "fields": [{"name": "lead.job", "categories": ["pd:Job"]}]}
    with scoring(gate=gate, facts=known) as step:
        inner(LEAD)
        step.complete(1)
    assert parents(log) == [None, *[step.verdict.decision_id] * 3]
    assert parent_decision_id() is None


def test_a_context_that_is_gone_is_no_error(gate: Gate) -> None:
    known = {**ASKED, "fields": [{"name": "lead.job", "categories": ["pd:Job"]}]}
    block = scoring(gate=gate, facts=known)
    contextvars.copy_context().run(block.__enter__)
    block.__exit__(None, None, None)
    assert parent_decision_id() is None


def test_on_the_wire_and_back() -> None:
    event = StepEvent.create("profiling", parent_decision_id="d-1", traceparent=TRACE)
    sent = json.loads(event.to_json())
    assert (sent["parentdecisionid"], sent["traceparent"]) == ("d-1", TRACE)
    assert StepEvent.from_json(event.to_json()) == event
    assert "d-1" not in event.engine_input()
    plain = StepEvent.create("profiling").to_dict()
    assert not {"parentdecisionid", "traceparent"} & set(plain)
    # A decision on a replayed event is logged with where the event once stood.
    assert event.with_facts({"ai.prompt_hash": "x"})[0].traceparent == TRACE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("parentdecisionid", "two\nlines"),
        ("parentdecisionid", ""),
        ("parentdecisionid", "x" * 300),
        ("traceparent", "00-xyz"),
        ("traceparent", f"ff{TRACE[2:]}"),
        ("traceparent", TRACE.upper()),
        ("traceparent", f"00-{'0' * 32}-00f067aa0ba902b7-01"),
        ("traceparent", f"00-4bf92f3577b34da6a3ce929d0e0e4736-{'0' * 16}-01"),
    ],
)
def test_what_would_forge_a_log_line_is_refused(name: str, value: str) -> None:
    event = compliant_event("profiling").to_dict()
    with pytest.raises(EventError, match=name) as caught:
        StepEvent.from_dict({**event, name: value})
    assert not value or value not in str(caught.value)


def test_the_active_span_is_in_event_and_log(tmp_path, log: list[dict]) -> None:
    trace = pytest.importorskip("opentelemetry.trace")
    seen = Seen()
    gate = gate_with(tmp_path, "profiling", "false", plugins=[seen])

    @scoring(gate=gate)
    def score(lead: Lead) -> Number:
        return 1

    context = trace.SpanContext(
        trace_id=int(TRACE[3:35], 16),
        span_id=int(TRACE[36:52], 16),
        is_remote=False,
        trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED),
    )
    score(LEAD)
    with trace.use_span(trace.NonRecordingSpan(context)):
        score(LEAD)
        assert gate.event("profiling").traceparent == TRACE
    assert [event.traceparent for event in seen.events] == [None, None, TRACE, TRACE]
    assert [entry.get("traceparent") for entry in log] == [None, None, TRACE, TRACE]


def test_a_broken_tracer_stops_nothing(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def get_current_span(self) -> Any:
            raise RuntimeError

    monkeypatch.setitem(sys.modules, "opentelemetry.trace", Broken())
    assert gate.event("profiling").traceparent is None


def test_opentelemetry_is_never_imported_for_it() -> None:
    code = (
        "import sys; from aboveboard import Gate; Gate().event('profiling'); "
        "print([m for m in sys.modules if m.startswith('opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
