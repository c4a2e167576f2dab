"""Runs a page: its blocks are files and commands, from top to bottom in one directory.

- A block with `title=` is a file; one of Python is run, too, unless it is a test.
- Lines of bash are run one by one; `export` holds from there on; a line that ends with `&` starts a
  server, which has to listen on the port that the line names.
- `<!-- printed above -->` before a block of text: the commands of the last block printed its
  lines, in that order, perhaps with others between.
- `<!-- fragment -->`: something to look at. `<!-- set up -->`: what the test has done before.
- `<!-- run by CI -->`: what `.ci/run` does.

Ports are replaced by free ones.
"""

from __future__ import annotations

import re
import shlex
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

__all__ = ["ROOT", "Block", "Page", "blocks"]

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(
    r"(?:<!-- (?P<mark>[a-zA-Z ]+) -->\n)?"
    r"^```(?P<kind>\w+)(?: title=(?P<title>\S+))?\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
PORTS = ("8181", "8182", "8183", "8184")


@dataclass(frozen=True)
class Block:
    kind: str
    title: str | None
    text: str
    mark: str | None

    @property
    def by_ci(self) -> bool:
        return self.mark == "run by CI"


def blocks(page: str) -> list[Block]:
    text = (ROOT / page).read_text(encoding="utf-8")
    found = [Block(m["kind"], m["title"], m["text"], m["mark"]) for m in FENCE.finditer(text)]
    assert text.count("\n```") == 2 * len(found), "a fence that the pattern does not see"
    return found


@dataclass
class Page:
    """A page on its way through one directory.

    Attributes:
        name: the page, from the root of the project.
        where: the directory.
        environment: of its commands.
        outputs: what each file of Python and each line of bash printed.
    """

    name: str
    where: Path
    environment: dict[str, str]
    outputs: dict[str, str] = field(default_factory=dict)
    _last: str = ""
    _servers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self) -> dict[str, str]:
        ports = {port: str(free_port()) for port in PORTS}
        self.where.mkdir(parents=True, exist_ok=True)
        try:
            for block in blocks(self.name):
                text = block.text
                for port, free in ports.items():
                    text = text.replace(port, free)
                self._do(block, text)
        finally:
            for server in self._servers:
                server.send_signal(signal.SIGTERM)
                server.wait(10)
        return self.outputs

    def _do(self, block: Block, text: str) -> None:
        if block.by_ci or block.mark in ("fragment", "set up"):
            return
        if block.mark == "printed above":
            printed = self._last.splitlines()
            assert [line for line in printed if line in text.splitlines()] == text.splitlines()
        elif block.title:
            path = self.where / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            if block.kind == "python" and not path.name.startswith(("test_", "conftest")):
                self._last = self.outputs[block.title] = self._bash(f"python {block.title}")
        elif block.kind == "bash":
            self._last = ""
            for line in text.replace("\\\n", " ").splitlines():
                self._line(line)
        else:
            assert block.kind == "text", f"a {block.kind} block that nothing runs"

    def _line(self, line: str) -> None:
        if line.startswith("export "):
            for word in shlex.split(line)[1:]:
                name, _, value = word.partition("=")
                self.environment[name] = value
        elif line.endswith("&"):
            self._servers.append(
                subprocess.Popen(
                    ["bash", "-c", f"exec {line.removesuffix('&')}"],
                    cwd=self.where,
                    env=self.environment,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            (port,) = re.findall(r"(?:127\.0\.0\.1:|--bind 127\.0\.0\.1 )(\d+)", line)
            listening(int(port))
        elif line.strip():
            self.outputs[line] = self._bash(line)
            self._last += self.outputs[line]

    def _bash(self, text: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text],
            cwd=self.where,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int) -> None:
    """OPA listens once it has loaded the bundles that its command line names."""
    for _ in range(200):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"nobody listens on {port}")
