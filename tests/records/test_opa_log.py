"""OPA's own decision log is read as records: frozen, and as a real OPA uploads it."""

from __future__ import annotations

import http.server
import json
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard import Gate, RecordError, Settings
from aboveboard.organisation import example
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import load_bundle
from aboveboard.records.reading import Line, record_lines
from aboveboard.records.record import Record, parse_record
from aboveboard.testing import compliant_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FROZEN = Path(__file__).parent / "frozen" / "opa-1.19.0.jsonl"
OBJECTED = {"objections.profiling": True, "objections.compelling_grounds_ref": None}


def read(path: Path) -> tuple[list[Record], list[str]]:
    """The records of a file, and the kinds of what else is in it."""
    records, others = [], []
    for line in record_lines(path):
        assert isinstance(line, Line)
        try:
            records.append(parse_record(line.text))
        except RecordError as error:
            others.append(error.kind)
    return records, others


def test_the_console_log_of_a_real_opa() -> None:
    records, others = read(FROZEN)
    assert others == ["foreign"] * 3  # it starts, is asked for its revision, stops
    assert [(r.event.step, r.verdict and r.verdict.effect) for r in records] == [
        ("profiling", "allow"),
        ("recommendation", "allow"),
        ("profiling", "deny"),
    ]
    last = records[-1]
    assert last.verdict is not None
    assert last.verdict.rules == ("R-OBJ-01",)
    assert last.verdict.engine == "opa"
    assert last.verdict.policy_revision.startswith("sha256:")
    assert last.verdict.duration_ms > 0
    assert (last.event.subject, last.event.id) == (None, last.verdict.decision_id)
    event = compliant_event("profiling", changes=OBJECTED, time=last.event.time)
    assert last.event.to_dict()["data"].keys() == event.to_dict()["data"].keys()


def broken(**changes: Any) -> str:
    lines = FROZEN.read_text(encoding="utf-8").splitlines()
    raw = next(raw for line in lines if "input" in (raw := json.loads(line)))
    return json.dumps({**raw, **changes})


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        (broken(path="system/authz"), "foreign", "not a decision of Aboveboard's policies"),
        (broken(path=None), "foreign", "not a decision"),
        (broken(path="aboveboard/LEAKED/answer"), "foreign", "not a decision"),
        (broken(input=None), "malformed", "does a mask of OPA's log erase them?"),
        (broken(input={"step": "decision"}), "malformed", "input.step: "),
        (broken(decision_id=5), "malformed", "decision_id: "),
        (broken(result="LEAKED"), "malformed", "result: "),
        *(
            (broken(metrics={"timer_server_handler_ns": odd}), "malformed", "handler_ns: expected")
            for odd in (1e308, 8.65e13, -1, "LEAKED", True, None)
        ),
        (broken(result={"findings": [{"LEAKED": 1}], "revision": "1"}), "malformed", "result: "),
    ],
)
def test_what_is_no_decision_of_ours(text: str, kind: str, says: str) -> None:
    with pytest.raises(RecordError) as refused:
        parse_record(text)
    assert refused.value.kind == kind
    assert says in str(refused.value)
    assert "LEAKED" not in str(refused.value)


def test_a_decision_that_failed_has_no_verdict() -> None:
    raw = json.loads(broken())
    del raw["result"]
    assert parse_record(json.dumps(raw)).verdict is None


@contextmanager
def receiver(folder: Path) -> Iterator[tuple[str, Callable[[], list[Path]]]]:
    """Where OPA uploads to: each body is a file."""

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            (folder / f"{time.monotonic_ns()}.json").write_bytes(body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", lambda: sorted(folder.glob("*.json"))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.opa
def test_what_a_real_opa_uploads(opa_server: Any, tmp_path: Path) -> None:
    archive = tmp_path / "bundle.tar.gz"
    archive.write_bytes(write_archive(load_bundle()))
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    with receiver(uploads) as (url, arrived):
        options = [
            *("--set", f"services.sink.url={url}", "--set", "decision_logs.service=sink"),
            *("--set", "decision_logs.reporting.min_delay_seconds=1"),
            *("--set", "decision_logs.reporting.max_delay_seconds=1"),
        ]
        events = [
            compliant_event("recommendation"),
            compliant_event("profiling", "completed"),
            compliant_event("profiling", changes=OBJECTED),
        ]
        with (
            opa_server(archive, bundle=True, options=options) as opa,
            Gate(Settings(engine="opa", opa_url=opa, timeout_s=30), organisation=example()) as gate,
        ):
            decided = [gate.check(event) for event in events]
            end = time.monotonic() + 20
            while time.monotonic() < end and not arrived():
                time.sleep(0.05)
        records = [record for path in arrived() for record in read(path)[0]]
    assert records[0].event.facts == events[0].facts
    for record, verdict in zip(records, decided, strict=True):
        assert record.verdict is not None
        assert (record.verdict.effect, record.verdict.rules, record.verdict.obligations) == (
            verdict.effect,
            verdict.rules,
            verdict.obligations,
        )
        assert record.verdict.policy_revision == verdict.policy_revision
