"""Libraries that only a fairness check needs: imported when it is made, or one clear error."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from aboveboard.errors import ConfigurationError

__all__ = ["needed"]


def needed(module: str, what: str, extra: str = "fairness") -> Any:
    """Import a module of an extra.

    Args:
        module: full name, such as `scipy.stats`.
        what: what it is needed for, as the message says it.
        extra: name of the extra that brings it.

    Raises:
        ConfigurationError: it is not installed; the text has the command that installs it.
    """
    try:
        return import_module(module)
    except ImportError:
        library = module.partition(".")[0]
        msg = f"{what} needs {library}. Install it: pip install 'aboveboard[{extra}]'"
        raise ConfigurationError(msg) from None
