"""What the command line does with log events: the library leaves that to its host, here us.

Standard output belongs to results, so every log line goes to standard error.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

__all__ = ["quiet", "verbose"]


def quiet() -> None:
    """Show errors only, such as a plugin's hook that failed; verdicts are shown as results."""
    _configure(logging.ERROR, structlog.dev.ConsoleRenderer(colors=False))


def verbose() -> None:
    """Write every event (`step.allowed`, …) as a line of JSON."""
    _configure(logging.DEBUG, structlog.processors.JSONRenderer(sort_keys=True))


def _configure(level: int, renderer: Any) -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        # The library's loggers outlive a command in tests; a cached one would keep its stream.
        cache_logger_on_first_use=False,
    )
