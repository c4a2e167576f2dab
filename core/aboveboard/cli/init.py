"""`aboveboard init`: a directory to start from, in which everything works."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from aboveboard.cli.output import plain
from aboveboard.cli.writing import write_whole

__all__ = ["init"]

_NAME, _COUNTRY = "Esimerkki Oy", "FI"


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--name", help="Name of the organisation.")
@click.option("--country", metavar="XX", help="Country of its seat, two letters (ISO 3166-1).")
def init(directory: Path, name: str | None, country: str | None) -> None:
    """Write settings, organisation, a policy and an event to start from.

    DIRECTORY is the current one when left out. Nothing is ever overwritten. On a terminal, name
    and country are asked for; elsewhere the example's stand where the options are left out.

    \b
    Example:
      aboveboard init my-sales --name "Esimerkki Oy" --country FI
    """
    from aboveboard.cli.starting import starting_files

    if sys.stdin.isatty():
        name = name or click.prompt("Name of the organisation", default=_NAME)
        country = country or click.prompt("Country of its seat (two letters)", default=_COUNTRY)
    found = starting_files((name or _NAME).strip(), (country or _COUNTRY).strip().upper())
    files = {directory / path: text for path, text in found.items()}
    there = [path for path in files if path.exists() or path.is_symlink()]
    if there:
        listed = "".join(f"\n  {plain(str(path))}" for path in there)
        msg = f"Nothing was written, because this is there already:{listed}\nChoose another place."
        raise click.ClickException(msg)
    for path, text in files.items():
        _write(path, text)
    click.echo("Wrote:")
    for path in files:
        click.echo(f"  {plain(str(path))}")
    click.echo("\nNext:")
    if directory != Path():
        click.echo(f"  cd {plain(shlex.quote(str(directory)))}")
    click.echo(
        "  aboveboard check events/example.json    the example passes\n"
        "  opa test policies                       so do the tests of your policy\n"
        "  aboveboard policies list                with your own among them\n\n"
        "Then replace the example's statements in organisation.yaml by your own."
    )


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"'{plain(str(path))}' cannot be written ({error.strerror}). Choose another place."
        raise click.ClickException(msg) from None
    # What another process wrote since we looked is not overwritten either.
    write_whole(path, text, overwrite=False)
