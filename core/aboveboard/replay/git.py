"""A directory of policies as it is in a revision of a git repository.

The files are read from git's store, not checked out: no filter, hook or attribute of the repository has
a say in what they hold.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from aboveboard.errors import PolicyError
from aboveboard.policy.bundle import MAX_FILE_BYTES, MAX_FILES

__all__ = ["directory_at"]

_TIMEOUT_S = 60
_SUFFIXES = (".rego", ".json", ".yaml", ".yml")
_FILE, _LINK = ("100644", "100755"), "120000"


@dataclass(frozen=True, slots=True)
class _Entry:
    mode: str
    kind: str
    id: str
    size: int
    path: str


def directory_at(revision: str, directory: Path, into: Path) -> Path:
    """Write the files of a directory as a revision has them.

    Args:
        revision: a branch, a tag, a commit: whatever git takes for one.
        directory: as it is called now, or was then; its repository is the one that it lies in.
        into: an empty place; the directory is made below it, under its own name.

    Raises:
        PolicyError: no git, no such revision, no such directory in it.
    """
    if not revision or revision.startswith("-"):
        msg = f"'git:{revision}' names no revision. Write 'git:REVISION[:DIRECTORY]'."
        raise PolicyError(msg)
    target = directory.absolute()
    near = next(parent for parent in (target, *target.parents) if parent.is_dir()).resolve()
    top = Path(_git(near, "rev-parse", "--show-toplevel").decode().rstrip("\n")).resolve()
    commit = _git(
        near, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    if not commit:
        msg = f"'{revision}' is no revision of the repository '{top}'. 'git log' shows which are."
        raise PolicyError(msg)
    below = Path(os.path.normpath(near / target.relative_to(_unresolved(near, target))))
    try:
        inside = below.relative_to(top).as_posix()
    except ValueError:
        msg = f"'{directory}' lies outside of the repository '{top}'."
        raise PolicyError(msg) from None
    place = commit.decode().strip() + (":" if inside == "." else f":{inside}")
    tree = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", place).decode().strip()
    if not tree or _git(top, "cat-file", "-t", tree).strip() not in (b"tree", b"commit"):
        msg = f"Revision '{revision}' has no directory '{inside}'."
        raise PolicyError(msg)
    made = into / (below.name or "policies")
    made.mkdir(parents=True)
    entries = list(_entries(_git(top, "ls-tree", "-r", "-z", "-l", tree), inside))
    for entry, data in zip(entries, _contents(top, entries), strict=True):
        path = made.joinpath(*PurePosixPath(entry.path).parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return made


def _unresolved(near: Path, target: Path) -> Path:
    """The parent of `target` that `near` is the resolved form of."""
    return next(
        parent
        for parent in (target, *target.parents)
        if parent.is_dir() and parent.resolve() == near
    )


def _entries(listed: bytes, where: str) -> Iterator[_Entry]:
    count = 0
    for item in listed.split(b"\0"):
        if not item:
            continue
        head, _, name = item.partition(b"\t")
        mode, kind, identity, size = head.decode().split()
        path = name.decode("utf-8", "backslashreplace")
        if kind == "commit":
            msg = f"'{where}/{path}' is a submodule, whose files the repository does not hold."
            raise PolicyError(msg)
        if not path.endswith(_SUFFIXES):
            continue
        if mode == _LINK or mode not in _FILE:
            msg = f"'{where}/{path}' is a link in that revision. Expected the file itself."
            raise PolicyError(msg)
        parts = PurePosixPath(path).parts
        if "\\" in path or ":" in path or ".." in parts or path.startswith("/"):
            msg = f"'{where}' holds a file whose name leads elsewhere in that revision."
            raise PolicyError(msg)
        count += 1
        if count > MAX_FILES or int(size) > MAX_FILE_BYTES * 4:
            msg = f"'{where}' holds too many files, or too large ones, for a directory of policies."
            raise PolicyError(msg)
        yield _Entry(mode, kind, identity, int(size), path)


def _contents(top: Path, entries: Sequence[_Entry]) -> Iterator[bytes]:
    asked = "".join(f"{entry.id}\n" for entry in entries).encode()
    found = _git(top, "cat-file", "--batch", given=asked)
    start = 0
    for entry in entries:
        end = found.index(b"\n", start)
        if found[start:end].split() != [entry.id.encode(), b"blob", str(entry.size).encode()]:
            msg = f"The repository '{top}' lacks a file of that revision. Fetch it first."
            raise PolicyError(msg)
        yield found[end + 1 : end + 1 + entry.size]
        start = end + 1 + entry.size + 1


def _git(where: Path, *arguments: str, given: bytes = b"") -> bytes:
    """What git prints; nothing when it says no quietly."""
    program = shutil.which("git")
    if program is None:
        msg = "git is not installed, and policies of a revision are asked for."
        raise PolicyError(msg)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603  (no shell; what is not ours stands behind --end-of-options)
            [program, "--no-replace-objects", "-C", str(where), *arguments],
            input=given,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        msg = f"git did not answer within {_TIMEOUT_S} s in '{where}'."
        raise PolicyError(msg) from None
    if done.returncode != 0 and "--quiet" not in arguments:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = lines[0] if lines else f"exit code {done.returncode}"
        msg = f"git cannot read '{where}': {why}"
        raise PolicyError(msg)
    return done.stdout if done.returncode == 0 else b""
