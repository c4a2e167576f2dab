"""Explanations are written, as in production, and to nowhere."""

from __future__ import annotations

import os
from pathlib import Path

import structlog

__all__ = ["quiet"]


def quiet() -> None:
    """Explanations are rendered as JSON, as in production, and written to nowhere."""
    nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  (as long as we run)
    structlog.configure(
        processors=[structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(20),
        logger_factory=structlog.WriteLoggerFactory(nowhere),
        cache_logger_on_first_use=True,
    )
