"""Runs the user's own OPA on a scratch directory that holds what it is to see.

Directories are numbered there, so that no name of the user's is taken for one of OPA's own forms
(`prefix:path`); what OPA says is told with the names that the load checks use.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from aboveboard.errors import EngineError
from aboveboard.policy import child
from aboveboard.policy.syntax import Module
from aboveboard.workbench.places import Source, name_of

__all__ = ["Opa", "Said", "Scratch", "errors_of"]

_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True)
class Said:
    """How a run of OPA ended."""

    code: int
    out: str
    err: str


class Opa:
    """One OPA binary, and the runs of it that are on their way.

    A run that is interrupted, or whose scratch directory is closed, is ended.

    Args:
        binary: as `find_judge` found it.
    """

    def __init__(self, binary: Path) -> None:
        self.binary = binary
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def run(self, folder: Path, *arguments: str) -> Said:
        """Run it in a directory and wait.

        Raises:
            EngineError: it cannot be run, or did not end in time.
        """
        try:
            with self._lock:
                if self._stopped:
                    raise _failed("was stopped")
                process = subprocess.Popen(  # noqa: S603  (the user's own OPA)
                    [str(self.binary), *arguments],
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    encoding="utf-8",
                    errors="replace",
                    env=child.environment(),
                    **child.options(),
                )
                self._running.add(process)
        except OSError as error:
            msg = f"cannot be run ({error.strerror})"
            raise _failed(msg) from None
        try:
            out, err = process.communicate(timeout=_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            msg = f"did not end within {_TIMEOUT_S:g} s"
            raise _failed(msg) from None
        finally:
            with self._lock:
                self._running.discard(process)
            if process.poll() is None:
                process.kill()
                process.communicate()
        return Said(process.returncode, out, err)

    def stop(self) -> None:
        """End the runs that are on their way, and begin no more."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                with contextlib.suppress(OSError):
                    process.kill()


def _failed(what: str) -> EngineError:
    return EngineError(
        "runtime.engine_unavailable",
        f"OPA {what}.",
        "Run 'opa check --strict' on the policies yourself, or name another OPA with --opa.",
    )


class Scratch:
    """A temporary directory with policies as OPA loads them; a context manager.

    Args:
        opa: whose runs end with it.
    """

    def __init__(self, opa: Opa) -> None:
        self._opa = opa
        self._labels: dict[str, str] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="aboveboard-workbench-"))  # for this user only

    def __enter__(self) -> Scratch:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def part(self, name: str) -> Path:
        """A directory within it, made when asked for."""
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        return folder

    def lay_out(self, part: str, modules: Iterable[Module | Source]) -> Path:
        """Write Rego files below a part."""
        folder = self.part(part)
        for module in modules:
            path = folder / self.laid(name_of(module))
            path.parent.mkdir(parents=True, exist_ok=True)
            # As it is: a carriage return at the end of a line is for `opa fmt` to see.
            path.write_text(module.text, encoding="utf-8", newline="")
        return folder

    def laid(self, name: str) -> str:
        """Where a file goes within a part, from its name in messages."""
        label, _, inside = name.partition("/")
        return f"{self._labels.setdefault(label, f'd{len(self._labels)}')}/{inside}"

    def name(self, laid: str) -> str:
        """The name in messages of a file that OPA speaks of."""
        number, _, inside = laid.replace("\\", "/").removeprefix("./").partition("/")
        labels = {there: here for here, there in self._labels.items()}
        return f"{labels[number]}/{inside}" if number in labels else laid

    def write(self, part: str, name: str, value: Any) -> Path:
        """Write a JSON document below a part."""
        path = self.part(part) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), encoding="utf-8")
        return path

    def capabilities(self) -> Path:
        """The portable profile, as a file."""
        path = self._folder / "capabilities.json"
        if not path.exists():
            path.write_bytes(
                files("aboveboard_policies").joinpath("capabilities.json").read_bytes()
            )
        return path

    def roots(self, part: str) -> list[str]:
        """The directories of policies in a part, for a command line."""
        return sorted(item for item in self._labels.values() if (self.part(part) / item).is_dir())

    def run(self, part: str, *arguments: str) -> Said:
        """Run OPA in a part."""
        return self._opa.run(self.part(part), *arguments)


def errors_of(said: Said) -> list[Mapping[str, Any]] | None:
    """What `opa check --format json` found; None where it said something else."""
    if said.code == 0:
        return []
    for text in (said.out, said.err):
        with contextlib.suppress(ValueError, KeyError, TypeError):
            found: list[Mapping[str, Any]] = json.loads(text)["errors"]
            return found
    return None
