"""Write a file as a whole or not at all: what is there stays until the new one is complete."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import click

from aboveboard.cli.output import plain

__all__ = ["POLICY_ENDINGS", "keep_apart", "write_whole"]

POLICY_ENDINGS = (".rego", ".json", ".yaml", ".yml")
"""Of what a directory of policies holds."""


def keep_apart(output: Path | None, inputs: Iterable[Path], endings: tuple[str, ...] = ()) -> None:
    """See that a result is not written over what it is made from.

    Args:
        output: where it goes; None is standard output.
        inputs: files, and directories of files with one of `endings`.
        endings: of names, such as `.rego`.

    Raises:
        UsageError: it would be.
    """
    if output is None:
        return
    target = output.resolve()
    for path in (item.resolve() for item in inputs):
        among = target.is_relative_to(path) and target.name.lower().endswith(endings)
        if target == path or (endings and among):
            msg = f"'{plain(str(output))}' would be written over what is read, or among it. Choose another place."
            raise click.UsageError(msg)


def write_whole(path: Path, content: str | bytes, *, overwrite: bool = True) -> None:
    """Write to a file, in the place of what was there; through to devices and pipes.

    Args:
        path: a link stays one.
        content: text is written as UTF-8.
        overwrite: whether there may be something; when not, whoever was first wins.

    Raises:
        ClickException: it cannot be written, or is there already.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        target = path.resolve()  # a link stays one
        if target.is_symlink():  # to itself: an error of its own until Python 3.13
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if overwrite and target.exists() and not target.is_file():
            target.write_bytes(data)
        else:
            _replace(target, data, overwrite=overwrite)
    except (OSError, RuntimeError) as error:  # RuntimeError: a link to itself, until Python 3.13
        why = getattr(error, "strerror", None) or type(error).__name__
        msg = f"'{plain(str(path))}' cannot be written ({why}). Choose another place."
        raise click.ClickException(msg) from None


def _replace(target: Path, data: bytes, *, overwrite: bool) -> None:
    mode = 0o666  # as the user's mask lets it
    if overwrite and target.exists():
        with target.open("ab"):  # whoever may not write there may not replace it either
            mode = target.stat().st_mode & 0o777
    made = target.with_name(f".aboveboard-{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if overwrite:
            made.replace(target)
        else:
            _put(made, target)
    except BaseException:
        with suppress(OSError):
            made.unlink()
        raise


def _put(made: Path, target: Path) -> None:
    """Rename, unless something is there; `os.link` says so in one step, where there are links."""
    try:
        os.link(made, target)
    except FileExistsError:
        raise
    except OSError:
        if target.exists() or target.is_symlink():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        made.replace(target)
    else:
        made.unlink()
