"""Finds the user's own OPA, for the engine `managed` and to judge policies. None is downloaded."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from aboveboard.errors import SettingsError
from aboveboard.policy import child

__all__ = ["find_judge", "find_opa"]

_LEAST = (1, 17)  # the first with `import future.keywords.not`
_VERSION = re.compile(r"^Version:\s*(\d+)\.(\d+)\.(\S+)", re.MULTILINE)
_DIRTY = re.compile(r"^(Version|Build Commit):.*-dirty\s*$", re.MULTILINE)
_TIMEOUT_S = 10


def find_opa(named: Path | None) -> Path:
    """The OPA to start.

    Args:
        named: the setting `opa_binary`; None searches PATH.

    Raises:
        SettingsError: there is none, it is too old, or it is a test build that nobody named.
    """
    path = _on_path() if named is None else Path(named).absolute()
    if path is None:
        msg = (
            "Engine 'managed' needs OPA, which is not on PATH. Install it "
            "(https://www.openpolicyagent.org/docs/#1-download-opa) or set opa_binary."
        )
        raise SettingsError(msg)
    said = _checked(path)
    if named is None and _DIRTY.search(said):
        msg = (
            f"'{path}' is a test build of OPA (its version ends in '-dirty'). Install a release, "
            "or name this one in opa_binary."
        )
        raise SettingsError(msg)
    return path


def find_judge(named: Path | None) -> Path | None:
    """An OPA that judges policies and decides nothing, so a test build will do.

    Args:
        named: an option, or the setting `opa_binary`; None searches PATH.

    Returns:
        None when it is not on PATH.

    Raises:
        SettingsError: it is too old, or no OPA.
    """
    path = _on_path() if named is None else Path(named).absolute()
    if path is not None:
        _checked(path)
    return path


def _checked(path: Path) -> str:
    said = _version(path)
    found = _VERSION.search(said)
    if found is None:
        msg = f"'{path}' is no OPA: it has no answer to 'version'. Correct opa_binary."
        raise SettingsError(msg)
    if (int(found[1]), int(found[2])) < _LEAST:
        msg = f"'{path}' is OPA {found[1]}.{found[2]}; policies need 1.17 or newer. Update it."
        raise SettingsError(msg)
    return said


def _on_path() -> Path | None:
    """As `shutil.which`, which on Windows looks into the current directory before all others."""
    name = "opa.exe" if sys.platform == "win32" else "opa"
    for item in os.environ.get("PATH", "").split(os.pathsep):
        found = Path(item, name)
        if found.is_absolute() and found.is_file() and os.access(found, os.X_OK):
            return found
    return None


def _version(path: Path) -> str:
    try:
        done = subprocess.run(  # noqa: S603  (the user's own OPA)
            [str(path), "version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
            env=child.environment(),
            **child.options(),
        )
    except (OSError, subprocess.TimeoutExpired):
        msg = f"'{path}' cannot be run. Correct opa_binary."
        raise SettingsError(msg) from None
    said: bytes = done.stdout
    return said.decode("utf-8", "replace")
