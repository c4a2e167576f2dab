"""`aboveboard explain`: one recorded decision for engineer, auditor or the person concerned."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from aboveboard.cli.options import load_settings, organisation_option, policies_option
from aboveboard.cli.output import count, plain, to_json
from aboveboard.cli.writing import keep_apart, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

    from aboveboard.cli.reading import Bad, Given
    from aboveboard.explaining.finding import Found, Search
    from aboveboard.explaining.making import Audience
    from aboveboard.explaining.page import Page
    from aboveboard.organisation import Organisation
    from aboveboard.records.record import Record
    from aboveboard.settings import Settings

__all__ = ["explain"]

_PLACE = re.compile(r"(?P<file>.+)(?P<place>:[1-9][0-9]{0,11}|\[[0-9]{1,12}\])", re.DOTALL)
_EXIT_UNFINISHED = 1
_ZSTD = b"\x28\xb5\x2f\xfd"


@click.command()
@click.argument("target", metavar="DECISION_ID|RECORD")
@click.option(
    "--for",
    "audience",
    type=click.Choice(["engineer", "auditor", "person"]),
    default="engineer",
    show_default=True,
    help="Who reads it.",
)
@click.option(
    "--records",
    "records",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="DIR_OR_FILE",
    help="Where to look for the decision. Repeatable; takes the place of the setting "
    "record_directory.",
)
@click.option(
    "--language",
    metavar="TAG",
    help="Language (BCP 47), such as 'fi'. For a person, the one on record when left out; "
    "otherwise the settings' one.",
)
@policies_option
@organisation_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "html", "json"]),
    help="By the name of the file when left out, text without one.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where to write; standard output when left out.",
)
def explain(
    *,
    target: str,
    audience: Audience,
    records: tuple[Path, ...],
    language: str | None,
    policies: tuple[Path, ...],
    organisation: Path | None,
    form: str | None,
    output: Path | None,
) -> int:
    """Explain one recorded decision to who has to understand it.

    DECISION_ID is the id of a decision, or its first characters (8 or more), looked for in the
    recorded decisions; RECORD is a file with one record, FILE:LINE (of an array, FILE[INDEX]), or
    '-' for standard input.

    The person's version has no jargon: what happened, why, what counted most, whether a human took
    part, and whom to turn to. Addresses are those of the organisation's file. What is missing in it
    is told on standard error, with where to state it.

    Exits with 0; with 1 when the person's version is written and not finished; with 2 when there is
    no such decision, or several.

    \b
    Example:
      aboveboard explain 1f0c6a52 --records records
      aboveboard explain records/today.jsonl:12 --for auditor -o decision.html
      aboveboard explain 1f0c6a52 --for person --language fi -o letter.html
    """
    settings = load_settings(policies=policies, organisation=organisation, language=language)
    search = _search(records, settings)
    from aboveboard.records.naming import ENDINGS

    read = [Path(target), Path(_PLACE.sub(r"\g<file>", target))]
    keep_apart(output, [*read, *(search.paths if search else ())], ENDINGS)
    found = _found(target, search)
    page = _page(found, audience, search, settings, policies, explicit=language)
    _write(page, form, output)
    for lack in page.lacks:
        click.echo(f"Missing: {plain(lack.what)}. State it in: {plain(lack.where)}.", err=True)
    return _EXIT_UNFINISHED if page.lacks else 0


def _search(records: tuple[Path, ...], settings: Settings) -> Search | None:
    from aboveboard.explaining.finding import Search

    directory: Path | None = settings.record_directory
    paths = records or (() if directory is None else (directory,))
    for path in paths:
        if not path.exists():
            msg = f"'{plain(str(path))}': there are no records there."
            raise click.UsageError(msg)
    return Search(paths) if paths else None


def _found(target: str, search: Search | None) -> Found:
    from aboveboard.explaining.finding import at_place

    if target == "-":
        return _only(None)
    if Path(target).is_dir():
        msg = f"'{plain(target)}' is a directory. Name a decision in it: DECISION_ID --records DIR."
        raise click.UsageError(msg)
    if Path(target).exists():
        return _only(Path(target))
    at = _PLACE.fullmatch(target)
    if at is not None and Path(at["file"]).is_file():
        return at_place(Path(at["file"]), at["place"])
    if search is None:
        msg = (
            f"'{plain(target, 80)}' is no file, and nothing says where the records are. Name them "
            "with --records, or set 'record_directory'."
        )
        raise click.UsageError(msg)
    with _progress(search):
        found = search.decision(target)
    if search.unread:
        what = count(search.unread, "line")
        click.echo(f"Note: {what} of the records could not be read.", err=True)
    return found


def _only(path: Path | None) -> Found:
    """The one record of a file or of standard input."""
    import json

    from aboveboard.cli.reading import Bad
    from aboveboard.errors import RecordError
    from aboveboard.explaining.finding import Found
    from aboveboard.records.record import parse_record

    name = "stdin" if path is None else str(path)
    first, more = _first(path, name)
    if isinstance(first, Bad):
        msg = str(first).replace("no events; expected a CloudEvents", "expected a record, a")
        raise RecordError(msg)
    if more:
        hint = (
            "Give one."
            if path is None
            else f"Name one as '{name}:LINE', or by its decision's id with --records '{name}'."
        )
        msg = f"{name} holds more than one record. {hint}"
        raise RecordError(msg)
    try:
        record = parse_record(json.dumps(first.value, ensure_ascii=False))
    except RecordError as error:
        msg = f"{first.place}: {error}"
        raise RecordError(msg) from None
    return Found(first.place if path is not None else "", record)


def _first(path: Path | None, name: str) -> tuple[Given | Bad, bool]:
    """The first value of an input, and whether there are more."""
    from aboveboard.cli.reading import values

    with nullcontext(sys.stdin.buffer) if path is None else path.open("rb") as stream:
        # A pipe cannot be wound back.
        zstd = path is not None and cast("BufferedReader", stream).peek(4)[:4] == _ZSTD
        found = _compressed(path) if path is not None and zstd else values(stream, name)
        # An empty input is a Bad, so there is a first.
        return next(found), next(found, None) is not None


def _compressed(path: Path) -> Iterator[Given | Bad]:
    """The values of a file as only records are compressed."""
    from aboveboard.cli.reading import Bad, Given
    from aboveboard.records.reading import Line, record_lines
    from aboveboard.strict_json import NotJson, loads

    empty = True
    for line in record_lines(path):
        empty = False
        try:
            if isinstance(line, Line):
                yield Given(line.place, loads(line.text.decode()))
            else:
                yield Bad(line.place, line.problem)
        except (NotJson, UnicodeDecodeError):
            yield Bad(line.place, "expected a record.")
    if empty:
        yield Bad(str(path), "expected a record.")


@contextmanager
def _progress(search: Search) -> Iterator[None]:
    """How far the search is, on a terminal."""
    from aboveboard.cli.progress import Progress
    from aboveboard.records.reading import record_files

    files = [file for path in search.paths for file in record_files(path)]
    with Progress(wanted=True, paths=files, noun="records") as progress:
        position = _Position()

        def read(file: Path, size: int) -> None:
            if position.enter(file):
                progress.reading(position)
            position.size += size + 1
            progress.step()

        search.on_line = read
        yield
    search.on_line = _nothing


class _Position:
    """Where in a file the search is, in bytes as its lines have them, at most the file's size."""

    def __init__(self) -> None:
        self._file: Path | None = None
        self._end = 0
        self.size = 0

    def enter(self, file: Path) -> bool:
        """Go on with a file; False when it is the same one."""
        if file == self._file:
            return False
        self._file, self.size, self._end = file, 0, file.stat().st_size
        return True

    def tell(self) -> int:
        """As of a stream; compressed lines are larger than their file."""
        return min(self.size, self._end)


