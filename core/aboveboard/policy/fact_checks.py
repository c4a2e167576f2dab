"""Every fact that a rule reads is a fact of its step: a misspelt path would never fire.

Only paths from `input` are followed; of a fact that a function takes as an argument, or that `some`
binds, `opa check` with the exported schema knows the type.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from aboveboard.facts import STEPS, Step
from aboveboard.facts.paths import fact_paths, known_path, nearest_path
from aboveboard.policy.metadata import Block
from aboveboard.policy.problems import Problem
from aboveboard.policy.syntax import Module

__all__ = ["check_facts"]

_ENVELOPE = {"step", "phase", "time"}


def check_facts(
    modules: Sequence[Module], blocks: Mapping[str, Sequence[Block]]
) -> Iterator[Problem]:
    """Paths below `input`, and the paths in the findings' `facts`.

    Args:
        modules: all modules of the set.
        blocks: METADATA blocks by file: they say which steps a topic serves.
    """
    topics: dict[str, set[Step]] = defaultdict(set)
    for module in modules:
        for block in blocks[module.file]:
            topics[module.name] |= set(block.custom.steps or ())
    for module in modules:
        own = [step for step in STEPS if module.package[-1] == step]
        steps = own or [step for step in STEPS if step in topics[module.name]]
        for rule in module.rules:
            # The library serves whoever calls it: its paths are a fact of some step.
            for reference in rule.inputs:
                path = ".".join(reference.path[1:])
                if path and path not in _ENVELOPE:
                    yield from _check(module, reference.line, path, steps)
            for path in rule.head.facts if rule.head else ():
                yield from _check(module, rule.line, path, steps)


def _check(module: Module, line: int, path: str, steps: Sequence[Step]) -> Iterator[Problem]:
    known = [step for step in steps or STEPS if _knows(step, path)]
    if (known == list(steps)) if steps else known:
        return
    step = next(step for step in steps or STEPS if step not in known)
    close = nearest_path(step, path)
    hint = f" Did you mean '{close}'?" if close else ""
    where = f"the step '{step}'" if steps else "any step"
    yield Problem(module.file, line, f"'{path}' is no fact of {where}.{hint}", "AB-FACT-01")


def _knows(step: Step, path: str) -> bool:
    return known_path(step, path) or f"{path}[]" in fact_paths(step)
