"""Handing a talk over to a human: what the human gets, and who is asked to take it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from aboveboard.ai.calls import Role
from aboveboard.events import StepEvent
from aboveboard.manager import PluginManager
from aboveboard.sinks import case_reference
from aboveboard.verdicts import Verdict

__all__ = ["Handover", "HandoverHandler", "ThreadText", "hand_over"]

_log = structlog.get_logger("aboveboard")


@dataclass(frozen=True, slots=True)
class ThreadText:
    """One text of a talk.

    Attributes:
        role: who said it.
        text: what was said, identifiers and special categories masked.
    """

    role: Role
    text: str


@dataclass(frozen=True, slots=True, repr=False)
class Handover:
    """A talk that a human has to take. No repr: it holds the talk.

    Attributes:
        conversation: what `Conversation.to_json` keeps of it; empty where there is none.
        thread: what person and assistant said, minimised: no prompts of the program, no results of
            tools, and masks where a detector found data of a person.
        event: what was decided on.
        verdict: why a human is needed.
    """

    conversation: dict[str, Any]
    thread: tuple[ThreadText, ...]
    event: StepEvent
    verdict: Verdict


HandoverHandler = Callable[[Handover], Any]
"""Brings a talk before a human. Gives back what the case is known as there, or None when it did not."""


def hand_over(manager: PluginManager, handover: Handover) -> str | None:
    """Ask plugins, in their order, to take a talk; the reference of the first that did.

    One that raises is logged as `plugin.failed`, by the type of its error, and the next is asked.
    """
    for found in manager.implementations("aboveboard_handover"):
        try:
            given = found.function(*((handover,) if found.argnames else ()))
            reference = case_reference(given)
        except Exception as error:
            _log.warning(
                "plugin.failed",
                plugin=found.plugin_name,
                hook="aboveboard_handover",
                error=type(error).__name__,
            )
            continue
        if reference is not None:
            return reference
    return None
