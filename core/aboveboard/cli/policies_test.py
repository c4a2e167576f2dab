"""`aboveboard policies test`: runs tests and examples of policies on both engines."""

from __future__ import annotations

import math
from pathlib import Path
from typing import cast

import click

from aboveboard.cli.workbench_options import (
    directories_argument,
    judge,
    judged,
    opa_options,
    report_options,
    tell,
)

__all__ = ["test"]


def _a_number(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    if value is not None and math.isnan(value):  # in every range, to click
        msg = "expected a number."
        raise click.BadParameter(msg)
    return value


@click.command()
@directories_argument
@click.option(
    "--engine",
    type=click.Choice(["both", "embedded", "opa"]),
    default="both",
    show_default=True,
    help="Where to run.",
)
@click.option("-k", "pattern", metavar="TEXT", default="", help="Only tests with TEXT in the name.")
@click.option(
    "--min-coverage",
    type=click.FloatRange(0, 100),
    callback=_a_number,
    metavar="PERCENT",
    help="Fail when tests reach less of the findings, or of the lines that OPA counts.",
)
@click.option("--watch", is_flag=True, help="Run again at each change, until interrupted.")
@opa_options
@report_options
def test(
    *,
    directories: tuple[Path, ...],
    engine: str,
    pattern: str,
    min_coverage: float | None,
    watch: bool,
    opa: Path | None,
    require_opa: bool,
    form: str,
    output: Path | None,
    fail_on: str,
) -> int:
    """Run the tests and the examples of policies.

    DIR is a directory of policies; without one the settings' directories are tried, or the bundled
    policies where the settings name none. Tests are in *_test.rego, tables of examples in
    *.examples.yaml. Each runs on OPA and on the embedded engine; what the policies could find and no
    test brings about is listed.

    Exits with 0 when all passed, 1 when something did not, 2 when nothing could be run.

    \b
    Example:
      aboveboard policies test policies
      aboveboard policies test --watch -k marketing policies
    """
    settings, context = judged(directories, output)
    binary = judge(settings, opa, required=require_opa or engine == "opa")
    from aboveboard.workbench.checking import Request
    from aboveboard.workbench.trying import Engines, try_out

    request = Request(tuple(settings.policies), context, binary)

    def once() -> int:
        report = try_out(request, cast("Engines", engine), pattern, min_coverage)
        return tell(report, form, output, fail_on)

    if not watch:
        return once()
    from aboveboard.cli.watching import again_and_again

    return again_and_again(once, [*context, *request.judged])
