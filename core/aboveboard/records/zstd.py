"""zstd, of Python itself since 3.14 and of the extra `aboveboard[zstd]` before; or one clear error."""

from __future__ import annotations

import sys
from types import ModuleType

from aboveboard.errors import ConfigurationError

__all__ = ["zstd"]


def zstd(to: str) -> ModuleType:
    """The library, as `compression.zstd` has it.

    Args:
        to: what it is needed for: `read` or `write`.

    Raises:
        ConfigurationError: it is not installed.
    """
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd as found
        else:
            from backports import zstd as found
    except ImportError:
        msg = f"To {to} records in zstd, install the extra: pip install 'aboveboard[zstd]'."
        raise ConfigurationError(msg) from None
    return found
