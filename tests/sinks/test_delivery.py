"""Sinks get every verdict, in order, on a thread of their own; none can delay or change one."""

from __future__ import annotations

import copy
import dataclasses
import gc
import pickle
import statistics
import threading
import time
from typing import Any

import pytest
from pydantic import ValidationError

from aboveboard import hookimpl
from aboveboard.gate import Gate
from aboveboard.policy.engine import Answer, RawFinding
from aboveboard.sink_worker import Worker
from aboveboard.testing import compliant_event

EVENT = compliant_event("recommendation")
DENIED = compliant_event("recommendation", changes={"objections.direct_marketing": True})


class Sink:
    """Keeps what it gets; waits for `may_go` first, raises what it is told to."""

    def __init__(self, error: BaseException | None = None, *, held: bool = False) -> None:
        self.got: list[tuple[Any, Any]] = []
        self.threads: set[str] = set()
        self.error = error
        self.may_go = threading.Event()
        if not held:
            self.may_go.set()

    @hookimpl
    def aboveboard_verdict(self, event: Any, verdict: Any) -> None:
        self.may_go.wait(10)
        self.threads.add(threading.current_thread().name)
        self.got.append((event, verdict))
        if self.error is not None:
            raise self.error


@pytest.fixture(autouse=True)
def others() -> set[threading.Thread]:
    """What ran before: gates of other tests may have sinks, too."""
    _BEFORE.clear()
    _BEFORE.update(threading.enumerate())
    return _BEFORE


_BEFORE: set[threading.Thread] = set()


def threads() -> list[str]:
    """The sinks' threads that this test began."""
    running = set(threading.enumerate()) - _BEFORE
    return [thread.name for thread in running if thread.name.startswith("aboveboard-sink")]


def test_every_verdict_in_order_on_another_thread(gated: Any) -> None:
    sink = Sink()
    gate = gated(sink)
    verdicts = [gate.check(event) for event in (EVENT, DENIED) * 50]
    assert gate.flush_sinks(5)
    assert [verdict for _, verdict in sink.got] == verdicts
    assert [event for event, _ in sink.got] == [EVENT, DENIED] * 50
    assert sink.threads == {"aboveboard-sink-Sink"}
    (status,) = gate.sinks
    assert dataclasses.astuple(status) == ("Sink", "aboveboard_verdict", 0, 100, 0, 0)


@pytest.mark.anyio
async def test_the_asynchronous_side_too(gated: Any) -> None:
    sink = Sink()
    gate = gated(sink)
    verdict = await gate.acheck(EVENT)
    await gate.aclose()
    assert [sent for _, sent in sink.got] == [verdict]


def test_a_sink_that_hangs_delays_neither_a_verdict_nor_another_sink(gated: Any) -> None:
    slow, quick = Sink(held=True), Sink()
    gate = gated(slow, quick, sink_flush_timeout_s=0.2)
    started = time.perf_counter()
    for _ in range(20):
        assert gate.check(EVENT).allowed
    assert not gate.flush_sinks(0.1)
    assert time.perf_counter() - started < 30  # whoever waits for the sink waits for ever
    assert (len(slow.got), len(quick.got)) == (0, 20)
    slow.may_go.set()
    assert gate.flush_sinks(5)
    assert len(slow.got) == 20


@pytest.mark.parametrize("error", [RuntimeError("LEAKED"), SystemExit(3), KeyboardInterrupt()])
def test_a_sink_that_raises_is_reported_and_goes_on(
    gated: Any, error: BaseException, log: list[Any]
) -> None:
    raising, other = Sink(error), Sink()
    gate = gated(raising, other)
    for _ in range(3):
        assert gate.check(EVENT).allowed
    assert gate.flush_sinks(5)
    assert (len(raising.got), len(other.got)) == (3, 3)
    failed = [entry for entry in log if entry["event"] == "plugin.failed"]
    assert [entry["plugin"] for entry in failed] == ["Sink"] * 3
    assert {entry["error"] for entry in failed} == {type(error).__name__}
    assert "LEAKED" not in repr(log)
    assert [(status.delivered, status.failed) for status in gate.sinks] == [(0, 3), (3, 0)]


