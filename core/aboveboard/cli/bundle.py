"""`aboveboard bundle`: what an OPA server loads, the same policies that the embedded engine has."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from aboveboard.cli.options import policies_option
from aboveboard.cli.output import count, plain
from aboveboard.cli.policy_set import load_policies

__all__ = ["bundle"]


@click.group()
def bundle() -> None:
    """Build the bundle that an OPA server loads.

    \b
    Example:
      aboveboard bundle build -o bundle.tar.gz
      opa run --server --bundle bundle.tar.gz
    """


@bundle.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default="bundle.tar.gz",
    show_default=True,
    metavar="FILE",
    help="Where to write; '-' is standard output.",
)
@policies_option
def build(output: Path, policies: tuple[Path, ...]) -> None:
    """Check the policies and write them as an OPA bundle.

    The same policies give the same bytes, on every machine. The revision in it is what verdicts
    carry as policy_revision, whichever engine decides.

    \b
    Example:
      aboveboard bundle build --policies policies -o bundle.tar.gz
    """
    from aboveboard.policy.archive import write_archive

    found = load_policies(policies)
    data = write_archive(found)
    if str(output) == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        msg = f"'{plain(str(output))}' cannot be written ({error.strerror})."
        raise click.ClickException(msg) from None
    click.echo(f"Wrote {plain(str(output))}: {count(len(found.catalogue), 'rule')}.")
    click.echo(f"Revision {found.revision}")
    click.echo(f"Next: opa run --server --bundle {plain(str(output))}")
