"""Judge the bundled policies with a real OPA: format, strict check, tests, coverage.

    python -m tools.check_policies

The strict check holds the policies to the builtins that both engines have
(`policies/aboveboard_policies/capabilities.json`) and to the facts that an event can hold (the schemas that
`aboveboard schema` writes), so a misspelt path is found here and not by a rule that never fires.
Every step runs even if one before it failed: one run shows all there is to repair.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.opa import OpaNotFoundError, find_opa

ROOT = Path(__file__).resolve().parent.parent
# Relative to the root, where every program is run: an editor can open what its messages name.
POLICIES = "policies/aboveboard_policies"
CAPABILITIES = "policies/aboveboard_policies/capabilities.json"


def main() -> int:
    """Run every step; return 0 if all passed, 1 if one did not, 2 if none could run."""
    try:
        opa = str(find_opa())
    except OpaNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="aboveboard-schema-") as schemas:
        steps = {
            "format": check_format(opa),
            "schemas": export_schemas(schemas),
            "strict check": check_strict(opa, schemas),
            "tests": check_tests(opa),
        }
    steps["coverage"] = "not run: tests fail" if steps["tests"] else check_coverage(opa)
    for name, problem in steps.items():
        print(f"{name:<14}{problem or 'ok'}")
    return 1 if any(steps.values()) else 0


def check_format(opa: str) -> str:
    """Every file is as `opa fmt` would write it. A step returns its problem, or ''."""
    done = run(opa, "fmt", "--fail", "--list", POLICIES)
    return "" if done.returncode == 0 else f"run 'opa fmt --write' on:\n{done.stdout}{done.stderr}"


def export_schemas(directory: str) -> str:
    """The JSON Schemas of the engine's input, as the installed distribution writes them."""
    # Not the script `aboveboard`, which may be on PATH from another environment.
    command = "from aboveboard.cli import main; main()"
    return failure(run(sys.executable, "-c", command, "schema", "--directory", directory))


def check_strict(opa: str, schemas: str) -> str:
    """`opa check --strict`, with the builtins and the facts that there are."""
    if not any(Path(schemas).iterdir()):
        # Without schemas the check passes over misspelt paths: it must not look like a success.
        return "not run: there are no schemas"
    portable = ("--capabilities", CAPABILITIES, "--schema", schemas)
    return failure(run(opa, "check", "--strict", "--bundle", *portable, POLICIES))


def check_tests(opa: str) -> str:
    """Every test passes, and there are some."""
    done = run(opa, "test", "--bundle", "--format", "json", POLICIES)
    try:
        # No test at all prints nothing or null and exits with 0.
        results = json.loads(done.stdout or "null") or []
    except json.JSONDecodeError:
        return failure(done)
    bad = [
        f"{result['package']}.{result['name']} ({result['location']['file']})"
        for result in results
        if result.get("fail") or result.get("error") or result.get("skip")
    ]
    if bad:
        return "failed, in error or skipped:\n" + "\n".join(bad)
    if not results:
        return "there are none"
    print(f"{len(results)} policy tests passed")
    return failure(done)


def check_coverage(opa: str) -> str:
    """Every line of the policies is reached by a test; lines that are not are listed.

    OPA's own `--threshold` counts the tests' lines too, which flatters the policies.
    """
    done = run(opa, "test", "--bundle", "--coverage", "--format", "json", POLICIES)
    try:
        report = json.loads(done.stdout)
    except json.JSONDecodeError:
        return failure(done) or "no report"
    missed = {
        # Of files in a bundle OPA names the bundle's directory twice.
        (name.replace(f"{POLICIES}/{POLICIES}", POLICIES), span["start"]["row"], span["end"]["row"])
        for name, file in report["files"].items()
        if not name.endswith("_test.rego")
        for span in file.get("not_covered", [])
    }
    return "not reached:\n" + "\n".join(map(_place, sorted(missed))) if missed else ""


def _place(span: tuple[str, int, int]) -> str:
    name, first, last = span
    return f"{name}:{first}" if first == last else f"{name}:{first}-{last}"


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run from the root, whatever the directory this was started in."""
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=300, check=False
    )


def failure(done: subprocess.CompletedProcess[str]) -> str:
    """What a program said, if it failed; else ''."""
    if done.returncode == 0:
        return ""
    return f"exit {done.returncode}\n{done.stdout}{done.stderr}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
