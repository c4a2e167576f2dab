"""What every test of the command line needs: a runner, a place of its own, recorded events."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from click.testing import CliRunner

from aboveboard.cli import cli
from aboveboard.policy.bundle import load_bundle
from aboveboard.testing import compliant_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result


@pytest.fixture(autouse=True)
def _place_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No settings of the checkout or the machine, and no configuration of logs left behind."""
    for name in list(os.environ):
        if name.startswith("ABOVEBOARD_") and name != "ABOVEBOARD_OPA":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    yield
    structlog.reset_defaults()


@pytest.fixture
def run() -> Callable[..., Result]:
    """Call the command line in this process: `run("check", "-", input=text)`."""

    def call(*arguments: str, **options: Any) -> Result:
        return CliRunner().invoke(
            cli, list(arguments), prog_name="aboveboard", catch_exceptions=False, **options
        )

    return call


@pytest.fixture
def start() -> Callable[..., subprocess.Popen[bytes]]:
    """Start the command line as a process, with pipes for standard input, output and error."""

    def call(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(
            [sys.executable, "-m", "aboveboard", *arguments], **{**pipes, **options}
        )

    return call


@pytest.fixture
def recorded() -> Callable[..., str]:
    """One recorded event as a line of JSON: `recorded("profiling", id="e1")`."""

    def make(
        step: Any = "recommendation",
        id: str = "e1",  # noqa: A002  (as the attribute is called)
        changes: dict[str, Any] | None = None,
        phase: Any = "requested",
    ) -> str:
        event = compliant_event(step, phase, changes=changes)
        return dataclasses.replace(event, id=id).to_json()

    return make


@pytest.fixture
def objected(recorded: Callable[..., str]) -> Callable[[str], str]:
    """An event that R-DM-01 denies: `objected("e2")`."""

    def make(id: str) -> str:  # noqa: A002
        return recorded(id=id, changes={"objections.direct_marketing": True})

    return make


@pytest.fixture(scope="session")
def revision() -> str:
    """The revision of the bundled policies."""
    return load_bundle().revision


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Install a plugin as pip would: a module and its metadata on the path."""

    def install(name: str, source: str) -> None:
        place = tmp_path / f"site-{name}"
        info = place / f"{name}_rules-1.2.dist-info"
        info.mkdir(parents=True)
        (place / f"{name}_plugin.py").write_text(source)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-rules\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(f"[aboveboard]\n{name} = {name}_plugin\n")
        monkeypatch.syspath_prepend(str(place))
        monkeypatch.delitem(sys.modules, f"{name}_plugin", raising=False)

    return install
