"""Events with one key get one answer, on both engines; and what no rule reads is in no key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from aboveboard.errors import EngineError, EventError
from aboveboard.events import StepEvent
from aboveboard.facts import PHASES, STEP_FACTS, STEPS, FactGroup, Step
from aboveboard.facts.derived import group_type
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import PolicyBundle, load_bundle
from aboveboard.policy.embedded import EmbeddedEngine
from aboveboard.policy.engine import PolicyEngine
from aboveboard.policy.linking import Linked
from aboveboard.policy.opa import OpaConnection, OpaEngine
from aboveboard.replay.deciding import Replayer
from aboveboard.replay.keys import Keys, Remembering
from aboveboard.replay.reads import Read, reads_of
from aboveboard.testing import compliant_event
from tests.facts.strategies import value
from tests.parity.stream import Case, cases
from tests.policies.cases import CASES
from tests.policies.cases.case import NOW
from tests.policies.test_rules import assessed
from tests.policies.writing import rego

HEADER = "package linked\n\nimport future.keywords.not\n\n"
DATA = {"d0__dates": {"from": "2026-01-01", "until": "2027-01-01"}}


def reads(text: str) -> list[str] | None:
    found = reads_of(Linked(HEADER + text, DATA))
    return None if found is None else sorted(told(found))


def told(read: Read, path: str = "") -> Iterator[str]:
    """`a.b!` is read, `a.b#` counted, `a.b<3` compared with 3, `a.b` looked for."""
    if read.whole:
        yield f"{path}!"
        return
    marks = ["#"] * read.size + [f"<{value}" for value in sorted(map(str, read.compared))]
    for mark in marks or ([""] if not read.below else []):
        yield f"{path}{mark}"
    for name, below in read.below.items():
        yield from told(below, f"{path}.{name}" if path else name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("r if input.a.b == input.c", ["a.b!", "c!"]),
        ("r if input.a.b", ["a.b"]),
        ("r if not input.a.b", ["a.b"]),
        ("r if not input.a.b == true", ["a.b<True"]),
        ('r if input.a["b"]', ["a.b"]),
        ("r if input.a.b > 30", ["a.b<30"]),
        ('r if "x" <= input.a.b', ["a.b<x"]),
        ("r if input.a.b > input.c.d", ["a.b!", "c.d!"]),
        ("r if input.a.b >= data.d0__dates.from", ["a.b<2026-01-01"]),
        ("r if {\n\tinput.a.b >= data.d0__dates[input.c]\n}", ["a.b<2026-01-01", "a.b<2027-01-01", "c!"]),
        ("r if {\n\tregime := data.d0__dates\n\tinput.a.b < regime.until\n}", ["a.b<2027-01-01"]),
        ("r if input.a.b > 1.5", ["a.b!"]),
        ("r if input.a.b == null", ["a.b!"]),
        ("r if count(input.a.b) > 0", ["a.b#"]),
        ("r if sum(input.a.b) > 0", ["a.b!"]),
        ("r if {\n\tsome x in input.a\n\tx.b > 3\n\tnot x.c\n}", ["a.*.b<3", "a.*.c"]),
        ("r if {\n\tx.b > 3\n\tsome x in input.a\n}", ["a.*.b<3"]),
        ("r if {\n\tsome x in input.a\n\ty := x.b\n\ty.c\n}", ["a.*.b.c"]),
        ("r if {\n\tsome x in input.a\n\ty = x.b\n\ty.c\n}", ["a.*.b!"]),
        ("r if {\n\tsome {\"k\": v} in input.a\n\tv == 1\n}", ["a!"]),
        ("r if {\n\tsome k, v in input.a\n\tk == v.b\n}", ["a.*.b!"]),
        ("r if every x in input.a { x.b == \"1\" }", ["a.*.b<1"]),
        ("r if every k, x in input.a { x.b == k }", ["a.*.b!"]),
        ("r if input.a[_].b", ["a.*.b"]),
        ("r if input.a[0].b", ["a.*.b"]),
        ("r if {\n\tsome i\n\tinput.a[i].b == input.c[i]\n}", ["a.*.b!", "c.*!"]),
        ("r if input.a[input.k]", ["a.*", "k!"]),
        ("r if input[input.k].b", ["*.b", "k!"]),
        ("r if input[_] == 3", ["*<3"]),
        ("r if {\n\tsome x\n\twalk(input, [x, 3])\n}", ["!"]),
        ("r if {\n\tsome p, v\n\twalk(input.a, [p, v])\n\tv == 3\n}", ["a!"]),
        ('r if object.get(input, "a", {}).b', ["a.b"]),
        ('r if {\n\tx := object.get(input.a, "b", "none")\n\tx == "none"\n}', ["a.b<none"]),
        ('r if object.get(input, ["a", "b"], 1) == 1', ["!"]),
        ('r if object.get(input, input.k, 1) == 1', ["!"]),
        ('r if object.get(input.a, "b", input.c) == 1', ["a.b<1", "c<1"]),
        ('r if object.get(input.a, "b", object.get(input.a, "c", null)) == 1', ["a.b<1", "a.c<1"]),
        ('r if object.get(input.a, "b", input.c + 1) == 1', ["a!", "c!"]),
        ('d := input.a\nf(n) := object.get(d, n, "x")\nr if f("b") == f("c")', ["a.b!", "a.c!"]),
        ('d := input.a\nf(n) := object.get(d, n, "x")\nr if f(input.n) == 1', ["a!", "n!"]),
        ("s contains x if some x in input.a\nr if {\n\th := s\n\tsome y in h\n\ty.b\n}", ["a.*.b"]),
        ("s contains x if some x in input.a\nr if {\n\th := s\n\tcount(h) > 1\n}", ["a.*!"]),
        ("f(x) if x.b\nr if data.linked.f(input.a)", None),
        ("s := input.a\nr if data.linked.s.b", None),
        # Sets of places: their items are followed, until somebody asks whether two are equal.
        ("s contains x if some x in input.a\nr if {\n\tsome y in s\n\ty.b\n}", ["a.*.b"]),
        ("s contains x if some x in input.a\nr if {\n\ty := [z | some z in s]\n\tcount(y) > 1\n}", ["a.*!"]),
        ("s contains x if some x in input.a\nr := [z.b | some z in s]", ["a.*!"]),
        ("s contains x if some x in input.a\nr := {z.b | some z in s}\nq if r == {3}", ["a.*.b!"]),
        ("s contains x if some x in input.a\nr if count(s) > 1", ["a.*!"]),
        ("s contains x if some x in input.a\nr if s != set()", ["a.*"]),
        ("s contains x if some x in input.a\nr if s == {1}", ["a.*!"]),
        ("s contains x if some x in input.a\nr if input.b in s", ["a.*!", "b!"]),
        ("s contains x if some x in input.a\nr if some k, y in s", ["a.*!"]),
        ("s contains x if some x in input.a\nr if s[input.b]", ["a.*!", "b!"]),
        ("s contains x if some x in input.a\nr if every y in s { y.b }", ["a.*.b"]),
        ("s contains x.c if some x in input.a\nr if every y in s { y.b }", ["a.*.c.b"]),
        ("s contains x if some x in input.a\ns contains 3 if input.b\nr if some y in s", ["a.*!", "b"]),
        ("s contains x if some x in input.a\nt := s | {x | some x in input.b}\nr if {\n\tsome y in t\n\ty.c\n}", ["a.*.c", "b.*.c"]),
        ("s contains x if some x in input.a\nt := s & {x | some x in input.b}\nr if some y in t", ["a.*!", "b.*!"]),
        ("s contains [x, n] if {\n\tsome x in input.a\n\tsome n in input.b\n}\nr if {\n\tsome [y, _] in s\n\ty.c\n}", ["a.*.c", "b.*"]),
        ("s contains [x, n] if {\n\tsome x in input.a\n\tsome n in input.b\n}\nr if some y in s", ["a.*!", "b.*!"]),
        ("f(k) := {x | some x in input.a; x.k in k}\nr if {\n\tsome y in f(input.b)\n\ty.c\n}", ["a.*.c", "a.*.k!", "b!"]),
        ("f(k) := {x | some x in input.a; x.k in k}\nr if count(f(input.b)) > 1", ["a.*!", "b!"]),
        ("d := object.get(input, \"a\", {})\nr if d.b == 3", ["a.b<3"]),
        ("d := input.a if input.c\nr if d.b == 3", ["a.b<3", "c"]),
        ("default d := {}\nd := input.a\nr if d.b == 3", ["a!"]),
        # Texts that a name goes through.
        ('r if {\n\tsome k in {"b", "c"}\n\tinput.a[k] == 3\n}', ["a.b<3", "a.c<3"]),
        ('r if {\n\tsome k in {"b"}\n\tinput.a[k] == 3\n} else := 1 if input.x[k]', ["a.b<3", "x.*"]),
        ('r if {\n\tsome k in {"b", input.d}\n\tinput.a[k] == 3\n}', ["a.*<3", "d!"]),
        ('r if {\n\tsome k in {"b"}\n\tf(k)\n}\nf(k) if input.a[k]', ["a.*"]),
        ('r if {\n\tsome k in {"b"}\n\tcount([1 | some k in input.d; input.a[k]]) > 0\n}', ["a.*", "d.*!"]),
        ("r if object.keys(input.a) == set()", ["a!"]),
        ("r if json.marshal(input) == \"\"", ["!"]),
        ("f(x) if x.b == true\nr if f(input.a)", ["a.b<True"]),
        ("f(x) := x.b\nr if f(input.a) == 3", ["a.b!"]),
        ("f(x, \"y\") if x.b\nr if f(input.a, input.c)", ["a.b", "c!"]),
        ("f(x) if g(x.b)\ng(y) if y.c\nr if {\n\tsome z in input.a\n\tf(z)\n}", ["a.*.b.c"]),
        ("f(x) := input.b if x\nr if f(1) == 2", ["b!"]),
        ("r := input.a\nq if r == {}", ["a!"]),
        ("r := input.a\nq := {\"x\": r}", ["a!"]),
        ("r contains x if some x in input.a\nq := {\"x\": r}", ["a.*!"]),
        ("r contains x.b if some x in input.a\nq := count(r)", ["a.*.b!"]),
        ("r if input.a.b in {\"x\"}", ["a.b!"]),
        ("r if \"x\" in input.a.b", ["a.b!"]),
        ("r if {x | some x in input.a; x.b} != set()", ["a.*.b"]),
        ("r := [x.c | some x in input.a; x.b]", ["a.*.b", "a.*.c!"]),
        ("r := {k: input.b[k] | some k in input.a}", ["a.*!", "b.*!"]),
        ("r if {\n\tinput.a == 1\n} else := input.b if input.c", ["a<1", "b!", "c"]),
        ("default r := 1\nr := 2 if input.a", ["a"]),
        ("r if input.a with input.a as 3", None),
        ("r if $", None),
    ],
)  # fmt: skip
def test_what_a_text_reads(text: str, expected: list[str] | None) -> None:
    assert reads(text) == expected


@pytest.fixture(scope="module")
def shipped() -> PolicyBundle:
    return load_bundle()


@pytest.fixture(scope="module")
def keys(shipped: PolicyBundle) -> Keys:
    return Keys(shipped)


@pytest.fixture(scope="module")
def engine(shipped: PolicyBundle) -> EmbeddedEngine:
    return EmbeddedEngine(shipped)


def test_the_bundled_policies_leave_no_doubt(keys: Keys) -> None:
    for step in STEPS:
        for phase in PHASES:
            found = keys.reads(step, phase)
            assert found is not None
            assert not found.whole


def question(event: StepEvent) -> str:
    return event.engine_input()


# In a recommendation, the seconds since people were told of an AI are read.
@pytest.mark.parametrize("step", ["data_collection", "profiling"])
def test_who_when_and_where_from_are_in_no_key(keys: Keys, step: Any) -> None:
    event = compliant_event(step)
    others = [
        StepEvent.create(step, facts=event.facts, time=event.time, id="another", subject="k9:" + "0" * 32),
        StepEvent.create(step, facts=event.facts, time=event.time, source="/elsewhere/1"),
        StepEvent.create(step, facts=event.facts, time=event.time + timedelta(seconds=1)),
        StepEvent.create(step, facts=event.facts, time=event.time, parent_decision_id="x"),
    ]  # fmt: skip
    key = keys.key(step, "requested", question(event))
    assert {keys.key(step, "requested", question(other)) for other in others} == {key}
    assert keys.key(step, "completed", question(event)) != key


def test_a_fact_that_a_rule_reads_is_in_the_key(keys: Keys) -> None:
    plain = question(compliant_event("profiling", time=NOW))
    for changes in (
        {"objections.profiling": True},
        {"objections.profiling": None},
        {"subject.country": "US"},
        {"audit.inputs_hash": None},
        {"fields": []},
    ):
        changed = question(compliant_event("profiling", changes=changes, time=NOW))
        assert keys.key("profiling", "requested", changed) != keys.key(
            "profiling", "requested", plain
        )
    hashes = [
        question(
            compliant_event("profiling", changes={"audit.inputs_hash": f"sha256:{n}"}, time=NOW)
        )
        for n in (1, 2)
    ]
    assert len({keys.key("profiling", "requested", text) for text in hashes}) == 1


@st.composite
def neighbours(draw: st.DrawFn) -> list[StepEvent]:
    """An event, and others that differ from it, or from each other, in a fact or some."""
    case: Case = draw(cases())
    event = case.event()
    assume(event is not None)
    assert event is not None
    found = [event]
    facts = json.loads(event.facts.model_dump_json(exclude_none=True))
    for path, new in draw(st.lists(changes_of(event), min_size=1, max_size=40)):
        other = json.loads(json.dumps(facts))
        if not put(other, path, new):
            continue
        try:
            made = StepEvent.create(event.step, event.phase, other, time=event.time)
        except EventError:
            continue
        found.append(made)
        if draw(st.booleans()):
            facts = other
    return found


def of_one_key(keys: Keys, events: list[StepEvent]) -> Iterator[tuple[StepEvent, StepEvent]]:
    """Pairs with one key that are not the same question."""
    known: dict[bytes, StepEvent] = {}
    for event in events:
        key = keys.key(event.step, event.phase, question(event))
        assert key is not None
        other = known.setdefault(key, event)
        if question(other) != question(event):
            yield other, event


def changes_of(event: StepEvent) -> st.SearchStrategy[tuple[tuple[str, ...], Any]]:
    return st.sampled_from(sorted(_paths(STEP_FACTS[event.step]))).flatmap(
        lambda path: st.tuples(st.just(path), _values(STEP_FACTS[event.step], path))
    )


def _paths(model: type[FactGroup]) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        inner, _ = group_type(field.annotation)
        yield (name,)
        if inner is not None:
            yield from ((name, *path) for path in _paths(inner))


def _values(model: type[FactGroup], path: tuple[str, ...]) -> st.SearchStrategy[Any]:
    field = model.model_fields[path[0]]
    inner, _ = group_type(field.annotation)
    if len(path) > 1 and inner is not None:
        return _values(inner, path[1:])
    return value(field.annotation, tuple(field.metadata))


def put(facts: Any, path: tuple[str, ...], new: Any) -> bool:
    """Change a fact, in the first item of a list."""
    here = facts
    for part in path[:-1]:
        here = here.setdefault(part, {}) if isinstance(here, dict) else None
        if isinstance(here, list):
            here = here[0] if here else None
        if not isinstance(here, dict):
            return False
    if new is None:
        here.pop(path[-1], None)
    else:
        here[path[-1]] = json.loads(as_json(new))
    return True


def as_json(found: Any) -> str:
    return json.dumps(found, default=lambda other: other.isoformat().replace("+00:00", "Z"))


def answered(engine: PolicyEngine, event: StepEvent) -> Any:
    """All that it says, arguments of messages too; or that it fails."""
    try:
        return sorted(map(repr, engine.evaluate(event.step, question(event)).findings))
    except EngineError as error:
        return error.reason


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(neighbours())
def test_events_of_one_key_get_one_answer(
    keys: Keys, engine: EmbeddedEngine, events: list[StepEvent]
) -> None:
    for one, other in of_one_key(keys, events):
        assert answered(engine, one) == answered(engine, other)


@pytest.mark.parametrize("step", STEPS)
def test_no_two_events_of_which_rules_say_something_else_have_one_key(
    keys: Keys, engine: EmbeddedEngine, step: Step
) -> None:
    """Every case of every rule, next to the event as it should be and to each other."""
    pairs = 0
    for phase in PHASES:
        events = [compliant_event(step, phase, time=NOW)]
        events += [
            compliant_event(step, phase, changes=assessed(step, case.changes), time=case.time)
            for case in CASES
            if step in case.steps
        ]
        for one, other in of_one_key(keys, events):
            pairs += 1
            assert answered(engine, one) == answered(engine, other)
    assert pairs > 10


@pytest.fixture(scope="module")
def opa(
    opa_server: Callable[..., AbstractContextManager[str]],
    shipped: PolicyBundle,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[OpaEngine]:
    path = tmp_path_factory.mktemp("bundle") / "bundle.tar.gz"
    path.write_bytes(write_archive(shipped))
    with opa_server(path, bundle=True) as url:
        engine = OpaEngine(OpaConnection(url=url, timeout_s=30))
        yield engine
        engine.close()


@pytest.mark.opa
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(neighbours())
def test_events_of_one_key_get_one_answer_of_opa(
    keys: Keys, opa: OpaEngine, events: list[StepEvent]
) -> None:
    for one, other in of_one_key(keys, events):
        assert answered(opa, one) == answered(opa, other)


def test_what_is_remembered_is_bounded_and_says_the_same(shipped: PolicyBundle) -> None:
    replayer, remembering = Replayer(shipped), Remembering(Replayer(shipped), 2)
    events = [
        compliant_event("profiling", changes={"subject.country": country}, time=NOW)
        for country in ("FI", "SE", "NL", "FI", "FI", "NL")
    ]
    fresh = []
    for event in events:
        found = remembering.ask(event, question(event))
        expected = replayer.ask(event, question(event))
        assert (found.effect, found.findings, found.obligations) == (
            expected.effect, expected.findings, expected.obligations,
        )  # fmt: skip
        fresh.append(found.nanoseconds is not None)
    assert fresh == [True, True, True, True, False, False]
    assert len(remembering._known) == 2


def test_an_answer_of_the_whole_packages_is_not_remembered(tmp_path: Path) -> None:
    # A builtin that fails on what it meets: the linked module gives no answer, the packages are asked.
    failing = rego(changes={"_acme_1_most := 3": "_acme_1_most := to_number(input.ai.model)"})
    (tmp_path / "acme.rego").write_text(failing)
    remembering = Remembering(Replayer(load_bundle([tmp_path])), 10)
    event = compliant_event("recommendation", "completed")
    for _ in range(2):
        found = remembering.ask(event, question(event))
        assert found.findings == {"runtime.policy_error": "deny"}
    assert not remembering._known
