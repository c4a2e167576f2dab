"""Write the events on which policies are tried before they load: core/aboveboard/policy/samples.json.

python -m tools.samples
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from aboveboard.facts import PHASES, STEPS
from aboveboard.testing import compliant_event

FILE = Path(__file__).resolve().parent.parent / "core" / "aboveboard" / "policy" / "samples.json"
WHEN = datetime(2026, 11, 2, 12, tzinfo=UTC)


def samples() -> str:
    """The compliant event of each step and phase, at a fixed moment, as engines are asked."""
    found = {
        step: [
            json.loads(compliant_event(step, phase, time=WHEN).engine_input()) for phase in PHASES
        ]
        for step in STEPS
    }
    return json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(samples(), encoding="utf-8")
