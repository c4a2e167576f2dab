"""Ways in which a step once let pass what it should not, or stopped what it should not."""

import asyncio
import gc
import pickle
import weakref
from collections import UserList, deque
from collections.abc import Sequence
from typing import Annotated, Any, TypedDict

import pytest
from pydantic import BaseModel

from aboveboard import (
    FreeText,
    NotPersonal,
    SignatureError,
    StepDenied,
    SubjectId,
    hookimpl,
    pd,
)
from aboveboard.errors import EngineError
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.policy.opa import OpaConnection, OpaEngine
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event
from tests.steps.helpers import ASKED, scoring

Number = Annotated[int, NotPersonal]


class Lead(BaseModel):
    id: Annotated[str, SubjectId]
    job: Annotated[str, pd.Job] = "buyer"


class Record(TypedDict):
    id: Annotated[str, SubjectId]
    job: Annotated[str, pd.Job]


class Detailed(Lead):
    phone: Annotated[str | None, pd.TelephoneNumber] = None


LEAD = Lead(id="1")


def test_a_keyword_only_argument_behind_many(gate: Gate) -> None:
    @scoring(gate=gate)
    def score(
        lead: Lead, *rest: Number, phone: Annotated[str, pd.TelephoneNumber] = "none"
    ) -> tuple[Any, str]:
        return rest, phone

    assert score(LEAD, 1, 2, 3) == ((1, 2, 3), "none")
    assert score(LEAD, 1, 2, 3, phone="LEAKED") == ((1, 2, 3), "none")


def test_an_argument_that_may_be_none_becomes_none(gate: Gate) -> None:
    @scoring(gate=gate)
    def score(lead: Lead, phone: Annotated[str | None, pd.TelephoneNumber]) -> str | None:
        return phone

    assert score(LEAD, "LEAKED") is None


def test_an_undeclared_key_does_not_pass(gate: Gate) -> None:
    @scoring(gate=gate)
    def score(lead: Record) -> Any:
        return dict(lead)

    given: Any = {"id": "1", "job": "buyer", "phone": "LEAKED"}
    try:
        assert score(given) == {"id": "1", "job": "buyer"}
    except StepDenied:
        pass  # either will do


def test_a_subclass_brings_nothing_undeclared(gate: Gate) -> None:
    @scoring(gate=gate)
    def score(lead: Lead) -> Any:
        return getattr(lead, "phone", None)

    try:
        assert score(Detailed(id="1", phone="LEAKED")) is None
    except StepDenied:
        pass


@pytest.mark.parametrize("kind", ["coroutine", "generator", "iterator"])
def test_a_result_that_is_still_to_come_is_not_released(ruled: Any, kind: str) -> None:
    async def later() -> int:
        return 1

    def items() -> Any:
        yield 1

    @scoring(gate=ruled("profiling", phase="completed"))
    def score(lead: Lead) -> Any:
        return {"coroutine": later, "generator": items, "iterator": lambda: map(str, [1])}[kind]()

    with pytest.raises(StepDenied):
        asyncio.run(score(LEAD)) if kind == "coroutine" else next(score(LEAD))


def test_it_is_too_late_to_cut_an_argument(ruled: Any) -> None:
    gate = ruled(
        "profiling",
        effect="oblige",
        phase="completed",
        obligation={"kind": "redact", "paths": ["lead.job"]},
    )

    @scoring(gate=gate)
    def score(lead: Lead) -> str:
        return lead.job

    with pytest.raises(StepDenied):
        score(LEAD)


def test_a_step_keeps_no_gate_alive() -> None:
    @scoring()
    def score(lead: Lead) -> int:
        return 1

    from aboveboard import set_default_gate

    gate = Gate(Settings(), organisation=example())
    before = set_default_gate(gate)
    score(LEAD)
    set_default_gate(before)
    gone = weakref.ref(gate)
    del gate
    gc.collect()
    assert gone() is None


def test_an_annotation_that_is_never_defined_is_a_signature_error(gate: Gate) -> None:
    @scoring(gate=gate)
    def score(lead: "NeverDefined") -> int:  # noqa: F821
        return 1

    with pytest.raises(SignatureError, match="NeverDefined"):
        score(LEAD)


