"""The example runs offline and shows what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
EXPECTED = """\
WHAT THE PROGRAM DID                           WHAT BECAME OF IT
query Id, Name, Title, Religion__c FROM Lead   2 leads with Id, Name, Title
  what Salesforce was asked                    SELECT Id, Name, Title FROM Lead
  further requests for the page                1
query … WHERE Religion__c = …                  stopped by runtime.not_governed
score of Aino                                  done
score of Pekka, who objects to profiling       stopped by R-OBJ-01
apexecute('Leads')                             stopped by runtime.not_governed
change event: Aino wants to be forgotten       1 taken in
  the same event again                         1 duplicate
read of Aino                                   stopped by R-ERA-01
read of Pekka                                  done
"""


def test_the_example(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "salesforce" / "run.py")],
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=120,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == EXPECTED