def test_what_does_not_fit_is_counted_and_logged(gated: Any, log: list[Any]) -> None:
    slow, quick = Sink(held=True), Sink()
    gate = gated(slow, quick, sink_queue_size=5)
    for _ in range(25):
        assert gate.check(EVENT).allowed
        assert gate.flush_sinks(0) is False
        while gate.sinks[1].waiting:
            time.sleep(0.001)
    assert (gate.sinks[0].waiting, gate.sinks[0].dropped) == (5, 20)
    assert gate.sinks[1].dropped == 0
    # Said at once, and not for each: the log of the decisions goes on, too.
    dropped = [entry for entry in log if entry["event"] == "sink.dropped"]
    assert [(e["plugin"], e["reason"], e["dropped"]) for e in dropped] == [
        ("Sink", "queue_full", 1)
    ]
    slow.may_go.set()
    assert gate.flush_sinks(5)
    assert len(slow.got) == 5
    gate.close()
    assert sum(e["dropped"] for e in log if e["event"] == "sink.dropped") == 20
    assert [e["dropped_in_all"] for e in log if e["event"] == "sink.dropped"][-1] == 20


def test_many_threads_lose_nothing(gated: Any) -> None:
    sink = Sink()
    gate = gated(sink, sink_queue_size=100_000)
    deciding = [
        threading.Thread(target=lambda: [gate.check(EVENT) for _ in range(50)]) for _ in range(8)
    ]
    for thread in deciding:
        thread.start()
    for thread in deciding:
        thread.join()
    assert gate.flush_sinks(10)
    assert len(sink.got) == 400
    assert len({verdict.decision_id for _, verdict in sink.got}) == 400


def test_inline_sinks_have_the_verdict_when_it_is_given(gated: Any) -> None:
    sink = Sink()
    gate = gated(sink, sinks="inline")
    assert gate.check(EVENT) is sink.got[0][1]
    assert sink.threads == {threading.current_thread().name}
    assert gate._sinks._verdict[0]._thread is None


def test_one_plugin_may_be_inline(gated: Any) -> None:
    slow, recorder = Sink(held=True), Sink()
    gate = gated(slow)
    gate.register(recorder, "recorder", inline=True)
    gate.register(Sink(), "further")
    gate.check(EVENT)
    assert (len(slow.got), len(recorder.got)) == (0, 1)
    slow.may_go.set()


def test_what_was_sent_before_a_sink_left_still_arrives(gated: Any) -> None:
    sink = Sink(held=True)
    gate = gated(sink)
    gate.check(EVENT)
    gate.unregister(sink)
    gate.check(EVENT)
    sink.may_go.set()
    until(lambda: len(sink.got) == 1 and not threads())
    assert gate.sinks == ()


def test_a_closed_gate_leaves_no_thread_and_may_go_on(gated: Any) -> None:
    sink = Sink()
    gate = gated(sink)
    gate.check(EVENT)
    assert len(threads()) == 1
    gate.close()
    until(lambda: not threads())
    gate.check(EVENT)
    gate.close()
    assert len(sink.got) == 2


def test_closed_and_used_at_once_leaves_no_thread(gated: Any) -> None:
    """A thread on its way out and one that starts it anew do not leave another behind."""
    sink = Sink()
    gate = gated(sink)
    (worker,) = gate._sinks._workers
    for _ in range(500):
        gate.check(EVENT)
        worker.stop()
        worker.stop()
    gate.close()
    assert len(sink.got) == 500
    until(lambda: not threads())


def test_a_forgotten_gate_leaves_no_thread() -> None:
    from aboveboard.organisation import example
    from aboveboard.settings import Settings

    sink = Sink(held=True)
    gate = Gate(Settings(), organisation=example(), plugins=[sink])
    gate.check(EVENT)
    del gate
    sink.may_go.set()

    gc.collect()
    until(lambda: len(sink.got) == 1 and not threads())


def until(holds: Any) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.002)
    pytest.fail("it never came to hold")


def test_a_sink_that_closes_its_gate_does_not_wait_for_itself(gated: Any) -> None:
    class Closes:
        gate: Gate

        @hookimpl
        def aboveboard_verdict(self) -> None:
            assert self.gate.flush_sinks(10)

    plugin = Closes()
    plugin.gate = gate = gated(plugin)
    started = time.perf_counter()
    gate.check(EVENT)
    assert gate.flush_sinks(5)
    assert time.perf_counter() - started < 9  # whoever waits for itself waits for 10 s
    assert gate.sinks[0].delivered == 1


