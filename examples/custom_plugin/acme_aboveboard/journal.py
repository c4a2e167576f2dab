"""A journal: one verdict a line, in the file that ACME_JOURNAL names."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

from aboveboard import Verdict


def write(verdict: Verdict) -> None:
    """Append a verdict.

    One write a line, to a file opened for appending: lines of several processes do not mix. A full
    disk raises here; Aboveboard logs it as `plugin.failed` and the verdict stands.
    """
    journal = os.environ.get("ACME_JOURNAL")
    if not journal:
        return
    line = verdict.model_dump_json().encode() + b"\n"
    file = os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if os.write(file, line) != len(line):
            msg = "The journal's last line is not whole."
            raise OSError(msg)
    finally:
        os.close(file)


def count(journal: Path) -> Counter[tuple[str, str, str]]:
    """Verdicts by step, effect and rule; an allow has no rule."""
    found: Counter[tuple[str, str, str]] = Counter()
    for line in journal.read_text(encoding="utf-8").splitlines():
        verdict = json.loads(line)
        rules = {finding["rule"] for finding in verdict["findings"]} or {""}
        found.update((verdict["step"], verdict["effect"], rule) for rule in rules)
    return found
