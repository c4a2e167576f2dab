"""Runs small programs of ours in a Python of their own: what may crash or freeze does it there.

The programs use the standard library only and are handed over as text, so that they run from a zip
file too. The child sees no setting and no secret of ours in its environment.
"""

from __future__ import annotations

import multiprocessing.spawn
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

__all__ = ["environment", "options", "python_command"]

_KEPT_BACK = ("ABOVEBOARD_", "OPA_", "PYTHON")


def python_command(program: str, package: str = "aboveboard.policy") -> list[str] | None:
    """How to run one of our programs; None where no Python can be found.

    Args:
        program: a file of a package.
        package: that package; this one when left out.

    In a frozen application, or in a server that embeds Python, `sys.executable` is that program, and
    to run it again would start the application anew. There `multiprocessing.set_executable` tells,
    as it does for multiprocessing itself.
    """
    found = os.fsdecode(multiprocessing.spawn.get_executable() or "")
    if not found or not Path(found).is_file():
        return None
    told = found not in (sys.executable, getattr(sys, "_base_executable", None))
    if getattr(sys, "frozen", False) and not told:
        return None
    if not told and "python" not in Path(found).name.lower() and "pypy" not in Path(found).name:
        return None
    text = files(package).joinpath(program).read_text(encoding="utf-8")
    return [found, "-I", "-c", text]


def environment() -> dict[str, str]:
    """Ours, without secrets, and without what would turn the child into something else."""
    return {
        name: value for name, value in os.environ.items() if not name.upper().startswith(_KEPT_BACK)
    }


def options() -> dict[str, Any]:
    """Of `subprocess.Popen`: no window on Windows, no share in the terminal's signals."""
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
        return {"creationflags": flags}
    return {"start_new_session": True}
