"""How long the workbench takes for the whole library: `policies check` and `policies test`, as processes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tools.opa import find_opa

__all__ = ["measure_workbench", "workbench_page", "workbench_targets"]

ROOT = Path(__file__).resolve().parents[2]
POLICIES = ROOT / "policies" / "aboveboard_policies"
ROUNDS = 3
LIMITS = {"check": 4.0, "test": 30.0}


def measure_workbench() -> dict[str, float]:
    """Median seconds of each command on the bundled policies of this checkout, start-up included.

    Raises:
        RuntimeError: a command did not say that all is well, so that its time says nothing.
    """
    opa = str(find_opa())
    found: dict[str, float] = {}
    for command in LIMITS:
        times = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            done = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "aboveboard",
                    "policies",
                    command,
                    "--opa",
                    opa,
                    str(POLICIES),
                ],
                cwd=ROOT,
                env={k: v for k, v in os.environ.items() if not k.startswith("ABOVEBOARD_")},
                capture_output=True,
                text=True,
                check=False,
            )
            times.append(time.perf_counter() - begun)
            if done.returncode != 0:
                msg = f"policies {command}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
                raise RuntimeError(msg)
        found[command] = statistics.median(times)
    return found


def workbench_targets(found: dict[str, float]) -> list[tuple[str, str, str, bool]]:
    """Name, value, limit and whether it holds, of each."""
    return [
        (
            f"`policies {command}` of the full library, whole process",
            f"{found[command]:.1f} s",
            f"< {limit:.0f} s",
            found[command] < limit,
        )
        for command, limit in LIMITS.items()
    ]


def workbench_page(found: dict[str, float]) -> str:
    """A section of the results."""
    rows = "".join(
        f"| `policies {command}` | {seconds:.1f} s |\n" for command, seconds in found.items()
    )
    return (
        "\n## The policy workbench\n\nThe bundled policies and their tests, each on OPA and on the embedded "
        f"engine, with coverage.\n\n| | |\n|---|---:|\n{rows}"
    )


if __name__ == "__main__":
    for name, value, limit, holds in workbench_targets(measure_workbench()):
        print(f"{name}: {value} ({limit}: {'yes' if holds else 'NO'})")
