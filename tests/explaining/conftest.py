"""Recorded decisions of a day that stands still, and what is at hand around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import structlog

from aboveboard import Gate, hookimpl
from aboveboard.events import StepEvent
from aboveboard.explaining import Known
from aboveboard.organisation import Organisation, example
from aboveboard.policy.bundle import PolicyBundle, load_bundle
from aboveboard.records.record import Record, parse_record, record_line
from aboveboard.testing import compliant_event

TIME = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)

Make = Callable[..., Record]


class Seen:
    event: StepEvent

    @hookimpl
    def aboveboard_verdict(self, event: StepEvent) -> None:
        self.event = event


@pytest.fixture(scope="session")
def bundle() -> PolicyBundle:
    return load_bundle()


@pytest.fixture(scope="session")
def organisation() -> Organisation:
    return example(date(2026, 11, 2))


@pytest.fixture(scope="session")
def gate(organisation: Organisation) -> Iterator[Gate]:
    with Gate(organisation=organisation) as gate:
        yield gate


@pytest.fixture
def make(gate: Gate, organisation: Organisation) -> Iterator[Make]:
    """A decision as it is read back from record; `verdict` changes what was decided."""
    structlog.configure(processors=[structlog.processors.KeyValueRenderer()])
    seen = Seen()
    gate.register(seen, inline=True)

    def record(
        step: Any,
        phase: Any = "requested",
        changes: dict[str, Any] | None = None,
        *,
        verdict: dict[str, Any] | None = None,
        beyond: tuple[str, ...] = (),
        **attributes: Any,
    ) -> Record:
        event = compliant_event(step, phase, changes=changes, organisation=organisation, time=TIME)
        found = gate.check(replace(event, **attributes))
        found = found.model_copy(update=verdict or {})
        return parse_record(record_line(seen.event, found, beyond))

    yield record
    gate.unregister(seen)
    structlog.reset_defaults()


@pytest.fixture
def known(bundle: PolicyBundle, organisation: Organisation) -> Known:
    return Known(bundle=bundle, organisation=organisation, place="records/a.jsonl:3")
