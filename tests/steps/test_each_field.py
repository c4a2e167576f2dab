"""What is said of each field: `facts={"fields[].collected_at": …}`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import BaseModel

from aboveboard import SubjectId, data_collection, hookimpl, pd, profiling
from aboveboard.errors import SignatureError, StepDenied
from aboveboard.events import StepEvent
from tests.steps.helpers import ASKED, TOLD_AT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboveboard.gate import Gate

THEN = datetime(2026, 9, 1, tzinfo=UTC)
EACH = {"fields[].collected_at": THEN, "fields[].source": "provided"}


class Lead(BaseModel):
    id: Annotated[str, SubjectId]
    job: Annotated[str, pd.Job]
    country: Annotated[str | None, pd.Country] = None


class Score(BaseModel):
    points: Annotated[int, pd.IndividualProfile]


class Events:
    """A plugin that keeps the events it is asked about."""

    def __init__(self) -> None:
        self.seen: list[StepEvent] = []

    @hookimpl
    def aboveboard_verdict(self, event: StepEvent) -> None:
        self.seen.append(event)

    def fields(self, phase: str) -> dict[str, dict[str, Any]]:
        (event,) = [item for item in self.seen if item.phase == phase]
        return {
            item.name: item.model_dump(exclude_none=True, exclude={"name"})
            for item in event.facts.fields or ()
        }


@pytest.fixture
def events(gate: Gate) -> Iterator[Events]:
    found = Events()
    gate.register(found, inline=True)
    yield found
    gate.unregister(found)


def test_a_function_says_it_of_each_field_that_goes_in(gate: Gate, events: Events) -> None:
    @profiling(purpose="lead_scoring", gate=gate, facts=lambda: EACH)
    def score(lead: Lead) -> Score:
        return Score(points=len(lead.job))

    with pytest.raises(StepDenied):  # nothing else is known
        score(Lead(id="1", job="Buyer", country="FI"))
    found = events.fields("requested")
    assert set(found) == {"lead.job", "lead.country"}
    assert all(item["collected_at"] == THEN for item in found.values())
    assert all(item["source"] == "provided" for item in found.values())
    assert all(item["age_days"] > 0 for item in found.values())


def test_a_field_s_own_goes_before(gate: Gate, events: Events) -> None:
    facts = {**EACH, "fields": [{"name": "lead.country", "source": "third_party"}]}

    @profiling(purpose="lead_scoring", gate=gate, facts=lambda: facts)
    def score(lead: Lead) -> Score:
        return Score(points=len(lead.job))

    with pytest.raises(StepDenied):
        score(Lead(id="1", job="Buyer", country="FI"))
    found = events.fields("requested")
    assert found["lead.country"]["source"] == "third_party"
    assert found["lead.job"]["source"] == "provided"


@pytest.mark.parametrize("facts", [ASKED, lambda: ASKED])
def test_of_what_came_out_it_says_nothing(gate: Gate, events: Events, facts: Any) -> None:
    @profiling(purpose="lead_scoring", model="propensity-3.1", gate=gate, facts=facts)
    def score(lead: Lead) -> Score:
        return Score(points=len(lead.job))

    score(Lead(id="1", job="Buyer"))
    assert events.fields("requested")["lead.job"]["collected_at"] == TOLD_AT
    assert set(events.fields("completed")["result.points"]) == {"categories"}


def test_a_block_says_it_of_what_it_names(gate: Gate, events: Events) -> None:
    named = {"fields": [{"name": "job", "categories": ["pd:Job"]}]}
    with profiling(
        purpose="lead_scoring", model="propensity-3.1", gate=gate, facts={**ASKED, **named}
    ) as step:
        step.complete(Score(points=1))
    assert events.fields("requested")["job"]["collected_at"] == TOLD_AT


def test_data_collected_is_what_came_out(gate: Gate, events: Events) -> None:
    @data_collection(
        purpose="contact_management",
        recipient="crm",
        gate=gate,
        facts=EACH | {"notice.delivered_at": THEN, "rights_requests": []},
    )
    def read(contact_id: Annotated[str, SubjectId]) -> Lead:
        return Lead(id=contact_id, job="Buyer")

    read("1")
    for phase in ("requested", "completed"):
        assert events.fields(phase)["result.job"]["collected_at"] == THEN


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"fields[].collectd_at": THEN}, "collectd_at"),
        ({"fields[].name": "lead.job"}, "the same name"),
        ({"fields[]": 1}, "fields"),
    ],
)
def test_what_is_no_fact_of_a_field_is_said_at_decoration(
    gate: Gate, facts: dict[str, Any], said: str
) -> None:
    with pytest.raises(SignatureError, match=said):

        @profiling(purpose="lead_scoring", gate=gate, facts=facts)
        def score(lead: Lead) -> Score:
            return Score(points=len(lead.job))


def test_events_name_fields_one_by_one() -> None:
    event = StepEvent.create("profiling", "requested", {"fields": [{"name": "a"}], **EACH},
                             source="/aboveboard/test")  # fmt: skip
    assert "fields[]" not in event.to_json()
