"""The compliant events stay compliant as years go by: nothing that ships goes stale."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from aboveboard.facts import PHASES, STEPS, Phase, Step
from aboveboard.testing import compliant_event

if TYPE_CHECKING:
    from aboveboard.gate import Gate

# The last is after the AI Act came to bind high-risk systems of Annex III: the example's are ready.
DAYS = [datetime(2027, 1, 15, tzinfo=UTC), datetime(2027, 6, 1, 23, tzinfo=UTC),
        datetime(2028, 2, 1, 9, 30, tzinfo=UTC)]  # fmt: skip


@pytest.mark.parametrize("time", DAYS, ids=lambda day: day.date().isoformat())
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("step", STEPS)
def test_compliant_on_any_day(step: Step, phase: Phase, time: datetime, gate: Gate) -> None:
    assert gate.check(compliant_event(step, phase, time=time)).findings == ()
