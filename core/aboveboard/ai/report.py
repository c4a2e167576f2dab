"""How one call of a model went: what was decided, and what was changed for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from aboveboard.ai.calls import Outcome
from aboveboard.verdicts import Verdict

__all__ = ["Report"]


@dataclass(slots=True)
class Report:
    """What a program may show beside an answer. It holds no text of the talk.

    Attributes:
        vendor: whose model was called.
        operation: name of the call.
        model: as the vendor reported it, or as it was asked for.
        conversation: id of the talk, or None.
        verdicts: in the order they were given.
        masked: how many values of each category left as placeholders, DPV ids.
        notices: notices that were shown, or put into the answer.
        tools: names of the tools whose calls were let through.
        outcome: how the answer ended.
        tokens: of the call.
        marking: the machine-readable mark of what the model made; see `marking.py`.
        handover: what the case is known as where it was handed to.
    """

    vendor: str
    operation: str
    model: str | None = None
    conversation: str | None = None
    verdicts: list[Verdict] = field(default_factory=list)
    masked: Counter[str] = field(default_factory=Counter)
    notices: list[str] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    outcome: Outcome | None = None
    tokens: int | None = None
    marking: dict[str, Any] | None = None
    handover: str | None = None

    @property
    def changed(self) -> bool:
        """True when prompt or answer are not as they were given."""
        return bool(self.masked or self.notices)

    def as_dict(self) -> dict[str, Any]:
        """JSON: the verdicts in short, with their findings' messages."""
        return {
            "vendor": self.vendor,
            "operation": self.operation,
            "model": self.model,
            "conversation": self.conversation,
            "outcome": self.outcome,
            "tokens": self.tokens,
            "masked": dict(self.masked),
            "notices": self.notices,
            "tools": self.tools,
            "handover": self.handover,
            "marking": self.marking,
            "verdicts": [
                {
                    "decision_id": verdict.decision_id,
                    "step": verdict.step,
                    "phase": verdict.phase,
                    "effect": verdict.effect,
                    "findings": [
                        {
                            "rule": finding.rule,
                            "effect": finding.effect,
                            "message": finding.message,
                            "remedy": finding.remedy,
                        }
                        for finding in verdict.findings
                    ],
                }
                for verdict in self.verdicts
            ],
        }
