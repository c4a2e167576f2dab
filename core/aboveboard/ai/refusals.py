"""What a model is told when a tool did not run: the rules, and nothing of the call."""

from __future__ import annotations

import re
from typing import Literal

from aboveboard.errors import StepEscalated, StepStopped

__all__ = ["OnStopped", "is_refusal", "refusal"]

OnStopped = Literal["raise", "tell"]
"""What becomes of a tool's stop: it comes out of the agent, or the model is told that it did not run."""

_DENIED = (
    "The tool was not run: the rules of the organisation do not allow it ({}). Do not call it again "
    "for this; say that it cannot be done."
)
_ESCALATED = (
    "The tool was not run: a human has to decide on this ({}). It was brought before one. Do not call "
    "the tool again for this; say that a human takes it from here."
)
_REFUSAL = re.compile(
    "|".join(
        re.escape(text).replace(r"\{\}", r"[A-Za-z0-9_., -]{0,500}")
        for text in (_DENIED, _ESCALATED)
    )
)


def refusal(stopped: StepStopped) -> str:
    """The text for a stop, with the ids of the rules that spoke."""
    verdict = stopped.verdict
    rules = dict.fromkeys(one.rule for one in verdict.findings if one.effect == verdict.effect)
    text = _ESCALATED if isinstance(stopped, StepEscalated) else _DENIED
    return text.format(", ".join(rules))


def is_refusal(text: object) -> bool:
    """True for a text that `refusal` made: it holds nobody's data, and is nobody's but the program's."""
    return isinstance(text, str) and _REFUSAL.fullmatch(text) is not None
