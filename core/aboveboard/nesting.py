"""Where an event stands: within which decision, and within which trace.

A step that runs inside another carries that one's decision id. Both travel as context variables do:
into tasks, into threads started with `contextvars.copy_context()`, and nowhere else.
"""

from __future__ import annotations

import re
import sys
from contextvars import ContextVar
from typing import Any

__all__ = ["TRACEPARENT", "enter", "leave", "parent_decision_id", "traceparent"]

TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)
"""A W3C trace context, as CloudEvents' distributed-tracing extension carries it."""

# All decisions that are open here, innermost last. Not tokens of the variable: blocks in generators
# that take turns do not close in the order in which they opened.
_open: ContextVar[tuple[str, ...]] = ContextVar("aboveboard_decisions", default=())


def parent_decision_id() -> str | None:
    """The decision id of the step that is running here, or None."""
    decisions = _open.get()
    return decisions[-1] if decisions else None


def enter(decision: str) -> None:
    """Run within a decision, until `leave`."""
    _open.set((*_open.get(), decision))


def leave(decision: str) -> None:
    """Undo `enter`. Where its context is gone, as when a generator is collected, nothing is left."""
    decisions = _open.get()
    if decisions and decisions[-1] == decision:
        _open.set(decisions[:-1])
    else:
        _open.set(tuple(item for item in decisions if item != decision))


def traceparent() -> str | None:
    """The active OpenTelemetry span as `traceparent`, or None when there is none.

    OpenTelemetry is never imported here: a program that has an active span has done so.
    """
    trace: Any = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return None
    try:
        span = trace.get_current_span().get_span_context()
        if not span.is_valid:
            return None
        found = f"00-{span.trace_id:032x}-{span.span_id:016x}-{span.trace_flags & 0xFF:02x}"
    except Exception:  # a tracer of their own; a decision does not hang on it
        return None
    return found if TRACEPARENT.fullmatch(found) else None