def test_an_asynchronous_facts_function_serves_a_coroutine(gate: Gate) -> None:
    class Later:  # a coroutine that nobody awaits would warn, in some later test
        def __await__(self) -> Any:
            return ASKED
            yield

    def known(lead: Lead) -> Any:
        return Later()

    @scoring(gate=gate, facts=known)
    async def score(lead: Lead) -> int:
        return 1

    assert asyncio.run(score(LEAD)) == 1


def test_absent_values_in_every_record_are_no_data(uncounted_gate: Gate) -> None:
    class Noted(BaseModel):
        notes: Annotated[str | None, pd.Interaction, FreeText] = None

    @scoring(gate=uncounted_gate)
    def score(leads: list[Noted]) -> int:
        return len(leads)

    assert score([Noted(), Noted()]) == 2


def test_a_pickled_gate_does_not_change_its_engine() -> None:
    engine = OpaEngine(OpaConnection("http://127.0.0.1:9"))
    gate = Gate(Settings(), organisation=example(), engine=engine)
    try:
        twin = pickle.loads(pickle.dumps(gate))
    except TypeError:
        return  # to refuse is fine
    assert twin.engine.name == "opa"


def test_a_pickled_gate_does_not_wake_up_without_its_key() -> None:
    gate = Gate(Settings(subject_key="0123456789abcdef"), organisation=example())
    twin: Any = None
    try:
        twin = pickle.loads(pickle.dumps(gate))
    except Exception as error:
        assert "ABOVEBOARD_SUBJECT_KEY" in str(error)  # noqa: PT017
    assert twin is None


def test_bytes_are_bytes() -> None:
    gate = Gate(Settings(max_event_bytes=8192), organisation=example())
    event = compliant_event(
        "decision", changes={"subject.purchased_product_ids": ["漢" * 100] * 25}
    )
    assert len(event.engine_input()) < 8192 < len(event.engine_input().encode())
    assert gate.check(event).rules == ("runtime.input_too_large",)


def test_a_plugin_does_not_choose_its_reason() -> None:
    class Plugin:
        @hookimpl
        def aboveboard_facts(self) -> None:
            raise EngineError("acme.reason", "LEAKED", "")

    gate = Gate(Settings(), organisation=example(), plugins=[Plugin()])
    verdict = gate.check(compliant_event("decision"))
    assert verdict.rules == ("runtime.facts_failed",)


class Patient(BaseModel):
    health: Annotated[str | None, pd.Health] = None


def _later(items: list[Any]) -> Any:
    yield from items


CONTAINERS = {
    "deque": deque,
    "generator": _later,
    "iterator": iter,
    "values of a dict": lambda items: dict(enumerate(items)).values(),
    "list of one's own": UserList,
    "dict": lambda items: dict.fromkeys(range(len(items)), items[0]),
}


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
def test_what_is_no_list_does_not_pass_for_an_empty_one(
    uncounted_gate: Gate, container: Any
) -> None:
    """Its items are not seen, so that none of them would be judged or cut."""

    @scoring(gate=uncounted_gate)
    def models(people: Sequence[Patient]) -> int:
        return len(list(people))

    @scoring(gate=uncounted_gate)
    def values(illnesses: list[Annotated[str, pd.Health]]) -> int:
        return len(list(illnesses))

    with pytest.raises(StepDenied):
        models(container([Patient(health="LEAKED")]))
    with pytest.raises(StepDenied):
        values(container(["LEAKED"]))


@pytest.mark.parametrize("value", ["LEAKED", {"health": "LEAKED"}, 5, object()])
def test_what_is_no_such_model_does_not_pass(uncounted_gate: Gate, value: Any) -> None:
    @scoring(gate=uncounted_gate)
    def one(person: Patient) -> int:
        return 1

    @scoring(gate=uncounted_gate)
    def many(people: list[Patient]) -> int:
        return 1

    for call in (lambda: one(value), lambda: many([value]), lambda: many(value)):
        with pytest.raises(StepDenied) as stopped:
            call()
        assert "LEAKED" not in str(stopped.value)


def test_the_name_of_a_positional_only_parameter_is_free_for_others(gate: Gate) -> None:
    @scoring(gate=gate)
    def score(lead: Lead, /, **more: Number) -> tuple[str, int]:
        return lead.id, more["lead"]

    assert score(LEAD, lead=3) == ("1", 3)
