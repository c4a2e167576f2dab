"""A module-level step, as other processes import it."""

from __future__ import annotations

import functools
from typing import Annotated

from pydantic import BaseModel

from aboveboard import NotPersonal, SubjectId, pd
from tests.steps.helpers import ASKED, OBJECTS, scoring

__all__ = ["Lead", "doubled", "score"]


class Lead(BaseModel):
    id: Annotated[str, SubjectId]
    job: Annotated[str, pd.Job]
    age: Annotated[int | None, pd.Age] = None


@scoring(facts=lambda lead: OBJECTS if lead.job == "objecting" else ASKED)
def score(lead: Lead, factor: Annotated[int, NotPersonal] = 1) -> int:
    assert lead.age is None
    return len(lead.job) * factor


doubled = functools.partial(score, factor=2)
