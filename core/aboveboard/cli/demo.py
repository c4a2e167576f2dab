"""`aboveboard demo`: a sales pipeline on sample leads."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from aboveboard.cli.options import format_option
from aboveboard.cli.output import EFFECT_STYLES, on_terminal, write_json
from aboveboard.errors import EngineError

if TYPE_CHECKING:
    from aboveboard.demo.run import Outcome

__all__ = ["demo"]


class _FailedError(click.ClickException):
    exit_code = 2


@click.command()
@format_option("text", "json")
@click.option(
    "--engine",
    type=click.Choice(["embedded", "opa"]),
    default="embedded",
    show_default=True,
    help="Decide in this process, or ask an OPA server.",
)
@click.option("--opa-url", metavar="URL", help="Where the OPA server is; with '--engine opa'.")
def demo(form: str, engine: str, opa_url: str | None) -> None:
    """Run a sample sales pipeline and show what is stopped, and why.

    People and data are invented; nothing is sent to anyone. The exit code is 0 when the pipeline
    ran, steps stopped or not, and 2 when it could not.

    \b
    Example:
      aboveboard demo
      aboveboard demo --format json
    """
    if opa_url is not None and engine != "opa":
        msg = "--opa-url goes with '--engine opa'."
        raise click.UsageError(msg)
    from aboveboard.demo.run import demo_settings, run

    try:
        outcomes = run(demo_settings(engine, opa_url))
    except EngineError as error:
        msg = f"{error} {error.remedy} 'aboveboard demo' by itself needs no server."
        raise _FailedError(msg) from None
    if form == "json":
        write_json([outcome.as_dict() for outcome in outcomes])
    elif on_terminal():
        _show(outcomes)
    else:
        from aboveboard.demo.report import plain

        click.echo(plain(outcomes))


def _show(outcomes: Sequence[Outcome]) -> None:
    """On a terminal: with colours, and as wide as it is."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from aboveboard.demo.report import LEGEND, cells, header, intro, sections

    console = Console(file=sys.stdout)
    # One column of space between cells, so that the table fits into 80.
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
        padding=(0, 1, 0, 0),
        header_style="bold",
    )
    for head in header():
        table.add_column(head)
    for person, *row in cells(outcomes):
        # The effect is a cell's first word.
        styles = [EFFECT_STYLES.get(cell.partition(" ")[0].rstrip(","), "dim") for cell in row]
        table.add_row(person, *map(Text, row, styles))
    console.print(intro(outcomes), markup=False, highlight=False)
    console.print()
    console.print(table)
    console.print()
    console.print(LEGEND, style="dim", highlight=False)
    for title, lines in sections(outcomes):
        console.print()
        if title:
            console.print(title, style="bold")
        for line in lines:
            console.print(line, markup=False, highlight=False, soft_wrap=True)
