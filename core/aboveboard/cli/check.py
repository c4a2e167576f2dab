"""`aboveboard check`: what the policies say of recorded events."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from aboveboard.cli.options import (
    engine_options,
    format_option,
    load_settings,
    organisation_option,
    policies_option,
)
from aboveboard.cli.output import plain, to_json

if TYPE_CHECKING:
    from aboveboard.cli.reading import Bad
    from aboveboard.events import StepEvent
    from aboveboard.gate import Gate
    from aboveboard.settings import Settings
    from aboveboard.verdicts import Verdict

__all__ = ["check"]

_FINDING = ("rule", "effect", "message", "law", "remedy", "facts")


@click.command()
@click.argument(
    "paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@engine_options
@policies_option
@organisation_option
@click.option("--language", metavar="TAG", help="Language of messages (BCP 47), such as 'fi'.")
@click.option(
    "--from",
    "vendor",
    metavar="VENDOR",
    help="PATH holds payloads as a vendor sends them, such as 'hubspot'; 'aboveboard plugins' lists "
    "who reads which.",
)
@click.option("--purpose", metavar="NAME", help="What the payload's data is used for; with --from.")
@format_option("text", "json", "jsonl")
@click.option("-v", "--verbose", is_flag=True, help="Log each verdict to standard error as JSON.")
def check(
    *,
    paths: tuple[Path, ...],
    engine: str | None,
    opa_url: str | None,
    timeout_s: float | None,
    policies: tuple[Path, ...],
    organisation: Path | None,
    language: str | None,
    vendor: str | None,
    purpose: str | None,
    form: str,
    verbose: bool,
) -> int:
    """Decide on recorded events; nothing is run.

    PATH is a file of events, or '-' for standard input: one CloudEvents JSON object, an array, or
    JSON lines; gzip is recognised. What is no event is reported as file:line or file[index], and
    the rest is still decided.

    With an organisation (--organisation or the settings) each event is first filled with what its
    register and profile state; without one, events are taken as they are.

    With --from a file is one payload of a vendor (a record, a page, a webhook), or JSON lines of them;
    the vendor's plugin makes its events. What the plugin does not understand is bad input.

    Exits with 0 when all events are allowed, 1 when one is escalated or denied, 2 when some input
    was no event.

    \b
    Example:
      aboveboard check events.jsonl
      aboveboard check --format jsonl events.jsonl.gz | jq 'select(.effect == "deny")'
      aboveboard check --from hubspot --purpose contact_management webhook.json
    """
    settings = load_settings(
        engine=engine,
        opa_url=opa_url,
        timeout_s=timeout_s,
        policies=policies,
        organisation=organisation,
        language=language,
        # Nobody waits for a dry run: a sink that is slow gets every verdict all the same.
        sinks="inline",
    )
    if purpose is not None and vendor is None:
        msg = "--purpose is for payloads of a vendor: name it with --from."
        raise click.UsageError(msg)
    if policies:
        from aboveboard.policy.making import OWN_POLICIES

        if settings.engine not in OWN_POLICIES:
            msg = (
                f"--policies says nothing to the engine '{settings.engine}': it decides with the "
                "bundle that it has. Build one with 'aboveboard bundle build --policies DIR'."
            )
            raise click.UsageError(msg)
    if verbose:
        from aboveboard.cli.logs import verbose as log_verdicts

        log_verdicts()
    with _gate(settings) as gate:
        run = _Run(gate, form, fill=settings.organisation is not None)
        run.payloads_of(vendor, purpose)
        return run.over(list(paths))


@contextmanager
def _gate(settings: Settings) -> Iterator[Gate]:
    from aboveboard.gate import Gate

    with Gate(settings.unrecorded()) as gate:
        yield gate


class _Run:
    """One call of `check`: reads, decides, prints, counts."""

    def __init__(self, gate: Gate, form: str, *, fill: bool) -> None:
        from aboveboard.cli.deciding import Decider
        from aboveboard.cli.summary import Summary

        self._decider = Decider(gate, fill=fill)
        self._summary = Summary() if form == "text" else None
        self._form = form
        self._stopped = False
        self._decided = 0
        self._bad = 0
        self._gate = gate
        self._vendor: str | None = None
        self._purpose: str | None = None

    def payloads_of(self, vendor: str | None, purpose: str | None) -> None:
        """Read a vendor's payloads in place of events."""
        self._vendor, self._purpose = vendor, purpose

    def over(self, paths: list[Path]) -> int:
        """Decide on every input; returns the exit code."""
        from aboveboard.cli.progress import Progress

        quiet = self._form == "text" or not sys.stdout.isatty()
        with Progress(wanted=quiet, paths=paths) as progress:
            for event, verdict in self._verdicts(paths, progress):
                self._stopped = self._stopped or verdict.effect != "allow"
                if self._summary is not None:
                    self._summary.add(event, verdict)
                else:
                    self._print(verdict)
                self._decided += 1
                progress.step()
        if self._summary is not None:
            self._summary.show(self._bad)
        elif self._form == "json":
            click.echo("\n]" if self._decided else "[]")
        return 2 if self._bad else 1 if self._stopped else 0

    def _verdicts(self, paths: list[Path], progress: Any) -> Iterator[tuple[StepEvent, Verdict]]:
        from aboveboard.cli.reading import Bad

        for path in paths:
            try:
                with _opened(path) as (stream, name):
                    progress.reading(stream)
                    for found in self._found(stream, name):
                        if isinstance(found, Bad):
                            self._report(str(found), progress)
                        else:
                            yield found
            except BrokenPipeError:
                raise
            except OSError as error:
                reason = (error.strerror or "read error").lower()
                self._report(f"{plain(str(path))}: cannot be read ({reason}).", progress)

    def _found(self, stream: IO[bytes], name: str) -> Iterator[tuple[StepEvent, Verdict] | Bad]:
        """What each event of an input comes to."""
        from aboveboard.cli.payloads import payloads, translated
        from aboveboard.cli.reading import Bad, values

        if self._vendor is None:
            for item in values(stream, name):
                yield item if isinstance(item, Bad) else self._decider.decide(item)
            return
        for given in payloads(stream, name):
            if isinstance(given, Bad):
                yield given
                continue
            for event in translated(self._gate, self._vendor, given, purpose=self._purpose):
                yield (
                    event if isinstance(event, Bad) else self._decider.decide_on(event, given.place)
                )

    def _report(self, line: str, progress: Any) -> None:
        self._bad += 1
        progress.report(line)

    def _print(self, verdict: Verdict) -> None:
        line = to_json(as_printed(verdict))
        if self._form == "json":
            line = ("[\n" if self._decided == 0 else ",\n") + line
            click.echo(line, nl=False)
        else:
            click.echo(line)


def as_printed(verdict: Verdict) -> dict[str, Any]:
    """A verdict without what differs from run to run, so that two runs can be compared."""
    full = verdict.as_dict()
    return {
        "id": full["id"],
        "step": full["step"],
        "phase": full["phase"],
        "effect": full["effect"],
        "findings": [{key: finding[key] for key in _FINDING} for finding in full["findings"]],
        "obligations": full["obligations"],
        "policy_revision": full["policy_revision"],
        "engine": full["engine"],
    }


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], str]]:
    if str(path) == "-":
        yield sys.stdin.buffer, "stdin"
        return
    with path.open("rb") as stream:
        yield stream, str(path)
