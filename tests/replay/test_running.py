"""Whole replays in real processes: counted once, in flat memory, whatever happens to a worker."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.errors import RecordError, ReplayError
from aboveboard.policy.bundle import load_bundle
from aboveboard.replay import pool, running
from aboveboard.replay.comparing import Bad, Difference
from aboveboard.replay.deciding import Replayer
from aboveboard.replay.judging import Judge
from aboveboard.replay.running import Finished, Replay, replay
from aboveboard.replay.worker import judged
from tests.policies.writing import rego

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aboveboard.policy.bundle import PolicyBundle
    from aboveboard.records.record import Record


def counts(found: Finished) -> dict[str, Any]:
    """Without what is measured."""
    raw = found.comparison.as_dict()
    for side in ("old_time", "new_time"):
        raw[side] = raw[side]["count"]
    return raw


@pytest.fixture
def records(many: Callable[[int], str], tmp_path: Path) -> Path:
    path = tmp_path / "records.jsonl"
    path.write_text(many(64))
    return path


def test_the_policies_that_decided_decide_the_same_and_others_what_they_say(
    records: Path, shipped: PolicyBundle, stricter: PolicyBundle, tmp_path: Path
) -> None:
    same = replay(Replay([records], shipped, processes=1))
    assert not same.partial
    assert same.comparison.kinds == {"same": 64}
    assert same.comparison.drifted == 0
    assert [(one.path, one.records, one.bad, one.read) for one in same.files] == [
        (records, 64, 0, True)
    ]
    other = replay(Replay([records], stricter, processes=2, rows=tmp_path / "rows.jsonl"))
    # The completed recommendations: one as it should be, one with an objection, which no rule reads then.
    assert other.comparison.kinds == {"same": 32, "newly_stopped": 32}
    assert other.comparison.groups["rule"]["ACME-1"] == {
        "new": 32, "newly_stopped": 32, "newly_denied": 32, "changed_rules": 32,
    }  # fmt: skip
    (example,) = other.comparison.examples
    assert example.event is not None
    assert example.event["type"] == "io.aboveboard.recommendation.completed.v1"
    rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert [row["event_id"] for row in rows] == [f"e-{n}" for n in range(64)]
    one = replay(Replay([records], stricter, processes=1))
    assert counts(one) == counts(other)


def test_a_baseline_is_evaluated_too(
    records: Path, shipped: PolicyBundle, stricter: PolicyBundle
) -> None:
    found = replay(Replay([records], stricter, shipped, processes=1)).comparison
    assert found.kinds == {"same": 32, "newly_stopped": 32}
    assert found.old_time.count == found.new_time.count == 64
    back = replay(Replay([records], shipped, stricter, processes=1)).comparison
    assert back.kinds == {"same": 32, "newly_allowed": 32}


def test_what_is_damaged_or_there_twice_is_counted_and_left_out(
    many: Callable[[int], str], shipped: PolicyBundle, tmp_path: Path
) -> None:
    lines = many(6).splitlines()
    newer = json.dumps({**json.loads(lines[0]), "record": 2})
    gap = '{"gap":{"missing":3,"since":"2026-11-02T09:30:00Z","until":"2026-11-02T09:31:00Z"}}'
    console = '{"level":"info","msg":"Server started.","time":"2026-11-02T09:30:00Z"}'
    first = tmp_path / "a.jsonl"
    first.write_text("\n".join([lines[0], newer, lines[1], gap, lines[0], lines[2][:-40]]) + "\n")
    second = tmp_path / "b.jsonl.gz"
    packed = gzip.compress(("\n".join([lines[1], console, *lines[3:]]) + "\n").encode())
    second.write_bytes(packed[:-4])
    found = replay(Replay([first, second], shipped, processes=2))
    told = found.comparison
    assert (told.records, told.duplicates, told.missing, told.foreign) == (5, 2, 3, 1)
    assert [(bad.place, bad.problem) for bad in told.bad_lines] == [
        (f"{first}:2", "record: version 2 is newer than this Aboveboard knows (1). Update Aboveboard to read it."),
        (f"{first}:6", "half a line, as a crash leaves it."),
        (f"{second}:5", "the compressed data are cut off; cannot be read further."),
    ]  # fmt: skip
    assert [(one.records, one.bad) for one in found.files] == [(2, 2), (3, 1)]


def test_an_odd_duration_costs_its_line_and_no_other(
    many: Callable[[int], str], shipped: PolicyBundle, tmp_path: Path
) -> None:
    lines = [json.loads(line) for line in many(12).splitlines()]
    for number, odd in enumerate((1e308, "inf", -5)):
        lines[number]["verdict"]["duration_ms"] = odd
    path = tmp_path / "records.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    told = replay(Replay([path], shipped, processes=1)).comparison
    assert (told.records, told.bad, told.kinds) == (9, 3, {"same": 9})
    assert [bad.place for bad in told.bad_lines] == [f"{path}:{n}" for n in (1, 2, 3)]
    assert "verdict.duration_ms: Input should be" in told.bad_lines[0].problem


class Clumsy(Judge):
    """Has a defect that shows on one record."""

    def judge(self, record: Record, place: str = "", *, failed: str | None = None) -> Difference:
        if record.event.id == "e-2":
            msg = "LEAKED"
            raise ZeroDivisionError(msg)
        return super().judge(record, place, failed=failed)


def test_a_defect_of_ours_is_told_as_such_at_its_place(
    many: Callable[[int], str], shipped: PolicyBundle
) -> None:
    judge = Clumsy(Replayer(shipped))
    found = [judged(judge, f"a:{n}", line.encode()) for n, line in enumerate(many(4).splitlines())]
    assert found[2] == Bad(
        "a:2",
        "runtime.internal_error: Aboveboard itself failed with ZeroDivisionError. "
        "Please report it with the version and the step.",
    )
    assert [type(one) for one in found] == [Difference, Difference, Bad, Difference]


def dying(_: object, connection: Any, counter: Any) -> None:
    """A worker that ends on the second line of each chunk, whether policies are asked or not."""
    connection.send("ready")
    connection.recv()
    counter.value = 1
    os._exit(3)


def test_a_record_that_ends_workers_without_policies_counts_once_and_is_not_their_fault(
    records: Path, shipped: PolicyBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "serve", dying)
    monkeypatch.setattr(pool, "MAX_FAILED", 1)
    with pytest.raises(ReplayError) as told:
        replay(Replay([records], shipped, processes=1))
    assert str(told.value) == (
        f"Aboveboard itself ended (exit code 3) on {records}:2. Please report it with the version "
        "and the step; without that line the replay goes on."
    )


def test_a_directory_without_records_and_a_file_that_is_not_there_are_errors(
    shipped: PolicyBundle, tmp_path: Path
) -> None:
    with pytest.raises(ReplayError, match="no record files"):
        replay(Replay([tmp_path], shipped))
    with pytest.raises(RecordError, match="is not there"):
        replay(Replay([tmp_path / "none.jsonl"], shipped))


LOOP = """
_slow := count([1 |
	input.recommendation.alternatives_count == 77
	some a in numbers.range(1, 4000)
	some b in numbers.range(1, 4000)
	a == b
])
"""


@pytest.fixture
def looping(tmp_path: Path) -> PolicyBundle:
    """Policies that take for ever, when 77 alternatives are counted."""
    directory = tmp_path / "looping"
    directory.mkdir()
    text = rego(changes={"_acme_1_most := 3": f"_acme_1_most := 3\n{LOOP}"})
    text = text.replace("\t_acme_1_count > _acme_1_most\n", "\t_acme_1_count + _slow > 3\n")
    (directory / "loop.rego").write_text(text)
    return load_bundle([directory])


def test_a_policy_that_loops_on_one_event_costs_that_event_and_no_other(
    many: Callable[[int], str], looping: PolicyBundle, tmp_path: Path
) -> None:
    lines = [json.loads(line) for line in many(32).splitlines()]
    guilty = lines[22]
    assert ".recommendation.completed." in guilty["event"]["type"]
    guilty["event"]["data"]["recommendation"]["alternatives_count"] = 77
    path = tmp_path / "records.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    found = replay(Replay([path], looping, processes=2, limit_s=1, rows=tmp_path / "rows.jsonl"))
    assert found.comparison.records == 32
    assert found.comparison.groups["rule"]["runtime.timeout"]["newly_stopped"] == 1
    rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    stopped = [row for row in rows if row["kind"] == "newly_stopped"]
    assert [(row["event_id"], row["new_effect"]) for row in stopped] == [
        (guilty["event"]["id"], "deny")
    ]
    assert [row["event_id"] for row in rows] == [f"e-{n}" for n in range(32)]


def test_policies_that_loop_on_many_events_are_given_up(
    many: Callable[[int], str],
    looping: PolicyBundle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool, "MAX_FAILED", 0)
    path = tmp_path / "records.jsonl"
    lines = [json.loads(line) for line in many(16).splitlines()]
    for line in lines:
        line["event"]["data"].setdefault("recommendation", {})["alternatives_count"] = 77
    lines = [line for line in lines if "recommendation.completed" in line["event"]["type"]]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    with pytest.raises(ReplayError, match=r"over 1 s on 1 records, lastly on .*records.jsonl:1\."):
        replay(Replay([path], looping, processes=1, limit_s=1))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills by signal")
def test_a_worker_that_somebody_kills_is_replaced_and_nothing_is_lost(
    many: Callable[[int], str], stricter: PolicyBundle, tmp_path: Path
) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text(many(600))
    killed = []

    def kill(*_: int) -> None:
        if len(killed) < 2:
            workers = multiprocessing.active_children()
            assert workers[0].pid is not None
            os.kill(workers[0].pid, signal.SIGKILL)
            killed.append(workers[0].pid)

    found = replay(Replay([path], stricter, processes=2, deduplicate=True, advanced=kill))
    assert len(killed) == 2
    assert found.comparison.records == 600
    assert found.comparison.kinds == {"same": 300, "newly_stopped": 300}
    assert "runtime.policy_error" not in found.comparison.groups["rule"]


def test_a_replay_that_was_stopped_goes_on_where_it_was_and_counts_the_same(
    many: Callable[[int], str],
    stricter: PolicyBundle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [many(200), many(300)]  # the second has all of the first once more
    files = [tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz"]
    files[0].write_text(texts[0])
    files[1].write_bytes(gzip.compress(texts[1].encode()))
    task = Replay(files, stricter, processes=2, deduplicate=True)
    whole = replay(replace(task, rows=tmp_path / "whole.jsonl"))
    stops = iter([60, 120, 120])
    parts: list[Finished] = []
    while not parts or parts[-1].partial:
        assert len(parts) < 5
        limit, seen = next(stops, 10_000), [0]

        def stop(count: int, _: int, seen: list[int] = seen, limit: int = limit) -> None:
            seen[0] += count
            if seen[0] >= limit:
                signal.raise_signal(signal.SIGINT)

        parts.append(
            replay(
                replace(task, rows=tmp_path / "rows.jsonl", state=tmp_path / "state", advanced=stop)
            )
        )
    assert len(parts) >= 3
    assert parts[0].partial
    assert not parts[0].files[1].read
    assert parts[-1].resumed > parts[1].resumed > 0
    assert {**counts(parts[-1]), "reused": 0, "new_time": 0} == {
        **counts(whole), "reused": 0, "new_time": 0,
    }  # fmt: skip
    assert whole.comparison.duplicates == 200
    assert [(one.records, one.read) for one in parts[-1].files] == [(200, True), (100, True)]
    assert (tmp_path / "rows.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    again = replay(replace(task, rows=tmp_path / "rows.jsonl", state=tmp_path / "state"))
    assert counts(again) == counts(parts[-1])
    assert not again.partial


def test_a_state_is_of_one_replay_only(
    records: Path, shipped: PolicyBundle, stricter: PolicyBundle, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    replay(Replay([records], shipped, processes=1, deduplicate=True, state=state))
    with pytest.raises(ReplayError, match=r"another replay: policies changed\. Remove it"):
        replay(Replay([records], stricter, state=state))
    with records.open("a") as more:
        more.write("\n")
    with pytest.raises(ReplayError, match="another replay: records changed"):
        replay(Replay([records], shipped, state=state))
    state.write_text("[]")
    with pytest.raises(ReplayError, match="no state of a replay"):
        replay(Replay([records], shipped, state=state))
    with pytest.raises(ReplayError, match="cannot be continued"):
        replay(Replay([records], shipped, state=tmp_path / "s", rows=tmp_path / "r.parquet"))


KILLED = """
import sys
from pathlib import Path
from aboveboard.policy.bundle import load_bundle
from aboveboard.replay import running
from aboveboard.replay.running import Replay, replay

