"""The group: help, errors, exit codes, plugins' commands, and what it costs."""

from __future__ import annotations

import inspect
import subprocess
import sys
import time
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

import click
import pytest

from aboveboard.cli import cli
from aboveboard.cli.table import COMMANDS
from aboveboard.errors import EventError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

HELP = """\
Usage: aboveboard [OPTIONS] COMMAND [ARGS]...

  Policy-as-code for sales AI: Rego policies decide whether a step of a pipeline
  may happen, and the answer explains itself.

  Exit codes:
    0    all is allowed, or there was nothing to decide
    1    a step was escalated or denied, or a budget exceeded
    2    bad input, arguments, settings or policies; the message says which
    70   a defect in Aboveboard
    130  interrupted
    141  whoever read the output went away

  Example:
    aboveboard event --step recommendation --compliant | aboveboard check -

Options:
  --version   Print the version and exit.
  -h, --help  Show this message and exit.

Commands:
  demo      Run a sample sales pipeline and show what is stopped, and why.
  check     Decide on recorded events; nothing is run.
  explain   Explain one recorded decision to who has to understand it.
  event     Print an event to try the policies on.
  fairness  Check a table of outcomes for groups that fare worse.
  schema    Print a JSON Schema of events, the organisation's file and others.
  policies  Check, test, list and explain policies; write them as a book.
  replay    Show what changed policies would have decided.
  bundle    Build, sign, verify and compare the bundles that OPA servers load.
  refusals  Show and record what people refused; list duties and tick them off.
  record    Look at records, forget a person, remove what is too old.
  plugins   List installed plugins and what became of them.
  init      Write settings, organisation, a policy and an event to start from.
"""


def command(name: str) -> click.Command:
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    return found


def every_command() -> Iterator[tuple[str, click.Command]]:
    for name in COMMANDS:
        found = command(name)
        yield name, found
        if isinstance(found, click.Group):
            for sub, below in found.commands.items():
                yield f"{name} {sub}", below


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help(run: Callable[..., Result], option: str) -> None:
    result = run(option)
    assert result.stdout == HELP
    assert result.exit_code == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_what_the_command_says(name: str) -> None:
    found = command(name)
    assert found.name == name
    assert found.get_short_help_str(limit=200) == COMMANDS[name][1]


@pytest.mark.parametrize(("name", "found"), list(every_command()))
def test_help_of_every_command_ends_with_an_example(name: str, found: click.Command) -> None:
    assert found.help is not None
    *_, example = inspect.cleandoc(found.help).split("\b\nExample:\n")
    lines = example.strip().splitlines()
    assert lines
    assert all("aboveboard" in line or line.startswith(" ") or "opa" in line for line in lines)
    assert name.partition(" ")[0] in example


@pytest.mark.parametrize(("name", "found"), list(every_command()))
def test_every_command_shows_its_help(
    run: Callable[..., Result], name: str, found: click.Command
) -> None:
    for option in ("-h", "--help"):
        result = run(*name.split(), option)
        assert result.exit_code == 0
        assert result.stdout.startswith(f"Usage: aboveboard {name} ")


def test_version(run: Callable[..., Result]) -> None:
    result = run("--version")
    assert result.stdout.startswith("aboveboard ")
    assert result.exit_code == 0


def test_version_is_the_distribution_s(run: Callable[..., Result]) -> None:
    try:
        installed = version("aboveboard")
    except ImportError:
        pytest.skip("run from source")
    assert run("--version").stdout == f"aboveboard {installed}\n"


def test_without_a_command_it_shows_its_help_and_fails(run: Callable[..., Result]) -> None:
    result = run()
    assert result.exit_code == 2
    assert result.stderr == HELP


def test_a_command_that_is_not_there(run: Callable[..., Result]) -> None:
    result = run("chekc")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == (
        "Usage: aboveboard [OPTIONS] COMMAND [ARGS]...\n"
        "Try 'aboveboard --help' for help.\n\n"
        "Error: There is no command 'chekc'. Did you mean 'check'?\n"
    )


def test_a_name_cannot_steer_the_terminal(run: Callable[..., Result]) -> None:
    assert "\x1b" not in run("\x1b[31mred").stderr


@pytest.fixture
def failing() -> Iterator[Callable[[BaseException], None]]:
    """Add a command `fails` that raises what it is given."""

    def add(error: BaseException) -> None:
        @click.command("fails")
        def fails() -> None:
            raise error

        cli.add_command(fails)

    yield add
    cli.commands.pop("fails", None)


