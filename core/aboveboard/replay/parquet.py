"""Records in Parquet: a column `record` with a record's JSON, or columns `event` and `verdict` with theirs.

Row groups are read one by one. Needs the extra `parquet`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aboveboard.errors import ReplayError
from aboveboard.records.reading import BadLine, Line

__all__ = ["arrow", "check_columns", "is_parquet", "parquet_lines"]

_MAGIC = b"PAR1"
_BATCH = 512
_TEXT = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view")


def is_parquet(path: Path) -> bool:
    """Whether a file is one, by its first bytes. A pipe is none: what is read of it is gone."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return stream.read(4) == _MAGIC
    except OSError:
        return False


def arrow() -> Any:
    """The package `pyarrow` with `pyarrow.parquet`.

    Raises:
        ReplayError: it is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        msg = "Parquet needs pyarrow: pip install 'aboveboard[parquet]'."
        raise ReplayError(msg) from None
    return pyarrow


def parquet_lines(path: Path) -> Iterator[Line | BadLine]:
    """Each row as the line that it would be in a record file; places are `file:row`, from 1.

    Raises:
        ReplayError: pyarrow is missing, or the file has no such columns.
    """
    pyarrow = arrow()
    with _opened(path) as file:
        wanted = _columns(path, file.schema_arrow)
        number = 0
        try:
            for batch in file.iter_batches(_BATCH, columns=wanted):
                for values in zip(*(batch.column(name) for name in wanted), strict=True):
                    number += 1
                    found = [value.as_py() for value in values]
                    yield _line(f"{path}:{number}", wanted, found)
        except (OSError, pyarrow.ArrowException):
            yield BadLine(f"{path}:{number + 1}", "cannot be read further: the file is damaged.")


def check_columns(path: Path) -> None:
    """See whether a file holds records, before any is read. Raises ReplayError."""
    with _opened(path) as file:
        _columns(path, file.schema_arrow)


def _opened(path: Path) -> Any:
    pyarrow = arrow()
    try:
        return pyarrow.parquet.ParquetFile(path)
    except (OSError, pyarrow.ArrowException):
        msg = f"'{path}' cannot be read as Parquet. Is it whole?"
        raise ReplayError(msg) from None


def _columns(path: Path, schema: Any) -> list[str]:
    found = {field.name: str(field.type) for field in schema}
    for wanted in (["record"], ["event", "verdict"]):
        if all(found.get(name) in _TEXT for name in wanted):
            return wanted
    if found.get("event") in _TEXT and "verdict" not in found:
        return ["event"]
    msg = (
        f"'{path}' holds no records: expected a column 'record' with a record's JSON, or columns "
        "'event' and 'verdict' with theirs, as text."
    )
    raise ReplayError(msg)


def _line(place: str, wanted: list[str], values: list[Any]) -> Line | BadLine:
    texts = [value.encode() if isinstance(value, str) else value for value in values]
    if texts[0] is None:
        return BadLine(place, "expected a record; the row holds null.")
    if wanted == ["record"]:
        return Line(place, texts[0])
    verdict = texts[1] if len(texts) > 1 and texts[1] is not None else b"null"
    return Line(place, b'{"record":1,"event":' + texts[0] + b',"verdict":' + verdict + b"}")
