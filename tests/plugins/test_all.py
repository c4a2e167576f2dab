"""What holds for the plugin of every CRM."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aboveboard import ConfigurationError, Gate, Settings
from aboveboard.crm import FieldMap
from aboveboard.organisation import example

VENDORS = ("dataverse", "hubspot", "odoo", "pipedrive", "salesforce")
HERE = Path(__file__).parent
SAMPLES = sorted(path for vendor in VENDORS for path in (HERE / vendor / "samples").glob("*.json"))


@pytest.fixture(params=VENDORS)
def plugin(request: pytest.FixtureRequest) -> Any:
    return importlib.import_module(f"aboveboard_{request.param}")


def test_wrap_takes_the_same_of_every_vendor(plugin: Any) -> None:
    wanted = [
        "account",
        "disclose",
        "facts",
        "gate",
        "model",
        "on_stopped",
        "passing",
        "purpose",
        "recipient",
        "ttl_s",
    ]
    parameters = inspect.signature(plugin.wrap).parameters
    assert [name for name in wanted if name not in parameters] == []
    assert parameters["purpose"].default is inspect.Parameter.empty


def test_what_is_no_client_is_said_at_once(plugin: Any) -> None:
    with pytest.raises(ConfigurationError, match="client"):
        plugin.wrap(
            object(), purpose="contact_management", gate=Gate(Settings(), organisation=example())
        )


def test_each_has_its_samples(plugin: Any) -> None:
    vendor = plugin.__name__.removeprefix("aboveboard_")
    assert len([path for path in SAMPLES if path.parent.parent.name == vendor]) >= 3


def test_each_field_that_ships_is_described(plugin: Any) -> None:
    fields = FieldMap.shipped(plugin.__name__)
    assert fields.objects()
    undescribed = [
        f"{name}.{field}"
        for name in fields.objects()
        for field, kind in fields.of_object(name).items()
        if kind.categories is None and not kind.free_text
    ]
    assert undescribed == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_sample_is_understood_and_shows_nobody(vendor: str, tmp_path: Path) -> None:
    samples = [path for path in SAMPLES if path.parent.parent.name == vendor]
    command = [sys.executable, "-m", "aboveboard", "check", "--format", "json", "--from", vendor,
               "--purpose", "contact_management", *map(str, samples)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert len(json.loads(done.stdout)) >= len(samples)
    texts = {
        text
        for sample in samples
        for text in _texts(json.loads(sample.read_text("utf-8")))
        if "@" in text
    }
    assert not [text for text in texts if text in done.stdout + done.stderr]


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("payload", ["{}", "[]", "7", '"x"', "null", '{"x": 1}', "[[]]", "[null]"])
def test_what_is_no_payload_is_one_message_and_exit_2(
    vendor: str, payload: str, tmp_path: Path, gate: Gate
) -> None:
    from aboveboard import EventError
    from aboveboard.vendor_events import vendor_events

    with contextlib.suppress(EventError):
        assert vendor_events(gate.manager, vendor, json.loads(payload), gate.pseudonym) == []


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(Settings(), organisation=example())
