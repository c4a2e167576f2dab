"""Break the policies in small ways, and see that a test notices each.

    python -m tools.mutate_policies                  # every rule; half an hour on one core
    python -m tools.mutate_policies r_dm_01 r_adm    # files whose names begin so
    python -m tools.mutate_policies --jobs 2

A mutant drops a `not`, turns a comparison, changes a literal or leaves out a line of a body. It is
killed when `opa test` fails: first with the tests beside the rule, then with all. What does not even
compile is none. At least nine of ten have to be killed, and each that survives has to stand in
tests/policies/survivors.json with the reason why nothing could notice it.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from queue import SimpleQueue

from aboveboard.policy.bundle import load_bundle
from tools.check_policies import POLICIES, ROOT, lay_out
from tools.opa import find_opa

REASONS = ROOT / "tests" / "policies" / "survivors.json"
TARGET = 0.9
_TURNED = (
    (" == ", " != "),
    (" != ", " == "),
    (" <= ", " < "),
    (" >= ", " > "),
    (" < ", " <= "),
    (" > ", " >= "),
)
_LITERALS = ((r"\btrue\b", "false"), (r"\bfalse\b", "true"), (r"(?<![\w.\"-])0(?![\w.])", "1"))


@dataclass(frozen=True, slots=True)
class Mutant:
    """One line of a file, as it is and as it is broken."""

    file: Path
    line: int
    before: str
    after: str

    @property
    def name(self) -> str:
        """How it is listed: by what stands there, not by a number that moves."""
        return f"{self.file.name}: {self.before.strip()} -> {self.after.strip() or '(left out)'}"


def main() -> int:
    """Try all mutants; 1 when too many survive, or one that nobody explained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help="beginnings of file names; all when left out")
    parser.add_argument("--jobs", type=int, default=2, help="at once (2)")
    arguments = parser.parse_args()
    found = [
        mutant
        for path in sorted((ROOT / POLICIES).rglob("*.rego"))
        if not path.name.endswith("_test.rego")
        and (not arguments.files or path.name.startswith(tuple(arguments.files)))
        for mutant in mutants(path)
    ]
    if not found:
        print("No such file, or nothing in it to break.", file=sys.stderr)
        return 2
    known = json.loads(REASONS.read_text(encoding="utf-8")) if REASONS.is_file() else {}
    killed, survived = _try_all(found, arguments.jobs, known)
    share = killed / max(killed + len(survived), 1)
    print(
        f"{killed + len(survived):,} mutants, {killed:,} killed ({share:.1%}), "
        f"{len(survived)} survive, {len(found) - killed - len(survived)} do not compile."
    )
    unexplained = [mutant for mutant in survived if mutant.name not in known]
    return 1 if share < TARGET or unexplained else 0


def mutants(path: Path) -> Iterator[Mutant]:
    """Every way to break one file."""
    lines = path.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines):
        # Comments, and the names that a finding lists: a load check knows these.
        if line.lstrip().startswith(("#", '"')) or not line.strip():
            continue
        changed = dict.fromkeys(_changes(line))
        changed.pop(line, None)
        for after in changed:
            yield Mutant(path, number, line, after)


def _changes(line: str) -> Iterator[str]:
    body = line.startswith("\t")
    whole = line.strip()[-1] not in "{}[](),|"
    if body and whole:
        yield ""
    # The import's keyword, and text in quotes, are not code to break.
    if line.startswith(("import ", "package ")):
        return
    if re.search(r"\bnot ", line):
        yield re.sub(r"\bnot ", "", line, count=1)
    outside = re.sub(r'"[^"]*"', lambda text: "\0" * len(text[0]), line)
    for sign, other in _TURNED:
        at = outside.find(sign)
        if at >= 0:
            yield line[:at] + other + line[at + len(sign) :]
    for pattern, other in _LITERALS:
        match = re.search(pattern, outside)
        if match:
            yield line[: match.start()] + other + line[match.end() :]
    if '": ' not in line:
        match = re.search(r'"([\w:.-]+)"', line)
        if match:
            yield line[: match.start()] + f'"{match[1]}x"' + line[match.end() :]
    if " if " in outside and outside.rstrip()[-1] != "{":
        at = outside.index(" if ")
        yield line[: at + 4] + "false"


def _try_all(found: list[Mutant], jobs: int, known: dict[str, str]) -> tuple[int, list[Mutant]]:
    places: SimpleQueue[Path] = SimpleQueue()
    killed, survived = 0, []
    with tempfile.TemporaryDirectory(prefix="aboveboard-mutants-") as scratch:
        for number in range(jobs):
            place = Path(scratch, str(number))
            lay_out(load_bundle(), place)
            places.put(place)

        def one(mutant: Mutant) -> bool | None:
            place = places.get()
            try:
                return _killed(mutant, place)
            finally:
                places.put(place)

        with ThreadPoolExecutor(jobs) as pool:
            for done, (mutant, answer) in enumerate(zip(found, pool.map(one, found), strict=True)):
                killed += answer is True
                if answer is False:
                    survived.append(mutant)
                    reason = known.get(mutant.name, "no reason given")
                    print(f"survives  {mutant.name}  ({reason})", flush=True)
                if sys.stderr.isatty():
                    print(f"\r{done + 1} of {len(found)}", end="", file=sys.stderr)
    return killed, survived


def _killed(mutant: Mutant, place: Path) -> bool | None:
    """Whether a test fails that passes else; None when the mutant does not compile."""
    file = place / mutant.file.relative_to(ROOT)
    lib = place / POLICIES / "aboveboard" / "lib"
    near = tuple(dict.fromkeys(map(str, (file.parent, lib, place / POLICIES / "data.json"))))
    own = _own_tests(mutant.file)
    usual = {only: _usual(near, only) or set() for only in dict.fromkeys((own, ""))}
    original = file.read_text(encoding="utf-8")
    lines = original.split("\n")
    lines[mutant.line] = mutant.after
    file.write_text("\n".join(lines), encoding="utf-8")
    try:
        # Its own tests are quick, and most mutants go no further; then its folder's, then all.
        for only, fails in usual.items():
            found = _failing(near, only)
            if found is None:
                return None
            if found - fails:
                return True
        return bool(_failing((str(place / POLICIES),)))
    finally:
        file.write_text(original, encoding="utf-8")


@cache
def _usual(paths: tuple[str, ...], only: str) -> set[str] | None:
    """Tests that fail without any mutant, for want of the files that are left out."""
    return _failing(paths, only)


@cache
def _own_tests(file: Path) -> str:
    """A pattern of the names of the tests beside a rule; '' when there are none."""
    tests = file.with_name(f"{file.stem}_test.rego")
    if not tests.is_file():
        return ""
    names = sorted(set(re.findall(r"^(test_\w+)", tests.read_text(encoding="utf-8"), re.MULTILINE)))
    return rf"\.({'|'.join(names)})$" if names else ""


def _failing(paths: tuple[str, ...], only: str = "") -> set[str] | None:
    command = [str(find_opa()), "test", "--timeout", "60s", "--format", "json", *paths]
    if only:
        command += ["--run", only]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout.lstrip().startswith("["):
        return None
    return {
        f"{result['package']}.{result['name']}"
        for result in json.loads(done.stdout)
        if result.get("fail") or result.get("error")
    }


if __name__ == "__main__":
    sys.exit(main())
