"""Every code block of the README and the docs runs as it stands.

Blocks with a `title=` are files; Python files run, and so do bash blocks, from top to bottom in one
directory. Blocks marked `run by CI` set the project up: `.ci/run` takes them from the README itself.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(
    r"(?P<mark><!-- run by CI -->\n)?^```(?P<kind>\w+)(?: title=(?P<title>\S+))?\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    kind: str
    title: str | None
    text: str
    by_ci: bool


def blocks(page: str) -> list[Block]:
    text = (ROOT / page).read_text(encoding="utf-8")
    found = [
        Block(m["kind"], m["title"], m["text"], by_ci=bool(m["mark"])) for m in FENCE.finditer(text)
    ]
    assert text.count("\n```") == 2 * len(found), "a fence that the pattern does not see"
    return found


@pytest.fixture
def environment(opa_binary: Path, tmp_path: Path) -> dict[str, str]:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "opa").symlink_to(opa_binary)
    # Not links: a Python that is reached by a link has lost its virtual environment.
    for name, arguments in (("python", ""), ("aboveboard", "-m aboveboard")):
        script = tools / name
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n')
        script.chmod(0o755)
    keep = {name: value for name, value in os.environ.items() if "ABOVEBOARD" not in name}
    return {**keep, "PATH": f"{tools}:{os.environ['PATH']}", "NO_COLOR": "1"}


def run(text: str, where: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        cwd=where,
        env=environment,
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


def healthy(port: int) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail("OPA did not become healthy")


def test_the_readme_runs_from_top_to_bottom(environment: dict[str, str], tmp_path: Path) -> None:
    where = tmp_path / "project"
    where.mkdir()
    outputs: dict[str, str] = {}
    port = free_port()
    servers: list[subprocess.Popen[bytes]] = []
    try:
        for block in blocks("README.md"):
            text = block.text.replace("8181", str(port))
            if block.by_ci:
                continue
            if block.title:
                path = where / block.title
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                if block.kind == "python":
                    outputs[block.title] = run(f"python {block.title}", where, environment)
            elif block.kind == "bash":
                for line in text.splitlines():
                    if line.endswith("&"):
                        command = ["bash", "-c", f"exec {line.removesuffix('&')}"]
                        servers.append(
                            subprocess.Popen(command, cwd=where, env=environment,
                                             stderr=subprocess.DEVNULL)
                        )  # fmt: skip
                        healthy(port)
                    else:
                        outputs[line] = run(line, where, environment)
            else:
                assert block.kind == "text", f"a {block.kind} block that nothing runs"
    finally:
        for server in servers:
            server.send_signal(signal.SIGTERM)
            server.wait(10)
    printed = outputs["score.py"]
    assert "\n80\n" in printed
    shown = next(b.text for b in blocks("README.md") if b.text.startswith("The profiling step"))
    assert " ".join(shown.split()) in " ".join(printed.split())
    assert "exit code 1" in outputs['aboveboard check event.json || echo "exit code $?"']
    assert "PASS: 2/2" in outputs["opa test policies"]
    served = [text for line, text in outputs.items() if line.startswith("ABOVEBOARD_ENGINE=opa")]
    assert "\n80\n" in served[0]
    assert "engine=opa" in served[0]


def test_ci_runs_what_the_readme_says() -> None:
    commands = [block.text.strip() for block in blocks("README.md") if block.by_ci]
    assert len(commands) == 2
    # The script reads them from the page: there is no second copy to go stale.
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "<!-- run by CI -->" in script
    assert not any(command in script for command in commands)


def test_the_example_is_short() -> None:
    (example,) = [b.text for b in blocks("README.md") if b.title == "score.py"]
    lines = [line for line in example.splitlines() if line.strip()]
    assert len(lines) <= 20


def test_the_policy_guide_names_every_load_check() -> None:
    """Its table is the promise; tests/policies/test_loading.py holds each to it."""
    text = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
    for word in ("import", "package", "default", "METADATA", "JSON Schema", "calls itself"):
        assert word in text
