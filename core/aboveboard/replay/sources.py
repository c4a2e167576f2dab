"""Where policies come from: a directory, a bundle file, a revision in git.

policies/                       a directory of an organisation's, beside the bundled policies
aboveboard_policies/            one with package `aboveboard.*`: in the place of the bundled ones
bundle.tar.gz                   what `aboveboard bundle build` wrote: all that it holds
git:main:policies               the directory `policies` as it is in a revision
git:main                        the directories of the settings, else `policies`, in a revision
bundled                         the bundled policies alone
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aboveboard.errors import PolicyError
from aboveboard.policy.bundle import PolicyBundle, load_bundle
from aboveboard.policy.compiling import compile_apart
from aboveboard.policy.unpacking import read_archive
from aboveboard.replay.git import directory_at

__all__ = ["BUNDLED", "Source", "load_source"]

BUNDLED = "bundled"
_GIT = "git:"
_ARCHIVES = (".tar.gz", ".tgz")


@dataclass(frozen=True, slots=True)
class Source:
    """Policies, and where they are from.

    Attributes:
        bundle: the policies.
        kind: `shipped` for the bundled ones alone; else as `given` says.
        given: as they were asked for.
    """

    bundle: PolicyBundle
    kind: Literal["shipped", "directory", "bundle", "git"]
    given: str

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of all their rules, by name."""
        return tuple(sorted(entry.rule for entry in self.bundle.catalogue))


def load_source(
    names: Sequence[str],
    *,
    before: Sequence[Path] = (),
    usual: Sequence[Path] = (),
    compile_timeout_s: float = 10.0,
) -> Source:
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
        return Source(_archive(names, compile_timeout_s), "bundle", names[0])
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
        try:
            bundle = load_bundle(own, library)
            compile_apart(bundle, [*libraries, *own], compile_timeout_s)
        except PolicyError as error:
            raise PolicyError(_said(str(error), scratch, names)) from None
    told = [name for name in names if name != BUNDLED]
    git = any(name.startswith(_GIT) for name in told)
    kind: Literal["shipped", "directory", "git"] = (
        "git" if git else "directory" if told else "shipped"
    )
    given = ", ".join(name.removeprefix(_GIT) if git else name for name in told)
    return Source(bundle, kind, given)


def _directories(name: str, usual: Sequence[Path], scratch: Path) -> list[Path]:
    if name == BUNDLED:
        return []
    if not name.startswith(_GIT):
        if not Path(name).is_dir():
            msg = (
                f"'{name}' is no directory of policies. Expected one, a bundle file "
                "('….tar.gz'), 'git:REVISION[:DIRECTORY]' or 'bundled'."
            )
            raise PolicyError(msg)
        return [Path(name)]
    revision, _, directory = name.removeprefix(_GIT).partition(":")
    wanted = [Path(directory)] if directory else list(usual) or [Path("policies")]
    return [
        directory_at(revision, item, scratch / str(number)) for number, item in enumerate(wanted)
    ]


def _said(text: str, scratch: str, names: Sequence[str]) -> str:
    """A message in the words of whoever asked: where a revision was unpacked is nobody's business."""
    for number, name in enumerate(names):
        place = re.escape(f"{scratch}{os.sep}{number}{os.sep}")
        text = re.sub(rf"{place}[0-9]+{re.escape(os.sep)}(\S+?)(?=[:,])", rf"'{name}' (\1)", text)
    return text


def _is_library(directory: Path) -> bool:
    return (directory / "aboveboard" / "lib").is_dir()


def _archive(names: Sequence[str], compile_timeout_s: float) -> PolicyBundle:
    if len(names) > 1:
        msg = "A bundle file holds a whole policy set: name no other policies beside it."
        raise PolicyError(msg)
    bundle = read_archive(Path(names[0]))
    compile_apart(bundle, [Path(names[0])], compile_timeout_s)
    return bundle
