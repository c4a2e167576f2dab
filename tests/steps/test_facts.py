"""Where a step's facts come from, and what happens when a source fails or contradicts."""

import time
from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from aboveboard import (
    FreeText,
    NotPersonal,
    SignatureError,
    StepDenied,
    StepEscalated,
    SubjectId,
    VocabularyError,
    hookimpl,
    pd,
    profiling,
    recommendation,
)
from aboveboard.facts import Objections
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.settings import Settings
from tests.steps.gates import uncounted
from tests.steps.helpers import ASKED, scoring


class Lead(BaseModel):
    id: Annotated[str, SubjectId]
    job: Annotated[str, pd.Job] = "buyer"
    notes: Annotated[str | None, pd.Interaction, FreeText] = None


LEAD = Lead(id="1")


@pytest.fixture
def events() -> list[Any]:
    return []


def watching(events: list[Any], **settings: Any) -> Gate:
    class Sink:
        @hookimpl
        def aboveboard_verdict(self, event: Any) -> None:
            events.append(event)

    return Gate(Settings(sinks="inline", **settings), organisation=example(), plugins=[Sink()])


@pytest.fixture
def watched(events: list[Any]) -> Gate:
    return watching(events)


@pytest.fixture
def monitored(events: list[Any]) -> Gate:
    return watching(events, mode="monitor")


def test_register_keywords_annotations_and_facts_meet_in_the_event(
    watched: Gate, events: list[Any]
) -> None:
    @profiling(
        purpose="lead_scoring",
        model="propensity-3.1",
        gate=watched,
        facts=lambda lead: {**ASKED, "subject": {"country": "FI"}},
        result_facts=lambda points: {"score.context_used": f"call-{points}"},
    )
    def score(lead: Lead) -> Annotated[int, pd.IndividualProfile]:
        return 5

    score(LEAD)
    before, after = (event.facts for event in events)
    assert before.processing.purpose == "lead_scoring"
    assert before.ai.model == "propensity-3.1"
    assert [item.name for item in before.fields] == ["lead.job"]
    assert before.subject.country == after.subject.country == "FI"
    assert before.score is None
    assert [item.name for item in after.fields] == ["result"]
    assert after.score.context_used == "call-5"


def test_a_facts_function_takes_the_arguments_that_it_names(gate: Gate) -> None:
    seen: list[Any] = []

    def known(depth: int, *, lead: Lead, more: int = 7) -> dict[str, Any]:
        seen.append((lead, depth, more))
        return ASKED

    @scoring(gate=gate, facts=known)
    def score(
        lead: Lead,
        other: Annotated[int, NotPersonal] = 1,
        depth: Annotated[int, NotPersonal] = 2,
    ) -> int:
        return depth

    assert score(LEAD) == 2
    assert score(LEAD, 5, depth=3) == 3
    assert seen == [(LEAD, 2, 7), (LEAD, 3, 7)]


def test_a_facts_function_that_names_another_parameter_is_refused(gate: Gate) -> None:
    def known(laed: Lead) -> dict[str, Any]:
        return ASKED

    with pytest.raises(SignatureError, match=r"'laed'.*Did you mean 'lead'"):

        @scoring(gate=gate, facts=known)
        def score(lead: Lead) -> int:
            return 1


REST = {name: known for name, known in ASKED.items() if name != "objections"}


@pytest.mark.parametrize(
    "given",
    [
        ASKED,
        {**REST, "objections.profiling": False},
        {**REST, "objections": Objections(profiling=False)},
        {**REST, "objections.profiling": False, "lia": None, "lia.outcome": None},
    ],
    ids=["nested", "dotted", "model", "unknown"],
)
@pytest.mark.parametrize("call", [False, True], ids=["mapping", "function"])
def test_forms_that_facts_may_have(gate: Gate, given: Any, call: bool) -> None:
    @scoring(gate=gate, facts=(lambda: given) if call else given)
    def score(lead: Lead) -> int:
        return 1

    assert score(LEAD) == 1


def looked_up() -> dict[str, Any]:
    time.sleep(0.001)
    return {"suppression_list": {"hit": False, "checked_at": datetime.now(UTC)}}


async def looked_up_later() -> dict[str, Any]:
    return looked_up()


