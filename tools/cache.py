"""Where tools keep what they fetched."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

__all__ = ["cache_directory"]


def cache_directory(name: str, version: str) -> Path:
    """`$XDG_CACHE_HOME` (or `~/.cache`)`/aboveboard-<name>/<version>`; it may not be there yet."""
    # An empty or relative XDG_CACHE_HOME counts as unset, says the XDG specification.
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():
        try:
            base = Path.home() / ".cache"
        except RuntimeError:
            base = Path(tempfile.gettempdir())
    return base / f"aboveboard-{name}" / version
