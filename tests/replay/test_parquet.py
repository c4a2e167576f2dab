"""Records and rows in Parquet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aboveboard.errors import ReplayError
from aboveboard.records.reading import BadLine, Line
from aboveboard.replay.parquet import parquet_lines
from aboveboard.replay.rows import COLUMNS
from aboveboard.replay.running import Replay, replay

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aboveboard.policy.bundle import PolicyBundle


def test_both_layouts_give_the_rows_of_the_lines(
    many: Callable[[int], str], stricter: PolicyBundle, tmp_path: Path
) -> None:
    lines = many(40).splitlines()
    raws = [json.loads(line) for line in lines]
    whole, parts = tmp_path / "whole.parquet", tmp_path / "parts.parquet"
    pq.write_table(pa.table({"day": [1] * 40, "record": lines}), whole, row_group_size=7)
    pq.write_table(
        pa.table({
            "event": [json.dumps(raw["event"]) for raw in raws],
            "verdict": pa.array([json.dumps(raw["verdict"]).encode() for raw in raws]),
        }),
        parts,
    )  # fmt: skip
    plain = tmp_path / "plain.jsonl"
    plain.write_text("\n".join(lines) + "\n")
    told = []
    for number, path in enumerate((plain, whole, parts)):
        out = tmp_path / f"rows-{number}.{'parquet' if number else 'jsonl'}"
        found = replay(Replay([path], stricter, processes=1, deduplicate=True, rows=out))
        assert found.comparison.records == 40
        told.append(rows(out))
    assert told[0] == told[1] == told[2]
    schema = pq.read_schema(tmp_path / "rows-1.parquet")
    assert schema.names == list(COLUMNS)
    assert str(schema.field("causes").type) == "list<element: string>"
    assert [field.name for field in schema if field.nullable] == ["decision_id", "old_effect"]


def rows(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        return list(pq.read_table(path).to_pylist())
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_what_is_no_record_is_told_by_its_row(tmp_path: Path) -> None:
    path = tmp_path / "some.parquet"
    pq.write_table(pa.table({"record": ["{}", None, "x"]}), path)
    assert list(parquet_lines(path)) == [
        Line(f"{path}:1", b"{}"),
        BadLine(f"{path}:2", "expected a record; the row holds null."),
        Line(f"{path}:3", b"x"),
    ]


def test_a_file_of_something_else_is_refused_before_anything_runs(
    many: Callable[[int], str], shipped: PolicyBundle, tmp_path: Path
) -> None:
    good, other, cut = (tmp_path / name for name in ("good.jsonl", "other.parquet", "cut.parquet"))
    good.write_text(many(4))
    pq.write_table(pa.table({"record": [1, 2]}), other)
    cut.write_bytes(other.read_bytes()[:-30])
    with pytest.raises(ReplayError, match=r"other\.parquet' holds no records: expected a column"):
        replay(Replay([good, other], shipped))
    with pytest.raises(ReplayError, match=r"cut\.parquet' cannot be read as Parquet"):
        replay(Replay([good, cut], shipped))


def test_without_pyarrow_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shipped: PolicyBundle
) -> None:
    path = tmp_path / "some.parquet"
    pq.write_table(pa.table({"record": ["{}"]}), path)
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ReplayError, match=r"pip install 'aboveboard\[parquet\]'"):
        replay(Replay([path], shipped))
