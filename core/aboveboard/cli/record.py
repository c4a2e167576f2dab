"""`aboveboard record`: what is on record, whom to forget, what is too old."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aboveboard.cli.options import format_option, load_settings
from aboveboard.cli.output import count, plain, print_table, write_json

if TYPE_CHECKING:
    from aboveboard.records.summary import Summary

__all__ = ["record"]

_PATHS = click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
_DIRECTORY = click.option(
    "--directory",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The directory of records; the setting record_directory when left out.",
)
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Only say what would be done.")


@click.group()
def record() -> None:
    """Look at records, forget a person, remove what is too old.

    Decisions are recorded where the setting record_directory says. A PATH is a file of records or a
    directory of them; the setting's when left out.

    \b
    Example:
      aboveboard record show
      aboveboard record forget k1:9f86d081884c7d659a2feaa0c55ad015
      aboveboard record prune --keep-days 365
    """


@record.command("list")
@_PATHS
@format_option("text", "json")
def list_(*, paths: tuple[Path, ...], form: str) -> int:
    """List record files: how many decisions, of when, and what is missing.

    Exits with 1 when records are known to be missing: half lines that a crash left, gaps in which
    nothing could be written. Looks at lines, their form and their times only; whether all in a record
    is as it should be, 'aboveboard replay' finds out.

    \b
    Example:
      aboveboard record list records
    """
    found, total = _summaries(paths)
    if form == "json":
        write_json([{"file": str(path), **one.as_dict()} for path, one in found])
    elif found:
        columns = ("file", "records", "first", "last", "bytes", "half lines", "missing")
        print_table(columns, [_row(path.name, one) for path, one in found])
    else:
        click.echo("There are no records.")
    return 0 if total.complete else 1


@record.command()
@_PATHS
@format_option("text", "json")
def show(*, paths: tuple[Path, ...], form: str) -> int:
    """Sum up what is on record; exits with 1 when records are known to be missing.

    Looks at lines, their form and their times only; whether all in a record is as it should be,
    'aboveboard replay' finds out.

    \b
    Example:
      aboveboard record show records --format json
    """
    found, total = _summaries(paths)
    if form == "json":
        write_json(total.as_dict())
    else:
        _print(total, [path for path, one in found if one.missing])
    return 0 if total.complete else 1


@record.command()
@click.argument("subjects", metavar="SUBJECT...", nargs=-1, required=True)
@click.option(
    "--raw",
    is_flag=True,
    help="SUBJECT is the identifier that the program uses, such as hubspot/contacts/42, not its "
    "pseudonym; needs the settings' subject_key.",
)
@_DIRECTORY
@_DRY_RUN
@format_option("text", "json")
def forget(
    *, subjects: tuple[str, ...], raw: bool, directory: Path | None, dry_run: bool, form: str
) -> int:
    """Remove all records of SUBJECT made until now; processes may go on recording meanwhile.

    Backups and copies elsewhere are yours to see to. Pseudonyms of an older key have to be given as
    such: the settings hold the key in use.

    \b
    Example:
      aboveboard record forget k1:9f86d081884c7d659a2feaa0c55ad015 --dry-run
      aboveboard record forget --raw hubspot/contacts/42
    """
    from aboveboard.records.forgetting import forget as forget_

    place = _own(_place(directory))
    wanted = _pseudonyms(subjects) if raw else subjects
    _checked(wanted)
    found = forget_(place, wanted, dry_run=dry_run)
    if form == "json":
        write_json(
            {
                "records": found.records,
                "files": [str(path) for path in found.files],
                "searched": found.searched,
                "unsearched": [str(path) for path in found.unsearched],
                "dry_run": dry_run,
            }
        )
    else:
        done = "Would remove" if dry_run else "Removed"
        files = count(len(found.files), "file")
        click.echo(f"{done} {count(found.records, 'record')} of {files}; "
                   f"{count(found.searched, 'file')} searched.")  # fmt: skip
    for path in found.unsearched:
        click.echo(
            f"{plain(str(path))} is damaged and was left as it is: it may hold more of the person. "
            "Remove it, or bring it back from a backup and try again.",
            err=True,
        )
    return 1 if found.unsearched else 0


@record.command()
@click.option(
    "--keep-days",
    type=click.IntRange(1, 36_525),
    metavar="N",
    help="Remove files whose last record is older; the setting record_keep_days when left out.",
)
@_DIRECTORY
@_DRY_RUN
@format_option("text", "json")
def prune(*, keep_days: int | None, directory: Path | None, dry_run: bool, form: str) -> int:
    """Remove files of records that are too old, and compress what others left behind.

    Gates do so by themselves whenever they begin a new file; this is for when none runs any more.

    \b
    Example:
      aboveboard record prune --keep-days 365 --dry-run
    """
    from datetime import UTC, datetime

    from aboveboard.records.tending import outdated, tend

    settings = load_settings()
    place = _own(_place(directory))
    keep_days = keep_days or settings.record_keep_days
    if keep_days is None:
        msg = "How long are records kept? Give --keep-days, or set record_keep_days."
        raise click.UsageError(msg)
    if dry_run:
        removed = tuple(outdated(place, keep_days, datetime.now(UTC)))
        compressed: tuple[Path, ...] = ()
    else:
        done = tend(place, compression=settings.record_compression, keep_days=keep_days, wait=True)
        removed, compressed = done.removed, done.compressed
    if form == "json":
        names = {"removed": removed, "compressed": compressed}
        rows: dict[str, Any] = {key: [path.name for path in value] for key, value in names.items()}
        write_json({**rows, "dry_run": dry_run})
        return 0
    for path in removed:
        click.echo(f"{'Would remove' if dry_run else 'Removed'} {plain(path.name)}.")
    if compressed:
        click.echo(f"Compressed {count(len(compressed), 'file')}.")
    if not removed and not compressed:
        click.echo("Nothing is too old.")
    return 0


def _place(directory: Path | None) -> Path:
    """The directory that is meant, which has to be there."""
    place = directory or load_settings().record_directory
    if place is None:
        msg = "No directory of records is named. Name one, or set record_directory."
        raise click.UsageError(msg)
    if not place.is_dir():
        msg = f"'{plain(str(place))}' is no directory of records."
        raise click.UsageError(msg)
    return place


def _own(place: Path) -> Path:
    """As root it would leave files that their owner cannot read, and follow links that he laid."""
    import os
    import sys

    if sys.platform != "win32" and os.geteuid() == 0 and (owner := place.stat().st_uid) != 0:
        msg = (
            f"'{plain(str(place))}' belongs to another user. Run this as that user, such as by "
            f"'sudo -u \\#{owner}'."
        )
        raise click.UsageError(msg)
    return place


def _summaries(paths: tuple[Path, ...]) -> tuple[list[tuple[Path, Summary]], Summary]:
    from aboveboard.records.reading import record_files
    from aboveboard.records.summary import Summary, summarise

    wanted = paths or (_place(None),)
    files = [file for path in wanted for file in record_files(path)]
    found = [(file, summarise(file)) for file in files]
    total = Summary()
    for _, one in found:
        total.add(one)
    return found, total


def _row(name: str, one: Summary) -> list[str]:
    from aboveboard.records.summary import written

    half, missing = str(one.half or ""), str(one.missing or "")
    return [
        name,
        f"{one.records:,}",
        written(one.first)[:19],
        written(one.last)[:19],
        f"{one.bytes:,}",
        half,
        missing,
    ]


def _print(total: Summary, gaps: list[Path]) -> None:
    from aboveboard.records.summary import written

    click.echo(f"{count(total.records, 'record')} in {count(total.files, 'file')}, "
               f"{total.bytes:,} bytes")  # fmt: skip
    if total.records:
        click.echo(f"from {written(total.first)} to {written(total.last)}")
    for name, number in sorted(total.effects.items()):
        click.echo(f"  {plain(name)}: {number:,}")
    for name, number in sorted(total.revisions.items()):
        click.echo(f"  policies {plain(name)}: {number:,}")
    if total.unenforced:
        click.echo(f"{total.unenforced:,} of monitor mode: what would have been stopped ran.")
    if total.missing:
        click.echo(f"{total.missing:,} missing: they could not be written. It says so in:")
        for path in gaps[:10]:
            click.echo(f"  {plain(str(path))}")
    if total.half:
        click.echo(
            f"{count(total.half, 'line')} that a crash left half, or that are damaged or malformed:"
        )
        for bad in total.problems[:10]:
            click.echo(f"  {plain(str(bad))}")
    if total.foreign:
        click.echo(f"{count(total.foreign, 'line')} of something else.")


def _pseudonyms(identifiers: tuple[str, ...]) -> tuple[str, ...]:
    from aboveboard.errors import SettingsError
    from aboveboard.pseudonyms import Pseudonymiser

    settings = load_settings()
    if settings.secret("subject_key") is None:
        msg = (
            "Without subject_key nobody's pseudonym is known. Set subject_key or subject_key_file, "
            "or give the pseudonym itself."
        )
        raise SettingsError(msg)
    return tuple(map(Pseudonymiser.from_settings(settings), identifiers))


def _checked(subjects: tuple[str, ...]) -> None:
    """A raw identifier taken for a pseudonym would be found nowhere, and nobody would know."""
    from aboveboard.events import is_pseudonym

    for number, subject in enumerate(subjects, 1):
        if not is_pseudonym(subject):
            msg = (
                f"SUBJECT {number} is no pseudonym, such as k1:9f86d081884c7d659a2feaa0c55ad015. "
                "Give --raw for the identifier that the program uses."
            )
            raise click.UsageError(msg)
