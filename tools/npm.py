"""Fetch a package from the npm registry and make sure that it is the one that was pinned."""

from __future__ import annotations

import base64
import hashlib
import hmac
import shutil
import subprocess
from pathlib import Path

__all__ = ["NpmError", "fetch"]


class NpmError(RuntimeError):
    """A package could not be had; the text says why."""


def fetch(spec: str, integrity: str, directory: Path) -> Path:
    """The tarball of a package.

    Args:
        spec: name and version, such as `@scope/name@1.2.3`.
        integrity: Subresource integrity of the tarball, `sha512-…`.
        directory: an empty one, for the tarball.

    Raises:
        NpmError: it cannot be had, or is another.
    """
    npm = shutil.which("npm")
    if npm is None:
        msg = "'npm' is not on PATH, so none could be fetched"
        raise NpmError(msg)
    command = [npm, "pack", spec, "--pack-destination", str(directory), "--ignore-scripts"]
    try:
        # In the scratch directory, because npm reads the .npmrc of where it stands.
        done = subprocess.run(
            command, cwd=directory, capture_output=True, encoding="utf-8", timeout=300, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        msg = f"'npm pack {spec}' failed ({error})"
        raise NpmError(msg) from error
    packed = sorted(directory.glob("*.tgz"))
    if done.returncode != 0 or len(packed) != 1:
        # npm warns about much; what went wrong stands in its `error` lines.
        lines = [line for line in done.stderr.splitlines() if line.startswith("npm error")]
        msg = f"'npm pack {spec}' failed ({'; '.join(lines[:3]) or 'it gave no reason'})"
        raise NpmError(msg)
    _verify(packed[0], integrity)
    return packed[0]


def _verify(tarball: Path, integrity: str) -> None:
    with tarball.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    actual = "sha512-" + base64.b64encode(digest).decode()
    if not hmac.compare_digest(actual, integrity):
        msg = f"'{tarball.name}' is not what was pinned: {actual} instead of {integrity}"
        raise NpmError(msg)
