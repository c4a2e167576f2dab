"""`aboveboard policies check`: what would keep policies from loading, and more."""

from __future__ import annotations

from pathlib import Path

import click

from aboveboard.cli.workbench_options import (
    directories_argument,
    judge,
    judged,
    opa_options,
    report_options,
    tell,
)

__all__ = ["check"]


@click.command()
@directories_argument
@opa_options
@report_options
def check(
    *,
    directories: tuple[Path, ...],
    opa: Path | None,
    require_opa: bool,
    form: str,
    output: Path | None,
    fail_on: str,
) -> int:
    """Judge policies before anybody decides by them.

    DIR is a directory of policies; without one the settings' directories are judged, or the bundled
    policies where the settings name none. Syntax, the portable profile, metadata, messages, data
    paths, dead rules and whether they compile are judged here; format, OPA's strict check and types
    against the event schema by OPA. Without OPA the report says what was not done.

    Exits with 0 when nothing was found, 1 when something was, 2 when it could not be judged.

    \b
    Example:
      aboveboard policies check policies
      aboveboard policies check --format sarif -o policies.sarif --require-opa policies
    """
    settings, context = judged(directories, output)
    binary = judge(settings, opa, required=require_opa)
    from aboveboard.workbench.checking import Request
    from aboveboard.workbench.checking import check as do

    request = Request(
        directories=tuple(settings.policies),
        context=context,
        opa=binary,
        compile_timeout_s=settings.policy_compile_timeout_s,
    )
    return tell(do(request), form, output, fail_on)
