"""Made-up comparisons, counted by the real counter."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from aboveboard.replay.comparing import Comparison, Difference, Drift
from aboveboard.replay.report import Compared, RecordFile, Report
from aboveboard.replay.rows import Row

__all__ = [
    "MADE_AT",
    "NEW",
    "OLD",
    "difference",
    "row",
    "sample",
    "sample_comparison",
    "sample_differences",
]

OLD, NEW = "sha256:" + "0" * 64, "sha256:" + "1" * 64
MADE_AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
RULES = ("R-DM-02", "R-OBJ-01", "R-MIN-01", "R-CONS-03", "R-TRF-02", "R-ADM-04", "R-AI-01")


def row(number: int = 1, **changes: Any) -> Row:
    """A decision that stays as it is, but for what is said."""
    return Row(
        **{
            "decision_id": f"{number:032x}",
            "event_id": f"e-{number}",
            "step": "profiling",
            "phase": "requested",
            "vendor": "hubspot",
            "segment": "consumer/lead",
            "country": "FI",
            "kind": "same",
            "old_effect": "allow",
            "new_effect": "allow",
            "causes": (),
            "rules_added": (),
            "rules_removed": (),
            "rules_changed": (),
            "rules_kept": (),
            "obligations_added": (),
            "obligations_removed": (),
            "recorded_revision": OLD,
            "old_revision": OLD,
            "new_revision": NEW,
            "drift": False,
            **changes,
        }
    )


def difference(given: Row, place: str = "decisions.jsonl:1", **more: Any) -> Difference:
    return Difference(**{"place": place, "row": given, "size": 120, "new_ns": 410_000, **more})


def sample_comparison(
    decisions: int = 2_000, *, seed: int = 7, baseline: bool = True
) -> Comparison:
    """Counts of decisions of which some hundredths change."""
    found = Comparison(NEW, OLD if baseline else None)
    for one in sample_differences(decisions, seed):
        event = {"specversion": "1.0", "id": one.row.event_id, "data": {"n": 1}}
        found.add(one, lambda event=event: event)
    return found


def sample_differences(decisions: int, seed: int) -> Iterator[Difference]:
    """The same decisions whenever it is asked."""
    chance = random.Random(seed)
    for number in range(1, decisions + 1):
        given = _changed(number, chance)
        place = f"decisions.jsonl:{number}"
        drift = None
        if number % 900 == 0:
            drift = Drift(
                place, given.decision_id or "", given.step, given.phase,
                OLD, "allow", "deny", ("R-DM-02",), (),
            )  # fmt: skip
        yield difference(
            given,
            place,
            size=chance.randint(400, 4000),
            old_ns=int(chance.lognormvariate(12.9, 0.35)),
            new_ns=int(chance.lognormvariate(13.0, 0.4)) if number % 5 else None,
            drift=drift,
        )


def _changed(number: int, chance: random.Random) -> Row:
    where = {
        "step": chance.choices(
            ("data_collection", "profiling", "recommendation", "decision"), (4, 3, 2, 1)
        )[0],
        "phase": chance.choice(("requested", "completed")),
        "vendor": chance.choices(("hubspot", "salesforce", "openai", "mistral"), (5, 3, 2, 1))[0],
        "segment": chance.choice(("consumer/lead", "consumer/customer", "employee/customer/minor")),
        "country": chance.choices(("FI", "NL", "SE", "DE", "unknown"), (5, 3, 2, 2, 1))[0],
    }
    rule = chance.choices(RULES, (8, 5, 4, 2, 2, 1, 1))[0]
    kind = chance.choices(
        ("same", "newly_stopped", "stricter", "newly_allowed", "milder", "obligations", "rules"),
        (900, 14, 3, 8, 2, 20, 12),
    )[0]
    change: dict[str, Any] = {
        "same": {"rules_kept": (rule,) if number % 3 == 0 else ()},
        "newly_stopped": {
            "new_effect": "escalate" if number % 4 == 0 else "deny",
            "causes": (rule,),
            "rules_added": (rule,),
        },
        "stricter": {
            "old_effect": "escalate",
            "new_effect": "deny",
            "causes": (rule,),
            "rules_changed": (f"{rule} escalate>deny",),
        },
        "newly_allowed": {"old_effect": "deny", "causes": (rule,), "rules_removed": (rule,)},
        "milder": {
            "old_effect": "deny",
            "new_effect": "escalate",
            "causes": (rule,),
            "rules_changed": (f"{rule} deny>escalate",),
        },
        "obligations": {
            "causes": (rule,),
            "rules_kept": (rule,),
            "obligations_added": (f"{rule} redact contact.age,contact.gender",),
        },
        "rules": {"causes": (rule,), "rules_added": (rule,)},
    }[kind]
    return row(number, kind=kind, **where, **change)


def sample(decisions: int = 2_000, **more: Any) -> Report:
    """A report of them."""
    return Report.of(
        sample_comparison(decisions),
        **{
            "new": Compared(kind="directory", given="policies-new", revision=NEW, rules=RULES),
            "old": Compared(kind="git", given="main", revision=OLD, rules=RULES),
            "files": [RecordFile(path="decisions.jsonl", records=decisions)],
            "seconds": 2.5,
            "made_at": MADE_AT,
            **more,
        },
    )
