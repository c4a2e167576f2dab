"""Where policies come from: a directory, a bundle file, a revision in git.

policies/                       a directory of an organisation's, beside the bundled policies
aboveboard_policies/            one with package `aboveboard.*`: in the place of the bundled ones
bundle.tar.gz                   what `aboveboard bundle build` wrote: all that it holds
git:main:policies               the directory `policies` as it is in a revision
git:main                        the directories of the settings, else `policies`, in a revision
bundled                         the bundled policies alone
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from aboveboard.errors import PolicyError
from aboveboard.policy.bundle import PolicyBundle, load_bundle
from aboveboard.policy.compiling import compile_apart
from aboveboard.replay.git import directory_at

__all__ = ["BUNDLED", "load_source"]

BUNDLED = "bundled"
_GIT = "git:"
_ARCHIVES = (".tar.gz", ".tgz")


def load_source(
    names: Sequence[str],
    *,
    before: Sequence[Path] = (),
    usual: Sequence[Path] = (),
    compile_timeout_s: float = 10.0,
) -> PolicyBundle:
    """Load a policy set and try it in a child process, so that it cannot end this one.

    Args:
        names: as the module's docstring has them; several directories make one set.
        before: directories that plugins bring.
        usual: the directories of the settings, for a revision that names none.
        compile_timeout_s: of the child, in seconds.

    Raises:
        PolicyError: there is no such source, or its policies do not load.
    """
    if not names:
        msg = "Expected policies: a directory, a bundle file, or 'git:REVISION[:DIRECTORY]'."
        raise PolicyError(msg)
    if any(name.endswith(_ARCHIVES) for name in names):
        return _archive(names)
    with tempfile.TemporaryDirectory(prefix="aboveboard-replay-") as scratch:
        directories = [
            directory
            for number, name in enumerate(names)
            for directory in _directories(name, usual, Path(scratch, str(number)))
        ]
        libraries = [directory for directory in directories if _is_library(directory)]
        if len(libraries) > 1:
            msg = "Several directories hold the package 'aboveboard'. Name one of them."
            raise PolicyError(msg)
        library = libraries[0] if libraries else None
        own = [*before, *(directory for directory in directories if directory != library)]
        bundle = load_bundle(own, library)
        compile_apart(bundle, [*libraries, *own], compile_timeout_s)
        return bundle


def _directories(name: str, usual: Sequence[Path], scratch: Path) -> list[Path]:
    if name == BUNDLED:
        return []
    if not name.startswith(_GIT):
        return [Path(name)]
    revision, _, directory = name.removeprefix(_GIT).partition(":")
    wanted = [Path(directory)] if directory else list(usual) or [Path("policies")]
    return [
        directory_at(revision, item, scratch / str(number)) for number, item in enumerate(wanted)
    ]


def _is_library(directory: Path) -> bool:
    return (directory / "aboveboard" / "lib").is_dir()


def _archive(names: Sequence[str]) -> PolicyBundle:
    if len(names) > 1:
        msg = f"'{names[0]}' holds a whole policy set: name no other policies beside it."
        raise PolicyError(msg)
    path = Path(names[0])
    try:
        unpacking = import_module("aboveboard.policy.unpacking")
    except ModuleNotFoundError:
        msg = f"'{path}' cannot be read: this version reads policies from directories and git only."
        raise PolicyError(msg) from None
    bundle: PolicyBundle = unpacking.read_archive(path)
    compile_apart(bundle, [path], 10.0)
    return bundle
