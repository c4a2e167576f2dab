"""Judge the bundled policies with a real OPA: format, strict check, facts, tests, coverage.

    python -m tools.check_policies

What OPA sees is laid out anew in a scratch directory: the Rego files of this checkout, and beside them
the data that the installed distribution would hand an engine. So the tests run on what is shipped.
Every step runs even if one before it failed: one run shows all there is to repair.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from aboveboard.errors import PolicyError
from aboveboard.facts import STEPS
from aboveboard.policy.bundle import PolicyBundle, load_bundle
from aboveboard.schemas import engine_schema
from tools.opa import OpaNotFoundError, find_opa

ROOT = Path(__file__).resolve().parent.parent
# Relative to the root and, laid out anew, to the scratch directory: an editor can open what OPA's
# messages name.
POLICIES = "policies/aboveboard_policies"
# OPA gives a test five seconds, which a busy machine takes for one of them.
PATIENT = ("--timeout", "60s")
CAPABILITIES = ROOT / POLICIES / "capabilities.json"


def main() -> int:
    """Run every step; return 0 if all passed, 1 if one did not, 2 if none could run."""
    try:
        opa = str(find_opa())
        bundle = load_bundle()
    except (OpaNotFoundError, PolicyError) as error:
        print(error, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="aboveboard-policies-") as scratch:
        directory = Path(scratch)
        lay_out(bundle, directory)
        steps = {
            "installed": check_installed(bundle),
            "format": check_format(opa),
            "strict check": check_strict(opa, directory),
            "facts": check_facts(opa, bundle),
            "tests": check_tests(opa, directory),
        }
        steps["coverage"] = (
            "not run: tests fail" if steps["tests"] else check_coverage(opa, directory)
        )
    for name, problem in steps.items():
        print(f"{name:<14}{problem or 'ok'}")
    return 1 if any(steps.values()) else 0


def lay_out(bundle: PolicyBundle, directory: Path) -> None:
    """Write the checkout's Rego files, tests too, and the bundle's data as OPA loads it."""
    for path in sorted((ROOT / POLICIES).rglob("*.rego")):
        _write(directory / path.relative_to(ROOT), path.read_bytes().decode())
    _write(directory / POLICIES / "data.json", json.dumps(bundle.data))


def check_installed(bundle: PolicyBundle) -> str:
    """What is installed is what is checked out. A step returns its problem, or ''."""
    folder = (ROOT / POLICIES).parent
    here = {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in (ROOT / POLICIES).rglob("*.rego")
        if not path.name.endswith("_test.rego")
    }
    there = {module.file: module.text for module in bundle.modules}
    odd = sorted(name for name in here.keys() | there if here.get(name) != there.get(name))
    return "\n".join(("install the checkout anew; other there than here:", *odd)) if odd else ""


def check_format(opa: str) -> str:
    """Every file is as `opa fmt` would write it."""
    done = run(ROOT, opa, "fmt", "--fail", "--list", POLICIES)
    return "" if done.returncode == 0 else f"run 'opa fmt --write' on:\n{done.stdout}{done.stderr}"


def check_strict(opa: str, directory: Path) -> str:
    """`opa check --strict` of all files, tests too, with the builtins that both engines have."""
    return failure(
        run(directory, opa, "check", "--strict", "--capabilities", str(CAPABILITIES), POLICIES)
    )


def check_facts(opa: str, bundle: PolicyBundle) -> str:
    """Every path below `input` is a fact of each step that reaches the rule.

    OPA judges what a step reaches (its package, its topics, the library) by the schema of that
    step's input, so a misspelt path, or a fact that one step of a topic does not have, is found here
    and not by a rule that never fires.
    """
    problems = []
    for step in STEPS:
        with tempfile.TemporaryDirectory(prefix=f"aboveboard-{step}-") as scratch:
            directory = Path(scratch)
            _write(directory / "input.json", json.dumps(engine_schema(step)))
            reached = bundle.packages_for(step)
            for module in bundle.modules:
                if module.name in reached:
                    _write(directory / "policies" / module.file, module.text)
            options = ("--strict", "--capabilities", str(CAPABILITIES), "--schema", "input.json")
            done = run(directory, opa, "check", *options, "policies")
        if done.returncode != 0:
            problems.append(f"{step}: {failure(done)}")
    return "\n".join(problems)


def check_tests(opa: str, directory: Path) -> str:
    """Every test passes, and there are some."""
    done = run(directory, opa, "test", *PATIENT, "--format", "json", POLICIES)
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
        return failure(done) or "there are none"
    print(f"{len(results)} policy tests passed")
    return failure(done)


def check_coverage(opa: str, directory: Path) -> str:
    """Every line of the policies is reached by a test; lines that are not are listed.

    OPA's own `--threshold` counts the tests' lines too, which flatters the policies.
    """
    done = run(directory, opa, "test", *PATIENT, "--coverage", "--format", "json", POLICIES)
    try:
        report = json.loads(done.stdout)["files"]
    except (json.JSONDecodeError, KeyError):
        return failure(done) or "no report"
    missed = {
        (name, span["start"]["row"], span["end"]["row"])
        for name, file in report.items()
        if not name.endswith("_test.rego")
        for span in file.get("not_covered", [])
    }
    # A file that no test loads a line of is in no report.
    silent = {
        path.relative_to(directory).as_posix()
        for path in (directory / POLICIES).rglob("*.rego")
        if not path.name.endswith("_test.rego")
    } - report.keys()
    places = [*map(_place, sorted(missed)), *sorted(silent)]
    return "not reached:\n" + "\n".join(places) if places else ""


def _place(span: tuple[str, int, int]) -> str:
    name, first, last = span
    return f"{name}:{first}" if first == last else f"{name}:{first}-{last}"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


def run(directory: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run in a directory, whatever the one this was started in."""
    return subprocess.run(
        command, cwd=directory, capture_output=True, encoding="utf-8", timeout=300, check=False
    )


def failure(done: subprocess.CompletedProcess[str]) -> str:
    """What a program said, if it failed; else ''."""
    if done.returncode == 0:
        return ""
    return f"exit {done.returncode}\n{done.stdout}{done.stderr}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
