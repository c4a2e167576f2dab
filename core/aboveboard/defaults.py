"""The gate of steps that name none; one a process, made when it is first needed."""

from __future__ import annotations

import os
import threading

from aboveboard.active import ACTIVE
from aboveboard.gate import Gate

__all__ = ["default_gate", "set_default_gate"]

_default: Gate | None = None
_default_lock = threading.Lock()


def _forked() -> None:
    """In a child process: the thread that held the lock is not there to let go of it."""
    global _default_lock  # noqa: PLW0603
    _default_lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


def default_gate() -> Gate:
    """The gate of steps that name none: the active one, or one made from the settings once.

    Raises:
        ConfigurationError: the settings do not make a gate.
    """
    global _default  # noqa: PLW0603  (one a process, by design)
    active = ACTIVE.get()
    if active is not None:
        return active
    if _default is None:
        with _default_lock:
            if _default is None:
                _default = Gate()
    return _default


def set_default_gate(gate: Gate | None) -> Gate | None:
    """Replace the default gate, as a test does; returns the one before. None makes it anew."""
    global _default
    with _default_lock:
        before, _default = _default, gate
    return before
