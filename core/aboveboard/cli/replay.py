"""`aboveboard replay`: what a changed policy would have decided."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aboveboard.cli.group import EXIT_BAD_INPUT, EXIT_INTERRUPTED
from aboveboard.cli.options import format_option, load_settings
from aboveboard.errors import SettingsError

if TYPE_CHECKING:
    from aboveboard.replay.budgets import Budget
    from aboveboard.replay.report import Report
    from aboveboard.replay.running import Finished, Replay
    from aboveboard.replay.sources import Source
    from aboveboard.settings import Settings

__all__ = ["replay"]

_EXCEEDED = 1
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument(
    "records", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RECORDS..."
)
@click.option(
    "--against",
    multiple=True,
    required=True,
    metavar="SOURCE",
    help="The changed policies: a directory, a bundle file, 'git:REVISION[:DIRECTORY]' or "
    "'bundled'. Repeatable: several directories make one set.",
)
@click.option(
    "--baseline",
    multiple=True,
    metavar="SOURCE",
    help="Compare with what these policies decide, in place of the recorded verdicts.",
)
@click.option(
    "--fail-if",
    "conditions",
    multiple=True,
    metavar="EXPR",
    help="Exit with 1 when this holds, such as 'newly_denied > 0.5%'. Repeatable.",
)
@click.option(
    "--budget",
    "budgets",
    multiple=True,
    metavar="NAME",
    help="Exit with 1 when a condition of this list in the setting 'budgets' holds. Repeatable.",
)
@click.option("--html", type=_FILE, metavar="FILE", help="Write the report as one page, too.")
@click.option(
    "--rows",
    type=_FILE,
    metavar="FILE",
    help="Write a row a record: JSON lines, or Parquet for a name that ends in '.parquet'.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 256),
    metavar="N",
    help="How many processes evaluate; one for each core when left out.",
)
@click.option(
    "--state",
    type=_FILE,
    metavar="FILE",
    help="Keep in this file how far the replay is; run it again to go on from there.",
)
@click.option(
    "--deduplicate",
    is_flag=True,
    help="Evaluate events that differ only in facts that no rule reads once.",
)
@format_option("text", "json")
def replay(form: str, html: Path | None, **given: Any) -> int:
    """Show what changed policies would have decided.

    RECORDS are files of recorded decisions (JSON lines, also gzip and zstd; Parquet), or directories
    of them. Each is judged anew by the policies of --against and compared with its recorded verdict,
    or with what the policies of --baseline say. Ctrl-C ends it with a report of what was judged so
    far; with --state it goes on from there.

    \b
    Example:
      aboveboard replay records --against policies
      aboveboard replay records --against policies --baseline git:main --fail-if 'newly_denied > 0.5%'
    """
    from aboveboard.cli.replay_view import print_json, print_report, write_html
    from aboveboard.replay.budget_results import judge
    from aboveboard.replay.running import keep_apart

    settings = load_settings()
    conditions = _conditions(settings, given["conditions"], given["budgets"])
    outputs = [path for path in (html, given["rows"], given["state"]) if path is not None]
    keep_apart(given["records"], outputs)
    finished, report = _replayed(settings, given)
    # Whatever cannot be done with it, an hour's work is shown all the same.
    problem: Exception | None = None
    try:
        report = report.judged(judge(report, conditions))
    except SettingsError as error:
        problem = error
    try:
        if html is not None:
            write_html(report, html)
    except click.ClickException as error:
        problem = problem or error
    (print_json if form == "json" else print_report)(report)
    if problem is not None:
        raise problem
    if finished.partial:
        again = "Run it again to go on." if given["state"] else "With --state it could go on."
        click.echo(f"Interrupted. {again}", err=True)
        return EXIT_INTERRUPTED
    if not report.totals.records:
        return EXIT_BAD_INPUT
    return 0 if all(result.passed for result in report.budgets) else _EXCEEDED


def _conditions(
    settings: Settings, conditions: Sequence[str], names: Sequence[str]
) -> list[Budget]:
    from aboveboard.replay.budgets import named_budgets, parse_budget

    return [*map(parse_budget, conditions), *named_budgets(names, settings.budgets)]


def _replayed(settings: Settings, given: dict[str, Any]) -> tuple[Finished, Report]:
    from aboveboard.cli.progress import Progress
    from aboveboard.manager import PluginManager
    from aboveboard.records.reading import record_files
    from aboveboard.replay.report import RecordFile, Report
    from aboveboard.replay.running import Replay
    from aboveboard.replay.running import replay as run
    from aboveboard.replay.sizes import bytes_to_read
    from aboveboard.replay.sources import load_source

    files = [file for path in given["records"] for file in record_files(path)]
    manager = PluginManager()
    manager.load_installed(settings.plugins)

    def load(names: Sequence[str]) -> Source:
        return load_source(
            names,
            before=manager.policies(),
            usual=settings.policies,
            compile_timeout_s=settings.policy_compile_timeout_s,
        )

    new = load(given["against"])
    old = load(given["baseline"]) if given["baseline"] else None
    with Progress(wanted=True, paths=[], total=bytes_to_read(files), noun="records") as progress:
        task = Replay(
            records=files,
            new=new.bundle,
            baseline=None if old is None else old.bundle,
            processes=given["processes"],
            deduplicate=given["deduplicate"],
            rows=given["rows"],
            state=given["state"],
            advanced=progress.advance,
            interrupted=_say_so,
        )
        finished = run(task)
    return finished, Report.of(
        finished.comparison,
        new=_side(new),
        old=None if old is None else _side(old),
        files=[
            RecordFile(path=str(one.path), records=one.records, bad=one.bad, read=one.read)
            for one in finished.files
        ],
        partial=_why(finished, task),
        seconds=finished.seconds,
    )


def _say_so() -> None:
    """In the handler of a signal, where a stream that is being written to cannot be used."""
    if sys.stderr.isatty():
        with suppress(OSError, ValueError):
            os.write(sys.stderr.fileno(), b"\nStopping; once more ends it at once.\n")


def _side(source: Source) -> Any:
    from aboveboard.replay.report import Compared

    return Compared(
        kind=source.kind,
        given=source.given,
        revision=source.bundle.revision,
        rules=source.rules,
    )


def _why(finished: Finished, task: Replay) -> str | None:
    if not finished.partial:
        return None
    again = " The same command goes on from there." if task.state is not None else ""
    return (
        f"It was interrupted after {finished.comparison.records:,} of the records; those behind "
        f"them were not judged.{again}"
    )
