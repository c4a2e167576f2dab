"""No value of a fact, argument or result is in what Aboveboard says, logs or raises.

Marked values are planted wherever a person's data could be, and everything that leaves is searched
for them: log events, texts and representations of exceptions, tracebacks, verdicts, pickles.
"""

from __future__ import annotations

import contextlib
import pickle
import traceback
from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from structlog.testing import capture_logs

from aboveboard import (
    AboveboardError,
    EventError,
    FreeText,
    StepEvent,
    SubjectId,
    hookimpl,
    pd,
    profiling,
)
from aboveboard.facts import PHASES, STEPS, fact_paths
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.policy.opa import OpaConnection, OpaEngine
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event, compliant_facts
from tests.policy_writing import write_rule

MARK = "LEAKED"
KEY = f"{MARK}-key-0123456789abcdef"

# Ids that messages may name: of fields, purposes and products, never of people.
NAMES = (
    "fields[].name",
    "processing.derived_fields",
    "processing.purpose",
    "recommendation.items[].id",
)


def said(logged: list[Any], verdict: Any = None, error: BaseException | None = None) -> str:
    """All that leaves."""
    parts = [repr(logged)]
    if verdict is not None:
        parts += [
            verdict.model_dump_json(),
            repr(verdict),
            str(verdict),
            str(pickle.dumps(verdict)),
        ]
    if error is not None:
        parts += [str(error), repr(error), str(error.args), str(getattr(error, "__notes__", ""))]
        # As printed: the frames show source, not values; the texts of a chain are shown.
        shown = traceback.TracebackException.from_exception(error)
        parts += [
            line
            for line in shown.format()
            if not line.lstrip().startswith(("File", "raise", "msg"))
        ]
    return "\n".join(parts)


def text_paths(step: Any) -> list[str]:
    """Dotted paths of facts that hold free words: those that a text of any form passes for."""
    found = []
    for path in fact_paths(step):
        if path in NAMES:
            continue
        numbered = path.replace("[]", ".0")
        for value in (f"{MARK} x", [f"{MARK} x"]):
            with contextlib.suppress(EventError):
                compliant_event(step, changes=_parents(numbered) | {numbered: value})
                found.append(path)
                break
    return found


def _parents(numbered: str) -> dict[str, Any]:
    parts = numbered.split(".")
    lists = [".".join(parts[:n]) for n, part in enumerate(parts) if part == "0"]
    return {path: [{}] for path in lists[:1]}


TEXTS = {step: text_paths(step) for step in STEPS}

NAMED = {
    "ai.model_version",
    "fairness.model_version",
    "profile.protected_attributes",
    "task.type",
}
"""Names of the organisation's own models, features and tasks: about nobody, and said on purpose."""


def test_there_are_texts_to_plant_in() -> None:
    assert all(len(paths) > 20 for paths in TEXTS.values())


@pytest.fixture(scope="module")
def gates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Gate]:
    """A good one, and one for each way to fail."""
    rules = tmp_path_factory.mktemp("rules")
    for step in STEPS:
        write_rule(rules, step, "startswith(input.ai.model, 5)")
    keys = {"subject_key": KEY, "opa_token": f"{MARK}-token", "sinks": "inline"}
    nobody = OpaEngine(OpaConnection("http://127.0.0.1:9", token=f"{MARK}-token"))
    return {
        "good": Gate(Settings(**keys), organisation=example()),
        "small": Gate(Settings(**keys, max_event_bytes=1024), organisation=example()),
        "failing policy": Gate(Settings(**keys), organisation=example(), policies=[rules]),
        "no server": Gate(Settings(**keys), organisation=example(), engine=nobody),
        "failing hook": Gate(Settings(**keys), organisation=example(), plugins=[Raising()]),
    }


class Raising:
    @hookimpl
    def aboveboard_facts(self, event: Any) -> Any:
        raise RuntimeError(event.facts.model_dump_json())

    @hookimpl
    def aboveboard_verdict(self, event: Any) -> None:
        raise RuntimeError(event.facts.model_dump_json())


STOPPING: list[dict[str, Any]] = [
    {},
    {"objections.profiling": True},
    {"processing.legal_basis": None},
    {"processing.legal_basis": "eu-gdpr:A6-1-a", "consent": []},
    {"processing.legal_basis": "eu-gdpr:A6-1-a", "consent.0.status": "dpv:ConsentWithdrawn"},
    {"fields": [{"name": "x", "categories": ["pd:Health"]}]},
    {"transfer": {"recipient_country": "CN"}},
    {"decision.effect": "legal", "decision.automation": "dpv:FullAutomation"},
    {"recommendation.items": [{"id": "a"}], "recommendation.purchase_advice": True},
]


def planted(step: Any, phase: Any, path: str, changes: dict[str, Any]) -> StepEvent | None:
    """A compliant event with changes and one marked text; None where that is no event."""
    numbered = path.replace("[]", ".0")
    parents = {key: value for key, value in _parents(numbered).items() if key not in changes}
    for value in (f"{MARK} {path}", [f"{MARK} {path}"]):
        with contextlib.suppress(EventError):
            return compliant_event(step, phase, changes={**changes, **parents, numbered: value})
    return None


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("phase", PHASES)
def test_no_fact_is_said(gates: dict[str, Gate], step: Any, phase: Any) -> None:
    """Each text of a step's facts, under every rule that some change makes speak."""
    for path in sorted(set(TEXTS[step]) - NAMED):
        for changes in STOPPING:
            event = planted(step, phase, path, changes)
            if event is None:
                continue
            assert MARK in event.engine_input()
            with capture_logs() as logged:
                verdict = gates["good"].check(event)
            assert MARK not in said(logged, verdict), (path, verdict.rules)


