"""The example says what it promises."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
EXPECTED = """\
read fullname, jobtitle, emailaddress1, new_religion done     fullname, jobtitle, leadid
download a file                                      deny     runtime.not_governed
score Aino                                           done     written
score Bart, who opted out                            deny     R-OBJ-01
webhook: Aino opts out                               done     1 taken in
score Aino again                                     deny     SUPPRESSED
scores in the CRM                                    done     {'Aino': 78, 'Bart': None}
"""


def test_it_runs_offline_with_one_command(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if "ABOVEBOARD" not in name}
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "dataverse" / "run.py")],
        capture_output=True, text=True, cwd=tmp_path, env=environment, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout == EXPECTED