def test_our_errors_are_one_message(
    run: Callable[..., Result], failing: Callable[[BaseException], None]
) -> None:
    failing(EventError("id: expected a text.\x1b[2J\nSecond line."))
    result = run("fails")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: id: expected a text.\\x1b[2J\nSecond line.\n"


def test_a_defect_tells_its_type_and_no_value(
    run: Callable[..., Result], failing: Callable[[BaseException], None]
) -> None:
    failing(ValueError("aino.virtanen@example.org"))
    result = run("fails")
    assert result.exit_code == 70
    assert result.stderr.startswith("Error: Aboveboard itself failed (ValueError). Please report")
    assert "ABOVEBOARD_DEBUG=1" in result.stderr
    assert "aino" not in result.output
    assert result.stderr.count("\n") == 1


def test_debugging_shows_the_traceback(
    run: Callable[..., Result],
    failing: Callable[[BaseException], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ABOVEBOARD_DEBUG", "1")
    failing(ValueError("why"))
    with pytest.raises(ValueError, match="why"):
        run("fails")


def test_an_interrupt_while_a_class_is_made(
    run: Callable[..., Result], failing: Callable[[BaseException], None]
) -> None:
    """Python 3.11 makes a RuntimeError of what `__set_name__` raises."""
    error = RuntimeError("Error calling __set_name__")
    error.__cause__ = KeyboardInterrupt()
    failing(error)
    result = run("fails")
    assert result.exit_code == 130
    assert result.stderr.strip() == "Interrupted."


def test_interrupted(run: Callable[..., Result], failing: Callable[[BaseException], None]) -> None:
    failing(KeyboardInterrupt())
    result = run("fails")
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr.strip() == "Interrupted."


def test_end_of_input_at_a_prompt(
    run: Callable[..., Result], failing: Callable[[BaseException], None]
) -> None:
    failing(EOFError())
    result = run("fails")
    assert result.exit_code == 2
    assert result.stderr.strip() == "Error: the input ended before there was an answer."


def test_a_full_disk(run: Callable[..., Result], failing: Callable[[BaseException], None]) -> None:
    failing(OSError(28, "No space left on device"))
    result = run("fails")
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: the output cannot be read or written (No space left on device).\n"
    )


PLUGIN = """
import click
from aboveboard.markers import hookimpl

@click.command()
def acme_report():
    \"\"\"Report to Acme.\"\"\"
    click.echo("reported")

@click.command("check")
def check():
    click.echo("not the real one")

@hookimpl
def aboveboard_commands():
    return [acme_report, check]
"""


def test_commands_of_plugins(run: Callable[..., Result], installed: Callable[..., None]) -> None:
    installed("acme", PLUGIN)
    assert run("acme-report").stdout == "reported\n"
    assert run("--help").stdout == (
        f"{HELP}\nCommands of plugins:\n  acme-report  Report to Acme.\n"
    )
    # A plugin cannot put itself in the place of a built-in command.
    assert "not the real one" not in run("check", "-", input="").output


def test_a_plugin_that_cannot_load_leaves_the_rest_alone(
    run: Callable[..., Result], installed: Callable[..., None]
) -> None:
    installed("broken", "import acme_sdk_that_is_not_there")
    result = run("--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(HELP)
    assert result.stdout.endswith("Some plugins could not be loaded: see 'aboveboard plugins'.\n")


def test_settings_decide_which_plugins_load(
    run: Callable[..., Result],
    installed: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed("other", "raise RuntimeError('must not be imported')")
    installed("acme", PLUGIN)
    monkeypatch.setenv("ABOVEBOARD_PLUGINS", "acme")
    assert run("acme-report").stdout == "reported\n"
    assert "could not be loaded" not in run("--help").stdout


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom aboveboard.cli import cli\n"
        "try: cli.main(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & "
        "{'pydantic', 'pydantic_settings', 'rich', 'opa_client', 'requests', 'aiohttp', 'yaml', "
        "'structlog', 'regorus', 'cloudevents', 'jsonschema', 'pluggy'}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stderr == "[]\n"


def test_help_is_quick() -> None:
    def seconds() -> float:
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "aboveboard", "--help"], capture_output=True, check=True
        )
        return time.perf_counter() - start

    assert min(seconds() for _ in range(5)) < 0.6


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_are_modules_of_their_own(name: str) -> None:
    place = COMMANDS[name][0]
    assert place == f"aboveboard.cli.{name}:{name}"
    assert import_module(place.partition(":")[0]).__all__ is not None
