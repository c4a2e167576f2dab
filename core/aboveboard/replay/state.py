"""Where a replay stands, on file: it can be stopped at any point, and taken up again.

FILE         one JSON object, replaced as a whole: position, identity of records and policies, counts
FILE.seen    eight bytes for each decision that was seen, as many as FILE says are valid; locked while a
             replay goes on, because FILE is replaced
"""

from __future__ import annotations

import json
import os
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any

from aboveboard.errors import ReplayError
from aboveboard.replay.chunks import Position
from aboveboard.replay.comparing import Comparison
from aboveboard.replay.owning import owned

__all__ = ["Resumed", "StateFile", "identity"]

_VERSION = 1
_EDGE = 64 << 10


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a state file says.

    Attributes:
        position: up to which records are counted.
        comparison: their counts.
        files: by file what was found in it.
        rows: size of the file of rows then, in bytes; None when none was written.
    """

    position: Position
    comparison: Comparison
    files: list[Counter[str]]
    rows: int | None


class StateFile:
    """The state of one replay.

    Args:
        path: of the file.
        task: what the replay is: records, policies, options. Only the same one is taken up again.
    """

    def __init__(self, path: Path, task: dict[str, Any]) -> None:
        self._path = path
        self._seen_path = path.with_name(f"{path.name}.seen")
        self._task = task
        self._marks = array("Q")
        self._written = 0
        self._owned: IO[bytes] | None = None

    def load(self) -> Resumed | None:
        """What was saved; None when nothing was. From now on it is this replay's, until `close`.

        Raises:
            ReplayError: it cannot be read, is of another replay, or in use by one.
        """
        self._read()  # beside what is no state, nothing is written
        try:
            self._owned = owned(self._seen_path, "ab", self._path)
        except OSError as error:
            raise self._unwritten(self._seen_path, error) from None
        try:
            found, seen = self._read()
            self._truncate_seen(seen)
        except BaseException:
            self.close()
            raise
        return found

    def close(self) -> None:
        """Let others have it."""
        if self._owned is not None:
            self._owned.close()

    def _read(self) -> tuple[Resumed | None, int]:
        """What was saved, and how many decisions had been seen."""
        try:
            text = self._path.read_bytes()
        except FileNotFoundError:
            return None, 0
        except OSError as error:
            msg = f"'{self._path}' cannot be read ({error.strerror})."
            raise ReplayError(msg) from None
        try:
            raw = json.loads(text)
            if raw["state"] != _VERSION:
                raise ValueError
            task, position = raw["task"], Position(int(raw["file"]), int(raw["lines"]))
            comparison = Comparison.from_dict(raw["comparison"])
            files = [Counter({str(k): int(n) for k, n in one.items()}) for one in raw["files"]]
            rows, seen = raw["rows"], int(raw["seen"])
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            msg = f"'{self._path}' is no state of a replay. Name another file, or remove it."
            raise ReplayError(msg) from None
        changed = [name for name in self._task if task.get(name) != self._task[name]]
        if changed:
            msg = (
                f"'{self._path}' is the state of another replay: {', '.join(changed)} changed. "
                "Remove it to begin anew."
            )
            raise ReplayError(msg)
        return Resumed(position, comparison, files, rows), seen

    def marks(self) -> Iterator[int]:
        """The decisions that were seen, in order."""
        with self._seen_path.open("rb") as stream:
            while data := stream.read(1 << 16):
                block = array("Q")
                block.frombytes(data)
                yield from block

    def saw(self, mark: int) -> None:
        """A decision more, written with the next `save`."""
        self._marks.append(mark)

    def save(
        self,
        position: Position,
        comparison: Comparison,
        files: Sequence[Counter[str]],
        rows: int | None,
    ) -> None:
        """Write the state: what was there stays until it is complete.

        Raises:
            ReplayError: it cannot be written.
        """
        state = {
            "state": _VERSION,
            "task": self._task,
            "file": position.file,
            "lines": position.lines,
            "files": files,
            "rows": rows,
            "seen": self._written + len(self._marks),
            "comparison": comparison.as_dict(),
        }
        made = self._path.with_name(f"{self._path.name}.new")
        try:
            with self._seen_path.open("ab") as stream:
                stream.write(self._marks.tobytes())
                _sync(stream)
            self._written += len(self._marks)
            self._marks = array("Q")
            with made.open("wb") as stream:
                stream.write(json.dumps(state).encode())
                _sync(stream)
            made.replace(self._path)
        except OSError as error:
            raise self._unwritten(self._path, error) from None

    def _unwritten(self, path: Path, error: OSError) -> ReplayError:
        return ReplayError(f"'{path}' cannot be written ({error.strerror}). Choose another place.")

    def _truncate_seen(self, count: int) -> None:
        """Drop what was written after the state was."""
        try:
            with self._seen_path.open("ab") as stream:
                size = stream.tell()
                if size < 8 * count:
                    msg = (
                        f"'{self._seen_path}' is shorter than '{self._path}' says. Remove both to "
                        "begin anew."
                    )
                    raise ReplayError(msg)
                stream.truncate(8 * count)
        except OSError as error:
            raise self._unwritten(self._seen_path, error) from None
        self._written = count


def identity(files: Sequence[Path]) -> list[list[Any]]:
    """Of each file: name, size, and a hash of its beginning and end.

    Raises:
        ReplayError: one cannot be read.
    """
    found: list[list[Any]] = []
    for path in files:
        if not path.is_file():
            msg = f"'{path}' is no file, and only in files can a replay be taken up again."
            raise ReplayError(msg)
        try:
            with path.open("rb") as stream:
                size = stream.seek(0, os.SEEK_END)
                digest = blake2b(digest_size=16)
                for start in (0, max(0, size - _EDGE)):
                    stream.seek(start)
                    digest.update(stream.read(_EDGE))
        except OSError as error:
            msg = f"'{path}' cannot be read ({error.strerror})."
            raise ReplayError(msg) from None
        found.append([str(path), size, digest.hexdigest()])
    return found


def _sync(stream: Any) -> None:
    stream.flush()
    os.fsync(stream.fileno())
