"""What is on record leads to no person, and yet gives the same verdict again."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard import Gate, Settings, StepEvent
from aboveboard.facts import PHASES, STEP_FACTS, STEPS, FactGroup
from aboveboard.facts.derived import group_type
from aboveboard.organisation import example
from aboveboard.pseudonyms import Pseudonymiser
from aboveboard.records.minimising import KEPT, TOKENS
from aboveboard.records.reading import record_files
from aboveboard.records.record import mask_of, parse_record, record_line
from aboveboard.testing import compliant_event, make_event
from aboveboard.verdicts import Verdict
from tests.facts.strategies import step_facts
from tests.policies import everyday
from tests.policies.cases.case import NOW
from tests.policies.enforcement.cases import CASES, Case
from tests.policies.enforcement.change import facts_with
from tests.policies.everyday import EVERYDAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aboveboard.facts import Phase, StepFacts
    from tests.policies.everyday.event import Everyday

Recorded = tuple[Gate, Verdict, bytes]
FIRMS = Path(everyday.__file__).parent
MASK = mask_of(Pseudonymiser(b"sixteen bytes or more"))
CLOSED = ("^[A-Z]", "^[A-Za-z]{2,8}", "^(pd|dpv")
"""Beginnings of patterns that leave no room for a text: countries, currencies, languages, terms."""


@pytest.fixture(scope="module")
def decide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Recorded]]:
    """Decide on an event and read what was recorded of it: `decide(event, "lumikoto")`."""
    gates: dict[str, Gate] = {}
    ends: dict[str, int] = {}

    def decided(make: Callable[[Gate], StepEvent], firm: str = "example") -> Recorded:
        if firm not in gates:
            directory = tmp_path_factory.mktemp("records")
            settings = Settings(record_directory=directory, subject_key="sixteen bytes or more")
            organisation = example() if firm == "example" else FIRMS / f"{firm}.yaml"
            gates[firm] = Gate(settings, organisation=organisation)
        gate = gates[firm]
        verdict = gate.check(make(gate))
        (path,) = record_files(gate.settings.record_directory or Path())
        with path.open("rb") as file:
            file.seek(ends.get(firm, 0))
            line = file.read()
            ends[firm] = file.tell()
        return gate, verdict, line

    yield decided
    for gate in gates.values():
        gate.close()


def leaves(model: type[FactGroup], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        inner, many = group_type(field.annotation)
        path = f"{prefix}{name}"
        if inner is not None:
            yield from leaves(inner, f"{path}[]." if many else f"{path}.")
        else:
            yield (
                path,
                Annotated[field.annotation, *field.metadata]
                if field.metadata
                else (field.annotation),
            )


def is_open(annotation: Any, bounds: tuple[Any, ...] = ()) -> bool:
    """Whether a text may stand there that no vocabulary has."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return is_open(args[0], args[1:])
    if origin in (Union, UnionType, tuple):
        return any(is_open(arg) for arg in args if arg is not ...)
    if origin is Literal or annotation is not str:
        return False
    marks = [mark for bound in bounds for mark in getattr(bound, "metadata", [bound])]
    patterns = [pattern for mark in marks if (pattern := getattr(mark, "pattern", None))]
    return not any(pattern.startswith(CLOSED) for pattern in patterns)


OPEN = {path for step in STEPS for path, kind in leaves(STEP_FACTS[step]) if is_open(kind)}


def test_every_open_text_is_classified() -> None:
    """A new fact that can hold a text has to be looked at: may it stand on record as it is?"""
    assert {*TOKENS, *KEPT} == OPEN
    assert not TOKENS.keys() & KEPT.keys()
    assert all([*TOKENS.values(), *KEPT.values()])


def test_the_check_knows_an_open_text() -> None:
    assert "source.name" in OPEN
    assert "subject.country" not in OPEN
    assert "fields[].categories" not in OPEN


def test_a_group_with_tokens_is_found_by_its_name() -> None:
    """The text of the facts is searched for `"group":{`: no group below may bear that name."""
    groups = Counter[str]()

    def walk(model: type[FactGroup], seen: set[type[FactGroup]]) -> None:
        for name, field in model.model_fields.items():
            inner, _ = group_type(field.annotation)
            if inner is not None:
                groups[name] += 1
                walk(inner, seen)

    for step in STEPS:
        groups.clear()
        walk(STEP_FACTS[step], set())
        assert {groups[path.partition(".")[0].removesuffix("[]")] for path in TOKENS} <= {0, 1}
    assert all(path.count(".") == 1 for path in TOKENS)


def expected(raw: Any, path: str = "") -> Any:
    """Tokens put in by a walk through the facts: what the splicing of text has to come to."""
    if isinstance(raw, dict):
        return {key: expected(item, f"{path}.{key}".lstrip(".")) for key, item in raw.items()}
    if path in TOKENS:
        return [MASK(item) for item in raw] if isinstance(raw, list) else MASK(raw)
    if isinstance(raw, list):
        return [expected(item, f"{path}[]") for item in raw]
    return raw


