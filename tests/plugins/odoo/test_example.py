"""The example runs offline with one command and shows what it promises."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_example_runs() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / "examples/odoo/run.py")],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines == [
        "read a page of leads done",
        "fields that came 4 contact_name, country_id, function, id",
        "fields never asked for 3 email_from, probability, x_religion",
        "further requests for consent 1 mailing.contact.web_search_read",
        "browse a lead done",
        "its name and its religion Aino Virtanen False",
        "search by religion denied runtime.not_governed",
        "merge leads denied runtime.not_governed",
        "write a score, no model named denied R-EXP-02, R-OBJ-01",
        "write a score, all stated done",
        "probability in Odoo 80.0",
        "write a job title done",
        "post a message to Liisa done",
        "notices put beside it 5 alternatives, ranking, personalised_price, feedback, language",
        "webhook: Liisa refuses e-mail stored",
        "post a message to Liisa denied R-DM-04, SUPPRESSED",
        "post a message to Eero, on a black list denied R-CONS-01, R-CONS-03, R-DM-01, R-DM-02",
        "messages that left 1",
    ]
