"""A record says what was decided on and how; reading it back gives the same."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard import Gate, RecordError, Settings, StepEvent
from aboveboard.events import facts_of, schema_id
from aboveboard.facts import PHASES, STEPS
from aboveboard.organisation import example
from aboveboard.records.record import parse_record, record_line
from aboveboard.testing import compliant_event
from aboveboard.verdicts import Finding, Verdict
from tests.facts.strategies import step_facts

if TYPE_CHECKING:
    from aboveboard.facts import Phase, Step, StepFacts

TIME = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
DECISION = "0b5b5349-12f6-4a98-bc41-45fbc4ff81fd"


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(Settings(), organisation=example())


def same(value: str) -> str:
    """A mask that hides nothing."""
    return value


def verdict(event: StepEvent, *findings: Finding) -> Verdict:
    return Verdict(
        id=event.id,
        decision_id=DECISION,
        step=event.step,
        phase=event.phase,
        effect="deny" if findings else "allow",
        findings=findings,
        policy_revision="sha256:1",
        engine="embedded",
        duration_ms=1.5,
    )


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("phase", PHASES)
def test_what_is_written_is_read(gate: Gate, step: Step, phase: Phase) -> None:
    event = compliant_event(step, phase)
    decided = gate.check(event)
    line = record_line(event, decided, mask=same)
    assert "\n" not in line
    read = parse_record(line)
    assert (read.event, read.verdict, read.beyond) == (event, decided, ())
    assert parse_record(line.encode()) == read


@settings(max_examples=150, deadline=None)
@given(
    facts=step_facts(),
    phase=st.sampled_from(PHASES),
    time=st.datetimes(datetime(2000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    traced=st.booleans(),
)
def test_the_event_is_the_cloudevent(
    facts: StepFacts, phase: Phase, time: datetime, traced: bool
) -> None:
    step = next(name for name in STEPS if name in _step_of(facts))
    event = StepEvent.create(
        step,
        phase,
        facts,
        time=time,
        subject="k1:9f86d081884c7d659a2feaa0c55ad015" if traced else None,
        parent_decision_id=DECISION if traced else None,
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" if traced else None,
    )
    written = json.loads(record_line(event, verdict(event), mask=same))
    assert written == {"record": 1, "event": event.to_dict(), "verdict": verdict(event).as_dict()}
    # The gate has the question's text already: the record is the same.
    assert json.loads(
        record_line(event, verdict(event), mask=same, question=event.engine_input())
    ) == json.loads(record_line(event, verdict(event), mask=same))
    assert json.loads(facts_of(event.engine_input())) == event.to_dict()["data"]


def _step_of(facts: StepFacts) -> str:
    return type(facts).__name__.replace("Facts", "").replace("DataC", "data_c").lower()


def test_what_a_plugin_says_is_not_on_record(gate: Gate) -> None:
    event = compliant_event("profiling")
    theirs = Finding(
        rule="ACME-01",
        effect="deny",
        message="LEAKED Anna",
        law="LEAKED",
        remedy="LEAKED",
        facts=("subject.country", "LEAKED Anna"),
        args={"who": "LEAKED"},
    )
    line = record_line(event, verdict(event, theirs), ["ACME-01"])
    assert "LEAKED" not in line
    read = parse_record(line)
    assert read.beyond == ("ACME-01",)
    assert read.verdict is not None
    assert read.verdict.findings == (
        Finding(rule="ACME-01", effect="deny", message="", facts=("subject.country",)),
    )


def test_what_our_own_reasons_say_is(gate: Gate) -> None:
    event = compliant_event("profiling")
    ours = Finding(rule="runtime.timeout", effect="deny", message="No answer.", remedy="Look.")
    read = parse_record(record_line(event, verdict(event, ours), ["runtime.timeout"]))
    assert read.verdict is not None
    assert (read.beyond, read.verdict.findings) == (("runtime.timeout",), (ours,))


def test_an_event_that_was_too_large_is_on_record_without_its_facts() -> None:
    event = compliant_event("profiling")
    found = Finding(rule="runtime.input_too_large", effect="deny", message="Too large.")
    line = record_line(event, verdict(event, found), ["runtime.input_too_large"])
    assert len(line) < 1500
    read = parse_record(line)
    assert read.event.to_dict()["data"] == {}
    assert (read.event.id, read.event.subject) == (event.id, event.subject)


def test_what_a_policy_copied_into_its_finding_is_taken_out() -> None:
    event = compliant_event("profiling", changes={"source.name": "LEAKED list"})
    copied = Finding(
        rule="OWN-01",
        effect="deny",
        message="From LEAKED list, 3 times.",
        args={"list": "LEAKED list", "text": "by LEAKED list", "count": 3, "all": ("LEAKED list",)},
    )
    line = record_line(event, verdict(event, copied), mask=lambda _: "k1:0123456789abcdef")
    assert "LEAKED" not in line
    read = parse_record(line)
    assert read.verdict is not None
    (found,) = read.verdict.findings
    assert found.message == "From k1:0123456789abcdef, 3 times."
    assert found.args["count"] == 3


def test_records_travel_between_processes(gate: Gate) -> None:
    event = compliant_event("decision")
    record = parse_record(record_line(event, gate.check(event)))
    assert pickle.loads(pickle.dumps(record)) == record


def line(**changes: Any) -> str:
    event = compliant_event("profiling", time=TIME)
    raw = json.loads(record_line(event, verdict(event)))
    for path, value in changes.items():
        *above, last = path.split("__")
        here = raw
        for name in above:
            here = here[name]
        if value is ...:
            del here[last]
        else:
            here[last] = value
    return json.dumps(raw)


BAD: list[tuple[str | bytes, str, str]] = [
    ("", "malformed", "Not JSON"),
    ("{", "malformed", "Not JSON: expected JSON"),
    ("[1]", "malformed", "Expected a JSON object: a record, or a line of OPA's decision log."),
    (b"\xff{}", "malformed", "expected UTF-8"),
    ('{"record": 1, "record": 1}', "malformed", "record: given twice"),
    ("{}", "foreign", "Expected a record"),
    (line(record=2), "newer", "version 2 is newer than this Aboveboard knows (1). Update"),
    (line(record=True), "malformed", "a whole number from 1"),
    (line(record=0), "malformed", "a whole number from 1"),
    (line(wonder=1), "newer", "Unknown key 'wonder'. A newer Aboveboard may have written it"),
    (line(**{"LEAKED Anna": 1}), "newer", "Unknown key (not a name). A newer"),
    (line(event=...), "malformed", "event: is missing"),
    (line(verdict=...), "malformed", "verdict: is missing"),
    (line(event="LEAKED"), "malformed", "event: Expected a JSON object"),
    (line(event__time="LEAKED"), "malformed", "event: time: expected an RFC 3339 time"),
    (line(event__data__subject="LEAKED"), "malformed", "event: subject: "),
    (line(event__data__wonder=1), "newer", "If a newer Aboveboard wrote it, update this one."),
    (
        line(event__dataschema="urn:io.aboveboard:schema:profiling:v9"),
        "newer",
        "event.dataschema: version v9 is not known here (v1alpha1, v1). Update Aboveboard",
    ),
    (line(verdict__effect="LEAKED"), "malformed", "verdict.effect: "),
    *(
        (line(verdict__duration_ms=odd), "malformed", "verdict.duration_ms: Input should be ")
        for odd in (1e308, 1e30, 86_400_001, -5, -0.1, "inf", "nan", "12", "LEAKED", True, None)
    ),
    (line(verdict__duration_ms=float("nan")), "malformed", "NaN is no JSON number"),
    (line().replace(': 1.5, "enf', ': 1e999, "enf'), "malformed", "that a 64-bit float can hold"),
    (line(verdict__enforced="yes"), "malformed", "verdict.enforced: "),
    (line(verdict__wonder=1), "newer", "verdict.wonder: is not known here. Update Aboveboard"),
    (line(verdict__step="decision"), "malformed", "is of another event"),
    (line(verdict__id="LEAKED"), "malformed", "is of another event"),
    (line(beyond="LEAKED"), "malformed", "beyond: expected a list of rules' ids."),
    (
        '{"record":1,"event":{"a":' + "[" * 200_000 + "]" * 200_000 + "}}",
        "malformed",
        "nested less",
    ),
]


@pytest.mark.parametrize(("text", "kind", "says"), BAD)
def test_what_is_no_record(text: str | bytes, kind: str, says: str) -> None:
    with pytest.raises(RecordError) as refused:
        parse_record(text)
    assert refused.value.kind == kind
    assert says in str(refused.value)
    assert "LEAKED" not in str(refused.value)


def test_a_record_without_a_verdict() -> None:
    """An engine that recorded an error of its own."""
    assert parse_record(line(verdict=None)).verdict is None


def test_the_schema_is_one_that_only_grows() -> None:
    assert schema_id("profiling") == "urn:io.aboveboard:schema:profiling:v1"
