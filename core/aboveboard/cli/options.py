"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from aboveboard.settings import Settings

__all__ = [
    "engine_options",
    "format_option",
    "load_settings",
    "organisation_option",
    "policies_option",
]

F = TypeVar("F", bound=Callable[..., Any])


def format_option(*choices: str) -> Callable[[F], F]:
    """`--format`; the first choice is the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(choices),
        default=choices[0],
        show_default=True,
        help="How to print.",
    )


policies_option = click.option(
    "--policies",
    "policies",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="DIR",
    help="A directory of the organisation's own policies, beside the bundled ones. Repeatable; "
    "takes the place of the settings' ones.",
)

organisation_option = click.option(
    "--organisation",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The organisation's YAML: purpose register and profile.",
)


def engine_options(function: F) -> F:
    """`--engine`, `--opa-url`, `--timeout-s`."""
    for option in (
        click.option("--timeout-s", type=float, metavar="S", help="How long OPA may take."),
        click.option("--opa-url", metavar="URL", help="Where the OPA server is."),
        click.option(
            "--engine",
            metavar="NAME",
            help="Which engine decides: embedded, managed, opa, or one that a plugin brings; the "
            "settings' one when left out.",
        ),
    ):
        function = option(function)
    return function


def load_settings(**explicit: Any) -> Settings:
    """Options over environment over the project's file; empty and None mean "not given".

    Raises:
        SettingsError: a setting is wrong.
    """
    from aboveboard.settings import Settings

    return Settings.load(**{key: value for key, value in explicit.items() if value != ()})