@pytest.mark.parametrize("which", ["small", "failing policy", "no server", "failing hook"])
@pytest.mark.parametrize("step", STEPS)
def test_no_fact_is_said_when_something_fails(
    gates: dict[str, Gate], which: str, step: Any
) -> None:
    changes = {
        path.replace("[]", ".0"): f"{MARK} {path}" for path in TEXTS[step] if "[" not in path
    }
    while True:  # those that are lists refuse a text: leave them out
        try:
            event = compliant_event(step, changes=changes)
            break
        except EventError as error:
            changes = {path: v for path, v in changes.items() if f"{path}:" not in str(error)}
    assert event.engine_input().count(MARK) > 10
    with capture_logs() as logged:
        verdict = gates[which].check(event)
    assert verdict.effect == "deny"
    assert MARK not in said(logged, verdict)


@settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_no_error_about_a_wrong_event_quotes_it(data: st.DataObject) -> None:
    """A marked value or key anywhere in an event that is refused."""
    step = data.draw(st.sampled_from(STEPS))
    raw = StepEvent.create(step, facts=compliant_facts(step)).to_dict()
    where = raw["data"] if data.draw(st.booleans()) else raw
    while True:
        options = [key for key, value in where.items() if isinstance(value, dict) and value]
        if not options or data.draw(st.booleans()):
            break
        where = where[data.draw(st.sampled_from(sorted(options)))]
    planted = data.draw(
        st.sampled_from(
            [f"{MARK}@example.com", [MARK], {f"{MARK} {MARK}": MARK}, {MARK.lower(): f"{MARK}."}]
        )
    )
    key = data.draw(st.sampled_from([*sorted(where), f"{MARK} name", f"{MARK}@x", "model"]))
    where[key] = planted
    with capture_logs() as logged:
        try:
            StepEvent.from_dict(raw)
        except EventError as error:
            refused = error
        else:
            refused = None
    assert MARK not in said(logged, None, refused)


class Own(Exception):
    pass


class Lead(BaseModel):
    id: Annotated[str, SubjectId]
    job: Annotated[str, pd.Job] = "buyer"
    phone: Annotated[str | None, pd.TelephoneNumber] = None
    name: Annotated[str, pd.Name] = "nobody"
    notes: Annotated[str | None, FreeText] = None


class Required(BaseModel):
    id: Annotated[str, SubjectId]
    phone: Annotated[str, pd.TelephoneNumber]


LEAD = Lead(
    id=f"{MARK}-1", job=f"{MARK}-job", phone=f"{MARK}-555", name=f"{MARK} Doe", notes=f"{MARK} text"
)
FACTS: dict[str, Any] = {
    "allowed": {"objections.profiling": False},
    "denied": {"objections.profiling": True},
    "unknown": None,
    "raising": Own(f"{MARK} in a facts function"),
    "junk": {"objections.profiling": MARK},
    "of another": {"processing.legal_basis": "eu-gdpr:A6-1-a", "ai.vendor": MARK},
}


@pytest.mark.parametrize("which", ["good", "small", "failing policy", "no server", "failing hook"])
@pytest.mark.parametrize("facts", FACTS.values(), ids=FACTS)
@pytest.mark.parametrize("lead", [LEAD, LEAD.model_copy(update={"notes": None})])
def test_no_argument_result_or_failure_of_a_step_is_said(
    gates: dict[str, Gate], which: str, facts: Any, lead: Lead
) -> None:
    def known(lead: Lead) -> Any:
        if isinstance(facts, Exception):
            raise facts
        return facts

    @profiling(purpose="lead_scoring", facts=known, gate=gates[which])
    def score(lead: Lead) -> str:
        return f"{MARK} result {lead}"

    error: BaseException | None = None
    with capture_logs() as logged:
        try:
            score(lead)
        except AboveboardError as stopped:
            error = stopped
    assert MARK not in said(logged, getattr(error, "verdict", None), error)


def test_what_cannot_be_cut_is_named_and_not_quoted(gates: dict[str, Gate]) -> None:
    @profiling(purpose="lead_scoring", facts=FACTS["allowed"], gate=gates["good"])
    def score(lead: Required) -> str:
        return lead.phone

    with capture_logs() as logged, pytest.raises(AboveboardError) as stopped:
        score(Required(id=f"{MARK}-1", phone=f"{MARK}-555"))
    assert "lead.phone" in str(stopped.value)
    assert MARK not in said(logged, stopped.value.verdict, stopped.value)  # type: ignore[attr-defined]


def test_gates_hold_their_secrets_to_themselves(gates: dict[str, Gate]) -> None:
    for gate in gates.values():
        text = repr(gate) + repr(gate.settings) + repr(gate.engine) + repr(gate.pseudonym)
        assert MARK not in text
    assert MARK.encode() not in pickle.dumps(gates["good"])
    pseudonym = gates["good"].pseudonym(f"{MARK}-1")
    assert MARK not in pseudonym


def test_an_events_subject_is_never_raw(gates: dict[str, Gate]) -> None:
    event = gates["good"].event("profiling", subject=f"{MARK}-1", purpose="lead_scoring")
    assert MARK not in event.to_json() + event.engine_input() + repr(event)
    with pytest.raises(EventError) as refused:
        StepEvent.create("profiling", subject=f"{MARK}-1")
    assert MARK not in str(refused.value)
