"""The group `aboveboard`: finds commands when they are asked for, and turns errors into one message.

Nothing but click is imported here: `--help` and shell completion stay quick.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from aboveboard.cli.table import COMMANDS
from aboveboard.errors import AboveboardError

__all__ = ["EXIT_BAD_INPUT", "EXIT_STOPPED", "cli", "main"]

EXIT_STOPPED = 1
EXIT_BAD_INPUT = 2
EXIT_DEFECT = 70  # EX_SOFTWARE of sysexits.h
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells report it
EXIT_BROKEN_PIPE = 141  # 128 + SIGPIPE: 1 would say that a step was stopped

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Group(click.Group):
    """Built-in commands by the table, further ones from plugins."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's)
        """Built-in commands in the order of the table, then those of plugins by name."""
        own = [*COMMANDS, *self.commands]
        return [*own, *sorted(set(_of_plugins()) - set(own))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; a plugin cannot take the name of a built-in one."""
        if cmd_name in COMMANDS:
            module, _, name = COMMANDS[cmd_name][0].partition(":")
            found: click.Command = getattr(import_module(module), name)
            return found
        own = super().get_command(ctx, cmd_name)
        return own if own is not None else _of_plugins().get(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when there is none of that name."""
        name = args[0]
        if name.startswith("-") or self.get_command(ctx, name) is not None:
            return super().resolve_command(ctx, args)
        from aboveboard.nearest import nearest

        close = nearest(name, self.list_commands(ctx))
        hint = f"Did you mean '{close}'?" if close else "'aboveboard --help' lists them."
        msg = f"There is no command '{_plain(name)}'. {hint}"
        raise click.UsageError(msg, ctx)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002  (click's)
        formatter: click.HelpFormatter,
    ) -> None:
        """List the commands without importing the built-in ones."""
        rows = [(name, line) for name, (_, line) in COMMANDS.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
        problems: list[str] = []
        others = _of_plugins(problems)
        if others:
            with formatter.section("Commands of plugins"):
                formatter.write_dl(
                    [(name, others[name].get_short_help_str(80)) for name in sorted(others)]
                )
        for problem in problems:
            formatter.write_paragraph()
            formatter.write_text(problem)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the arguments; `--help` and `--version` print here."""
        try:
            return super().make_context(*args, **extra)
        except BrokenPipeError:  # before click sees it and exits with 1
            raise click.exceptions.Exit(_broken_pipe()) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it returns is the exit code."""
        with _one_message():
            return super().invoke(ctx)

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Run and exit: 2 for whatever the caller can put right, whoever raised it."""
        code: Any
        try:
            code = super().main(*args, standalone_mode=False, **extra)  # type: ignore[call-overload]
            # Now: at exit nobody could turn what goes wrong into a message.
            sys.stdout.flush()
        except click.Abort as error:
            code = _aborted(error)
        except click.ClickException as error:
            error.show()
            code = EXIT_BAD_INPUT
        except BrokenPipeError:
            code = _broken_pipe()
        except AboveboardError as error:  # raised while arguments were read
            code = _told(str(error))
        except OSError as error:
            _drop_output()
            code = _told(_unwritten(error))
        if not standalone_mode:
            return code
        sys.exit(code if isinstance(code, int) else 0)


@contextmanager
def _one_message() -> Iterator[None]:
    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit, EOFError):
        raise
    except BrokenPipeError:  # as in make_context
        raise click.exceptions.Exit(_broken_pipe()) from None
    except Exception as error:
        # Until Python 3.12 a class that was being made when Ctrl-C came turns it into a RuntimeError.
        if isinstance(error.__cause__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        if _debugging():
            raise
        if isinstance(error, AboveboardError):
            raise click.exceptions.Exit(_told(str(error))) from None
        if isinstance(error, OSError) and error.strerror:
            if error.filename is None:
                _drop_output()  # or what could not be written is tried, and told, once more
            raise click.exceptions.Exit(_told(_unwritten(error))) from None
        # The text of an unexpected error may quote personal data; its type does not.
        _told(
            f"Aboveboard itself failed ({type(error).__name__}). Please report it with the "
            f"version ({_version()}) and the command. ABOVEBOARD_DEBUG=1 shows where, and may show "
            "personal data: read it before you send it."
        )
        raise click.exceptions.Exit(EXIT_DEFECT) from None


def _told(message: str) -> int:
    from aboveboard.cli.output import plain

    # Lines stay lines; what could steer the terminal does not come through.
    click.echo("\n".join(map(plain, f"Error: {message}".split("\n"))), err=True)
    return EXIT_BAD_INPUT


def _unwritten(error: OSError) -> str:
    place = f"'{error.filename}'" if error.filename else "the output"
    return f"{place} cannot be read or written ({error.strerror})."


def _debugging() -> bool:
    return os.environ.get("ABOVEBOARD_DEBUG", "") not in ("", "0")


def _aborted(error: click.Abort) -> int:
    if isinstance(error.__cause__, EOFError):
        click.echo("Error: the input ended before there was an answer.", err=True)
        return EXIT_BAD_INPUT
    click.echo("Interrupted.", err=True)
    return EXIT_INTERRUPTED


def _broken_pipe() -> int:
    """Whoever read our output has gone: leave quietly."""
    _drop_output()
    return EXIT_BROKEN_PIPE


def _drop_output() -> None:
    """Let nothing be flushed at exit, where it would fail once more."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
    except (OSError, ValueError):
        pass  # stdout is no file (a test's buffer)


def _of_plugins(problems: list[str] | None = None) -> dict[str, click.Command]:
    """Commands of installed plugins, by name; imports the plugin manager only if there are any."""
    from importlib.metadata import entry_points

    installed = entry_points(group="aboveboard")
    # Those that come with this package bring no commands.
    if all(point.dist is not None and point.dist.name == "aboveboard" for point in installed):
        return {}
    from aboveboard.cli.logs import quiet
    from aboveboard.cli.plugins import load

    quiet()  # what could not be loaded is told below, not logged among results
    manager, found_problems = load()
    if problems is not None and found_problems:
        problems.append("Some plugins could not be loaded: see 'aboveboard plugins'.")
    found: dict[str, click.Command] = {}
    for commands in reversed(manager.hook.aboveboard_commands()):
        for command in commands:
            if command.name and command.name not in COMMANDS:
                found.setdefault(command.name, command)
    return found


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("aboveboard")
    except PackageNotFoundError:
        return "not installed"


def _plain(text: str) -> str:
    from aboveboard.cli.output import plain

    return plain(text, 60)


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"aboveboard {_version()}")
        ctx.exit()


_HELP = """\
Policy-as-code for sales AI: Rego policies decide whether a step of a pipeline may happen, and the
answer explains itself.

\b
Exit codes:
  0    all is allowed, or there was nothing to decide
  1    a step was escalated or denied, or a budget exceeded
  2    bad input, arguments, settings or policies; the message says which
  70   a defect in Aboveboard
  130  interrupted
  141  whoever read the output went away

\b
Example:
  aboveboard event --step recommendation --compliant | aboveboard check -
"""


@click.group(cls=Group, context_settings=_CONTEXT, help=_HELP)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Print the version and exit.",
)
def cli() -> None:
    """Set up what every command needs."""
    from aboveboard.cli.logs import quiet

    quiet()


def main() -> None:
    """Entry point of the command `aboveboard`; exits, never returns."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal or pipe that cannot show a character gets its escape, not a crash.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    cli.main(prog_name="aboveboard")
