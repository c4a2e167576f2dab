"""What only OPA can tell of policies: their format, its strict check, types against the event schema."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from aboveboard.facts import STEPS, Step
from aboveboard.nearest import nearest
from aboveboard.policy.bundle import PolicyBundle
from aboveboard.policy.problems import Problem
from aboveboard.policy.syntax import Module
from aboveboard.schemas import engine_schema
from aboveboard.workbench.opa import Opa, Said, Scratch, errors_of
from aboveboard.workbench.places import Source, name_of

__all__ = ["Located", "check_format", "check_strict", "check_types", "judge", "of_steps"]

_MAX_ERRORS = "100"
_MAX_SHOWN = 50

Located = tuple[Problem, int]
"""A problem and its column; 0 when it is not known."""


def judge(
    binary: Path,
    bundle: PolicyBundle,
    files: Sequence[Module | Source],
    mine: Sequence[Module | Source],
) -> list[Located]:
    """All that OPA has to say.

    Args:
        binary: the OPA.
        bundle: the policies.
        files: of the policies and tests; none when some cannot be read, for it would lack them.
        mine: those whose format and facts are judged.

    Raises:
        EngineError: OPA cannot be run, or does not end.
    """
    opa = Opa(binary)
    with Scratch(opa) as scratch, ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        try:
            # The longest first.
            strict = pool.submit(check_strict, scratch, files) if files else None
            types = {
                step: pool.submit(check_types, scratch, bundle, step)
                for step in (_steps(bundle, mine) if files else ())
            }
            form = pool.submit(check_format, scratch, mine)
            found = list(strict.result()) if strict else []
            found += of_steps({step: job.result() for step, job in types.items()})
            return [*found, *form.result()]
        except BaseException:
            opa.stop()
            raise


def _steps(bundle: PolicyBundle, mine: Sequence[Module | Source]) -> Iterator[Step]:
    """The steps that reach a module of ours: what others say of theirs is not asked for."""
    ours = {module.name for module in mine if isinstance(module, Module)}
    return (step for step in STEPS if not ours.isdisjoint(bundle.packages_for(step)))


def check_format(scratch: Scratch, files: Sequence[Module | Source]) -> list[Located]:
    """Every file is as `opa fmt` would write it; names the first line that is not.

    Args:
        scratch: where OPA works.
        files: files that can be parsed.
    """
    if not files:
        return []
    scratch.lay_out("format", files)
    said = scratch.run("format", "fmt", "--list", *scratch.roots("format"))
    if said.code != 0:
        return [(_unreadable("AB-FORMAT-01", said), 0)]
    texts = {name_of(item): item.text for item in files}
    found: list[Located] = []
    for number, laid in enumerate(said.out.splitlines()):
        name = scratch.name(laid)
        line = 0
        if number < _MAX_SHOWN:
            line = _first_difference(texts[name], scratch.run("format", "fmt", laid).out)
        text = "is not as 'opa fmt' writes it. Run 'opa fmt --write' on it."
        found.append((Problem(name, line, text, "AB-FORMAT-01"), 0))
    return found


def _first_difference(here: str, there: str) -> int:
    pairs = zip_longest(here.split("\n"), there.split("\n"))
    return next((number for number, (a, b) in enumerate(pairs, 1) if a != b), 0)


def check_strict(scratch: Scratch, files: Sequence[Module | Source]) -> list[Located]:
    """`opa check --strict` of all files, tests too, with the builtins that both engines have."""
    scratch.lay_out("strict", files)
    said = scratch.run("strict", *_check(scratch), *scratch.roots("strict"))
    return [_located(error, "AB-OPA-01") for error in _errors(scratch, said, "AB-OPA-01")]


def check_types(scratch: Scratch, bundle: PolicyBundle, step: Step) -> list[_Error]:
    """Every path below `input` is a fact of the step, and used as what it is.

    OPA judges what the step reaches (its package, its topics, the library) by the schema of that step's
    input: a misspelt path, or a fact that one step of a topic does not have, is found here and not by a
    rule that never fires.
    """
    part = f"types-{step}"
    schema = scratch.write("schemas", f"{step}.json", engine_schema(step))
    reached = set(bundle.packages_for(step))
    scratch.lay_out(part, [module for module in bundle.modules if module.name in reached])
    said = scratch.run(part, *_check(scratch), "--schema", str(schema), *scratch.roots(part))
    return _errors(scratch, said, "AB-TYPE-01")


def of_steps(found: Mapping[Step, Sequence[_Error]]) -> Iterator[Located]:
    """What several steps say of one place, once, with their names."""
    steps: dict[_Error, list[Step]] = defaultdict(list)
    for step in STEPS:
        for error in found.get(step, ()):
            # What is wrong without a schema, too, the strict check has told.
            if error.code in ("rego_type_error", ""):
                steps[error].append(step)
    for error, of in steps.items():
        where = f"in the step{'s' if len(of) > 1 else ''} {', '.join(of)}"
        yield _located(replace(error, message=f"{error.message}, {where}"), "AB-TYPE-01")


@dataclass(frozen=True, slots=True)
class _Error:
    file: str
    line: int
    column: int
    code: str
    message: str


def _located(error: _Error, check: str) -> Located:
    code = f" ({error.code})" if error.code else ""
    return Problem(error.file, error.line, f"{error.message}{code}.", check), error.column


def _check(scratch: Scratch) -> tuple[str, ...]:
    return (
        *("check", "--strict", "--format", "json", "--max-errors", _MAX_ERRORS),
        *("--capabilities", str(scratch.capabilities())),
    )


def _errors(scratch: Scratch, said: Said, check: str) -> list[_Error]:
    found = errors_of(said)
    if found is None:
        return [_Error("", 0, 0, "", _unreadable(check, said).message)]
    errors = []
    for error in found:
        place: Mapping[str, Any] = error.get("location") or {}
        errors.append(
            _Error(
                scratch.name(str(place.get("file", ""))),
                int(place.get("row", 0)),
                int(place.get("col", 0)),
                str(error.get("code", "")),
                _message(error),
            )
        )
    return errors


def _message(error: Mapping[str, Any]) -> str:
    said = " ".join(str(error.get("message", "")).split())
    details = error.get("details")
    known = details.get("oneOf") if isinstance(details, dict) else None
    if said.startswith("undefined ref: ") and isinstance(known, list):
        close = nearest(said.rpartition(".")[2], [item for item in known if isinstance(item, str)])
        if close:
            return f"{said} (did you mean '{close}'?)"
    return said


def _unreadable(check: str, said: Said) -> Problem:
    lines = [" ".join(line.split()) for line in (said.err or said.out).splitlines() if line.strip()]
    text = f"OPA ended with exit code {said.code}: {' '.join(lines[:3])[:300]}"
    return Problem("", 0, text, check)
