"""What a gate decides by at the moment, and how its engine is doing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from aboveboard.manager import PluginReport
from aboveboard.policy.engine import EngineHealth, PolicyEngine, Reporting
from aboveboard.records.recorder import RecordingStatus
from aboveboard.sinks import SinkStatus

if TYPE_CHECKING:
    from aboveboard.gate import Gate
    from aboveboard.policy.reloading import Sources
    from aboveboard.revisions import ExpectedRevisions

__all__ = ["GateStatus", "aengine_health", "engine_health", "gate_status"]


class GateStatus(BaseModel):
    """The answer of `gate.status()`; holds nothing personal.

    Attributes:
        engine: its name.
        policy_revision: the revision in force; None when the engine cannot tell.
        loaded_at: when policies and organisation were last loaded, UTC.
        last_reload_error: why the newest change is not in force; None when it is.
        organisation: name of the organisation whose register and profile fill events.
        plugins: what became of each installed plugin.
        sinks: how each sink and reviewer keeps up.
        recording: how recording fares, with what is missing; None when nothing is recorded.
        healthy: the engine can decide now. The embedded one always can.
        engine_error: what needs looking at on a server, such as a bundle that it cannot activate;
            None when nothing.
        revision_error: which other policies are in force than `expected_revisions` names; None when
            they are expected, or when nobody can tell.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    engine: str
    policy_revision: str | None
    loaded_at: datetime
    last_reload_error: str | None
    organisation: str
    plugins: tuple[PluginReport, ...]
    sinks: tuple[SinkStatus, ...]
    recording: RecordingStatus | None
    healthy: bool
    engine_error: str | None
    revision_error: str | None


def engine_health(engine: PolicyEngine) -> EngineHealth | None:
    """Ask an engine that can be down; None for one that cannot."""
    if not isinstance(engine, Reporting):
        return None
    try:
        return engine.health()
    except Exception as error:
        return _failed(error)


async def aengine_health(engine: PolicyEngine) -> EngineHealth | None:
    """`engine_health` without blocking the event loop."""
    if not isinstance(engine, Reporting):
        return None
    try:
        return await engine.ahealth()
    except Exception as error:
        return _failed(error)


def gate_status(
    gate: Gate,
    sources: Sources,
    engine: PolicyEngine,
    health: EngineHealth | None,
    expected: ExpectedRevisions,
) -> GateStatus:
    """The status of a gate that has this engine, in this health."""
    revision = getattr(engine, "revision", None)
    if health is not None:
        revision = health.revision or revision
    return GateStatus(
        engine=engine.name,
        policy_revision=revision,
        loaded_at=sources.loaded_at,
        last_reload_error=sources.error,
        organisation=gate.organisation.name,
        plugins=gate.manager.reports,
        sinks=gate.sinks,
        recording=gate.recording,
        healthy=health is None or health.healthy,
        engine_error=None if health is None else health.error,
        revision_error=expected.problem(revision),
    )


def _failed(error: Exception) -> EngineHealth:
    """A plugin's engine broke its promise; the text of its error may quote anything."""
    return EngineHealth(healthy=False, error=f"The engine failed with {type(error).__name__}.")
