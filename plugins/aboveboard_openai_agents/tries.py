"""The same call once more: when the vendor failed, the SDK may ask again, under the same verdicts."""

from __future__ import annotations

import time
from contextvars import ContextVar
from copy import deepcopy
from typing import Any

from aboveboard.ai import Conversation, GovernedCall
from aboveboard_openai_agents.requests import Request

__all__ = ["again", "done", "waits"]

_LASTS_S = 60
"""A verdict is no older than this; a program that asks the same much later is judged anew."""
_waiting: ContextVar[tuple[float, Any, GovernedCall, Request] | None] = ContextVar(
    "aboveboard_agents_waiting", default=None
)


def again(asked: list[Any], talk: Conversation | None) -> tuple[GovernedCall, Request] | None:
    """What was judged a moment ago and has no answer yet, if it is asked again.

    Args:
        asked: all that a call is asked with.
        talk: that it belongs to.
    """
    waiting = _waiting.get()
    if waiting is None:
        return None
    since, before, governed, request = waiting
    same = before == asked and governed.conversation is talk
    return (governed, request) if same and time.monotonic() - since < _LASTS_S else None


def waits(asked: list[Any], governed: GovernedCall, request: Request) -> None:
    """Remember a call that was judged."""
    _waiting.set((time.monotonic(), deepcopy(asked), governed, request))


def done() -> None:
    """It has its answer."""
    _waiting.set(None)
