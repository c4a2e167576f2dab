"""Where an event stands: within which decision, and within which trace.

A step that runs inside another carries that one's decision id. Both travel as context variables do:
into tasks, into threads started with `contextvars.copy_context()`, and nowhere else.
"""

from __future__ import annotations

import re
import sys
from contextvars import ContextVar, Token
from typing import Any

__all__ = ["TRACEPARENT", "enter", "leave", "parent_decision_id", "traceparent"]

TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)
"""A W3C trace context, as CloudEvents' distributed-tracing extension carries it."""

_parent: ContextVar[str | None] = ContextVar("aboveboard_parent_decision", default=None)

parent_decision_id = _parent.get
"""The decision id of the step that is running here, or None."""

enter = _parent.set
"""Run within a decision; give the token to `leave`."""


def leave(token: Token[str | None]) -> None:
    """Undo `enter`. Where its context is gone, as when a generator is collected, nothing is left."""
    try:
        _parent.reset(token)
    except ValueError:
        pass


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
