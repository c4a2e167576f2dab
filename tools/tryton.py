"""A real Tryton for tests and for `examples/tryton_crm`: found or fetched, with a database, started.

    python -m tools.tryton        prints where it is

Tryton is GPL-3. It is kept in a virtual environment of its own and runs as a process of its own; nothing
of it is imported here, installed beside the tests, or shipped.

Looked for in this order:

1. `ABOVEBOARD_TRYTON`: a virtual environment that has it. If set, it is the only place looked at.
2. The cache: `$XDG_CACHE_HOME` (or `~/.cache`)`/aboveboard-tryton/<version>`.
3. The package index, by `pip`, into the cache.

To make a database takes Tryton about 20 s: an empty one is kept beside the environment, and copied.

Standard library only.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.cache import cache_directory

__all__ = ["Tryton", "TrytonNotFoundError", "find_tryton", "tryton_server"]

SERIES = "8.2"
VERSION = "8.2.1"
PACKAGES = (
    f"trytond=={VERSION}",
    "trytond-marketing-email==8.2.0",
    "trytond-party==8.2.0",
    "trytond-sale-opportunity==8.2.0",
)
VENV = ("-m", "venv")
MODULES = ("sale_opportunity", "marketing_email")
ELSEWHERE = f"Set ABOVEBOARD_TRYTON to a virtual environment that has {', '.join(PACKAGES)}."
DATABASE = "crm"
USER = "admin"
# Of a database that is made up, and listens on loopback for as long as a test lasts.
PASSWORD = "made-up-sales"  # noqa: S105
_BIN = "Scripts" if sys.platform == "win32" else "bin"
_START_S = 60


class TrytonNotFoundError(RuntimeError):
    """No usable Tryton was found and none could be fetched; the text says why and what to do."""


@dataclass(frozen=True)
class Tryton:
    """A Tryton server that runs.

    Attributes:
        url: where it listens.
        database: name of its database.
        user: login of the administrator.
        password: of the administrator.
    """

    url: str
    database: str = DATABASE
    user: str = USER
    password: str = PASSWORD


def find_tryton() -> Path:
    """The virtual environment of a real Tryton, made in the cache if need be.

    Raises:
        TrytonNotFoundError: there is none; why is in the text.
    """
    named = os.environ.get("ABOVEBOARD_TRYTON")
    if named:
        return _usable(Path(named), "ABOVEBOARD_TRYTON")
    home = cache_directory("tryton", VERSION)
    if not (home / "venv").is_dir():
        _fetch(home)
    return _usable(home / "venv", "the cache")


@contextmanager
def tryton_server(home: Path, directory: Path) -> Iterator[Tryton]:
    """Run a server with a fresh database for as long as the block lasts.

    Args:
        home: as `find_tryton` gives it.
        directory: for the database, the configuration and the log.

    Raises:
        TrytonNotFoundError: it does not start; the end of its log is in the text.
    """
    shutil.copyfile(_empty_database(home), directory / f"{DATABASE}.sqlite")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = _configuration(directory, f"[web]\nlisten = 127.0.0.1:{port}\n")
    log = directory / "trytond.log"
    with log.open("wb") as stream:
        server = subprocess.Popen(
            _command(home, "trytond", settings), stdin=subprocess.DEVNULL, stdout=stream,
            stderr=stream, env=_environment(directory),
        )  # fmt: skip
        try:
            _wait(server, port, log)
            yield Tryton(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and server.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("OPTIONS", "/")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    end = log.read_text("utf-8", "replace")[-2000:]
    msg = f"Tryton does not start; its log ends with:\n{end}"
    raise TrytonNotFoundError(msg)


def _empty_database(home: Path) -> Path:
    """A database with the modules, made once for an environment."""
    kept = home.parent / f"{DATABASE}-{'-'.join(MODULES)}.sqlite"
    if os.environ.get("ABOVEBOARD_TRYTON"):
        kept = home / "aboveboard.sqlite"  # who names an environment may change what is in it
    if kept.is_file() and kept.stat().st_mtime >= home.stat().st_mtime:
        return kept
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix=".database-") as scratch:
        directory = Path(scratch)
        made = directory / f"{DATABASE}.sqlite"
        made.touch()
        settings = _configuration(directory)
        (directory / "password").write_text(PASSWORD, "utf-8")
        _admin(home, settings, "--all", "--email", "admin@example.com")
        _admin(home, settings, "-u", *MODULES, "--activate-dependencies")
        made.replace(kept)
    return kept


def _configuration(directory: Path, more: str = "") -> Path:
    written = directory / "trytond.conf"
    written.write_text(f"[database]\nuri = sqlite://\npath = {directory}\n{more}", "utf-8")
    return written


def _admin(home: Path, settings: Path, *options: str) -> None:
    done = subprocess.run(
        [*_command(home, "trytond-admin", settings), *options], stdin=subprocess.DEVNULL,
        capture_output=True, encoding="utf-8", errors="replace", check=False,
        env=_environment(settings.parent), timeout=600,
    )  # fmt: skip
    if done.returncode != 0:
        msg = f"Tryton's database cannot be made: {done.stderr[-2000:]}"
        raise TrytonNotFoundError(msg)


def _command(home: Path, script: str, settings: Path) -> list[str]:
    # By the interpreter: the first line of a script names where the environment was made.
    where = home / _BIN
    return [str(where / "python"), str(where / script), "-c", str(settings), "-d", DATABASE]


def _environment(directory: Path) -> dict[str, str]:
    """Nothing of ours: neither our packages nor our settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "TRYTOND_", "COVERAGE_", "ABOVEBOARD_"))
    }
    return {**kept, "TRYTONPASSFILE": str(directory / "password")}


def _usable(home: Path, origin: str) -> Path:
    command = [str(home / _BIN / "python"), str(home / _BIN / "trytond"), "--version"]
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", timeout=60, check=True,
            env=_environment(home),
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        msg = f"'{home}' (from {origin}) has no Tryton that runs ({type(error).__name__})."
        raise TrytonNotFoundError(msg) from error
    if not re.search(rf"\b{re.escape(SERIES)}\b", done.stdout):
        msg = f"'{home}' (from {origin}) has another Tryton than {SERIES}: {done.stdout.strip()}."
        raise TrytonNotFoundError(msg)
    return home.absolute()


def _fetch(home: Path) -> None:
    """Make the environment at `home/venv`; safe while others do the same."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home, prefix=".fetch-") as scratch:
            made = Path(scratch) / "venv"
            _run("venv", [sys.executable, *VENV, str(made)])
            python = str(made / _BIN / "python")
            quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
            _run("pip", [python, "-m", "pip", "install", *quiet, *PACKAGES])
            try:
                made.rename(home / "venv")
            except OSError:
                if not (home / "venv").is_dir():  # else another was quicker, with the same
                    raise
    except OSError as error:
        msg = f"'{home}' cannot be written ({error})."
        raise TrytonNotFoundError(msg) from error


def _run(name: str, command: list[str]) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", timeout=600,
            check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        msg = f"No Tryton {SERIES}: '{name}' failed ({type(error).__name__}). {ELSEWHERE}"
        raise TrytonNotFoundError(msg) from error
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        why = "; ".join(lines[:3]) or "it gave no reason"
        msg = f"No Tryton {SERIES}: '{name}' failed ({why}). {ELSEWHERE}"
        raise TrytonNotFoundError(msg)


if __name__ == "__main__":
    try:
        print(find_tryton())
    except TrytonNotFoundError as error:
        sys.exit(str(error))
