"""The last of a decision: it is recorded and logged, or it is a deny."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from aboveboard.errors import EngineError
from aboveboard.explain import log_verdict
from aboveboard.records.recorder import why

if TYPE_CHECKING:
    from aboveboard.events import StepEvent
    from aboveboard.modes import Modes
    from aboveboard.outcome import Outcome
    from aboveboard.records.recorder import Recorder
    from aboveboard.verdicts import Verdict

__all__ = ["conclude"]


def conclude(
    event: StepEvent,
    outcome: Outcome,
    verdict: Callable[[], Verdict],
    recorder: Recorder | None,
    modes: Modes,
) -> Verdict:
    """The verdict, once it is on record and in the log.

    Args:
        event: what was decided on, all facts in.
        outcome: what was found; what goes wrong here is added.
        verdict: makes a verdict of the outcome as it stands.
        recorder: of the gate; None when nothing is recorded.
        modes: whether a step may go on though it is not on record.
    """
    found = verdict()
    recorded = recorder is not None and _recorded(event, outcome, found, recorder, modes)
    if recorder is not None and not recorded:
        found = verdict()
    try:
        log_verdict(event, found)
    except Exception as error:
        outcome.refuse(
            EngineError(
                "runtime.explanation_failed",
                f"The decision could not be logged ({type(error).__name__}).",
                "Look at the processors and the output that structlog is set to.",
            )
        )
        found = verdict()
        if recorder is not None and recorded:
            # The one before says what the policies said, this one what became of it: a deny anyway.
            with suppress(Exception):
                recorder.record(event, found, outcome.beyond, outcome.question)
    return found


def _recorded(
    event: StepEvent, outcome: Outcome, found: Verdict, recorder: Recorder, modes: Modes
) -> bool:
    try:
        recorder.record(event, found, outcome.beyond, outcome.question)
    except Exception as error:
        problem = why(error)
        failed = EngineError(
            "runtime.recording_failed",
            f"The decision could not be recorded ({problem}).",
            "Make room where record_directory lies, and let this process write there.",
        )
        if modes.allows(event, failed.reason):
            outcome.tolerate(failed)
        else:
            outcome.refuse(failed)
        return False
    return True
