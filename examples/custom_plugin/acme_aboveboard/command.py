"""`aboveboard acme`: what is Acme's own."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def acme() -> None:
    """Look into Acme's journal of verdicts."""


@acme.command()
@click.option(
    "--file",
    "path",
    envvar="ACME_JOURNAL",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The journal; ACME_JOURNAL when left out.",
)
def journal(path: Path) -> None:
    """Count verdicts by step, effect and rule."""
    from acme_aboveboard.journal import count

    for (step, effect, rule), number in sorted(count(path).items()):
        click.echo(f"{step} {effect} {rule or '-'} {number}")
