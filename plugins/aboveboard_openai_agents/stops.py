"""Stops that the SDK lets out as they are.

It makes a `UserError` of whatever a tool raises, unless it is one of its own: so these are both.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from agents import AgentsException

from aboveboard import StepDenied, StepEscalated, StepStopped

__all__ = ["AgentStepDenied", "AgentStepEscalated", "noted", "noting", "outward"]

_noted: ContextVar[list[StepStopped] | None] = ContextVar("aboveboard_agent_stops", default=None)


class AgentStepDenied(StepDenied, AgentsException):  # type: ignore[misc]
    """A `StepDenied` that comes out of `Runner.run`."""


class AgentStepEscalated(StepEscalated, AgentsException):  # type: ignore[misc]
    """A `StepEscalated` that comes out of `Runner.run`."""


def outward(stopped: StepStopped) -> StepStopped:
    """The stop in the form that comes out of the SDK."""
    made: StepStopped = stopped
    if not isinstance(stopped, AgentStepDenied | AgentStepEscalated):
        form = AgentStepEscalated if isinstance(stopped, StepEscalated) else AgentStepDenied
        made = form(str(stopped), stopped.verdict)
    return made


@contextmanager
def noting() -> Iterator[list[StepStopped]]:
    """Stops within: an agent that is run as a tool tells its caller of them as of any error."""
    stops: list[StepStopped] = []
    token = _noted.set(stops)
    try:
        yield stops
    finally:
        _noted.reset(token)


def noted(stopped: StepStopped) -> StepStopped:
    """Note a stop that is about to come out."""
    stops = _noted.get()
    if stops is not None:
        stops.append(stopped)
    return stopped
