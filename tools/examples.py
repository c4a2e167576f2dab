"""Write policies/aboveboard_policies/examples.json: for each rule the smallest change that fires it.

    python -m tools.examples

They are picked from the cases that the tests try on both engines, and shown by `aboveboard policies
docs` as a command to try.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from aboveboard.facts import PHASES
from tests.policies.cases import CASES

FILE = Path(__file__).resolve().parent.parent / "policies" / "aboveboard_policies" / "examples.json"


def main() -> int:
    """Write the file."""
    FILE.write_text(written(), encoding="utf-8")
    return 0


def written() -> str:
    """The file's text."""
    return json.dumps(examples(), indent=1, ensure_ascii=False) + "\n"


def examples() -> dict[str, Any]:
    """By rule: step, phase and changes to the compliant event."""
    found: dict[str, tuple[tuple[int, int], dict[str, Any]]] = {}
    for case in CASES:
        for phase in PHASES:
            texts = case.requested if phase == "requested" else case.completed
            for rule in {text.split(":")[0] for text in texts}:
                changes = json.dumps(case.changes, default=_json)
                # Alone is best, then short.
                rank = (len(texts), len(changes))
                example = {
                    "step": case.steps[-1] if "recommendation" not in case.steps
                    else "recommendation",
                    "phase": phase,
                    "changes": json.loads(changes),
                }  # fmt: skip
                if "20" not in changes and (rule not in found or rank < found[rule][0]):
                    found[rule] = (rank, example)
                elif rule not in found:
                    found[rule] = ((len(texts) + 100, len(changes)), example)
    return {rule: example for rule, (_, example) in sorted(found.items())}


def _json(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


if __name__ == "__main__":
    sys.exit(main())
