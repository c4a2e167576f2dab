"""`aboveboard event`: an event to try the policies on, one fact changed at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import click

from aboveboard.cli.output import plain, write_json
from aboveboard.errors import EventError

__all__ = ["event"]

_STEPS = ("data_collection", "profiling", "recommendation", "decision")
_MAX_BYTES = 10 << 20


@click.command()
@click.option("--step", type=click.Choice(_STEPS), required=True, help="Which step it is about.")
@click.option(
    "--phase",
    type=click.Choice(["requested", "completed"]),
    default="requested",
    show_default=True,
    help="Before the step, or after it.",
)
@click.option(
    "--compliant",
    is_flag=True,
    help="Start from an event that passes every bundled rule, with the example organisation.",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=JSON",
    help="Set one fact; null makes it unknown. Repeatable, after --facts.",
)
@click.option(
    "--facts",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="A JSON or YAML mapping of facts that take the place of those it names.",
)
def event(
    step: str, phase: str, compliant: bool, settings: tuple[str, ...], file: Path | None
) -> None:
    """Print an event to try the policies on.

    It is a CloudEvents 1.0 JSON object. Without --compliant nothing is known but what --facts and
    --set say. The compliant recommendation is an e-mail with an offer.

    \b
    Example:
      aboveboard event --step recommendation --compliant \\
        --set objections.direct_marketing=true | aboveboard check -
    """
    from aboveboard.facts import Phase, Step
    from aboveboard.testing import compliant_facts, make_event

    at = cast("Step", step)
    changes = dict(_setting(at, item) for item in settings)
    known = compliant_facts(at) if compliant else {}
    if file is not None:
        _override(known, _read(file))
    write_json(make_event(at, cast("Phase", phase), facts=known, changes=changes).to_dict())


def _setting(step: Any, text: str) -> tuple[str, Any]:
    from aboveboard.facts.paths import known_path, nearest_path
    from aboveboard.strict_json import NotJson, loads

    path, equals, written = text.partition("=")
    path = path.strip()
    if not equals or not path:
        msg = f"--set '{plain(text, 60)}': expected PATH=JSON, as in objections.profiling=true."
        raise click.UsageError(msg)
    if "[]" not in path and not known_path(step, path):
        close = nearest_path(step, path)
        hint = f" Did you mean '{close}'?" if close else ""
        msg = f"Unknown fact '{plain(path, 100)}' for step '{step}'.{hint} See 'aboveboard schema'."
        raise EventError(msg)
    try:
        return path, loads(written)
    except NotJson as error:
        msg = f"--set {plain(path, 100)}: {error}"
        word = written.strip()
        if word.isprintable() and "'" not in word and '"' not in word and 0 < len(word) <= 60:
            msg = (
                f"--set {path}: the value is not JSON. A text stands in double quotes, and the "
                f"whole in single ones: --set '{path}=\"{word}\"'."
            )
        raise click.UsageError(msg) from None


def _read(file: Path) -> dict[str, Any]:
    name = plain(str(file))
    try:
        with file.open("rb") as stream:
            raw = stream.read(_MAX_BYTES + 1)
        if len(raw) > _MAX_BYTES:
            msg = f"{name}: larger than {_MAX_BYTES >> 20} MiB."
            raise EventError(msg)
        text = raw.decode("utf-8-sig")
    except OSError as error:
        msg = f"{name}: cannot be read ({error.strerror})."
        raise EventError(msg) from None
    except UnicodeDecodeError:
        msg = f"{name}: not UTF-8 text."
        raise EventError(msg) from None
    found = _parsed(text, name)
    if not isinstance(found, dict):
        msg = f"{name}: expected a mapping of facts, such as 'objections: {{profiling: false}}'."
        raise EventError(msg)
    return found


def _parsed(text: str, name: str) -> Any:
    from aboveboard.strict_json import NotJson, loads

    if text.lstrip()[:1] in ("{", "["):
        try:
            return loads(text)
        except NotJson as error:
            # `{a: b}` is YAML all the same; JSON with a slip is best told what JSON wants.
            if name.endswith(".json"):
                msg = f"{name}:{error.line}: {error}"
                raise EventError(msg) from None
    # The organisation's reader: no aliases, no tags, dates stay text, `no` stays text.
    from aboveboard.organisation.tree import Fault, read_tree

    try:
        root, faults = read_tree(text)
        if faults:
            raise faults[0]
    except Fault as fault:
        msg = f"{name}:{fault.line}: {fault.expected}."
        raise EventError(msg) from None
    return None if root is None else root.value


def _override(known: dict[str, Any], more: dict[str, Any]) -> None:
    """Unlike `merge`, the later source wins: trying something out is what the file is for."""
    from aboveboard.facts.merging import as_mapping

    try:
        more = as_mapping(more)
    except ValueError as error:
        raise EventError(str(error)) from None
    _replace(known, more)


def _replace(known: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        here = known.get(key)
        if isinstance(value, dict) and isinstance(here, dict):
            _replace(here, value)
        else:
            known[key] = value
