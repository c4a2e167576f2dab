"""What type checkers say of decorated functions: they are what they were.

`tox -e types` runs mypy and pyright over this; each ignore has to be needed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from typing import Annotated, Any, assert_type

from pydantic import BaseModel

from aboveboard import (
    Disclosure,
    FreeText,
    Gate,
    NotPersonal,
    StepDenied,
    StepEscalated,
    StepEvent,
    SubjectId,
    Verdict,
    data_collection,
    decision,
    default_gate,
    hookimpl,
    pd,
    profiling,
    recommendation,
    set_default_gate,
)
from aboveboard.steps import AsyncStepBlock, StepBlock


class Lead(BaseModel):
    id: Annotated[str, SubjectId]
    email: Annotated[str | None, pd.EmailAddressWork] = None
    notes: Annotated[str, FreeText] = ""


class Score(BaseModel):
    points: Annotated[int, pd.IndividualProfile]


def known(lead: Lead) -> Mapping[str, Any] | None:
    return {"objections.profiling": lead.notes == ""}


def told(item: Disclosure) -> None:
    assert_type(item.text, str)
    assert_type(item.event, StepEvent)


async def tell(item: Disclosure) -> None:
    told(item)


gate = Gate(disclose=told)


# --- A function stays the function that it was ----------------------------------------------------


@profiling(purpose="lead_scoring", model="propensity-3.1", facts=known, gate=gate)
def score(lead: Lead, factor: Annotated[int, NotPersonal] = 1, *, exact: bool = False) -> Score:
    return Score(points=factor if exact else 0)


lead = Lead(id="1")
assert_type(score(lead), Score)
assert_type(score(lead, 2, exact=True), Score)
assert_type(score(lead=lead, factor=2), Score)
as_a_value: Callable[[Lead], Score] = score

score()  # type: ignore[call-arg]
score("jane@example.com")  # type: ignore[arg-type]
score(lead, "two")  # type: ignore[arg-type]
score(lead, 2, True)  # type: ignore[call-arg]
score(lead, exakt=True)  # type: ignore[call-arg]
wrong: str = score(lead)  # type: ignore[assignment]


# --- A coroutine function stays one ---------------------------------------------------------------


@recommendation(purpose="product_advice", disclose=tell, result_facts=lambda text: {"ai": None})
async def answer(lead: Lead, question: Annotated[str, FreeText]) -> str:
    return question


async def use() -> None:
    assert_type(await answer(lead, "which?"), str)
    later: Awaitable[str] = answer(lead, "which?")
    await later
    await answer(lead, 5)  # type: ignore[arg-type]
    number: int = await answer(lead, "?")  # type: ignore[assignment]
    print(number)


as_coroutine: Callable[[Lead, str], Coroutine[Any, Any, str]] = answer


# --- Methods --------------------------------------------------------------------------------------


class Desk:
    @data_collection(purpose="contact_management", recipient="crm")
    def read(self, lead_id: Annotated[str, SubjectId]) -> Lead:
        return Lead(id=lead_id)

    @staticmethod
    @decision(purpose="order_handling", facts={"decision.effect": "none"})
    def accept(lead: Lead) -> bool:
        return lead.email is not None


assert_type(Desk().read("1"), Lead)
assert_type(Desk().read(lead_id="1"), Lead)
assert_type(Desk.accept(lead), bool)
Desk().read(1)  # type: ignore[arg-type]


# --- Generators, blocks, methods of every kind ----------------------------------------------------


@profiling(purpose="lead_scoring", on_stopped="skip")
def scores(lead: Lead) -> Iterator[Score]:
    yield Score(points=1)


@profiling(purpose="lead_scoring")
async def later_scores(lead: Lead) -> AsyncIterator[Score]:
    yield Score(points=1)


for item in scores(lead):
    assert_type(item, Score)
assert_type(later_scores(lead), AsyncIterator[Score])

with profiling(purpose="lead_scoring", subject=lead.id) as step:
    assert_type(step, StepBlock)
    assert_type(step.complete(Score(points=1), facts={"ai.prompt_hash": "x"}), Score)
    assert_type(step.verdict, Verdict)
    assert_type(step.completed, Verdict | None)


async def block() -> None:
    async with profiling(purpose="lead_scoring") as later:
        assert_type(later, AsyncStepBlock)
        assert_type(await later.complete(Score(points=1)), Score)


class Above:
    @profiling(purpose="lead_scoring")
    @staticmethod
    def static(lead: Lead) -> Score:
        return Score(points=1)

    @profiling(purpose="lead_scoring")
    @classmethod
    def of_class(cls, lead: Lead) -> Score:
        return Score(points=1)


assert_type(Above.static(lead), Score)
assert_type(Above.of_class(lead), Score)
profiling(on_stopped="ignore")  # type: ignore[arg-type]


# --- Keywords of the decorators -------------------------------------------------------------------

profiling(purpose=5)  # type: ignore[arg-type]
profiling("lead_scoring")  # type: ignore[call-arg]
profiling(purpos="x")  # type: ignore[call-arg]
profiling(facts="x")  # type: ignore[arg-type]
profiling(disclose="x")  # type: ignore[arg-type]
profiling()(5)  # type: ignore[call-overload]


# --- Verdicts and exceptions ----------------------------------------------------------------------

try:
    score(lead)
except StepEscalated as stopped:
    assert_type(stopped.verdict, Verdict)
except StepDenied as stopped:
    for finding in stopped.verdict.findings:
        assert_type(finding.message, str)

event = gate.event("profiling", purpose="lead_scoring", subject=lead.id)
assert_type(event, StepEvent)
assert_type(gate.check(event), Verdict)
assert_type(gate.check(event).allowed, bool)
assert_type(default_gate(), Gate)
assert_type(set_default_gate(None), Gate | None)
gate.event("profilng")  # type: ignore[arg-type]
gate.check({})  # type: ignore[arg-type]


# --- Plugins --------------------------------------------------------------------------------------


class Plugin:
    @hookimpl
    def aboveboard_facts(self, event: StepEvent) -> Mapping[str, Any] | None:
        return {"subject.country": "FI"} if event.subject else None

    @hookimpl
    def aboveboard_verdict(self, event: StepEvent, verdict: Verdict) -> None:
        print(event.id, verdict.effect)


gate.register(Plugin())
