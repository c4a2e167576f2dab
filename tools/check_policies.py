"""Judge the bundled policies with a real OPA: format, strict check, facts, tests, coverage.

    python -m tools.check_policies

The checks are those of `aboveboard policies check` and `policies test`, on the modules of the installed
distribution and the tests of this checkout: so the tests run on what is shipped, which has none.
Every step runs even if one before it failed: one run shows all there is to repair.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from aboveboard.errors import EngineError, PolicyError
from aboveboard.policy.bundle import PolicyBundle, load_bundle
from aboveboard.policy.problems import Problem
from aboveboard.policy.syntax import Module
from aboveboard.workbench.dead import dead_rules
from aboveboard.workbench.opa import Opa, Scratch
from aboveboard.workbench.opa_checks import judge
from aboveboard.workbench.places import Source
from aboveboard.workbench.rego_tests import Lines, run_embedded, run_opa, tests_of
from aboveboard.workbench.report import Case
from aboveboard.workbench.test_files import TESTS, parsed
from tools.opa import OpaNotFoundError, find_opa

ROOT = Path(__file__).resolve().parent.parent
# Relative to the root and, laid out anew, to the scratch directory: an editor can open what OPA's
# messages name.
POLICIES = "policies/aboveboard_policies"


def main() -> int:
    """Run every step; return 0 if all passed, 1 if one did not, 2 if none could run."""
    try:
        opa = find_opa()
        bundle = load_bundle()
        steps = judged(opa, bundle) | tested(opa, bundle, tests_of_checkout())
    except (OpaNotFoundError, PolicyError, EngineError) as error:
        print(error, file=sys.stderr)
        return 2
    for name, problem in steps.items():
        print(f"{name:<14}{problem or 'ok'}")
    return 1 if any(steps.values()) else 0


def judged(opa: Path, bundle: PolicyBundle) -> dict[str, str]:
    """What is wrong with the policies, by step; '' for nothing."""
    files: list[Module | Source] = [*bundle.modules, *tests_of_checkout()]
    found = [problem for problem, _ in judge(opa, bundle, files, files)]
    return {
        "installed": check_installed(bundle),
        "format": told(found, "AB-FORMAT-01"),
        "strict check": told(found, "AB-OPA-01"),
        "facts": told(found, "AB-TYPE-01"),
        "dead rules": told(dead_rules(bundle), "AB-DEAD-01", "AB-DEAD-02"),
    }


def tested(opa: Path, bundle: PolicyBundle, sources: list[Source]) -> dict[str, str]:
    """The same for the tests, on both engines, and whether they reach every line."""
    modules, _ = parsed(sources)
    tests = tests_of(modules, "")
    with Scratch(Opa(opa)) as scratch:
        cases, lines = run_opa(scratch, bundle, sources, tests, [])
    embedded, _ = run_embedded(bundle, modules, tests)
    print(f"{len(cases)} policy tests on OPA, {len(embedded)} on the embedded engine")
    return {
        "tests": failed(cases) or ("" if cases else "there are none"),
        "embedded": failed(embedded),
        "coverage": unreached(lines),
    }


def tests_of_checkout() -> list[Source]:
    """The test files of this checkout, named as if they were installed."""
    folder = (ROOT / POLICIES).parent
    return [
        Source(path.relative_to(folder).as_posix(), path, path.read_bytes().decode())
        for path in sorted((ROOT / POLICIES).rglob(f"*{TESTS}"))
    ]


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
        if not path.name.endswith(TESTS)
    }
    there = {module.file: module.text for module in bundle.modules}
    odd = sorted(name for name in here.keys() | there if here.get(name) != there.get(name))
    return "\n".join(("install the checkout anew; other there than here:", *odd)) if odd else ""


def told(found: Iterable[Problem], *checks: str) -> str:
    """The problems of some checks, a line each, as an editor can open them."""
    lines = [f"policies/{item}" for item in found if item.check in checks]
    return "\n".join(("", *lines)) if lines else ""


def failed(cases: Iterable[Case]) -> str:
    """The tests that did not pass, a line each: to leave one out is not to pass it."""
    lines = [
        f"data.{case.group}.{case.name} (policies/{case.file}:{case.line}): {case.message}"
        for case in cases
        if case.outcome != "passed"
    ]
    return "\n".join(("failed, in error or skipped:", *lines)) if lines else ""


def unreached(lines: Lines | None) -> str:
    """The lines of the policies that no test reaches."""
    if lines is None:
        return "not run: tests fail"
    places = [
        f"policies/{name}:{first}" + (f"-{last}" if last > first else "")
        for name, first, last in lines.missed
    ]
    return "\n".join(("not reached:", *places)) if places else ""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    sys.exit(main())
