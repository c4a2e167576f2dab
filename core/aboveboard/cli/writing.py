"""Write a file as a whole or not at all: what is there stays until the new one is complete."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

import click

from aboveboard.cli.output import plain

__all__ = ["write_whole"]


def write_whole(path: Path, text: str) -> None:
    """Write UTF-8 text to a file, in the place of what was there; through to devices and pipes.

    Raises:
        ClickException: it cannot be written.
    """
    try:
        target = path.resolve()  # a link stays one
        if target.is_symlink():  # to itself: an error of its own until Python 3.13
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8")
        else:
            _replace(target, text.encode())
    except (OSError, RuntimeError) as error:  # RuntimeError: a link to itself, until Python 3.13
        why = getattr(error, "strerror", None) or type(error).__name__
        msg = f"'{plain(str(path))}' cannot be written ({why}). Choose another place."
        raise click.ClickException(msg) from None


def _replace(target: Path, data: bytes) -> None:
    mode = 0o666  # as the user's mask lets it
    if target.exists():
        with target.open("ab"):  # whoever may not write there may not replace it either
            mode = target.stat().st_mode & 0o777
    made = target.with_name(f".aboveboard-{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        made.replace(target)
    except BaseException:
        with suppress(OSError):
            made.unlink()
        raise