def test_without_a_thread_to_be_had_it_is_late_and_not_lost(
    gated: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(self: Any) -> None:
        raise RuntimeError("can't start new thread")

    sink = Sink()
    gate = gated(sink)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", none_left)
        assert gate.check(EVENT).allowed
    assert len(sink.got) == 1
    gate.check(EVENT)
    assert gate.flush_sinks(5)
    assert len(sink.got) == 2


# --- Nothing can be changed -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda event, verdict: setattr(verdict, "effect", "allow"),
        lambda event, verdict: delattr(verdict, "effect"),
        lambda event, verdict: setattr(verdict.findings[0], "effect", "warn"),
        lambda event, verdict: verdict.findings.clear(),
        lambda event, verdict: verdict.findings[0].args.clear(),
        lambda event, verdict: verdict.findings[0].args.update(shown=1),
        lambda event, verdict: verdict.findings[0].args.setdefault("shown", 1),
        lambda event, verdict: verdict.findings[0].args.__setitem__("shown", 1),
        lambda event, verdict: verdict.findings[0].args.__ior__({"shown": 1}),
        lambda event, verdict: setattr(event, "subject", None),
        lambda event, verdict: setattr(event.facts, "objections", None),
        lambda event, verdict: setattr(event.facts.objections, "direct_marketing", False),
        lambda event, verdict: event.facts.fields.append(None),
        lambda event, verdict: event.facts.recommendation.items.pop(),
    ],
)
@pytest.mark.parametrize("mode", ["inline", "queued"])
def test_a_sink_cannot_change_what_it_gets(
    gated: Any, mode: str, change: Any, log: list[Any]
) -> None:
    class Changes:
        @hookimpl
        def aboveboard_verdict(self, event: Any, verdict: Any) -> None:
            change(event, verdict)

    gate = gated(Changes(), sinks=mode)
    verdict = gate.check(DENIED)
    assert gate.flush_sinks(5)
    assert verdict.effect == "deny"
    assert verdict.as_dict() == {
        **gated().check(DENIED).as_dict(),
        "decision_id": verdict.decision_id,
        "duration_ms": verdict.duration_ms,
    }
    assert next(e["error"] for e in log if e["event"] == "plugin.failed") in (
        ValidationError.__name__,
        dataclasses.FrozenInstanceError.__name__,
        "AttributeError",
        "TypeError",
    )


def test_arguments_that_stay_as_they_are_travel_all_the_same() -> None:
    from aboveboard.verdicts import Arguments, Finding

    raw = RawFinding(rule="R-1", effect="deny", facts=(), args={"shown": 6})
    assert Answer(findings=(raw,), revision="1").findings[0].args == {"shown": 6}
    finding = Finding(rule="R-1", effect="deny", message="No.", args={"shown": 6, "ids": ("a",)})
    assert isinstance(finding.args, Arguments)
    for twin in (
        pickle.loads(pickle.dumps(finding)),
        copy.copy(finding),
        copy.deepcopy(finding),
        finding.model_copy(deep=True),
        Finding.model_validate_json(finding.model_dump_json()),
    ):
        assert twin == finding
        assert isinstance(twin.args, Arguments)
    dumped = finding.model_dump(mode="json")["args"]
    assert dumped == {"shown": 6, "ids": ["a"]}
    assert isinstance(Finding(rule="R-1", effect="deny", message="No.").args, Arguments)


# --- What it costs --------------------------------------------------------------------------------


def median_us(call: Any, calls: int = 300) -> float:
    took = []
    for _ in range(calls):
        started = time.perf_counter_ns()
        call()
        took.append(time.perf_counter_ns() - started)
    return statistics.median(took) / 1000


@pytest.mark.parametrize("size", [1, 100_000], ids=["full", "with room"])
def test_a_slow_sink_costs_a_verdict_next_to_nothing(gated: Any, size: int) -> None:
    """A few µs on a quiet machine; the limit leaves room for a busy one."""
    slow = Sink(held=True)
    gate = gated(slow, sink_queue_size=size, sink_flush_timeout_s=0)
    gate.check(EVENT)
    (worker,) = gate._sinks._verdict
    assert isinstance(worker, Worker)
    verdict = gate.check(EVENT)
    assert median_us(lambda: worker.send(EVENT, verdict)) < 30
    slow.may_go.set()
