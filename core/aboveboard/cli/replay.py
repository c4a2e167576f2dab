"""`aboveboard replay`: what a changed policy would have decided."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aboveboard.cli.group import EXIT_INTERRUPTED
from aboveboard.cli.options import format_option, load_settings
from aboveboard.cli.output import count, print_table, write_json

if TYPE_CHECKING:
    from aboveboard.replay.running import Finished

__all__ = ["replay"]


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
    "--rows",
    type=click.Path(path_type=Path, dir_okay=False),
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
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where a replay that was stopped is taken up again.",
)
@click.option(
    "--deduplicate",
    is_flag=True,
    help="Evaluate events that differ only in facts that no rule reads once.",
)
@format_option("text", "json")
def replay(
    records: tuple[Path, ...],
    against: tuple[str, ...],
    baseline: tuple[str, ...],
    rows: Path | None,
    processes: int | None,
    state: Path | None,
    deduplicate: bool,
    form: str,
) -> int:
    """Judge recorded decisions by changed policies, and show what would change.

    RECORDS are files of recorded decisions (JSON lines, also gzip and zstd; Parquet) or directories
    of them. Ctrl-C ends early, with a report of what was judged so far.

    \b
    Example:
      aboveboard replay records --against policies
      aboveboard replay records --against git:my-branch --baseline git:main
    """
    from aboveboard.manager import PluginManager
    from aboveboard.replay.running import Replay
    from aboveboard.replay.running import replay as run
    from aboveboard.replay.sources import load_source

    settings = load_settings()
    manager = PluginManager()
    manager.load_installed(settings.plugins)

    def load(names: tuple[str, ...]):
        return load_source(
            names,
            before=manager.policies(),
            usual=settings.policies,
            compile_timeout_s=settings.policy_compile_timeout_s,
        )

    finished = run(
        Replay(
            records=records,
            new=load(against),
            baseline=load(baseline) if baseline else None,
            processes=processes,
            deduplicate=deduplicate,
            rows=rows,
            state=state,
        )
    )
    if form == "json":
        write_json(finished.comparison.as_dict())
    else:
        _print(finished)
    return EXIT_INTERRUPTED if finished.partial else 0


def _print(finished: Finished) -> None:
    found = finished.comparison
    click.echo(f"{count(found.records, 'record')}, {found.changed:,} would change")
    print_table(["kind", "records"], [(k, f"{n:,}") for k, n in sorted(found.kinds.items())])
