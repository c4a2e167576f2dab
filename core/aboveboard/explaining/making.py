"""Choose how a record is told."""

from __future__ import annotations

from typing import Literal, get_args

from aboveboard.errors import RecordError
from aboveboard.explaining.known import Known
from aboveboard.explaining.page import Page
from aboveboard.records.record import Record

__all__ = ["AUDIENCES", "Audience", "explain"]

Audience = Literal["engineer", "auditor", "person"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)


def explain(record: Record, audience: Audience, known: Known) -> Page:
    """Tell one recorded decision.

    Args:
        record: event and verdict.
        audience: `engineer`, `auditor` or `person`. What a person is told stands in one of
            `words.LANGUAGES`, by `known.language`; the others are told in English, with the rules'
            messages in that language.
        known: what is at hand around it.

    Raises:
        RecordError: the record holds no verdict, or there are no words in the language.
    """
    verdict = record.verdict
    if verdict is None:
        msg = (
            "The record holds an event and no verdict: nothing was decided. "
            "'aboveboard check' decides on its event."
        )
        raise RecordError(msg)
    if audience == "person":
        from aboveboard.explaining.person import for_person

        return for_person(record, verdict, known)
    if audience == "auditor":
        from aboveboard.explaining.auditor import for_auditor

        return for_auditor(record, verdict, known)
    from aboveboard.explaining.engineer import for_engineer

    return for_engineer(record, verdict, known)
