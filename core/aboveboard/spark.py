"""The same replay on Apache Spark: records in a DataFrame, a row each out.

    from aboveboard import spark

    records = session.read.text("s3://…/decisions-*.jsonl.gz")
    rows = spark.replay(records, "policies")
    print(spark.summary(rows).changed)

Each executor process has one engine, built from a bundle file that is sent to it once. Rows are those of
`replay.rows`, the same as on one machine; what a row is beside them stands at `EXTRA_COLUMNS`. Needs the
extra `spark`, and Aboveboard on the executors.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aboveboard.errors import ConfigurationError, EventError, ReplayError
from aboveboard.policy.bundle import PolicyBundle
from aboveboard.records.reading import GAP
from aboveboard.replay.comparing import Bad, Comparison, Difference, Drift, Foreign
from aboveboard.replay.gaps import NO_GAP, missing_in
from aboveboard.replay.judging import Judge
from aboveboard.replay.rows import COLUMNS, Row
from aboveboard.replay.running import REMEMBERED
from aboveboard.replay.seen import Seen
from aboveboard.replay.worker import Work, judged, make_judge

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

__all__ = ["EXTRA_COLUMNS", "replay", "summary"]

EXTRA_COLUMNS = {
    "line": "text",
    "problem": "text",
    "missing": "long",
    "time": "text",
    "size": "long",
    "old_ns": "long",
    "new_ns": "long",
    "drift_found": "text",
}
"""Beside those of `replay.rows.COLUMNS`. `line` is `record`, `bad` (then `problem` says what is wrong),
`gap` (then so many records are `missing`) or `foreign`, a line of OPA's log that is no decision of these
policies: in the last three all else is null. Of a record: the event's time, the characters of its facts,
nanoseconds of the old and the new answer, what has drifted as JSON."""

_RECORDS = (("record",), ("event", "verdict"), ("event",), ("value",))
_TEXT = ("string", "binary")


def replay(
    df: DataFrame,
    bundle: PolicyBundle | str,
    *,
    baseline: PolicyBundle | str | None = None,
    deduplicate: bool = False,
    limit_s: float = 10.0,
) -> DataFrame:
    """Judge each record by changed policies; a row each, lazily, as Spark does.

    Args:
        df: a column `record` with a record's JSON, or columns `event` and `verdict` with theirs, or
            `value`, as `spark.read.text` gives it. Other columns are left out.
        bundle: the changed policies, or where they are: what `aboveboard replay --against` takes.
        baseline: what they are compared with; the recorded verdicts when left out.
        deduplicate: events that differ only in facts that no rule reads are evaluated once, in each
            process.
        limit_s: for one record, in seconds of the processor. Policies that take longer end the process,
            and Spark's job with it.

    Raises:
        ReplayError: `df` has no such columns.
        PolicyError: the policies do not load.
        ConfigurationError: the extra is not installed, or the session is one of Spark Connect.
    """
    wanted = _columns(df)
    new, old = _loaded(bundle), None if baseline is None else _loaded(baseline)
    send = _context(df).broadcast
    sent = send(_packed(new)), None if old is None else send(_packed(old))

    remembered = REMEMBERED if deduplicate else 0

    def judge(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        first, second = sent
        # The archives are looked at only where there is something to judge.
        for batch in batches:
            archives = first.value, None if second is None else second.value
            yield _judged(batch, _judge(*archives, remembered), limit_s)

    told = {"new": new.revision, "baseline": "" if old is None else old.revision}
    return df.select(*wanted).mapInArrow(judge, _schema(told))


def summary(rows: DataFrame, *, unique: bool = False) -> Comparison:
    """Count rows of `replay`, in one job.

    Args:
        rows: as `replay` gives them, or as they were written to Parquet and read again.
        unique: no decision is there twice; saves a shuffle.

    Raises:
        ReplayError: they are no such rows.
    """
    from pyspark.sql import functions

    new, baseline = _revisions(rows)
    if not unique:
        # All rows of a decision meet in one task, where all but the first are left out.
        rows = rows.repartition(functions.coalesce("decision_id", "event_id", "problem"))

    def count(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        yield _counted(batches, new, baseline)

    found = Comparison(new, baseline)
    for (part,) in rows.mapInArrow(count, "part string").toLocalIterator():
        found.merge(Comparison.from_dict(json.loads(part)))
    return found


def _pyarrow() -> Any:
    try:
        import pyarrow
    except ImportError:
        msg = "Spark needs the extra: pip install 'aboveboard[spark]', on the executors, too."
        raise ConfigurationError(msg) from None
    return pyarrow


def _columns(df: DataFrame) -> Sequence[str]:
    _pyarrow()
    found = dict(df.dtypes)
    for wanted in _RECORDS:
        if all(found.get(name) in _TEXT for name in wanted):
            return wanted
    msg = (
        "The DataFrame holds no records: expected a column 'record' with a record's JSON, columns "
        "'event' and 'verdict' with theirs, or 'value', as text."
    )
    raise ReplayError(msg)


def _loaded(source: PolicyBundle | str) -> PolicyBundle:
    if isinstance(source, PolicyBundle):
        return source
    from aboveboard.replay.sources import load_source

    return load_source([source]).bundle


def _packed(bundle: PolicyBundle) -> bytes:
    from aboveboard.policy.archive import write_archive

    return write_archive(bundle)


def _context(df: DataFrame) -> Any:
    try:
        return df.sparkSession.sparkContext
    except Exception:  # of a session of Spark Connect, whose class may not be there to be named
        msg = "A session of Spark Connect cannot send policies to executors. Use a classic one."
        raise ConfigurationError(msg) from None


def _schema(told: dict[str, str]) -> StructType:
    from pyspark.sql import types

    kinds = {
        "text": types.StringType(),
        "texts": types.ArrayType(types.StringType(), containsNull=False),
        "flag": types.BooleanType(),
        "long": types.LongType(),
    }
    return types.StructType(
        [
            types.StructField(
                # Survives filters, files and empty frames.
                name, kinds[kind], metadata={"aboveboard": told} if name == "new_revision" else None
            )
            for name, kind in {**COLUMNS, **EXTRA_COLUMNS}.items()
        ]
    )  # fmt: skip


def _revisions(rows: DataFrame) -> tuple[str, str | None]:
    missing = [name for name in (*COLUMNS, *EXTRA_COLUMNS) if name not in rows.columns]
    told = {} if missing else rows.schema["new_revision"].metadata.get("aboveboard", {})
    if not {"new", "baseline"} <= told.keys():
        msg = "Expected rows of 'aboveboard.spark.replay', with all their columns."
        raise ReplayError(msg)
    return told["new"], told["baseline"] or None


# What follows runs on executors.

_judges: dict[tuple[bytes, bytes | None, int], Judge] = {}
"""The one of this process, by what it was built from."""


def _judge(new: bytes, baseline: bytes | None, remembered: int) -> Judge:
    key = new, baseline, remembered
    found = _judges.get(key)
    if found is None:
        from aboveboard.policy.unpacking import read_archive

        _judges.clear()  # a process that is used again for other policies
        old = None if baseline is None else read_archive(baseline)
        found = _judges[key] = make_judge(Work(read_archive(new), old, remembered))
    return found


def _judged(batch: pyarrow.RecordBatch, judge: Judge, limit_s: float) -> pyarrow.RecordBatch:
    names = batch.schema.names
    rows = []
    if hasattr(signal, "SIGPROF"):
        # The engine holds the interpreter, so only the end of the process ends it.
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
    for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
        text = _line(names, values)
        if text is None:
            rows.append(_bad("expected a record; the row holds null."))
        elif text.startswith(GAP):
            missing = missing_in(text)
            rows.append(_bad(NO_GAP) if missing is None else {"line": "gap", "missing": missing})
        elif text.strip() or names != ["value"]:
            rows.append(_row(judged(judge, "", text, limit_s=limit_s)))
    pyarrow = _pyarrow()
    return pyarrow.RecordBatch.from_pylist(rows, schema=_arrow_schema())


def _line(names: Sequence[str], values: Sequence[str | bytes | None]) -> bytes | None:
    texts = [value.encode() if isinstance(value, str) else value for value in values]
    first = texts[0]
    if first is None or (len(names) == 1 and names[0] != "event"):
        return first
    verdict = texts[1] if len(texts) > 1 else None
    return b'{"record":1,"event":' + first + b',"verdict":' + (verdict or b"null") + b"}"


def _bad(problem: str) -> dict[str, Any]:
    return {"line": "bad", "problem": problem}


def _row(found: Difference | Bad | Foreign) -> dict[str, Any]:
    if isinstance(found, Bad):
        return _bad(found.problem)
    if isinstance(found, Foreign):
        return {"line": "foreign"}
    return {
        **found.row.as_dict(),
        "line": "record",
        "time": None if found.time is None else found.time.isoformat(),
        "size": found.size,
        "old_ns": found.old_ns,
        "new_ns": found.new_ns,
        "drift_found": None if found.drift is None else json.dumps(found.drift.as_dict()),
    }


def _arrow_schema() -> pyarrow.Schema:
    pyarrow = _pyarrow()
    kinds = {
        "text": pyarrow.string(),
        "texts": pyarrow.list_(pyarrow.string()),
        "flag": pyarrow.bool_(),
        "long": pyarrow.int64(),
    }
    return pyarrow.schema(
        [(name, kinds[kind]) for name, kind in {**COLUMNS, **EXTRA_COLUMNS}.items()]
    )


def _counted(
    batches: Iterator[pyarrow.RecordBatch], new: str, baseline: str | None
) -> pyarrow.RecordBatch:
    pyarrow = _pyarrow()
    found, seen = Comparison(new, baseline), Seen()
    for batch in batches:
        for values in batch.to_pylist():
            _count(values, found, seen)
    return pyarrow.RecordBatch.from_pydict({"part": [json.dumps(found.as_dict())]})


_no_event: Any = lambda: None  # noqa: E731  (rows hold no events)


def _count(values: dict[str, Any], found: Comparison, seen: Seen) -> None:
    line = values["line"]
    if line == "bad":
        found.add_bad("", values["problem"])
    elif line == "gap":
        found.missing += values["missing"]
    elif line == "foreign":
        found.foreign += 1
    if line != "record":
        return
    if values["new_revision"] != found.new_revision:
        msg = "Rows of different policies cannot be counted together."
        raise EventError(msg)
    if values["decision_id"] is not None and seen.add(values["decision_id"]) is None:
        found.add_duplicate()
        return
    drift, time = values["drift_found"], values["time"]
    columns: dict[str, Any] = {
        name: tuple(values[name]) if kind == "texts" else values[name]
        for name, kind in COLUMNS.items()
    }
    found.add(
        Difference(
            place="",
            row=Row(**columns),
            size=values["size"],
            old_ns=values["old_ns"],
            new_ns=values["new_ns"],
            time=None if time is None else datetime.fromisoformat(time),
            drift=None if drift is None else Drift.from_dict(json.loads(drift)),
        ),
        _no_event,
    )
