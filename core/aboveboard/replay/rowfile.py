"""Rows to a file as they come: JSON lines, or Parquet for a name that ends so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO, Any, Protocol

from aboveboard.errors import ReplayError
from aboveboard.replay.owning import owned
from aboveboard.replay.parquet import arrow
from aboveboard.replay.rows import COLUMNS, Row

__all__ = ["RowFile", "arrow_schema", "open_rows"]

_GROUP = 10_000


class RowFile(Protocol):
    """A file of rows."""

    def write(self, row: Row) -> None:
        """One row more."""

    def save(self) -> int | None:
        """See to it that what was written is on file; returns its size."""

    def close(self) -> None:
        """Finish the file."""


def open_rows(path: Path, size: int | None, *, resumable: bool) -> RowFile:
    """Open a file of rows.

    Args:
        path: JSON lines, or Parquet when it ends in `.parquet`.
        size: what is valid of it, in bytes, when a replay is taken up again; None for a new file.
        resumable: the replay may be taken up again, which Parquet cannot.

    Raises:
        ReplayError: it cannot be written, or another replay does.
    """
    if path.suffix != ".parquet":
        return _Lines(path, size)
    if resumable:
        msg = "A Parquet file cannot be continued: with --state write rows as '.jsonl'."
        raise ReplayError(msg)
    return _Parquet(path)


def arrow_schema() -> Any:
    """The rows as an Arrow schema: texts, lists of texts and flags, in the order of `COLUMNS`."""
    pyarrow = arrow()
    types = {
        "text": pyarrow.string(),
        "texts": pyarrow.list_(pyarrow.string()),
        "flag": pyarrow.bool_(),
    }
    nullable = {"decision_id", "old_effect"}
    return pyarrow.schema(
        [pyarrow.field(name, types[kind], name in nullable) for name, kind in COLUMNS.items()]
    )


class _Lines:
    def __init__(self, path: Path, size: int | None) -> None:
        self._path = path
        try:
            self._stream: IO[bytes] = owned(path, "wb" if size is None else "r+b")
            if size is not None:
                if self._stream.seek(0, 2) < size:
                    self._stream.close()
                    msg = f"'{path}' lacks rows that were written. Remove the state to begin anew."
                    raise ReplayError(msg)
                self._stream.truncate(size)
                self._stream.seek(size)
        except OSError as error:
            raise _unwritten(path, error) from None

    def write(self, row: Row) -> None:
        line = json.dumps(row.as_dict(), ensure_ascii=False, separators=(",", ":"))
        try:
            self._stream.write(line.encode() + b"\n")
        except OSError as error:
            raise _unwritten(self._path, error) from None

    def save(self) -> int | None:
        try:
            self._stream.flush()
            return self._stream.tell() if self._stream.seekable() else None
        except OSError as error:
            raise _unwritten(self._path, error) from None

    def close(self) -> None:
        try:
            self._stream.close()
        except OSError as error:
            raise _unwritten(self._path, error) from None


class _Parquet:
    def __init__(self, path: Path) -> None:
        self._path, self._arrow, self._schema = path, arrow(), arrow_schema()
        self._rows: list[dict[str, Any]] = []
        try:
            self._owned = owned(path, "wb")
        except OSError as error:
            raise _unwritten(path, error) from None
        try:
            self._writer = self._arrow.parquet.ParquetWriter(path, self._schema)
        except OSError as error:
            self._owned.close()
            raise _unwritten(path, error) from None

    def write(self, row: Row) -> None:
        self._rows.append(row.as_dict())
        if len(self._rows) >= _GROUP:
            self._flush()

    def save(self) -> int | None:
        return None

    def close(self) -> None:
        try:
            self._flush()
            self._writer.close()
        except OSError as error:
            raise _unwritten(self._path, error) from None
        finally:
            self._owned.close()

    def _flush(self) -> None:
        if self._rows:
            try:
                self._writer.write_table(self._arrow.Table.from_pylist(self._rows, self._schema))
            except OSError as error:
                raise _unwritten(self._path, error) from None
            self._rows = []


def _unwritten(path: Path, error: OSError) -> ReplayError:
    return ReplayError(f"'{path}' cannot be written ({error.strerror}). Choose another place.")
