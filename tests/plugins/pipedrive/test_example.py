"""The example runs offline and shows what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_example_shows_what_is_cut_denied_and_stopped() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "pipedrive" / "run.py")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT / "examples",
    )
    assert (done.returncode, done.stderr) == (0, "")
    rows = {line[:34].strip(): line[35:].split(maxsplit=1) for line in done.stdout.splitlines()}
    assert rows["read a page of persons"] == ["200"]
    assert rows["fields that were cut"][1].endswith("birthday, emails, notes, postal_address")
    assert rows["write a score, no model named"] == ["denied", "R-EXP-02, R-OBJ-01"]
    assert rows["write a score, all stated"] == ["200"]
    assert rows["AI score in Pipedrive"] == ["80"]
    assert rows["read files"] == ["denied", "runtime.not_governed"]
    assert rows["webhook: Aino opts out of mail"] == ["stored", "email"]
    assert rows["read Bram"] == ["denied", "SUPPRESSED"]
    assert "@example" not in done.stdout
