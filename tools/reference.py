"""Write docs/reference.md from the code: commands, settings, hooks, public names, errors, reasons, rules.

python -m tools.reference            # writes it
python -m tools.reference --check    # exit 1 when it is not what the code says
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_origin

import click

from aboveboard import errors, hookspecs
from aboveboard.cli.group import cli as program
from aboveboard.policy.bundle import load_bundle
from aboveboard.reasons import REASONS
from aboveboard.settings import Settings

SETTINGS = """\
An explicit argument wins over the environment, that over `aboveboard.toml` or `[tool.aboveboard]` in
`pyproject.toml`. Lists in the environment are separated as `PATH` is. `ABOVEBOARD_CONFIG` names another
file."""
DATA = """\
Rego reads it as `data.reference.<name>`. A policy directory's `reference/<name>.json` takes the place of
the one that ships, and has to pass the same schema."""
MODULES = (
    "aboveboard",
    "aboveboard.ai",
    "aboveboard.crm",
    "aboveboard.detecting",
    "aboveboard.fairness",
    "aboveboard.suppression",
    "aboveboard.testing",
)
PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference.md"


def page() -> str:
    """The whole page."""
    parts = [
        "# Reference",
        "",
        "Written by `python -m tools.reference` from the code; edit the code, not this page.",
        "",
        *commands(),
        *settings(),
        *hooks(),
        *public_names(),
        *exceptions(),
        *reasons(),
        *rules(),
        *reference_data(),
    ]
    return "\n".join(parts) + "\n"


def commands() -> Iterator[str]:
    """Every command with its summary; `aboveboard <command> --help` has the rest."""
    yield from ("## Commands", "", "| command | does |", "|---|---|")
    yield from _rows(program, "aboveboard")
    yield ""


def _rows(group: click.Group, prefix: str) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        if isinstance(command, click.Group):
            yield from _rows(command, f"{prefix} {name}")
        else:
            yield f"| `{prefix} {name}` | {command.get_short_help_str(limit=200)} |"


def settings() -> Iterator[str]:
    """Every setting with its variable and default."""
    yield from (
        "## Settings",
        "",
        SETTINGS,
        "",
        "| setting | environment | default | meaning |",
        "|---|---|---|---|",
    )
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, ()) else f"`{field.default}`"
        yield f"| `{name}` | `ABOVEBOARD_{name.upper()}` | {default} | {field.description} |"
    yield ""


def hooks() -> Iterator[str]:
    """Every hook with its arguments and its docstring."""
    yield from ("## Hooks", "", "```python", "from aboveboard import hookimpl", "```", "")
    for name in hookspecs.__all__:
        function = getattr(hookspecs, name)
        arguments = ", ".join(inspect.signature(function).parameters)
        yield from (f"### `{name}({arguments})`", "", inspect.getdoc(function) or "", "")


def public_names() -> Iterator[str]:
    """Every name that a program or a plugin may import, with its summary."""
    yield from (
        "## Public names",
        "",
        "What is not here, or is not in a module's `__all__`, may change.",
        "",
    )
    for module in MODULES:
        found = importlib.import_module(module)
        yield from (f"### `{module}`", "", "| name | is |", "|---|---|")
        for name in sorted(found.__all__):
            yield f"| `{name}` | {_summary(getattr(found, name))} |"
        yield ""


def _summary(value: object) -> str:
    """The first sentence of a docstring of its own."""
    if get_origin(value) is not None:
        return "a type"
    if not (inspect.isclass(value) or inspect.isroutine(value) or inspect.ismodule(value)):
        if not callable(value):
            return f"a constant ({type(value).__name__})"
        value = type(value)
    text = inspect.getdoc(value) or ""
    return " ".join(text.partition("\n\n")[0].split()).replace("|", "\\|")


def exceptions() -> Iterator[str]:
    """The tree, and each class with its summary."""
    tree = (inspect.getdoc(errors) or "").partition("\n\n")[2]
    yield from ("## Errors", "", "```text", tree, "```", "", "| error | means |", "|---|---|")
    for name in errors.__all__:
        summary = (inspect.getdoc(getattr(errors, name)) or "").partition("\n")[0]
        yield f"| `{name}` | {summary} |"
    yield ""


def reasons() -> Iterator[str]:
    """Every reserved reason."""
    yield from (
        "## Reserved reasons",
        "",
        "They stand where a rule's id stands in a finding, and all of them deny.",
        "",
        "| reason | means |",
        "|---|---|",
    )
    for name, meaning in REASONS.items():
        yield f"| `{name}` | {meaning} |"
    yield ""


def rules() -> Iterator[str]:
    """Every bundled rule."""
    yield from (
        "## Rules",
        "",
        "`aboveboard policies show RULE` has messages, remedies and links.",
        "",
        "| rule | title | steps | phases | law | when a fact is unknown |",
        "|---|---|---|---|---|---|",
    )
    for entry in load_bundle().catalogue:
        yield (
            f"| {entry.rule} | {entry.title} | {', '.join(entry.steps)} | "
            f"{', '.join(entry.phases)} | {entry.law} | {entry.unknown} |"
        )
    yield ""


def reference_data() -> Iterator[str]:
    """Every document below `data.reference`."""
    yield from (
        "## Reference data",
        "",
        DATA,
        "",
        "| name | as of | holds |",
        "|---|---|---|",
    )
    for name, document in sorted(load_bundle().reference.items()):
        keys = ", ".join(f"`{key}`" for key in document if key not in ("as_of", "licence_notice"))
        yield f"| `{name}` | {document.get('as_of', '')} | {keys} |"


def main() -> int:
    """Write the page, or with --check compare it."""
    text = page()
    if "--check" in sys.argv[1:]:
        if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
            return 0
        print("docs/reference.md is not what the code says: run 'python -m tools.reference'.")
        return 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
