"""What `policies check` and `policies test` share: options, directories, how a report is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aboveboard.cli.options import format_option, load_settings
from aboveboard.cli.output import plain
from aboveboard.cli.writing import POLICY_ENDINGS, keep_apart, write_whole

if TYPE_CHECKING:
    from aboveboard.settings import Settings
    from aboveboard.workbench.report import Report

__all__ = ["directories_argument", "judge", "judged", "opa_options", "report_options", "tell"]

F = TypeVar("F", bound=Callable[..., Any])

directories_argument = click.argument(
    "directories", metavar="[DIR]...", nargs=-1, type=click.Path(path_type=Path)
)


def opa_options(function: F) -> F:
    """`--opa`, `--require-opa`."""
    for option in (
        click.option("--require-opa", is_flag=True, help="Exit with 2 when there is no OPA."),
        click.option(
            "--opa",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help="The OPA to use; the setting opa_binary, or the one on PATH, when left out.",
        ),
    ):
        function = option(function)
    return function


def report_options(function: F) -> F:
    """`--format`, `--output`, `--fail-on`."""
    for option in (
        click.option(
            "--fail-on",
            type=click.Choice(["warning", "error"]),
            default="warning",
            show_default=True,
            help="The least that exits with 1.",
        ),
        click.option(
            "-o",
            "--output",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help="Write the report there; it is printed as text, too.",
        ),
        format_option("text", "json", "sarif", "junit", "github"),
    ):
        function = option(function)
    return function


def judged(directories: tuple[Path, ...], output: Path | None) -> tuple[Settings, tuple[Path, ...]]:
    """The settings, with the directories to judge as their policies; those of plugins apart.

    Raises:
        ConfigurationError: settings or a plugin that they name are wrong.
        UsageError: `output` would be written over policies.
    """
    from aboveboard.manager import PluginManager

    settings = load_settings(policies=directories)
    keep_apart(output, settings.policies, POLICY_ENDINGS)
    manager = PluginManager()
    manager.load_installed(settings.plugins)
    return settings, tuple(manager.policies())


def judge(settings: Settings, named: Path | None, *, required: bool) -> Path | None:
    """The OPA to use.

    Raises:
        SettingsError: it is none, or too old.
        UsageError: there is none and one is required.
    """
    from aboveboard.policy.opa_binary import find_judge

    found = find_judge(named or settings.opa_binary)
    if found is None and required:
        msg = (
            "OPA is required and not on PATH. Install it "
            "(https://www.openpolicyagent.org/docs/#1-download-opa) or name it with --opa."
        )
        raise click.UsageError(msg)
    return found


def tell(report: Report, form: str, output: Path | None, fail_on: str) -> int:
    """Print or write the report; returns the exit code."""
    if form != "text":
        from aboveboard.workbench.formats import FORMATS

        text = FORMATS[form](report)
    else:
        text = "".join(f"{line}\n" for line in _lines(report))
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text)
        for line in _lines(report):
            click.echo(line)
    return 1 if report.failed(("error", "warning") if fail_on == "warning" else ("error",)) else 0


def _lines(report: Report) -> list[str]:
    from aboveboard.cli.workbench_view import lines

    return [plain(line) for line in lines(report)]
