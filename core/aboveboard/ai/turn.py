"""What a program's own facts function sees of a call."""

from __future__ import annotations

from dataclasses import dataclass

from aboveboard.ai.conversation import Conversation
from aboveboard.facts import Phase, Step

__all__ = ["Turn"]


@dataclass(frozen=True, slots=True, repr=False)
class Turn:
    """One moment of one call, for `facts=`. No repr: it holds the talk.

    Attributes:
        step: whose facts are asked for.
        phase: before the call leaves, or with what came back.
        operation: name of the call.
        model: as the call names it.
        question: the person's latest message, as it was written.
        answer: what the model has said so far, as the person will see it; empty before.
        tools: names of the tools that it wants to be called.
        final: the answer is complete; False for a piece of a stream.
        conversation: the talk, or None.
    """

    step: Step
    phase: Phase
    operation: str
    model: str | None
    question: str
    answer: str = ""
    tools: tuple[str, ...] = ()
    final: bool = True
    conversation: Conversation | None = None
