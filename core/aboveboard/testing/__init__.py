"""For tests of plugins, policies and pipelines.

    from aboveboard.testing import compliant_event, recording

    event = compliant_event("recommendation", changes={"objections.direct_marketing": True})
    assert "R-DM-01" in gate.check(event).rules

    with recording(gate) as recorder:       # the default gate, for as long as this lasts
        run_my_pipeline()
    assert recorder.rules() == ()

Fixtures for pytest are in `aboveboard.testing.pytest_plugin`, which this module does not import.
"""

from __future__ import annotations

from aboveboard.testing.events import (
    PURPOSES,
    SUBJECT,
    compliant_event,
    compliant_facts,
    make_event,
)
from aboveboard.testing.recorder import Recorder, recording

__all__ = [
    "PURPOSES",
    "SUBJECT",
    "Recorder",
    "compliant_event",
    "compliant_facts",
    "make_event",
    "recording",
]
