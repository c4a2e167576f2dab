"""Rules that say nothing: findings that can never hold, helpers that nothing reaches.

What can hold is what the linker would keep for some step and phase (`policy.linking`): it goes by guards
and by rules that a body asks for, so it never calls dead what could fire.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from aboveboard.facts import PHASES, STEPS
from aboveboard.policy.bundle import PolicyBundle
from aboveboard.policy.definitions import FINDINGS, Definition, Key, definitions
from aboveboard.policy.linking import possible, uses
from aboveboard.policy.problems import Problem

__all__ = ["dead_rules"]

_ROOTS = {"answer", "collected", FINDINGS}


def dead_rules(bundle: PolicyBundle) -> Iterator[Problem]:
    """Every dead rule of a policy set whose files can all be parsed."""
    everything = [item for module in bundle.modules for item in definitions(module)]
    yield from _never(bundle, everything)
    yield from _unreached(everything)


def _never(bundle: PolicyBundle, everything: list[Definition]) -> Iterator[Problem]:
    alive: set[tuple[str, int]] = set()
    for step in STEPS:
        packages = set(bundle.packages_for(step))
        here = [item for item in everything if item.module.name in packages]
        for phase in PHASES:
            kept = possible(here, {"step": step, "phase": phase})
            alive.update((item.module.file, item.rule.start) for item in kept)
    for item in everything:
        rule, file = item.rule, item.module.file
        if rule.name == FINDINGS and rule.head is not None and (file, rule.start) not in alive:
            yield Problem(
                file,
                rule.line,
                f"This finding of '{rule.head.rule}' can never hold: in no step and phase that it is "
                "asked in are its guards, and the rules that it asks for, true. Correct them, or "
                "take it out.",
                "AB-DEAD-01",
            )


def _unreached(everything: list[Definition]) -> Iterator[Problem]:
    table: dict[Key, list[Definition]] = defaultdict(list)
    for item in everything:
        table[item.key].append(item)
    waiting = [key for key in table if key[1] in _ROOTS]
    seen = set(waiting)
    while waiting:
        for item in table[waiting.pop()]:
            for key in uses(item, table):
                if key not in seen:
                    seen.add(key)
                    waiting.append(key)
    for key, found in table.items():
        if key not in seen:
            yield Problem(
                found[0].module.file,
                found[0].rule.line,
                f"No finding reaches '{key[1]}'. Use it, or take it out.",
                "AB-DEAD-02",
            )
