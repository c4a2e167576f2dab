"""The same event gives the same verdict to the byte, in any process, wherever and whenever it runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import load_bundle

PROGRAM = """
import json
import os
from datetime import UTC, datetime

import structlog

from aboveboard.facts import PHASES, STEPS
from aboveboard.gate import Gate
from aboveboard.organisation import example
from aboveboard.settings import Settings
from aboveboard.testing import compliant_event, make_event

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
now = datetime(2026, 11, 2, 0, 30, tzinfo=UTC)
settings = Settings(**json.loads(os.environ.get("TEST_SETTINGS", "{}")))
gate = Gate(settings, organisation=example())
changes = {
    "fields": [{"name": name, "free_text": True, "categories": ["pd:Health", "pd:Income"]}
               for name in ("d", "b", "a", "c")],
    "consent": [],
    "processing.legal_basis": "eu-gdpr:A6-1-a",
    "processing.purposes": ["dpv:Marketing", "dpv:AcademicResearch", "dpv:DirectMarketing"],
    "transfer.recipient_country": "US",
}
for step in STEPS:
    for phase in PHASES:
        for event in (
            make_event(step, phase, time=now),
            compliant_event(step, phase, time=now),
            compliant_event(step, phase, changes=changes, time=now),
        ):
            verdict = gate.check(event).as_dict()
            for name in ("id", "decision_id", "duration_ms", "engine"):
                del verdict[name]
            print(json.dumps(verdict, ensure_ascii=False))
"""


def verdicts(**environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout


def test_in_every_process() -> None:
    one = verdicts(PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    assert one == verdicts(PYTHONHASHSEED="2", TZ="Pacific/Auckland", LC_ALL="C.UTF-8")
    assert one == verdicts(PYTHONHASHSEED="3", TZ="America/Los_Angeles")
    read = [json.loads(line) for line in one.splitlines()]
    assert len(read) == 24
    assert sum(len(verdict["findings"]) for verdict in read) > 40


@pytest.mark.opa
def test_on_both_engines(opa_server: Any, tmp_path: Path) -> None:
    archive = tmp_path / "bundle.tar.gz"
    archive.write_bytes(write_archive(load_bundle()))
    with opa_server(archive, bundle=True) as url:
        asked = json.dumps({"engine": "opa", "opa_url": url, "timeout_s": 30})
        assert verdicts(TEST_SETTINGS=asked, TZ="Asia/Kathmandu") == verdicts()


def test_findings_stand_in_order() -> None:
    rank = ["deny", "escalate", "oblige", "warn"]
    for line in verdicts().splitlines():
        order = [
            (rank.index(item["effect"]), item["rule"], item["facts"], item["message"])
            for item in json.loads(line)["findings"]
        ]
        assert order == sorted(order)
