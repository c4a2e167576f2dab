"""Replay on Spark: the same rows, and the same counts, as on one machine."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from aboveboard import spark
from aboveboard.errors import PolicyError, ReplayError
from aboveboard.policy.bundle import PolicyBundle, load_bundle
from aboveboard.records.record import parse_record
from aboveboard.replay.comparing import Comparison
from aboveboard.replay.report import Compared, Report
from aboveboard.replay.rows import COLUMNS
from aboveboard.replay.running import Replay, replay
from aboveboard.replay.worker import Work, make_judge
from tests.replay.records import BAD

GAP = '{"gap":{"missing":7}}'
FOREIGN = '{"level":"info","msg":"Received request."}'
# A fact that no machine knows: a builtin that fails there.
FAILING = """package organisation.acme.decision

import future.keywords.not

# METADATA
# title: Fails
# description: Reads a number as a text.
# related_resources:
# - ref: https://example.org/handbook
#   description: Handbook
# custom:
#   id: ACME-9
#   steps: [decision]
#   phases: [requested]
#   severity: low
#   unknown: does not fire
#   message: {en: "Fails."}
#   remedy: {en: "Repair it."}
findings contains {"rule": "ACME-9", "effect": "deny", "facts": ["subject.age_years"], "args": {}} if {
	input.phase == "requested"
	startswith(input.subject.age_years, "4")
}
"""


def alone(tmp_path: Path, lines: list[str], policies: Path, **more: Any) -> tuple[Any, Comparison]:
    """Rows and counts of one machine."""
    path, rows = tmp_path / "records.jsonl", tmp_path / "rows.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    done = replay(Replay([path], load_bundle([policies]), processes=1, rows=rows, **more))
    return [json.loads(line) for line in rows.read_text("utf-8").splitlines()], done.comparison


def judged_here(
    lines: list[str], policies: Path, baseline: PolicyBundle | None = None
) -> tuple[list[dict[str, Any]], Comparison]:
    """What one machine makes of whole lines, in this process."""
    new = load_bundle([policies])
    judge = make_judge(Work(new, baseline))
    found = Comparison(new.revision, None if baseline is None else baseline.revision)
    rows, seen = [], set()
    for line in lines:
        one = judge.judge(parse_record(line))
        if one.row.decision_id in seen:
            found.add_duplicate()
        else:
            seen.add(one.row.decision_id)
            rows.append(one.row.as_dict())
            found.add(one, dict)
    return rows, found


def rows_of(frame: Any) -> list[dict[str, Any]]:
    """Rows of records, without what Spark's have beside."""
    found = [row.asDict() for row in frame.collect()]
    return [{name: row[name] for name in COLUMNS} for row in found if row["line"] == "record"]


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["decision_id"] or "", row["event_id"]))


def counts(comparison: Comparison) -> dict[str, Any]:
    """Counts, without what is of one machine: places, times, events of examples."""
    found = comparison.as_dict()
    for item in (*found["examples"], *found["drifts"]):
        item.pop("event", None)
        item["place"] = ""
    # A file's reader says less of a line that cannot be one than who looks into it.
    found["bad_lines"] = len(found["bad_lines"])
    for name in ("old_time", "new_time"):
        found[name] = found[name]["count"]
    return found


def test_row_for_row_as_on_one_machine(
    session: Any, tmp_path: Path, lines: list[str], policies: Path
) -> None:
    mixed = [*lines[:40], *BAD, "", GAP, *lines[40:], FOREIGN, '{"gap":{}}']
    expected, comparison = alone(tmp_path, mixed, policies)
    read = session.read.text(str(tmp_path / "records.jsonl"))
    assert read.repartition(7).rdd.getNumPartitions() == 7
    frame = spark.replay(read.repartition(7), str(policies))
    assert in_order(rows_of(frame)) == in_order(expected)
    assert len(expected) == len(lines)
    once = spark.replay(read, str(policies), deduplicate=True)
    assert in_order(rows_of(once)) == in_order(expected)
    assert counts(spark.summary(frame)) == counts(comparison)
    assert comparison.changed > 0
    assert (comparison.bad, comparison.missing, comparison.foreign) == (5, 7, 1)


def test_a_baseline_and_what_drifted(
    session: Any, tmp_path: Path, lines: list[str], policies: Path
) -> None:
    raw = json.loads(lines[0])
    raw["verdict"]["effect"] = "deny"
    raw["verdict"]["findings"] = [{"rule": "R-DM-02", "effect": "deny", "message": ""}]
    drifted = [json.dumps(raw), *lines[1:]]
    bundled = load_bundle()
    expected, comparison = judged_here(drifted, policies, bundled)
    frame = spark.replay(
        session.createDataFrame([(line,) for line in drifted], "record string"),
        load_bundle([policies]),
        baseline=bundled,
    )
    assert in_order(rows_of(frame)) == in_order(expected)
    found = spark.summary(frame, unique=True)
    assert counts(found) == counts(comparison)
    assert found.drifted == 1
    assert found.baseline_revision == bundled.revision