def looked_up_today(event: Any) -> bool:
    checked = event.facts.suppression_list
    return checked.checked_age_days == 0 and checked.checked_at <= event.time


def test_what_a_facts_function_dates_now_is_not_of_the_future(
    monitored: Gate, events: list[Any]
) -> None:
    @recommendation(gate=monitored, facts=looked_up, result_facts=lambda _: looked_up())
    def offer() -> str:
        return "offer"

    offer()
    with recommendation(gate=monitored, facts=looked_up):
        pass
    assert [event.phase for event in events] == ["requested", "completed"] * 2
    assert all(map(looked_up_today, events))


@pytest.mark.anyio
async def test_nor_is_what_one_dates_that_is_awaited(monitored: Gate, events: list[Any]) -> None:
    @recommendation(gate=monitored, facts=looked_up_later)
    async def offer() -> str:
        return "offer"

    await offer()
    assert all(map(looked_up_today, events))


def test_nothing_known_is_not_no(gate: Gate) -> None:
    @scoring(gate=gate, facts=lambda: None)
    def score(lead: Lead) -> int:
        return 1

    with pytest.raises(StepDenied, match="Nobody looked up whether the person has objected"):
        score(LEAD)


class Own(Exception):
    pass


def raising(lead: Lead) -> dict[str, Any]:
    msg = f"LEAKED {lead}"
    raise Own(msg)


def _loop() -> dict[str, Any]:
    found: dict[str, Any] = {}
    found["ai"] = found
    return found


JUNK: dict[str, Any] = {
    "a raise": raising,
    "a text": lambda: "LEAKED",
    "a list": lambda: ["LEAKED"],
    "a number": lambda: 5,
    "no such fact": lambda: {"objections": {"LEAKED": True}},
    "no such group": lambda: {"LEAKED": {}},
    "a wrong type": lambda: {"objections": {"profiling": "LEAKED"}},
    "a value for a group": lambda: {"objections": "LEAKED"},
    "a key of no text": lambda: {5: "LEAKED"},
    "twice, differently": lambda: {
        "objections.profiling": True,
        "objections": {"profiling": False},
    },
    "through a value": lambda: {"ai": 1, "ai.model": "LEAKED"},
    "of another step": lambda: {"recommendation": {"purchase_advice": False}},
    "itself inside": _loop,
}


@pytest.mark.parametrize("facts", JUNK.values(), ids=JUNK)
def test_a_facts_function_that_fails_denies(gate: Gate, facts: Any, log: list[dict]) -> None:
    ran = []

    @scoring(gate=gate, facts=facts)
    def score(lead: Lead) -> int:
        ran.append(1)
        return 1

    with pytest.raises(StepDenied) as stopped:
        score(Lead(id="1", job="LEAKED"))
    assert ran == []
    assert stopped.value.verdict.rules == ("runtime.facts_failed",)
    assert [entry["event"] for entry in log] == ["step.denied"]
    said = str(stopped.value) + repr(log)
    assert "LEAKED" not in said.replace("'objections.LEAKED'", "").replace("'LEAKED'", "")


@pytest.mark.parametrize("facts", JUNK.values(), ids=JUNK)
def test_result_facts_that_fail_withhold_the_result(gate: Gate, facts: Any) -> None:
    source = facts if facts is raising else lambda result: facts()

    @scoring(gate=gate, result_facts=source)
    def score(lead: Lead) -> int:
        return 1

    with pytest.raises(StepDenied) as stopped:
        score(LEAD)
    assert stopped.value.verdict.rules == ("runtime.facts_failed",)
    assert stopped.value.verdict.phase == "completed"


def test_to_contradict_the_register_denies_and_names_the_fact(gate: Gate) -> None:
    @scoring(gate=gate, facts=lambda: {**ASKED, "processing.legal_basis": "eu-gdpr:A6-1-a"})
    def score(lead: Lead) -> int:
        return 1

    with pytest.raises(StepDenied, match=r"processing\.legal_basis") as stopped:
        score(LEAD)
    assert stopped.value.verdict.rules == ("runtime.facts_conflict",)
    assert "A6-1-a" not in str(stopped.value)


