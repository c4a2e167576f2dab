"""`aboveboard schema`: JSON Schemas for editors, other languages and `opa check`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import click

from aboveboard.cli.output import plain, to_json, write_json
from aboveboard.cli.writing import write_whole

__all__ = ["schema"]

_STEPS = ("data_collection", "profiling", "recommendation", "decision")
_ORGANISATION = "organisation"
_EXAMPLES = "examples"
_REPORT = "replay_report"


@click.command()
@click.argument(
    "name",
    metavar="[STEP]",
    type=click.Choice([*_STEPS, _ORGANISATION, _EXAMPLES, _REPORT]),
    required=False,
)
@click.option("--engine", is_flag=True, help="The schema of what Rego sees as 'input' instead.")
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write what Rego sees as 'input' to DIR/<step>.json instead, for 'opa check --schema DIR'.",
)
def schema(name: str | None, engine: bool, directory: Path | None) -> None:
    """Print a JSON Schema of events, the organisation's file and others.

    STEP is data_collection, profiling, recommendation, decision or, for the organisation's file,
    organisation; for tables of examples (*.examples.yaml), examples; for the JSON of 'aboveboard
    replay', replay_report. Without it, one object has the schemas of all four steps.

    \b
    Example:
      aboveboard schema recommendation > recommendation.schema.json
      aboveboard schema --directory schemas && opa check --strict --schema schemas policies
    """
    if directory is not None:
        _write(directory, _STEPS if name is None else (name,))
    elif name is not None:
        write_json(_schema(name, engine=engine))
    else:
        write_json({step: _schema(step, engine=engine) for step in _STEPS})


def _schema(name: str, *, engine: bool) -> dict[str, Any]:
    if name == _ORGANISATION:
        from aboveboard.organisation import organisation_schema

        return organisation_schema()
    if name == _EXAMPLES:
        from aboveboard.workbench.tables import tables_schema

        return tables_schema()
    if name == _REPORT:
        from aboveboard.replay.report import report_schema

        return report_schema()
    from aboveboard.facts import Step
    from aboveboard.schemas import engine_schema, event_schema

    step: Step = next(item for item in get_args(Step) if item == name)
    return engine_schema(step) if engine else event_schema(step)


def _write(directory: Path, names: tuple[str, ...]) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = (
            f"'{plain(str(directory))}' cannot be written ({error.strerror}). Choose another place."
        )
        raise click.ClickException(msg) from None
    for name in names:
        text = to_json(_schema(name, engine=True), indent=2)
        write_whole(directory / f"{name}.json", f"{text}\n")
    click.echo(f"Wrote {', '.join(f'{name}.json' for name in names)} to {plain(str(directory))}.")
