"""Facts as far as a step has them: whoever tells facts need not know which step has what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aboveboard.facts.steps import STEP_FACTS, Step

__all__ = ["fitting", "of_step"]

_GROUPS = frozenset(name for model in STEP_FACTS.values() for name in model.model_fields)


def fitting(facts: Mapping[str, Any], step: Step) -> dict[str, Any]:
    """What a plugin tells, as far as the step has such facts."""
    known = STEP_FACTS[step].model_fields
    return {name: group for name, group in facts.items() if name in known}


def of_step(facts: Mapping[str, Any], step: Step) -> dict[str, Any]:
    """What a program tells, without what only other steps have; what no step has stays, to be refused.

    One function is asked at each step that a record or a call goes through: what a model says of its
    score is told when it is written and is no fact of reading it.
    """
    here = STEP_FACTS[step].model_fields
    return {name: group for name, group in facts.items() if name in here or name not in _GROUPS}