def test_to_repeat_the_register_is_no_contradiction(gate: Gate) -> None:
    stated = gate.facts("profiling", purpose="lead_scoring")

    @scoring(gate=gate, facts=lambda: {**stated, **ASKED})
    def score(lead: Lead) -> int:
        return 1

    assert score(LEAD) == 1


def test_a_mapping_that_contradicts_is_refused_at_decoration(gate: Gate) -> None:
    with pytest.raises(SignatureError, match="legal_basis"):

        @scoring(gate=gate, facts={"processing.legal_basis": "eu-gdpr:A6-1-a"})
        def score(lead: Lead) -> int:
            return 1

    with pytest.raises(SignatureError, match="objectoins"):

        @scoring(gate=gate, facts={"objectoins.profiling": False})
        def other(lead: Lead) -> int:
            return 1


def test_a_purpose_that_nobody_registered_is_refused_at_decoration(gate: Gate) -> None:
    with pytest.raises(VocabularyError, match="lead_scoring"):

        @profiling(purpose="lead-scoring", gate=gate)
        def score(lead: Lead) -> int:
            return 1


def test_a_detector_may_say_what_it_found_in_an_annotated_text() -> None:
    gate = Gate(Settings(sinks="inline", detector="off"), organisation=example())
    lead = Lead(id="1", notes="likes LEAKED")

    @scoring(gate=gate)
    def unscanned(lead: Lead) -> str | None:
        return lead.notes

    with pytest.raises(StepEscalated, match=r"not known whether .* lead\.notes"):
        unscanned(lead)

    scanned = {"name": "lead.notes", "text_scanned": True, "detected_categories": []}

    @scoring(gate=gate, facts=lambda: {**ASKED, "fields": [scanned]})
    def checked(lead: Lead) -> str | None:
        return lead.notes

    assert checked(lead) == "likes LEAKED"

    @scoring(gate=gate, facts={**ASKED, "fields": [scanned]})
    def always(lead: Lead) -> str | None:
        return lead.notes

    assert always(lead) == "likes LEAKED"


def test_a_detector_cannot_unsay_what_the_annotation_says(gate: Gate) -> None:
    found = {"name": "lead.job", "categories": ["pd:Interest"]}

    @scoring(gate=gate, facts=lambda: {**ASKED, "fields": [found]})
    def score(lead: Lead) -> int:
        return 1

    with pytest.raises(StepDenied, match=r"fields\[\]\.categories"):
        score(LEAD)


def test_the_number_of_records(events: list[Any]) -> None:
    class Sink:
        @hookimpl
        def aboveboard_verdict(self, event: Any) -> None:
            events.append(event)

    watched = Gate(Settings(sinks="inline"), organisation=uncounted(), plugins=[Sink()])

    class Short(BaseModel):
        job: Annotated[str, pd.Job]

    @scoring(gate=watched)
    def score(leads: list[Short]) -> int:
        return 1

    for count in (0, 1, 250):
        score([Short(job="buyer")] * count)
    assert [event.facts.processing.records for event in events[::2]] == [0, 1, 250]


def test_lists_do_not_contradict_the_register(gate: Gate) -> None:
    """Which says how many people a purpose covers in all."""
    stated = gate.facts("profiling", purpose="lead_scoring")
    assert stated["processing"]["records"] > 2

    @scoring(gate=gate)
    def score(leads: list[Annotated[str, pd.Job]]) -> int:
        return len(leads)

    assert score(["buyer", "seller"]) == 2


def test_absent_values_are_no_data(watched: Gate, events: list[Any]) -> None:
    class Patient(BaseModel):
        id: Annotated[str, SubjectId]
        health: Annotated[str | None, pd.Health] = None

    @scoring(gate=watched)
    def score(lead: Patient) -> int:
        return 1

    assert score(Patient(id="1")) == 1
    assert events[0].facts.fields == ()
    with pytest.raises(StepDenied, match="R-SPEC-01"):
        score(Patient(id="1", health="LEAKED"))


@pytest.mark.anyio
async def test_facts_functions_serve_coroutines(gate: Gate) -> None:
    @scoring(gate=gate, facts=lambda lead: ASKED)
    async def score(lead: Lead) -> int:
        return 1

    assert await score(LEAD) == 1
