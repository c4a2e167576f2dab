"""A table in a file: CSV (also gzipped) or Parquet, told by its first bytes."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import IO, Any, cast

from aboveboard.errors import TableError
from aboveboard.fairness.counts import OutcomeCounts
from aboveboard.fairness.csv_table import count_csv
from aboveboard.fairness.extra import needed
from aboveboard.fairness.frames import add_frame
from aboveboard.fairness.tally import Columns, Tally

__all__ = ["counts_from_file", "counts_from_stream"]

_PARQUET = b"PAR1"
_REFUSED = (
    (b"PK\x03\x04", "a spreadsheet or zip archive. Save the sheet as CSV (UTF-8)"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet. Save it as CSV (UTF-8)"),
    (b"\xff\xfe", "UTF-16 text. Save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text. Save it as UTF-8"),
    (b"{", "JSON. Save the rows as CSV or Parquet"),
)


def counts_from_file(
    path: Path | str,
    *,
    group: str,
    outcome: str | None = None,
    favourable: str | None = None,
    stratum: str | None = None,
) -> OutcomeCounts:
    """Count the rows of a file, read in pieces: memory does not grow with it.

    Args:
        path: CSV with a header line, also gzipped, or Parquet. One row a person (or decision); a
            table of counts with columns `n` and `selected` when `outcome` is left out.
        group: column whose values make the groups.
        outcome: column that says what became of each.
        favourable: value of `outcome` that is good for the person; left out where the column holds
            yes and no, true and false or 1 and 0.
        stratum: column whose values make the strata.

    Returns:
        The counts. A blank group or stratum is one of its own, `(blank)`; rows with a blank outcome
        are left out and told in `left_out`.

    Raises:
        TableError: the file cannot be read or counted; the text has file, line and way out.
        ConfigurationError: Parquet, and pyarrow is not installed.
    """
    path = Path(path)
    columns = Columns(group, outcome, stratum, favourable)
    try:
        with path.open("rb") as stream:
            return counts_from_stream(stream, str(path), columns)
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror or type(error).__name__})."
        raise TableError(msg) from None


def counts_from_stream(stream: IO[bytes], name: str, columns: Columns) -> OutcomeCounts:
    """Count the rows of an open file; of a pipe only CSV. Raises as `counts_from_file`."""
    ahead = _ahead(stream)
    for magic, what in _REFUSED:
        if ahead.startswith(magic):
            msg = f"{name}: expected CSV or Parquet; this is {what}."
            raise TableError(msg)
    if ahead.startswith(_PARQUET):
        return _parquet(stream, name, columns).counts()
    if not ahead.startswith(b"\x1f\x8b"):
        return count_csv(stream, name, columns).counts()
    try:
        with gzip.open(stream) as unzipped:
            return count_csv(cast("IO[bytes]", unzipped), name, columns).counts()
    except (EOFError, zlib.error, gzip.BadGzipFile):
        msg = f"{name}: the compressed data are damaged or cut off."
        raise TableError(msg) from None


def _ahead(stream: IO[bytes]) -> bytes:
    """The first bytes, left in place."""
    if hasattr(stream, "peek"):
        return bytes(cast("Any", stream).peek(4))
    if not stream.seekable():
        return b""
    start = stream.tell()
    first = stream.read(4)
    stream.seek(start)
    return first


def _parquet(stream: IO[bytes], name: str, columns: Columns) -> Tally:
    parquet = needed("pyarrow.parquet", "Reading Parquet", "parquet")
    arrow = needed("pyarrow", "Reading Parquet", "parquet")
    if not stream.seekable():
        msg = f"{name}: Parquet cannot be read from a pipe. Give the file's name."
        raise TableError(msg)
    tally = Tally(columns, name)
    try:
        file = parquet.ParquetFile(stream)
        columns.find(file.schema_arrow.names, name)
        done = 0
        for batch in file.iter_batches(columns=list(columns.needed)):
            add_frame(tally, arrow.Table.from_batches([batch]), done)
            done += batch.num_rows
    except arrow.ArrowException as error:
        msg = f"{name}: cannot be read as Parquet ({type(error).__name__}). Is it cut off?"
        raise TableError(msg) from None
    return tally
