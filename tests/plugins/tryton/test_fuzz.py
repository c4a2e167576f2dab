"""Whatever comes as an answer of Tryton's ends in events or in one error that names no value."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tryton_aboveboard import events
from tryton_aboveboard.fields import FIELDS

from aboveboard import EventError, StepEvent
from aboveboard.pseudonyms import Pseudonymiser

SAMPLES = [
    json.loads(path.read_text("utf-8"))
    for path in sorted(Path(__file__).parent.glob("samples/*.json"))
]
JUNK: list[Any] = [
    None, True, -1, 1e308, "", "x" * 5000, "\u202e\u0000", [], {}, [[]], {"__class__": "datetime"},
    {"__class__": "Decimal", "decimal": "NaN"}, {"__class__": "timedelta", "seconds": 1e300},
    {"__class__": "bytes", "base64": "?"}, {"id": 7}, "2026-11-27", "__name__",
]  # fmt: skip


@pytest.fixture(scope="module")
def pseudonym() -> Callable[[object], str]:
    return Pseudonymiser(b"a key of sixteen bytes or more")


def test_every_sample_is_understood(pseudonym: Callable[[object], str]) -> None:
    assert len(SAMPLES) == 3
    for sample in SAMPLES:
        told = events(sample, pseudonym)
        assert told
        assert all(event.subject for event in told)


@pytest.mark.parametrize("payload", [None, 7, "x", [7], {}, {"result": None}, {"result": 7}, [[]],
                                     {"__name__": 7}, {"__name__": ""}, [{"id": 1}]])  # fmt: skip
def test_what_is_none_of_trytons_is_one_error(
    payload: Any, pseudonym: Callable[[object], str]
) -> None:
    with pytest.raises(EventError, match=r"^Tryton"):
        events(payload, pseudonym)


def test_mutated_samples(pseudonym: Callable[[object], str]) -> None:
    fuzz(300, pseudonym)


@pytest.mark.nightly
def test_many_mutated_samples(pseudonym: Callable[[object], str]) -> None:
    fuzz(5000, pseudonym)


def fuzz(rounds: int, pseudonym: Callable[[object], str]) -> None:
    understood = 0
    for number in range(rounds):
        chance = random.Random(number)
        payload = copy.deepcopy(chance.choice(SAMPLES))
        for _ in range(chance.randint(1, 4)):
            payload = mutated(payload, chance)
        said, told = "", []
        try:
            told = events(payload, pseudonym)
        except EventError as error:
            said = str(error)
        assert "aino" not in said.lower()
        understood += not said
        for event in told:
            claims_nothing_unknown(event)
    assert understood > rounds // 10


def claims_nothing_unknown(event: StepEvent) -> None:
    """A field that nobody described bears no categories."""
    described = {name for model in FIELDS.objects() for name in FIELDS.of_object(model)}
    for field in event.facts.fields or ():
        assert field.name in described or field.categories is None


def mutated(value: Any, chance: random.Random) -> Any:
    """The value with one place of it changed."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(list(value))
        match chance.randrange(5):
            case 0:
                del value[key]
            case 1:
                value[f"{key}.{chance.randrange(9)}"] = value.pop(key)
            case 2:
                value[chance.choice(["x_new", "party.", "__name__", key + "."])] = copy.deepcopy(
                    chance.choice(JUNK)
                )
            case _:
                value[key] = mutated(value[key], chance)
        return value
    if isinstance(value, list) and value and chance.random() < 0.9:
        at = chance.randrange(len(value))
        value[at] = mutated(value[at], chance)
        return value
    return copy.deepcopy(chance.choice(JUNK))
