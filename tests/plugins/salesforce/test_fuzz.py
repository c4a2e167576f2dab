"""Payloads that are no longer what Salesforce sends: events or one clear error, never anything else."""

from __future__ import annotations

import contextlib
import copy
import random
from typing import Any

import pytest

from aboveboard import EventError, Gate, Settings, WebhookError
from aboveboard_salesforce import ChangeEvents, events
from aboveboard_salesforce.change_events import FIELDS
from aboveboard_salesforce.soql import SoqlError, parse_soql
from aboveboard_salesforce.sosl import parse_sosl
from tests.plugins.salesforce.test_changes import SAMPLES, pseudonym

STRANGE: list[Any] = [
    None, True, False, 0, -1, 1e308, 10**30, "", "x", "\x00", "ä🙂\u202e", [], {}, [[]], [None],
    {"attributes": {}}, {"records": []}, "2026-13-45T99:99:99Z", "00Q5g00000AbCdEEAV", "9" * 400,
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key in value:
            found += places(value[key], (*path, key))
    elif isinstance(value, list):
        for number in range(len(value)):
            found += places(value[number], (*path, number))
    return found


def mutated(dice: random.Random) -> Any:
    value = copy.deepcopy(dice.choice(list(SAMPLES.values())))
    for _ in range(dice.randint(1, 4)):
        known = places(value)
        if not known:
            break
        *way, last = dice.choice(known)
        holder = value
        for key in way:
            holder = holder[key]
        match dice.randint(0, 4):
            case 0:
                del holder[last]
            case 1 if isinstance(holder, dict):
                holder[dice.choice(["New__c", "attributes", "Id", "", "PartyId"])] = holder.pop(
                    last
                )
            case 2:
                holder[last] = copy.deepcopy(dice.choice(list(SAMPLES.values())))
            case _:
                holder[last] = copy.deepcopy(dice.choice(STRANGE))
    return value


def translated(number: int, inbox: ChangeEvents) -> None:
    payload = mutated(random.Random(number))
    found: list[Any] = []
    with contextlib.suppress(EventError):
        found = events(payload, pseudonym)
    for event in found:
        for field in event.facts.fields or ():
            if field.categories:  # only what is described claims to be something
                assert any(field.name in FIELDS.of_object(name) for name in FIELDS.objects())
    with contextlib.suppress(WebhookError):
        inbox.receive(payload)


@pytest.fixture(scope="module")
def inbox() -> ChangeEvents:
    return ChangeEvents(Gate(Settings()))


def test_mutated_payloads(inbox: ChangeEvents) -> None:
    for number in range(300):
        translated(number, inbox)


@pytest.mark.nightly
def test_many_mutated_payloads(inbox: ChangeEvents) -> None:
    for number in range(300, 5300):
        translated(number, inbox)


QUERIES = [
    "SELECT Id, Name, Individual.ShouldForget FROM Lead WHERE Email = 'a\\'b' AND Id IN ('x','y') LIMIT 5",
    "SELECT COUNT(Id) n, MAX(CreatedDate) FROM Lead l GROUP BY ROLLUP(l.Industry) HAVING COUNT(Email) > 1",
    "SELECT Name, (SELECT Name FROM Contacts ORDER BY Name) FROM Account WITH USER_MODE FOR VIEW",
    "SELECT FIELDS(ALL) FROM Lead WHERE Id IN (SELECT LeadId FROM CampaignMember) ALL ROWS",
    "FIND {Aino} IN ALL FIELDS RETURNING Lead(Id, Name WHERE Name LIKE 'A%' LIMIT 5), Contact LIMIT 3",
]


def test_mutated_queries_are_read_or_refused() -> None:
    """What is read comes out as a query that is read in the same way."""
    dice = random.Random(7)
    for _ in range(3000):
        query = dice.choice(QUERIES)
        for _ in range(dice.randint(0, 3)):
            start = dice.randrange(len(query))
            put = dice.choice(
                ["", "(", ")", "'", ",", " FROM ", " SELECT ", "\\", ".", " IN ", "\n", "ä"]
            )
            query = query[:start] + put + query[start + dice.randint(0, 3) :]
        read = parse_sosl if query.startswith("FIND") else parse_soql
        try:
            found = read(query)
        except SoqlError:
            continue
        assert read(found.text()).text() == found.text()
