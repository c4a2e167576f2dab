"""`aboveboard fairness`: from a table of outcomes to an answer and to the facts that rules judge."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aboveboard.cli.group import EXIT_STOPPED
from aboveboard.cli.options import format_option
from aboveboard.cli.output import plain, to_json, write_json
from aboveboard.cli.writing import write_whole

if TYPE_CHECKING:
    from aboveboard.fairness import OutcomeCounts

__all__ = ["fairness"]


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--group",
    default="group",
    show_default=True,
    metavar="COL",
    help="Column whose values make the groups, such as language.",
)
@click.option(
    "--outcome",
    metavar="COL",
    help="Column that says what became of each row's person. Without it, FILE is a table of "
    "counts, with columns n and selected.",
)
@click.option(
    "--favourable",
    metavar="VALUE",
    help="The outcome that is good for the person; needed unless the column holds yes and no, true "
    "and false or 1 and 0.",
)
@click.option(
    "--stratum",
    metavar="COL",
    help="Column whose values part the rows into strata, such as segment or channel. Each is "
    "checked by itself.",
)
@click.option("--model-version", metavar="TEXT", help="Version of the model, for the facts.")
@click.option(
    "--window-days", type=click.IntRange(min=0), metavar="N", help="Days that FILE covers."
)
@click.option(
    "--evaluated-at", metavar="TIME", help="When the check was made, RFC 3339; now if left out."
)
@click.option(
    "--n-min",
    type=click.IntRange(min=30, max=1_000_000),
    default=30,
    show_default=True,
    metavar="N",
    help="People a group needs before anything is claimed about it; 30 is the least.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FACTS",
    help="Write the facts there, as .json or .yaml.",
)
@format_option("text", "json")
def fairness(
    *,
    file: Path,
    group: str,
    outcome: str | None,
    favourable: str | None,
    stratum: str | None,
    model_version: str | None,
    window_days: int | None,
    evaluated_at: str | None,
    n_min: int,
    output: Path | None,
    form: str,
) -> int:
    """Check a table of outcomes for groups that fare worse.

    FILE is CSV with a header line (also gzipped; '-' for standard input) or Parquet. The facts are
    those of the gravest stratum, or of the whole where that is graver; they belong below the model
    in the organisation's file, or into an event.

    Exits with 0 when nothing was found in data that could show it, else with 1: too little data is
    no pass.

    \b
    Example:
      aboveboard fairness scores.csv --group language --outcome contacted \\
        --stratum segment --model-version 3.1.4 --window-days 90 -o facts.yaml
    """
    from aboveboard.fairness import Thresholds, check_fairness, fairness_facts

    at = _time(evaluated_at)
    if output is not None:
        _check_output(output, file)
    if favourable is not None and outcome is None:
        msg = "--favourable is a value of the column that --outcome names. Name both."
        raise click.UsageError(msg)
    counts = _counts(file, group, outcome, favourable, stratum)
    report = check_fairness(counts, Thresholds(n_min=n_min))

    def facts(of: str | None = None) -> dict[str, Any]:
        stated = fairness_facts(
            report,
            stratum=of,
            evaluated_at=at,
            model_version=model_version,
            window_days=window_days,
        )
        return stated.model_dump(mode="json", exclude_none=True)

    stated = facts()  # wrong details are told whatever is printed
    if output is not None:
        _write(output, {"fairness": stated})
    if form == "json":
        from aboveboard.cli.fairness_view import as_json

        write_json(as_json(report, facts))
    else:
        from aboveboard.cli.fairness_view import show

        show(report)
        if output is not None:
            click.echo(f"\nWrote the facts to {plain(str(output))}.")
    return 0 if report.outcome == "pass" else EXIT_STOPPED


def _counts(
    file: Path, group: str, outcome: str | None, favourable: str | None, stratum: str | None
) -> OutcomeCounts:
    from aboveboard.fairness import Columns, counts_from_file, counts_from_stream

    if str(file) == "-":
        columns = Columns(group, outcome, stratum, favourable)
        return counts_from_stream(sys.stdin.buffer, "standard input", columns)
    return counts_from_file(
        file, group=group, outcome=outcome, favourable=favourable, stratum=stratum
    )


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.utcoffset() is None:
        msg = "--evaluated-at: expected an RFC 3339 time with its offset: 2026-11-02T09:00:00Z."
        raise click.UsageError(msg)
    return at


def _check_output(output: Path, file: Path) -> None:
    if output.suffix.lower() not in (".json", ".yaml", ".yml"):
        msg = f"--output '{plain(str(output))}': expected a name that ends with .json or .yaml."
        raise click.UsageError(msg)
    if output.exists() and file.exists() and output.samefile(file):
        msg = "--output would write over the table itself. Choose another name."
        raise click.UsageError(msg)


def _write(output: Path, facts: dict[str, Any]) -> None:
    if output.suffix.lower() == ".json":
        text = to_json(facts, indent=2) + "\n"
    else:
        import yaml

        text = yaml.safe_dump(facts, allow_unicode=True, sort_keys=False)
    write_whole(output, text)
