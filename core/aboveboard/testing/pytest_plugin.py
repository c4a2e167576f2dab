"""Fixtures for pytest; a `conftest.py` at the root of the tests asks for them.

    pytest_plugins = ["aboveboard.testing.pytest_plugin"]

The gate is made from the project's settings, so what is tested is the project's own policies.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from aboveboard.defaults import set_default_gate
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.settings import Settings
from aboveboard.testing.recorder import Recorder

__all__ = ["aboveboard_gate", "aboveboard_gate_options", "aboveboard_recorder"]


@pytest.fixture
def aboveboard_gate_options() -> dict[str, Any]:
    """Keywords of `Gate` for the fixture `aboveboard_gate`; override it to change them.

    Without more, the organisation is that of the settings, or else the example, Esimerkki Oy, with
    which `compliant_event` passes.
    """
    return {}


@pytest.fixture
def aboveboard_gate(aboveboard_gate_options: dict[str, Any]) -> Iterator[Gate]:
    """A gate of the test's own. Decorated steps use it, in every thread, until the test ends.

    Sinks get each verdict before it is given, so a test can look at once.
    """
    options = dict(aboveboard_gate_options)
    settings = options.pop("settings", None) or Settings.load(sinks="inline").unrecorded()
    if options.get("organisation") is None and settings.organisation is None:
        options["organisation"] = example()
    with Gate(settings, **options) as gate:
        before = set_default_gate(gate)
        try:
            yield gate
        finally:
            set_default_gate(before)


@pytest.fixture
def aboveboard_recorder(aboveboard_gate: Gate) -> Recorder:
    """What the test's gate decides: `events`, `verdicts`, `rules()`, `reviews`."""
    recorder = Recorder()
    aboveboard_gate.register(recorder, "aboveboard.recorder", inline=True)
    return recorder
