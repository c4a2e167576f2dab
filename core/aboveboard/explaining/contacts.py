"""Whom the person can turn to, by the organisation's profile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.explaining.page import Cell, Lack, Link

if TYPE_CHECKING:
    from aboveboard.explaining.known import Known
    from aboveboard.explaining.words import Words
    from aboveboard.records.record import Record

__all__ = ["contacts"]

_ADDRESS = re.compile(r"(https://|mailto:)[^\s]+|tel:\+[0-9-]+")
_MISSING = MappingProxyType(
    {
        "human": "where the person reaches a human",
        "contest": "where the person contests the decision",
        "object": "where the person objects",
        "data": "where the person asks to see, correct or erase the data",
        "authority": "the authority that the person may complain to",
    }
)
_PROFILE = "organisation profile (contact: {key})"
_NO_PROFILE = "organisation profile (contact: {key}); name its file by the setting 'organisation'"


def contacts(
    record: Record, known: Known, speak: Words, lacks: list[Lack]
) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    """What the person can do, each with an address or with the word that it is missing."""
    stated = known.organisation.contact if known.organisation else None
    facts = record.event.facts
    decision, objections = (getattr(facts, name, None) for name in ("decision", "objections"))
    dpo = stated.dpo if stated else None
    # On record an address is a token; an event that is no record still has it.
    rows = (
        ("human", "human", stated.human if stated else None),
        (
            "contest",
            "contest_channel",
            (stated.contest_channel if stated else None)
            or _address(decision.contest_channel if decision else None),
        ),
        (
            "object",
            "objection_channel",
            (stated.objection_channel if stated else None)
            or _address(objections.channel if objections else None),
        ),
        ("data", "access_channel", (stated.access_channel if stated else None) or dpo),
        ("authority", "authority", stated.authority if stated else None),
    )
    for right, key, address in rows:
        what = speak.say(f"rights.{right}")
        if address:
            yield what, (_shown(address),)
            continue
        place = (_PROFILE if known.organisation else _NO_PROFILE).format(key=key)
        lacks.append(Lack(_MISSING[right], place))
        yield what, (_missing(known, speak),)


def _missing(known: Known, speak: Words) -> str:
    if known.organisation is None:
        return speak.say("rights.missing_nobody")
    return speak.say("rights.missing", organisation=known.organisation.name)


def _address(fact: str | None) -> str | None:
    return fact if fact is not None and _ADDRESS.fullmatch(fact) else None


def _shown(address: str) -> Cell:
    """An address as a link, without what only programs need."""
    text = address
    for scheme in ("https://", "mailto:", "tel:"):
        text = text.removeprefix(scheme)
    return Link(text, address)
