"""`--watch`: does something again whenever files have changed, until it is interrupted."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from aboveboard.cli.output import plain
from aboveboard.errors import AboveboardError

__all__ = ["again_and_again"]

INTERVAL_S = 0.3


def again_and_again(once: Callable[[], int], places: Sequence[Path]) -> int:
    """Do it now and after each change, whatever comes of it. Interrupting it is how it ends: 0.

    Looking at a few hundred files takes a millisecond; a library that is told by the system would be a
    dependency for that.
    """
    from aboveboard.policy.reloading import fingerprint

    try:
        while True:
            seen = fingerprint(places)
            try:
                once()
            except (AboveboardError, click.ClickException) as error:
                text = (
                    error.format_message()
                    if isinstance(error, click.ClickException)
                    else str(error)
                )
                for line in f"Error: {text}".split("\n"):
                    click.echo(plain(line), err=True)
            click.echo("Waiting for changes; Ctrl-C ends.", err=True)
            while (now := fingerprint(places)) == seen:
                time.sleep(INTERVAL_S)
            # Until two looks see the same: an editor may be half-way through.
            while (later := fingerprint(places)) != now:
                now = later
                time.sleep(INTERVAL_S)
    except KeyboardInterrupt:
        click.echo("", err=True)
        return 0
