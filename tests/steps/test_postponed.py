"""Annotations as text (`from __future__ import annotations`), in a module and in a function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import pytest

from aboveboard import SignatureError, SubjectId, pd
from tests.steps.helpers import scoring

if TYPE_CHECKING:
    from aboveboard.gate import Gate


@dataclass(frozen=True)
class Lead:
    id: Annotated[str, SubjectId]
    job: Annotated[str, pd.Job]
    phone: Annotated[str | None, pd.TelephoneNumber] = None


def test_a_module_level_model(gate: Gate) -> None:
    @scoring(gate=gate)
    def score(lead: Lead) -> str | None:
        return lead.phone

    assert score(Lead("1", "buyer", "555-0100")) is None


def test_a_misspelt_marker_is_refused(gate: Gate) -> None:
    with pytest.raises((SignatureError, AttributeError), match="EmailAdressWork"):

        @scoring(gate=gate)
        def score(email: Annotated[str, pd.EmailAdressWork]) -> int:
            return 1
