"""The extra `aboveboard[zstd]`, or one clear error that names it."""

from __future__ import annotations

from types import ModuleType

from aboveboard.errors import ConfigurationError

__all__ = ["zstandard"]


def zstandard(to: str) -> ModuleType:
    """The library.

    Args:
        to: what it is needed for: `read` or `write`.

    Raises:
        ConfigurationError: it is not installed.
    """
    try:
        import zstandard as found
    except ImportError:
        msg = f"To {to} records in zstd, install the extra: pip install 'aboveboard[zstd]'."
        raise ConfigurationError(msg) from None
    return found
