"""`aboveboard refusals`: who refused what, and what is still to be erased or told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aboveboard.cli.options import format_option, load_settings
from aboveboard.cli.output import print_table, write_json

if TYPE_CHECKING:
    from aboveboard.pseudonyms import Pseudonymiser
    from aboveboard.suppression import SqliteStore

__all__ = ["refusals"]

_STORE = click.option(
    "--store",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The store; the setting suppression_store when left out.",
)


@click.group()
def refusals() -> None:
    """Show and record what people refused; list duties and tick them off.

    A person is named by the identifier that the program uses, such as hubspot/contacts/42; the store
    holds its pseudonym. The key of pseudonyms is the settings' subject_key.

    \b
    Example:
      aboveboard refusals refuse hubspot/contacts/42 email
      aboveboard refusals show hubspot/contacts/42
      aboveboard refusals duties --format json
    """


@refusals.command()
@click.argument("identifiers", metavar="PERSON...", nargs=-1, required=True)
@_STORE
@format_option("text", "json")
def show(*, identifiers: tuple[str, ...], store: Path | None, form: str) -> int:
    """Show what people have refused; exits with 1 when there is anything.

    \b
    Example:
      aboveboard refusals show hubspot/contacts/42
    """
    with _opened(store) as (opened, pseudonym):
        names = {pseudonym(name): name for name in identifiers}
        found = opened.of(names)
    rows = [
        {"person": names[subject], "scope": entry.scope, "since": _text(entry.at)}
        for subject, entries in found.items()
        for entry in entries
    ]
    _print(rows, form, ("person", "scope", "since"), "Nothing is refused.")
    return 1 if rows else 0


@refusals.command()
@click.argument("identifier", metavar="PERSON")
@click.argument("scope", metavar="SCOPE")
@_STORE
def refuse(*, identifier: str, scope: str, store: Path | None) -> int:
    """Record that a person refuses SCOPE from now on, in every process that shares the store.

    SCOPE is a channel (email, phone, sms, ...), any (marketing over any channel), profiling,
    processing or erasure.

    \b
    Example:
      aboveboard refusals refuse hubspot/contacts/42 profiling
    """
    return _record(identifier, scope, store, refused=True)


@refusals.command()
@click.argument("identifier", metavar="PERSON")
@click.argument("scope", metavar="SCOPE")
@_STORE
def lift(*, identifier: str, scope: str, store: Path | None) -> int:
    """Record that a person has taken a refusal back.

    \b
    Example:
      aboveboard refusals lift hubspot/contacts/42 email
    """
    return _record(identifier, scope, store, refused=False)


@refusals.command()
@click.option(
    "--limit", type=click.IntRange(1), default=1000, show_default=True, help="At most so many."
)
@_STORE
@format_option("text", "json")
def duties(*, limit: int, store: Path | None, form: str) -> int:
    """List what policies demand and nobody has done yet; exits with 1 when there is anything.

    \b
    Example:
      aboveboard refusals duties
    """
    with _opened(store) as (opened, _):
        rows = [
            {
                "id": duty.id,
                "kind": duty.kind,
                "subject": duty.subject,
                "rule": duty.rule,
                "fields": list(duty.paths),
                "since": _text(duty.since),
            }
            for duty in opened.duties(limit)
        ]
    columns = ("id", "kind", "subject", "rule", "fields", "since")
    _print(rows, form, columns, "Nothing is to be done.")
    return 1 if rows else 0


@refusals.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True, type=int)
@_STORE
def done(*, ids: tuple[int, ...], store: Path | None) -> int:
    """Say that duties are done.

    \b
    Example:
      aboveboard refusals done 3 4
    """
    with _opened(store) as (opened, _):
        missing = [number for number in ids if not opened.done(number)]
    if missing:
        ids_ = ", ".join(map(str, missing))
        msg = f"No duty has the id {ids_}. 'aboveboard refusals duties' lists them."
        raise click.UsageError(msg)
    click.echo(f"Done: {', '.join(map(str, ids))}.")
    return 0


def _record(identifier: str, scope: str, store: Path | None, *, refused: bool) -> int:
    from aboveboard.nearest import nearest
    from aboveboard.suppression import SCOPES, Suppression

    if scope not in SCOPES:
        close = nearest(scope, SCOPES)
        hint = f"Did you mean '{close}'?" if close else f"There are {', '.join(SCOPES)}."
        msg = f"There is no such scope. {hint}"
        raise click.UsageError(msg)
    with _opened(store) as (opened, pseudonym):
        entry = Suppression(pseudonym(identifier), scope, refused, datetime.now(UTC))  # type: ignore[arg-type]
        changed = opened.record([entry])
    done_ = "Refused" if refused else "Lifted"
    click.echo(f"{done_}: {scope}." if changed else f"{done_} already: {scope}.")
    return 0


@contextmanager
def _opened(path: Path | None) -> Iterator[tuple[SqliteStore, Pseudonymiser]]:
    from aboveboard.errors import SettingsError
    from aboveboard.pseudonyms import Pseudonymiser
    from aboveboard.suppression import SqliteStore

    settings = load_settings()
    path = path or settings.suppression_store
    if path is None:
        msg = "No store is named. Give --store, or set suppression_store."
        raise SettingsError(msg)
    if settings.secret("subject_key") is None:
        msg = "Without subject_key nobody is found in a store. Set subject_key or subject_key_file."
        raise SettingsError(msg)
    store = SqliteStore(path)
    try:
        yield store, Pseudonymiser.from_settings(settings)
    finally:
        store.close()


def _print(rows: list[dict[str, Any]], form: str, columns: tuple[str, ...], nothing: str) -> None:
    if form == "json":
        write_json(rows)
    elif rows:
        print_table(columns, [[_cell(row[column]) for column in columns] for row in rows])
    else:
        click.echo(nothing)


def _cell(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
