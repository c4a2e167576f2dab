"""What the program's tools do: nobody can tell it from their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Tool"]


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool that a model may ask for.

    A tool that is not declared acts on a person, in a scope that nobody knows: rules say what that
    means, and those that come along stop it.

    Args:
        scope: what it needs, such as `orders.write`. Read by rules on security.
        acts: it acts on a person, so its call is a decision; False for a look-up in a catalogue, whose
            call is judged by its scope alone.
        purpose: entry of the register that it acts for; that of the call when left out.
        effect: on the person, in the terms of Article 22.
        automation: degree of automation, DPV id; `dpv:FullAutomation` where nobody looks first.
        arguments: what its arguments hold, DPV ids by name.
        result: what it gives back holds, DPV ids; empty for nothing of a person, None when unknown.
        trusted: what it gives back is the organisation's own, not the words of outsiders.
        facts: further facts of its decision, such as `{"task": {"type": "order_confirmation"}}`.
    """

    scope: str | None = None
    acts: bool = True
    purpose: str | None = None
    effect: Literal["legal", "none", "similarly_significant"] | None = None
    automation: str | None = None
    arguments: Mapping[str, Sequence[str]] = field(default_factory=dict)
    result: Sequence[str] | None = None
    trusted: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
