"""Tables in files and data frames: what is read, and what is said of what cannot be."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aboveboard.errors import ConfigurationError, TableError
from aboveboard.fairness import (
    BLANK,
    Columns,
    OutcomeCounts,
    check_fairness,
    counts_from_file,
    counts_from_frame,
    counts_from_stream,
    extra,
)

ROWS: dict[str, list[Any]] = {
    "lang": ["fi", "sv", "fi", None, " sv ", "fi", "år  2"],
    "ok": [True, False, True, True, True, None, False],
    "seg": ["smb", "smb", None, "ent", "ent", "ent", "ent"],
}
COUNTED = OutcomeCounts.of_strata(
    {
        "smb": {"fi": (1, 1), "sv": (1, 0)},
        BLANK: {"fi": (1, 1)},
        "ent": {BLANK: (1, 1), "sv": (1, 1), "år 2": (1, 0)},
    },
    "lang",
    "seg",
    left_out=1,
)
SEX = OutcomeCounts.of({"f": (2, 1), "m": (1, 1)}, "sex")


def read(text: str | bytes, *, name: str = "rows.csv", **columns: Any) -> OutcomeCounts:
    raw = text.encode() if isinstance(text, str) else text
    return counts_from_stream(io.BytesIO(raw), name, Columns(**{"group": "sex", **columns}))


def refused(text: str | bytes, **columns: Any) -> str:
    with pytest.raises(TableError) as caught:
        read(text, **columns)
    return str(caught.value)


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame(ROWS),
        pd.DataFrame(ROWS).astype({"lang": "category", "ok": "boolean"}),
        pd.DataFrame({**ROWS, "ok": [1.0, 0.0, 1.0, 1.0, 1.0, None, 0.0]}),
        pl.DataFrame(ROWS),
        pl.LazyFrame(ROWS),
        pl.DataFrame(ROWS).with_columns(pl.col("lang").cast(pl.Categorical)),
        pa.table(ROWS),
        pa.table({**ROWS, "lang": pa.array(ROWS["lang"]).dictionary_encode()}),
    ],
    ids=["pandas", "pandas types", "floats", "polars", "lazy", "categories", "arrow", "dictionary"],
)
def test_frames_of_every_library(frame: Any) -> None:
    assert counts_from_frame(frame, group="lang", outcome="ok", stratum="seg") == COUNTED


def test_parquet_in_several_row_groups(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table(ROWS), path, row_group_size=2)
    assert counts_from_file(path, group="lang", outcome="ok", stratum="seg") == COUNTED


def test_counts_in_frames_and_parquet(tmp_path: Path) -> None:
    table = {"sex": ["f", "m"], "n": [2.0, 1.0], "selected": [1, 1]}
    assert counts_from_frame(pd.DataFrame(table), group="sex") == SEX
    assert counts_from_frame(pl.DataFrame(table), group="sex") == SEX
    pq.write_table(pa.table(table), tmp_path / "counts.parquet")
    assert counts_from_file(tmp_path / "counts.parquet", group="sex") == SEX


@pytest.mark.parametrize(
    "text",
    [
        "sex,ok\nf,yes\nf,no\nm,yes\n",
        "\ufeffsex,ok\nf,yes\nf,no\nm,yes\n",
        "sex;ok\r\nf;1\r\nf;0\r\nm;1\r\n",
        "sex\tok\nf\ttrue\nf\tfalse\nm\ttrue",
        "id|sex|ok\n1|f|Y\n2|f|N\n3|m|Y\n",
        'sex,ok,note\n"f",yes,"a, ""b""\nc"\nf,no,\n\n,,\nm,yes,x\n',
        "\n\nok,sex\ryes,f\rno,f\ryes,m\r",
        "sex,ok\nf,yes,,\nf,no,,\nm,yes,,\n",
    ],
    ids=["plain", "BOM", "semicolon", "tab", "bar", "quotes", "old Mac", "empty cells behind"],
)
def test_csv_as_programs_write_it(text: str) -> None:
    assert read(text, outcome="ok") == SEX
    assert read(gzip.compress(text.encode()), outcome="ok") == SEX


def test_counts_as_csv() -> None:
    assert read("sex,n,selected\nf,2,1\nm,1,1.0\n") == SEX
    counts = read("sex,n,selected,s\nf,2,1,a\nm,1,1,a\nf,5,5,b\n", stratum="s")
    assert counts.overall == OutcomeCounts.of({"f": (7, 6), "m": (1, 1)}).overall


def test_a_favourable_value_of_ones_own() -> None:
    assert read("sex,ok\nf,Sold\nf,lost\nm,Sold\n", outcome="ok", favourable="Sold") == SEX
    assert "Did you mean 'Sold'?" in refused("sex,ok\nf,Sold\n", outcome="ok", favourable="sold")
    assert "spelt" in refused("sex,ok\nf,Sold\n", outcome="ok", favourable="won")
    assert "--favourable VALUE" in refused("sex,ok\nf,Sold\nf,lost\n", outcome="ok")


@pytest.mark.parametrize(
    ("text", "columns", "said"),
    [
        ("", {}, "rows.csv: is empty; expected a header line and rows."),
        ("\n \n", {}, "rows.csv: is empty"),
        ("sex,n,selected\n", {}, "rows.csv: there are no rows, only a header"),
        ("sex,ok\nf,\n", {"outcome": "ok"}, "rows.csv: no row has an outcome"),
        ("Sex,n,selected\n", {}, "rows.csv:1: there is no column 'sex'. Did you mean 'Sex'?"),
        ("sex,ok\nf,yes\n", {}, "no column 'n'. It has 'sex', 'ok'. Without an outcome column"),
        ("sex,sex,ok\n", {"outcome": "ok"}, "rows.csv:1: column 'sex' is there 2 times."),
        ("sex,ok\n", {"outcome": "sex"}, "columns of their own"),
        ("sex,n,selected\nf,-2,1\n", {}, "rows.csv:2, column 'n': expected a whole number from 0"),
        ("sex,n,selected\nf,2,1\nm,x,1\n", {}, "rows.csv:3, column 'n': expected a whole"),
        ("\n\r\nsex,n,selected\nf,2,x\n", {}, "rows.csv:4, column 'selected': expected a whole"),
        ("\n\n\nsex,n\nf,2\n", {}, "rows.csv:4: there is no column 'selected'."),
        ('\nsex,n,selected\n"f,2,1\n', {}, "rows.csv:3: not CSV"),
        ("sex,n,selected\nf,2,1.5\n", {}, "rows.csv:2, column 'selected': expected a whole"),
        ("sex,n,selected\nf,2,3\n", {}, "rows.csv:2: selected is more than n."),
        ("sex,n,selected\nf,2,1\nf,3,1\n", {}, "rows.csv:3: the group was there before."),
        ("sex,n,selected\nf,2\n", {}, "rows.csv:2: has 2 cells where the header has 3."),
        ('sex,n,selected\n"f,2,1\n', {}, "rows.csv:2: not CSV"),
        ('sex,n,selected\n"f"x,2,1\n', {}, "rows.csv:2: not CSV"),
        (f"sex,n,selected\n{'x' * 81},2,1\n", {}, "rows.csv:2, column 'sex': longer than 80"),
        (f"sex,n,selected\n{'x' * 200_000},2,1\n", {}, "rows.csv:2: not CSV"),
        (f"sex,n,selected\n{'x' * 2_000_000},2,1\n", {}, "rows.csv:2: longer than 1 MiB"),
        ("sex,n,selected\na\x00b,2,1\n", {}, "rows.csv:2, column 'sex': holds a control character"),
        (b"sex,n,selected\n" + b"m\xe4n,2,1\n", {}, "column 'sex': expected UTF-8 text."),
        ("sex,n,selected\n".encode("utf-16"), {}, "UTF-16 text. Save it as UTF-8."),
        (b"PK\x03\x04....", {}, "Save the sheet as CSV (UTF-8)."),
        ('{"sex": 1}', {}, "this is JSON."),
        (gzip.compress(b"sex,n,selected\n\n\n\n\n", mtime=0)[:25], {}, "damaged or cut off"),
        (b"\x1f\x8b but no gzip", {}, "damaged or cut off"),
        (b"PAR1 but no more", {}, "cannot be read as Parquet"),
        (f"{'x' * 41},n,selected\nf,2,1\n", {"group": "x" * 41}, "Rename the column."),
    ],
)
def test_what_cannot_be_counted_names_its_place(
    text: str | bytes, columns: dict[str, str], said: str
) -> None:
    assert said in refused(text, **columns)


def test_bytes_that_do_not_count_need_not_be_utf_8() -> None:
    assert read(b"sex,note,ok\nf,m\xe4n,1\nf,,0\nm,,1\n", outcome="ok") == SEX


def test_a_column_that_is_none_of_groups() -> None:
    rows = "".join(f"{number},yes\n" for number in range(1_001))
    said = refused(f"sex,ok\n{rows}", outcome="ok")
    assert said.startswith("rows.csv:1002: column 'sex' has more than 1,000 different values.")


def test_names_in_any_script() -> None:
    counts = read("sex,ok\nαβγ,1\n女性,0\n👩‍👩‍👧,1\n", outcome="ok")
    assert [group.name for group in counts.overall] == ["αβγ", "女性", "👩‍👩‍👧"]


def test_a_letter_is_one_however_it_is_written() -> None:
    text = "sex,ok\nf\u00f6,ja\nfo\u0308,j\u00e5\n"
    counts = read(text, outcome="ok", favourable="ja\u030a")
    assert counts == OutcomeCounts.of({"f\u00f6": (2, 1)}, "sex")


def test_texts_as_bytes() -> None:
    frame = pl.DataFrame({"sex": ["män".encode(), b"f"], "ok": [1, 0]})
    assert counts_from_frame(frame, group="sex", outcome="ok") == OutcomeCounts.of(
        {"män": (1, 1), "f": (1, 0)}, "sex"
    )


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("sex,ok,note\n")
        for number in range(100_000):
            file.write(f"{'fm'[number % 2]},{number % 3 % 2},{'x' * 100}\n")
    tracemalloc.start()
    counts = counts_from_file(path, group="sex", outcome="ok")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(group.n for group in counts.overall) == 100_000
    assert peak < 2 << 20 < path.stat().st_size


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ([1], "Expected a data frame"),
        (pd.Series([1]), "Expected a data frame"),
        (pd.DataFrame({"sex": []}), "no column 'ok'"),
        (pd.DataFrame({"sex": [], "ok": []}), "there are no rows"),
        (pd.DataFrame({"sex": [[1]], "ok": [1]}), "cannot be counted"),
        (pa.table({"sex": [[1]], "ok": [1]}), "cannot be counted"),
        (pl.DataFrame({"sex": [["f"]], "ok": [1]}), "holds several values"),
        (pl.DataFrame({"sex": [b"m\xe4n"], "ok": [1]}), "expected UTF-8 text"),
        (pl.DataFrame({"sex": ["f"], "ok": [0.5]}), "--favourable"),
        (pd.DataFrame({0: ["f"], 1: [1]}), "no column 'sex'. It has '0', '1'."),
        (pd.DataFrame(), "no column 'sex'. It has none."),
        (pd.DataFrame([["f", 1, 1]], columns=["sex", "ok", "ok"]), "columns cannot be told"),
    ],
)
def test_frames_that_cannot_be_counted(frame: Any, said: str) -> None:
    with pytest.raises(TableError, match=said):
        counts_from_frame(frame, group="sex", outcome="ok")


def test_a_favourable_value_that_is_no_text() -> None:
    with pytest.raises(TableError, match="named as text"):
        counts_from_frame(
            pd.DataFrame({"sex": ["f"], "ok": [2]}), group="sex", outcome="ok", favourable=2
        )  # type: ignore[arg-type]


def test_counts_in_frames_name_their_row() -> None:
    frame = pd.DataFrame({"sex": ["f", "m"], "n": [2, -1], "selected": [1, 1]})
    with pytest.raises(TableError, match="row 2, column 'n': expected a whole number"):
        counts_from_frame(frame, group="sex")


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {" ": (1, 1)},
        {"x" * 81: (1, 1)},
        {"f": (1, 2)},
        {"f": (-1, -1)},
        {"f": (True, True)},
        {"f": (2.0, 1.0)},
        {"f": (2**60, 1)},
        {"f": (1,)},
        {"f": 1},
        {1: (1, 1)},
        [("f", 1, 1)],
    ],
)
def test_counts_by_hand_are_held_to_the_same(wrong: dict[str, Any]) -> None:
    with pytest.raises(TableError):
        OutcomeCounts.of(wrong)


@pytest.mark.parametrize("module", ["scipy.stats", "narwhals", "pyarrow"])
def test_a_library_that_is_not_there(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(extra, "import_module", missing)
    library = module.partition(".")[0]
    with pytest.raises(ConfigurationError) as caught:
        extra.needed(module, "A fairness check")
    assert f"needs {library}" in str(caught.value)
    assert "pip install 'aboveboard[fairness]'" in str(caught.value)


cells = st.text('fm,;\t"\r\n \x00\ufeffä1\u2028', max_size=12)


@settings(deadline=None)
@example(b"\xef\xbb\xbf")
@example(b"\x1f\x8b\x08")
@example(b"sex,n,selected\n,0,0\n")
@given(
    st.one_of(
        st.binary(max_size=60),
        cells.map(str.encode),
        st.lists(cells, max_size=8).map(lambda rows: "\n".join(["sex,n,selected", *rows]).encode()),
        st.lists(cells, max_size=8).map(lambda rows: "\n".join(["sex;ok", *rows]).encode()),
    )
)
def test_whatever_it_is_it_is_counted_or_refused(raw: bytes) -> None:
    for columns in (Columns("sex"), Columns("sex", "ok"), Columns("sex", "ok", None, "m")):
        with suppress(TableError):
            counts = counts_from_stream(io.BytesIO(raw), "x", columns)
            assert check_fairness(counts).overall.groups