running._SAVE_EVERY_S = 0.0

if __name__ == "__main__":
    def told(count, _):
        print(count, flush=True)
    here = Path(sys.argv[1])
    replay(Replay([here / "records.jsonl"], load_bundle(), processes=2, deduplicate=True,
                  rows=here / "rows.jsonl", state=here / "state", advanced=told))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills by signal")
def test_a_replay_that_is_killed_loses_what_it_did_since_the_last_save_and_no_more(
    many: Callable[[int], str], shipped: PolicyBundle, tmp_path: Path
) -> None:
    (tmp_path / "records.jsonl").write_text(many(900))
    (tmp_path / "program.py").write_text(KILLED)
    process = subprocess.Popen(
        [sys.executable, str(tmp_path / "program.py"), str(tmp_path)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    read = 0
    while read < 200:
        read += int(process.stdout.readline())
    process.kill()
    process.wait()
    process.stdout.close()
    before = json.loads((tmp_path / "state").read_text())["comparison"]["records"]
    assert before > 30
    found = replay(
        Replay(
            [tmp_path / "records.jsonl"], shipped, processes=2, deduplicate=True,
            rows=tmp_path / "rows.jsonl", state=tmp_path / "state",
        )
    )  # fmt: skip
    assert found.resumed == before
    assert found.comparison.records == 900
    assert found.comparison.duplicates == 0
    rows = (tmp_path / "rows.jsonl").read_text().splitlines()
    assert [json.loads(row)["event_id"] for row in rows] == [f"e-{n}" for n in range(900)]


@pytest.mark.parametrize("named", ["state", "rows.jsonl", "rows.parquet"])
def test_what_one_replay_writes_is_no_other_s_meanwhile(
    records: Path, shipped: PolicyBundle, tmp_path: Path, named: str
) -> None:
    if named.endswith(".parquet"):
        pytest.importorskip("pyarrow")
    path = tmp_path / named
    task = Replay([records], shipped, processes=1, **{named.partition(".")[0]: path})
    refused: list[str] = []

    def meanwhile(*_: int) -> None:
        with pytest.raises(ReplayError) as told:
            replay(task)
        refused.append(str(told.value))

    alone = replay(task)
    written = path.read_bytes()
    path.unlink()
    disturbed = replay(replace(task, advanced=meanwhile))
    assert set(refused) == {
        f"'{path}' is in use by another replay. Wait for it, or name another file."
    }
    assert counts(disturbed) == counts(alone)
    if named == "rows.jsonl":
        assert path.read_bytes() == written
    replay(task)  # what is done is free again


def test_a_second_interruption_does_not_wait(
    many: Callable[[int], str], shipped: PolicyBundle, tmp_path: Path
) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text(many(500))

    def stop(*_: int) -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        replay(Replay([path], shipped, processes=1, advanced=stop, state=tmp_path / "state"))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert replay(
        Replay([path], shipped, processes=1, deduplicate=True, state=tmp_path / "state")
    ).comparison.records == 500  # fmt: skip


def test_a_thread_may_replay_too(records: Path, shipped: PolicyBundle) -> None:
    found: list[Finished] = []
    thread = threading.Thread(
        target=lambda: found.append(replay(Replay([records], shipped, processes=1)))
    )
    thread.start()
    thread.join(60)
    assert found[0].comparison.records == 64


def test_no_process_is_left_behind(records: Path, shipped: PolicyBundle) -> None:
    replay(Replay([records], shipped, processes=2))
    assert multiprocessing.active_children() == []
    assert running.available_cores() >= 1
