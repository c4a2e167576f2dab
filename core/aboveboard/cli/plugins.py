"""`aboveboard plugins`: what is installed, what loaded, what could not and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from aboveboard.cli.options import format_option, load_settings
from aboveboard.cli.output import print_table, write_json

if TYPE_CHECKING:
    from aboveboard.manager import PluginManager

__all__ = ["load", "plugins"]

STYLES = {"loaded": "green", "failed": "red", "missing": "red", "left out": "dim"}


def load() -> tuple[PluginManager, list[dict[str, Any]]]:
    """Load the plugins that the settings let in, one by one, so that one that fails is alone in it.

    Returns:
        The manager, and what could not be loaded, as rows of `aboveboard plugins`. Settings that
        cannot be read let no plugin in.
    """
    from aboveboard.errors import SettingsError
    from aboveboard.manager import PluginManager

    try:
        wanted = load_settings().plugins
    except SettingsError as error:
        return PluginManager(), [_row("", "", "failed", problem=str(error))]
    return _load(wanted)


def _load(wanted: tuple[str, ...] | None) -> tuple[PluginManager, list[dict[str, Any]]]:
    from aboveboard.errors import PluginError
    from aboveboard.manager import PluginManager

    manager = PluginManager()
    problems: list[dict[str, Any]] = []
    if wanted is None:
        manager.load_installed()
    for name in wanted or ():
        before = len(manager.reports)
        try:
            manager.load_installed([name])
        except PluginError as error:
            if len(manager.reports) == before:
                problems.append(_row(name, "", "missing", problem=str(error)))
    problems.extend(
        _row(report.name, report.distribution, "failed", problem=report.problem)
        for report in manager.reports
        if report.problem is not None
    )
    return manager, problems


def _row(
    name: str,
    distribution: str,
    state: str,
    hooks: tuple[str, ...] = (),
    problem: str | None = None,
) -> dict[str, Any]:
    return {
        "name": name,
        "distribution": distribution,
        "state": state,
        "hooks": list(hooks),
        "problem": problem,
    }


@click.command()
@format_option("text", "json")
def plugins(form: str) -> int:
    """List installed plugins and what became of them.

    Every installed plugin is loaded, unless the setting 'plugins' names those that are. One that it
    names and that cannot load makes the exit code 2.

    \b
    Example:
      aboveboard plugins --format json
    """
    from importlib.metadata import entry_points

    wanted = load_settings().plugins
    manager, problems = _load(wanted)
    rows = [
        _row(report.name, report.distribution, "loaded", report.hooks)
        for report in manager.reports
        if report.problem is None
    ]
    rows += problems
    if wanted is not None:
        for point in sorted(entry_points(group="aboveboard"), key=lambda point: point.name):
            if point.name not in wanted:
                package = f"{point.dist.name} {point.dist.version}" if point.dist else ""
                rows.append(_row(point.name, package, "left out"))
    if form == "json":
        write_json(rows)
    elif not rows:
        click.echo(
            "No plugins are installed. Core works without; a package brings one by the entry-point "
            "group 'aboveboard'."
        )
    else:
        print_table(
            ("state", "name", "package", "hooks or problem"),
            [(row["state"], row["name"], row["distribution"], _about(row)) for row in rows],
            styles=STYLES,
        )
    return 2 if wanted is not None and problems else 0


def _about(row: dict[str, Any]) -> str:
    if row["problem"]:
        return str(row["problem"])
    if row["state"] == "left out":
        return "the setting 'plugins' does not name it"
    return ", ".join(row["hooks"]) or "no hooks"
