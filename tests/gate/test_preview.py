"""`Gate.preview` says what `check` would, and leaves no trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aboveboard import EventError, Gate, hookimpl
from aboveboard.testing import compliant_event


@pytest.mark.parametrize("changes", [{}, {"objections.profiling": True}])
def test_it_says_what_check_says(gate: Gate, log: list[Any], changes: dict[str, Any]) -> None:
    event = compliant_event("profiling", changes=changes)
    before = gate.preview(event)
    assert log == []
    verdict = gate.check(event)
    assert (before.effect, before.findings, before.obligations, before.policy_revision) == (
        verdict.effect, verdict.findings, verdict.obligations, verdict.policy_revision)  # fmt: skip


def test_no_sink_sees_it(plugged: Callable[..., Gate]) -> None:
    class Plugin:
        def __init__(self) -> None:
            self.seen: list[Any] = []

        @hookimpl
        def aboveboard_verdict(self, verdict: Any) -> None:
            self.seen.append(verdict)

        @hookimpl
        def aboveboard_profiling(self) -> list[Any]:
            return [{"rule": "ACME-01", "effect": "deny", "message": "No."}]

    plugin = Plugin()
    gate = plugged(plugin)
    assert gate.preview(compliant_event("profiling")).rules == ("ACME-01",)
    assert plugin.seen == []


def test_what_fails_is_a_deny_as_in_check(plugged: Callable[..., Gate]) -> None:
    class Plugin:
        @hookimpl
        def aboveboard_facts(self) -> None:
            raise RuntimeError

    verdict = plugged(Plugin()).preview(compliant_event("profiling"))
    assert verdict.rules == ("runtime.facts_failed",)


def test_it_wants_an_event(gate: Gate) -> None:
    with pytest.raises(EventError, match="StepEvent"):
        gate.preview({})  # type: ignore[arg-type]