def _nothing(_file: Path, _size: int) -> None:
    """Nobody watches."""


def _page(
    found: Found,
    audience: Audience,
    search: Search | None,
    settings: Settings,
    policies: tuple[Path, ...],
    *,
    explicit: str | None,
) -> Page:
    from aboveboard.cli.policy_set import load_policies
    from aboveboard.explaining import Known
    from aboveboard.explaining import explain as told
    from aboveboard.explaining.finding import parents_of

    parents: tuple[Record, ...] = ()
    missing = None
    if audience == "engineer" and found.record.event.parent_decision_id is not None:
        with _progress(search) if search is not None else nullcontext():
            parents, missing = parents_of(found.record, search)
    known = Known(
        bundle=load_policies(policies),
        organisation=_organisation(settings),
        language=_language(found, audience, settings.language, explicit),
        place=found.place,
        parents=parents,
        parent_missing=missing,
    )
    return told(found.record, audience, known)


def _language(found: Found, audience: Audience, settings: str, explicit: str | None) -> str:
    """As asked for; a person's own, where there are words in it."""
    if explicit is not None or audience != "person":
        return settings
    from aboveboard.explaining.person import language_of
    from aboveboard.explaining.words import known_language

    tag = language_of(found.record)
    if tag is None or known_language(tag) is not None:
        return tag or settings
    click.echo(
        f"Note: the person uses '{plain(tag)}', which this page does not speak; it is in '{settings}'.",
        err=True,
    )
    return settings


def _organisation(settings: Settings) -> Organisation | None:
    if settings.organisation is None:
        return None
    from aboveboard.organisation import load_organisation

    return load_organisation(settings.organisation)


def _write(page: Page, form: str | None, output: Path | None) -> None:
    from aboveboard.explaining import as_html, as_json, as_text

    if form is None:
        suffix = output.suffix.lower() if output is not None else ""
        form = {".html": "html", ".htm": "html", ".json": "json"}.get(suffix, "text")
    if form == "html":
        text = as_html(page)
    elif form == "json":
        text = to_json(as_json(page), indent=2) + "\n"
    else:
        text = "\n".join(map(plain, as_text(page).split("\n")))
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text)
