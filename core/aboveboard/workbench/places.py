"""Which directories are judged, and how their files are named to whoever has to open them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aboveboard.policy.bundle import MAX_FILE_BYTES, MAX_FILES, Survey, bundled_directory
from aboveboard.policy.syntax import Module
from aboveboard.workbench.report import Finding

__all__ = ["Places", "Source", "name_of", "shown"]


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the judged directories, beside the policies: tests and tables.

    Attributes:
        name: the directory's name and the path within it, as in messages of the load checks.
        path: where it is.
        text: what it says.
    """

    name: str
    path: Path
    text: str


def name_of(file: Module | Source) -> str:
    """What a file goes by in messages of the load checks."""
    return file.file if isinstance(file, Module) else file.name


def shown(path: Path) -> str:
    """A path from the working directory where it lies below it, else absolute; forward slashes."""
    whole = Path(os.path.abspath(path))  # noqa: PTH100  (links stay as they were named)
    try:
        return whole.relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return whole.as_posix()


class Places:
    """The directories of one run.

    Args:
        survey: what was read.
        judged: those to speak of; the others are there because these build on them. The bundled ones
            when empty.
    """

    def __init__(self, survey: Survey, judged: Sequence[Path]) -> None:
        self._places = {label: directory for directory, label in survey.places}
        wanted = {item.resolve() for item in (judged or (bundled_directory(),))}
        self.judged = {
            label: directory
            for label, directory in self._places.items()
            if directory.resolve() in wanted
        }

    @property
    def directories(self) -> tuple[str, ...]:
        """The judged ones, as they are shown."""
        return tuple(map(shown, self.judged.values()))

    def is_judged(self, name: str) -> bool:
        """Whether a file, named as in messages of the load checks, is of a judged directory."""
        return name.partition("/")[0] in self.judged

    def shown(self, name: str) -> str:
        """How to show such a name."""
        label, _, inside = name.partition("/")
        if label in self._places:
            return shown(self._places[label] / inside)
        return shown(Path(name)) if Path(name).exists() else name

    def sources(self, suffixes: tuple[str, ...], problems: list[Finding]) -> Iterator[Source]:
        """The files of the judged directories whose names end so, in order.

        Args:
            suffixes: such as `_test.rego`.
            problems: what cannot be read is added here.
        """
        for label, directory in self.judged.items():
            found = sorted(path for path in directory.rglob("*") if path.name.endswith(suffixes))
            if len(found) > MAX_FILES:
                text = f"holds over {MAX_FILES} files ({', '.join(suffixes)})."
                problems.append(Finding(shown(directory), 0, 0, "AB-FILE-02", text))
                continue
            for path in found:
                name = f"{label}/{path.relative_to(directory).as_posix()}"
                problem, text = _read(path)
                if problem:
                    problems.append(Finding(shown(path), 0, 0, "AB-FILE-01", problem))
                else:
                    yield Source(name, path, text)


def _read(path: Path) -> tuple[str, str]:
    if not path.name.isprintable():
        return "has a name that cannot be printed.", ""
    try:
        if path.exists() and not path.is_file():
            return "is no file.", ""
        with path.open("rb") as stream:
            raw = stream.read(MAX_FILE_BYTES + 1)
        if len(raw) > MAX_FILE_BYTES:
            return f"is over {MAX_FILE_BYTES} bytes.", ""
        return "", raw.decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return "cannot be read as UTF-8 text.", ""
