"""Find a Chromium to look at pages with; on a CI machine install Debian's.

    python -m tools.chromium        prints where it is

Looked for in this order:

1. `ABOVEBOARD_CHROMIUM`: a path. If set, it is the only place looked at.
2. `chromium`, `chromium-browser` and `google-chrome` on PATH.
3. With `CI=true`, as root, on a machine that has `apt-get`: the package `chromium`.

Standard library only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["ChromiumNotFoundError", "find_chromium"]

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_HOW = "Install Debian's package 'chromium', or set ABOVEBOARD_CHROMIUM to a browser's path."


class ChromiumNotFoundError(RuntimeError):
    """There is no browser and none could be installed; the text says why and what to do."""


def find_chromium() -> Path:
    """The path of a Chromium.

    Raises:
        ChromiumNotFoundError: there is none.
    """
    named = os.environ.get("ABOVEBOARD_CHROMIUM")
    if named:
        if not Path(named).is_file():
            msg = f"ABOVEBOARD_CHROMIUM names '{named}', which is no file."
            raise ChromiumNotFoundError(msg)
        return Path(named).absolute()
    found = _on_path()
    if found is None:
        _install()
        found = _on_path()
    if found is None:
        msg = f"No Chromium on PATH. {_HOW}"
        raise ChromiumNotFoundError(msg)
    return found


def _on_path() -> Path | None:
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    return None if found is None else Path(found)


def _install() -> None:
    """Debian's package, where nobody's own machine is changed by it."""
    here = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
    if not here or shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wait = ["-o", "DPkg::Lock::Timeout=120"]  # another may be installing
    for command in (
        ["apt-get", "-qq", "update"],
        ["apt-get", "-qq", "-y", *wait, "install", "--no-install-recommends", "chromium"],
    ):
        done = subprocess.run(
            command, env=environment, capture_output=True, encoding="utf-8", errors="replace",
            timeout=600, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            why = done.stderr.strip().splitlines()[-1:] or ["it gave no reason"]
            msg = f"No Chromium: '{' '.join(command)}' failed ({why[0]}). {_HOW}"
            raise ChromiumNotFoundError(msg)


if __name__ == "__main__":
    try:
        print(find_chromium())
    except ChromiumNotFoundError as error:
        sys.exit(str(error))
