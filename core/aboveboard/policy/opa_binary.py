"""Finds the user's own OPA, for the engine `managed`. None is downloaded or brought along."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from aboveboard.errors import SettingsError
from aboveboard.policy import child

__all__ = ["find_opa"]

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
    said = _version(path)
    found = _VERSION.search(said)
    if found is None:
        msg = f"'{path}' is no OPA: it has no answer to 'version'. Correct opa_binary."
        raise SettingsError(msg)
    if (int(found[1]), int(found[2])) < _LEAST:
        msg = f"'{path}' is OPA {found[1]}.{found[2]}; policies need 1.17 or newer. Update it."
        raise SettingsError(msg)
    if named is None and _DIRTY.search(said):
        msg = (
            f"'{path}' is a test build of OPA (its version ends in '-dirty'). Install a release, "
            "or name this one in opa_binary."
        )
        raise SettingsError(msg)
    return path


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
