"""Whom a step is about leaves as a keyed pseudonym, and in no other way."""

from typing import Annotated, Any, TypedDict
from uuid import UUID

import pytest
from pydantic import BaseModel

from aboveboard import StepDenied, SubjectId, hookimpl, pd
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.settings import Settings
from tests.steps.helpers import OBJECTS, scoring

RAW = "LEAKED-4711"


class Person(BaseModel):
    id: Annotated[str | int | UUID | None, SubjectId] = None


class Record(TypedDict, total=False):
    id: Annotated[str, SubjectId]


class Lead(BaseModel):
    person: Person
    job: Annotated[str, pd.Job] = "buyer"


@pytest.fixture
def subjects() -> list[Any]:
    return []


@pytest.fixture
def watched(subjects: list[Any]) -> Gate:
    class Sink:
        @hookimpl
        def aboveboard_verdict(self, event: Any) -> None:
            subjects.append(event.subject)

    settings = Settings(subject_key="k" * 32, subject_key_id="k7", sinks="inline")
    return Gate(settings, organisation=example(), plugins=[Sink()])


def test_wherever_it_stands(watched: Gate, subjects: list[Any]) -> None:
    @scoring(gate=watched)
    def argument(person_id: Annotated[str, SubjectId]) -> int:
        return 1

    @scoring(gate=watched)
    def nested(lead: Lead) -> int:
        return 1

    @scoring(gate=watched)
    def record(lead: Record) -> int:
        return 1

    argument(RAW)
    argument(person_id=RAW)
    nested(Lead(person=Person(id=RAW)))
    record({"id": RAW})
    assert set(subjects) == {watched.pseudonym(RAW)}
    assert subjects[0].startswith("k7:")


def test_unknown_or_of_several_people(watched: Gate, subjects: list[Any]) -> None:
    @scoring(gate=watched)
    def one(lead: Lead) -> int:
        return 1

    @scoring(gate=watched)
    def record(lead: Record) -> int:
        return 1

    @scoring(gate=watched)
    def many(leads: list[Lead]) -> int:
        return 1

    @scoring(gate=watched)
    def default(person_id: Annotated[str | None, SubjectId] = None) -> int:
        return 1

    one(Lead(person=Person()))
    record({})
    many([Lead(person=Person(id=RAW))])
    default()
    assert set(subjects) == {None}


def test_numbers_and_uuids(watched: Gate, subjects: list[Any]) -> None:
    @scoring(gate=watched)
    def score(person: Person) -> int:
        return 1

    score(Person(id=4711))
    score(Person(id=UUID(int=1)))
    assert len(set(subjects)) == 2
    assert all(subject.startswith("k7:") for subject in subjects)


def test_the_raw_identifier_is_nowhere(watched: Gate, log: list[dict]) -> None:
    @scoring(gate=watched, facts=OBJECTS)
    def score(person_id: Annotated[str, SubjectId]) -> int:
        return 1

    with pytest.raises(StepDenied) as stopped:
        score(RAW)
    error = stopped.value
    said = [
        str(error),
        repr(error),
        repr(error.verdict),
        error.verdict.model_dump_json(),
        repr(log),
    ]
    assert not [text for text in said if "LEAKED" in text]
    assert log[0]["subject"] == watched.pseudonym(RAW)
