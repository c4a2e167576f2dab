"""The example runs with one command, from anywhere, without a network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[3] / "examples" / "hubspot" / "run.py"


def test_the_example(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLE)],
        capture_output=True, text=True, cwd=tmp_path, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = {line[:39].strip(): line[39:] for line in done.stdout.splitlines()}
    assert lines["write a score, nothing known of it"].startswith("escalated: R-LIM-01")
    assert lines["write a score, as the model gave it"] == "written: 71"
    assert lines["read what was imported, as files"].startswith("denied: runtime.not_governed")
    assert lines["mail Eetu, who agreed"] == "SENT"
    assert lines["webhook: Eetu opts out"] == "1 taken in"
    assert lines["mail Eetu again"].startswith("denied: R-DM-04")
    assert lines["read a page of contacts"].startswith("denied: SUPPRESSED")
    first = done.stdout.splitlines()[0]
    assert first.endswith("2 read, never asked for: religion, hs_predictivecontactscore_v2")
    assert done.stderr == ""