def test_decisions_that_are_there_twice_count_once(
    session: Any, tmp_path: Path, lines: list[str], policies: Path
) -> None:
    twice = [*lines[:30], *lines[10:20]]
    _, comparison = judged_here(twice, policies)
    frame = spark.replay(
        session.createDataFrame([(line,) for line in twice], "record string").repartition(5),
        str(policies),
    )
    assert frame.count() == 40
    assert counts(spark.summary(frame)) == counts(comparison)
    assert comparison.duplicates == 10
    assert spark.summary(frame, unique=True).duplicates <= 10


def test_nulls_empty_partitions_and_nothing_at_all(
    session: Any, lines: list[str], policies: Path
) -> None:
    few = session.createDataFrame([(None,), (lines[0],)], "record string").repartition(8)
    frame = spark.replay(few, str(policies))
    assert [row["line"] for row in frame.orderBy("line").collect()] == ["bad", "record"]
    found = spark.summary(frame)
    assert (found.records, found.bad) == (1, 1)
    assert found.bad_lines[0].problem == "expected a record; the row holds null."
    empty = spark.replay(session.createDataFrame([], "record string"), str(policies))
    assert empty.collect() == []
    none = spark.summary(empty)
    assert none.records == 0
    assert none.new_revision == load_bundle([policies]).revision


def test_events_and_verdicts_in_columns_of_their_own(
    session: Any, tmp_path: Path, lines: list[str], policies: Path
) -> None:
    expected, _ = judged_here(lines, policies)
    split = [json.loads(line) for line in lines]
    assert all("beyond" not in raw for raw in split)
    frame = session.createDataFrame(
        [(json.dumps(raw["event"]).encode(), json.dumps(raw["verdict"]).encode()) for raw in split],
        "event binary, verdict binary",
    )
    assert in_order(rows_of(spark.replay(frame, str(policies)))) == in_order(expected)
    bare = spark.replay(frame.select("event"), str(policies))
    assert {row["kind"] for row in rows_of(bare)} == {"unanswered"}


def test_rows_go_through_parquet_and_filters(
    session: Any, tmp_path: Path, lines: list[str], policies: Path
) -> None:
    path = str(tmp_path / "rows.parquet")
    with gzip.open(tmp_path / "records.jsonl.gz", "wt", encoding="utf-8") as stream:
        stream.writelines(f"{line}\n" for line in lines)
    read = session.read.text(str(tmp_path / "records.jsonl.gz"))
    spark.replay(read, str(policies)).write.parquet(path)
    rows = session.read.parquet(path)
    assert spark.summary(rows).records == len(lines)
    dutch = spark.summary(rows.where("country = 'NL'"))
    assert 0 < dutch.records < len(lines)
    assert set(dutch.groups["country"]) == {"NL"}
    report = Report.of(dutch, new=Compared(kind="directory", given=str(policies)))
    assert report.totals.newly_stopped == dutch.kinds["newly_stopped"] > 0


def test_a_policy_that_fails_is_a_deny_as_on_one_machine(
    session: Any, tmp_path: Path, lines: list[str]
) -> None:
    failing = tmp_path / "failing"
    failing.mkdir()
    (failing / "decision.rego").write_text(FAILING, encoding="utf-8")
    expected, comparison = judged_here(lines, failing)
    frame = spark.replay(
        session.createDataFrame([(line,) for line in lines], "record string"), str(failing)
    )
    assert in_order(rows_of(frame)) == in_order(expected)
    assert sum("runtime.policy_error" in row["rules_added"] for row in expected) > 0
    assert counts(spark.summary(frame)) == counts(comparison)


def test_an_executor_has_one_engine(session: Any, lines: list[str], policies: Path) -> None:
    """Bundles are unpacked once a process, however many tasks and batches it gets."""
    import pyarrow

    from aboveboard.policy.archive import write_archive

    archive = write_archive(load_bundle([policies]))
    first = spark._judge(archive, None, 0)
    assert spark._judge(archive, None, 0) is first
    assert spark._judge(archive, archive, 0) is not first
    assert len(spark._judges) == 1
    batch = pyarrow.RecordBatch.from_pydict({"record": lines[:3]})
    assert spark._judged(batch, first, 10.0).num_rows == 3


def test_what_is_no_record_is_refused_before_a_job_starts(session: Any, policies: Path) -> None:
    with pytest.raises(ReplayError, match="holds no records: expected a column 'record'"):
        spark.replay(session.createDataFrame([(1,)], "record int"), str(policies))
    with pytest.raises(ReplayError, match="holds no records"):
        spark.replay(session.createDataFrame([("a",)], "other string"), str(policies))
    with pytest.raises(PolicyError, match="no such directory"):
        spark.replay(session.createDataFrame([("a",)], "record string"), "nowhere")
    with pytest.raises(ReplayError, match="Expected rows"):
        spark.summary(session.createDataFrame([("a",)], "record string"))


def test_rows_of_different_policies_are_not_counted_together(
    session: Any, lines: list[str], policies: Path
) -> None:
    frame = session.createDataFrame([(line,) for line in lines[:4]], "record string")
    both = spark.replay(frame, str(policies)).union(spark.replay(frame, load_bundle()))
    with pytest.raises(Exception, match="Rows of different policies cannot be counted together"):
        spark.summary(both)