@settings(max_examples=300, deadline=None)
@given(step_facts(), st.sampled_from(PHASES))
def test_tokens_stand_where_they_should_and_nowhere_else(facts: StepFacts, phase: Phase) -> None:
    step = next(name for name, model in STEP_FACTS.items() if isinstance(facts, model))
    event = StepEvent.create(step, phase, facts)
    line = record_line(event, _allowed(event), mask=MASK)
    assert json.loads(line)["event"]["data"] == expected(event.to_dict()["data"])
    assert parse_record(line).event.to_dict() == json.loads(line)["event"]


def _allowed(event: StepEvent) -> Any:
    from tests.records.test_record import verdict

    return verdict(event)


def test_the_same_value_has_the_same_token_and_no_persons_pseudonym() -> None:
    pseudonym = Pseudonymiser(b"sixteen bytes or more")
    mask = mask_of(pseudonym)
    assert mask("42") == mask("42") != mask("43")
    assert mask("42") != pseudonym("42")


def test_a_token_stays_one() -> None:
    """What was read from a record and is recorded again is the same."""
    event = compliant_event("profiling", changes={"source.name": "LEAKED list"})
    once = parse_record(record_line(event, _allowed(event), mask=MASK)).event
    assert parse_record(record_line(once, _allowed(once), mask=MASK)).event == once


@pytest.mark.parametrize(
    ("attribute", "value", "stays"),
    [
        ("id", "0b5b5349-12f6-4a98-bc41-45fbc4ff81fd", True),
        ("id", "hubspot:k1:9f86d081884c7d659a2feaa0c55ad015", True),
        ("id", "9f86d081884c7d659a2feaa0c55ad0159f86d081", True),
        ("id", "LEAKED.anna@example.com", False),
        ("id", "+358401234567", False),
        ("id", "4929123456781234", False),
        ("parent_decision_id", "0b5b5349-12f6-4a98-bc41-45fbc4ff81fd", True),
        ("parent_decision_id", "LEAKED", False),
        ("source", "/hubspot/146012345", True),
        ("source", "/gmail/LEAKED.anna@example.com", False),
    ],
)
def test_attributes(attribute: str, value: str, stays: bool) -> None:
    event = replace(compliant_event("profiling"), **{attribute: value})
    line = record_line(event, _allowed(event), mask=MASK)
    assert (json.dumps(value) in line) is stays
    read = parse_record(line)
    assert (getattr(read.event, attribute) == value) is stays
    assert read.verdict is not None
    assert read.verdict.id == read.event.id


def test_an_address_is_nowhere() -> None:
    """Names of fields and products are kept; where a program names them after people, they are not."""
    event = compliant_event(
        "recommendation",
        changes={
            "fields.0.name": "LEAKED@example.com",
            "subject.purchased_product_ids": ["chat with LEAKED@example.com", "desk"],
            "notice.version": "2026@desk",
        },
    )
    line = record_line(event, _allowed(event), mask=MASK)
    assert "LEAKED" not in line
    facts = parse_record(line).event.to_dict()["data"]
    assert re.fullmatch("k1:[0-9a-f]{32}", facts["fields"][0]["name"])
    assert facts["subject"]["purchased_product_ids"][1] == "desk"
    assert facts["notice"]["version"] == "2026@desk"


def assert_same_again(recorded: Recorded) -> None:
    gate, decided, line = recorded
    record = parse_record(line)
    assert record.verdict is not None
    answer = gate.engine.evaluate(record.event.step, record.event.engine_input())
    found = sorted((finding.rule, finding.effect) for finding in answer.findings)
    assert found == sorted((finding.rule, finding.effect) for finding in decided.findings)
    assert found == sorted((finding.rule, finding.effect) for finding in record.verdict.findings)
    again = sorted(
        (f.obligation.kind, f.rule, f.obligation.paths, f.obligation.notice)
        for f in answer.findings
        if f.obligation is not None
    )
    assert again == [(o.kind, o.rule, o.paths, o.notice) for o in record.verdict.obligations]
    assert answer.revision == record.verdict.policy_revision
    assert record.beyond == ()


@settings(max_examples=100, deadline=None)
@given(facts=step_facts(), phase=st.sampled_from(PHASES))
def test_any_record_gives_the_same_verdict_again(
    decide: Callable[..., Recorded], facts: StepFacts, phase: Phase
) -> None:
    step = next(name for name, model in STEP_FACTS.items() if isinstance(facts, model))
    assert_same_again(decide(lambda _: StepEvent.create(step, phase, facts)))


@pytest.mark.parametrize("event", EVERYDAY, ids=str)
def test_everyday_records_give_the_same_verdict_again(
    decide: Callable[..., Recorded], event: Everyday
) -> None:
    for phase in PHASES:
        assert_same_again(decide(lambda gate, phase=phase: event.event(gate, phase), event.firm))
        assert_same_again(
            decide(lambda gate, phase=phase: event.event(gate, phase, event.change), event.firm)
        )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_fined_records_give_the_same_verdict_again(
    decide: Callable[..., Recorded], case: Case
) -> None:
    for trial in case.tried:
        facts = facts_with(trial.step, trial.scene, trial.facts)
        for phase in PHASES:
            event = make_event(trial.step, phase, facts=facts, time=NOW)
            assert_same_again(decide(lambda _, event=event: event))
