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
from typing import TYPE_CHECKING, Any

from aboveboard.errors import ConfigurationError, EventError, ReplayError
from aboveboard.policy.bundle import PolicyBundle
from aboveboard.records.reading import GAP
from aboveboard.replay.comparing import Bad, Comparison, Difference, Drift
from aboveboard.replay.judging import Judge
from aboveboard.replay.rows import COLUMNS, Row
from aboveboard.replay.seen import Seen
from aboveboard.replay.worker import Work, judged, make_judge

if TYPE_CHECKING:
    from types import ModuleType

    import pyarrow
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType

__all__ = ["EXTRA_COLUMNS", "replay", "summary"]

EXTRA_COLUMNS = {
    "size": "long",
    "old_ns": "long",
    "new_ns": "long",
    "drift_found": "text",
    "problem": "text",
}
"""Beside those of `replay.rows.COLUMNS`: characters of the facts, nanoseconds of the old and the new
answer, what has drifted as JSON, and what is wrong with a line that holds no record: there all else is
null."""

_RECORDS = (("record",), ("event", "verdict"), ("event",), ("value",))
_TEXT = ("string", "binary")


def replay(
    df: DataFrame,
    bundle: PolicyBundle | str,
    *,
    baseline: PolicyBundle | str | None = None,
    limit_s: float = 10.0,
) -> DataFrame:
    """Judge each record by changed policies; a row each, lazily, as Spark does.

    Args:
        df: a column `record` with a record's JSON, or columns `event` and `verdict` with theirs, or
            `value`, as `spark.read.text` gives it. Other columns are left out.
        bundle: the changed policies, or where they are: what `aboveboard replay --against` takes.
        baseline: what they are compared with; the recorded verdicts when left out.
        limit_s: for one record, in seconds. Policies that take longer end the executor's process, and
            Spark's job with it.

    Raises:
        ReplayError: `df` has no such columns.
        PolicyError: the policies do not load.
        ConfigurationError: the extra is not installed, or the session is one of Spark Connect.
    """
    wanted = _columns(df)
    new, old = _loaded(bundle), None if baseline is None else _loaded(baseline)
    send = _context(df).broadcast
    sent = send(_packed(new)), None if old is None else send(_packed(old))

    def judge(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        first, second = sent
        # The archives are looked at only where there is something to judge.
        for batch in batches:
            work = (first.value, None if second is None else second.value, limit_s)
            yield _judged(batch, _judge(*work), limit_s)

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


def _pyarrow() -> ModuleType:
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

    return load_source([source])


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

_judges: dict[tuple[bytes, bytes | None], Judge] = {}
"""The one of this process: archives → what was built from them."""


def _judge(new: bytes, baseline: bytes | None, limit_s: float) -> Judge:
    found = _judges.get((new, baseline))
    if found is None:
        from aboveboard.policy.unpacking import read_archive

        _judges.clear()  # a process that is used again for other policies
        old = None if baseline is None else read_archive(baseline)
        found = make_judge(Work(read_archive(new), old, limit_s=limit_s))
        _judges[new, baseline] = found
    return found


def _judged(batch: pyarrow.RecordBatch, judge: Judge, limit_s: float) -> pyarrow.RecordBatch:
    names = batch.schema.names
    rows = []
    timed = hasattr(signal, "setitimer")
    if timed:
        # The engine holds the interpreter, so only the end of the process ends it.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
        text = _line(names, values)
        if text is None:
            rows.append({"problem": "expected a record; the row holds null."})
        elif names != ["value"] or (text.strip() and not text.startswith(GAP)):
            if timed:
                signal.setitimer(signal.ITIMER_REAL, limit_s)
            rows.append(_row(judged(judge, "", text)))
    if timed:
        signal.setitimer(signal.ITIMER_REAL, 0)
    pyarrow = _pyarrow()
    return pyarrow.RecordBatch.from_pylist(rows, schema=_arrow_schema())


def _line(names: Sequence[str], values: Sequence[str | bytes | None]) -> bytes | None:
    texts = [value.encode() if isinstance(value, str) else value for value in values]
    first = texts[0]
    if first is None or (len(names) == 1 and names[0] != "event"):
        return first
    verdict = texts[1] if len(texts) > 1 else None
    return b'{"record":1,"event":' + first + b',"verdict":' + (verdict or b"null") + b"}"


def _row(found: Difference | Bad) -> dict[str, Any]:
    if isinstance(found, Bad):
        return {"problem": found.problem}
    return {
        **found.row.as_dict(),
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
    if values["problem"] is not None:
        found.add_bad("", values["problem"])
        return
    if values["new_revision"] != found.new_revision:
        msg = "Rows of different policies cannot be counted together."
        raise EventError(msg)
    if values["decision_id"] is not None and seen.add(values["decision_id"]) is None:
        found.add_duplicate()
        return
    drift = values["drift_found"]
    row = Row(**{n: tuple(v) if isinstance(v := values[n], list) else v for n in COLUMNS})
    found.add(
        Difference(
            place="",
            row=row,
            size=values["size"],
            old_ns=values["old_ns"],
            new_ns=values["new_ns"],
            drift=None if drift is None else Drift.from_dict(json.loads(drift)),
        ),
        _no_event,
    )
