"""Compiles policies from outside the distribution in a child process first.

The embedded engine runs in this process: a recursive function would crash it, a runaway rule freeze
it, and neither can be caught. `policy.checks` finds recursion by reading; this finds it, and the
rest, by trying.
"""

from __future__ import annotations

import json
import secrets
import subprocess
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aboveboard.errors import PolicyError
from aboveboard.facts import STEPS
from aboveboard.policy import child
from aboveboard.policy.bundle import PolicyBundle, load_bundle
from aboveboard.policy.embedded import EmbeddedEngine

__all__ = ["compile_apart", "compile_problem"]


def compile_apart(bundle: PolicyBundle, directories: Sequence[Path], timeout_s: float) -> None:
    """Compile the bundle in a child process and ask each step about nothing and about good events.

    Args:
        bundle: what is going to decide: these very texts are tried, not what is on disk by then.
        directories: those of its directories that are not ours, to name in messages.
        timeout_s: for the child, its start included, in seconds.

    Raises:
        PolicyError: the child crashed, took too long, or could not compile; names the directory.
    """
    if not directories:
        return
    problem = compile_problem(bundle, timeout_s)
    if problem is None:
        return
    guilty = [str(item) for item in directories]
    if len(directories) > 1:
        alone = [item for item in directories if _try_alone(item, timeout_s)]
        guilty = [str(item) for item in alone] or guilty
    msg = f"Policies of {', '.join(guilty)}: {problem}"
    raise PolicyError(msg)


def _try_alone(directory: Path, timeout_s: float) -> str | None:
    try:
        return compile_problem(load_bundle([directory]), timeout_s)
    except PolicyError:
        return None  # it leans on another directory: alone it says nothing


def compile_problem(bundle: PolicyBundle, timeout_s: float) -> str | None:
    """What is wrong, as a sentence with a way out; None when nothing is."""
    found = find_spec("regorus")
    if found is None or found.origin is None:
        return None  # to load the engine says so, and how to get it
    command = child.python_command("compile_child.py")
    if command is None:
        return (
            "cannot be tried in a child process, because this program is no Python. Call "
            "'multiprocessing.set_executable' with one that has 'gordon-to-regorus', or decide on "
            'an OPA server (engine = "opa").'
        )
    engine = EmbeddedEngine(bundle)
    nonce = secrets.token_hex(8)
    request = {
        "path": str(Path(found.origin).parent.parent),
        "nonce": nonce,
        "data": engine.data,
        "steps": {step: (engine.sources(step), ["{}", *_samples()[step]]) for step in STEPS},
    }
    try:
        done = subprocess.run(  # noqa: S603  (our own program, in our own Python)
            command,
            input=json.dumps(request).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=timeout_s,
            check=False,
            env=child.environment(),
            **child.options(),
        )
    except subprocess.TimeoutExpired:
        return (
            f"did not compile and answer within {timeout_s:g} s. Look for a rule that builds or "
            "searches something huge, or raise policy_compile_timeout_s."
        )
    except OSError as error:
        return f"cannot be tried in a child process ({error.strerror}). Repair that first."
    try:
        answer: Any = json.loads(done.stdout)
        problems = dict(answer["problems"]) if answer["nonce"] == nonce else None
    except (ValueError, TypeError, KeyError):
        problems = None
    if done.returncode != 0 or problems is None:
        return (
            f"crashed the embedded engine (exit code {done.returncode}), which would have taken "
            "this process along. Look for a function that calls itself, also through others; "
            "'opa check --strict' names it."
        )
    for step in STEPS:
        if step in problems:
            failure = engine.failed(step, str(problems[step]))
            return f"do not compile. {failure} {failure.remedy}"
    return None


@cache
def _samples() -> dict[str, list[str]]:
    """Events of each step that pass every bundled rule, as engines are asked."""
    text = files("aboveboard.policy").joinpath("samples.json").read_text(encoding="utf-8")
    return {step: [json.dumps(item) for item in found] for step, found in json.loads(text).items()}
