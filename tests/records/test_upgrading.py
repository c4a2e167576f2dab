"""Every version that ever was is read; a frozen sample of each says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aboveboard import Gate, Settings
from aboveboard.events import SCHEMA_VERSION
from aboveboard.facts import STEPS
from aboveboard.organisation import example
from aboveboard.records.reading import Line, record_lines
from aboveboard.records.record import parse_record
from aboveboard.records.upgrading import UPGRADES, upgraded

FROZEN = Path(__file__).parent / "frozen"
VERSIONS = [*UPGRADES, SCHEMA_VERSION]


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(Settings(), organisation=example())


def test_each_version_has_its_sample_and_a_way_up() -> None:
    assert {path.stem for path in FROZEN.glob("v*.jsonl")} == set(VERSIONS)
    version = VERSIONS[0]
    seen = [version]
    while version in UPGRADES:
        version = UPGRADES[version][0]
        seen.append(version)
    assert seen == VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
def test_a_frozen_sample_is_read_and_can_be_decided_on(gate: Gate, version: str) -> None:
    """By today's policies: what they say of it is theirs to change."""
    steps = set()
    for line in record_lines(FROZEN / f"{version}.jsonl"):
        assert isinstance(line, Line)
        assert f":{version}" in json.loads(line.text)["event"]["dataschema"]
        record = parse_record(line.text)
        steps.add(record.event.step)
        assert record.verdict is not None
        assert gate.engine.evaluate(record.event.step, record.event.engine_input()).revision
    assert steps == set(STEPS)


def test_what_v1alpha1_had_otherwise() -> None:
    *_, last = (FROZEN / "v1alpha1.jsonl").read_text(encoding="utf-8").splitlines()
    event = parse_record(last).event
    assert [field.name for field in event.facts.fields or ()] == ["unnamed-1", "unnamed-2"]
    assert event.facts.ai is not None
    assert event.facts.ai.annex_iii_point == "5(b)"


@pytest.mark.parametrize(
    ("stated", "point"),
    [("5b", "5(b)"), ("III.5 (b)", "5(b)"), ("2", "2"), ("8(A)", "8(a)"), ("15(b)", None),
     ("5(e)", None), ("as the lawyers say", None), (5, 5)],
)  # fmt: skip
def test_points_of_annex_iii(stated: object, point: object) -> None:
    raw = {
        "dataschema": "urn:io.aboveboard:schema:profiling:v1alpha1",
        "data": {"ai": {"annex_iii_point": stated}},
    }
    assert upgraded(raw) == {
        "dataschema": "urn:io.aboveboard:schema:profiling:v1",
        "data": {"ai": {"annex_iii_point": point}},
    }


@pytest.mark.parametrize(
    "raw", [None, 5, {}, {"dataschema": 5}, {"dataschema": "urn:other"}, {"dataschema": None}]
)
def test_what_is_no_event_is_left_to_who_reads_events(raw: object) -> None:
    assert upgraded(raw) == raw
