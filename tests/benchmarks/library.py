"""The whole library on an event of twelve fields, against OPA; and time against number of rules.

Both sides evaluate the same policies and the same input in their own process: the embedded engine
here, OPA in `opa bench`. Medians of wall time in µs.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aboveboard import Gate, Settings
from aboveboard.events import StepEvent
from aboveboard.facts import STEPS, Step
from aboveboard.organisation import example
from aboveboard.policy.archive import write_archive
from aboveboard.policy.bundle import PolicyBundle, load_bundle
from aboveboard.policy.embedded import EmbeddedEngine
from aboveboard.policy.linking import ANSWER
from aboveboard.testing import compliant_event
from tools.opa import find_opa

__all__ = ["Library", "library_page", "library_targets", "measure", "twelve_fields"]

FIELDS = 12
FEW = (12, 40)
MORE = 500
RATIO, CHECK_US, IDLE_US = 1.5, 1000, 2.0

_IDLE = """package organisation.bench.recommendation

import future.keywords.not
"""
_IDLE_RULE = """
# METADATA
# title: Idle {number}
# description: A rule of another channel.
# related_resources:
# - ref: https://example.org/handbook
#   description: Handbook
# custom:
#   id: IDLE-{number}
#   steps: [recommendation]
#   phases: [requested]
#   severity: low
#   unknown: does not fire
#   message: {{en: "Idle."}}
#   remedy: {{en: "Nothing."}}
findings contains {{"rule": "IDLE-{number}", "effect": "deny", "facts": [], "args": {{}}}} if {{
	input.phase == "requested"
	input.contact.channel == "carrier_pigeon"
}}
"""


@dataclass(frozen=True, slots=True)
class Library:
    """What was measured, in µs.

    Attributes:
        steps: by step: embedded evaluation, OPA's own, one `gate.check`.
        sizes: evaluation of a recommendation by number of rules.
    """

    steps: dict[str, tuple[float, float, float]]
    sizes: dict[int, float]

    @property
    def idle(self) -> float:
        """What each rule that cannot fire adds."""
        low, high = sorted(self.sizes)[-2:]
        return (self.sizes[high] - self.sizes[low]) / (high - low)


def measure() -> Library:
    """Measure everything."""
    bundle = load_bundle()
    return Library(dict(_steps(bundle)), _sizes(bundle))


def twelve_fields(step: Step) -> StepEvent:
    """The compliant event of a step, its fields repeated under other names until they are twelve."""
    known = compliant_event(step).facts.model_dump(mode="json", exclude_none=True)["fields"]
    fields = [{**known[i % len(known)], "name": f"f{i}"} for i in range(FIELDS)]
    return compliant_event(step, changes={"fields": fields})


def _steps(bundle: PolicyBundle) -> Iterator[tuple[str, tuple[float, float, float]]]:
    with tempfile.TemporaryDirectory() as scratch, Gate(Settings(), organisation=example()) as gate:
        archive = Path(scratch, "bundle.tar.gz")
        archive.write_bytes(write_archive(bundle))
        for step in STEPS:
            event = twelve_fields(step)
            asked = _evaluation(bundle, event)
            check = _median(lambda event=event: gate.check(event))  # type: ignore[misc]
            given = Path(scratch, "input.json")
            given.write_text(event.engine_input(), encoding="utf-8")
            yield step, (_median(asked), _opa_bench(archive, given, step), check)


def _evaluation(bundle: PolicyBundle, event: StepEvent) -> Callable[[], Any]:
    made = EmbeddedEngine(bundle)
    engine = made._engine(event.step, event.phase)
    question = event.engine_input()

    def evaluate() -> str:
        engine.set_input_json(question)
        text: str = engine.eval_rule_as_json(ANSWER)
        return text

    assert evaluate().startswith("{")
    return evaluate


def _opa_bench(archive: Path, given: Path, step: str) -> float:
    done = subprocess.run(
        [
            str(find_opa()),
            *("bench", "--bundle", str(archive), "--input", str(given), "--format", "json"),
            *("--count", "3", f"data.aboveboard.{step}.answer"),
        ],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    found = _results(done.stdout)
    return float(statistics.median(run["T"] / run["N"] / 1000 for run in found))


def _results(text: str) -> list[dict[str, Any]]:
    """`opa bench` writes one JSON object after another."""
    decoder, found, text = json.JSONDecoder(), [], text.strip()
    while text:
        item, end = decoder.raw_decode(text)
        found.append(item)
        text = text[end:].lstrip()
    return found


def _sizes(bundle: PolicyBundle) -> dict[int, float]:
    event = twelve_fields("recommendation")
    whole = len(bundle.catalogue)
    found = {}
    for size in FEW:
        found[size] = _median(_evaluation(_first_rules(bundle, size), event))
    found[whole] = _median(_evaluation(bundle, event))
    with tempfile.TemporaryDirectory() as scratch:
        rules = (_IDLE_RULE.format(number=number) for number in range(MORE))
        Path(scratch, "idle.rego").write_text(_IDLE + "".join(rules), encoding="utf-8")
        found[whole + MORE] = _median(_evaluation(load_bundle([Path(scratch)]), event))
    return found


def _first_rules(bundle: PolicyBundle, size: int) -> PolicyBundle:
    """The set with the first rules only, those of a recommendation before others."""
    entries = sorted(bundle.catalogue, key=lambda entry: "recommendation" not in entry.steps)
    kept = {entry.rule for entry in entries[:size]}
    modules = tuple(
        module
        for module in bundle.modules
        if (heads := {rule.head.rule for rule in module.rules if rule.head}) <= kept or not heads
    )
    return PolicyBundle(modules, bundle.reference, bundle.catalogue, bundle.revision)


def _median(call: Callable[[], Any], calls: int = 400) -> float:
    times = []
    for _ in range(20):
        call()
    for _ in range(calls):
        start = time.perf_counter_ns()
        call()
        times.append((time.perf_counter_ns() - start) / 1000)
    return statistics.median(times)


def library_targets(found: Library) -> Iterator[tuple[str, str, str, bool]]:
    """Name, value, limit and whether it holds."""
    ratio = max(own / opa for own, opa, _ in found.steps.values())
    check = max(check for *_, check in found.steps.values())
    yield (
        "whole library, 12 fields: embedded ÷ OPA in its own process, worst step",
        f"{ratio:.2f}",
        f"≤ {RATIO}",
        ratio <= RATIO,
    )
    yield (
        "whole library, 12 fields: gate.check, worst step",
        f"{check:.0f} µs",
        f"< {CHECK_US} µs",
        check < CHECK_US,
    )
    yield (
        "each rule that cannot fire",
        f"{found.idle:.2f} µs",
        f"≤ {IDLE_US:g} µs",
        found.idle <= IDLE_US,
    )


def library_page(found: Library) -> str:
    """Two tables."""
    lines = [
        "## The whole library",
        "",
        f"An event of {FIELDS} fields in each step, before it. OPA's figure is that of `opa bench`.",
        "",
        "| step | embedded | OPA, in its own process | ratio | gate.check |",
        "|---|---:|---:|---:|---:|",
        *(
            f"| {step} | {own:.0f} µs | {opa:.0f} µs | {own / opa:.2f} | {check:.0f} µs |"
            for step, (own, opa, check) in found.steps.items()
        ),
        "",
        f"A recommendation by number of rules; the last {MORE} are of a channel that is not used.",
        "",
        "| rules | embedded |",
        "|---:|---:|",
        *(f"| {size} | {own:.0f} µs |" for size, own in found.sizes.items()),
        "",
    ]
    return "\n".join(lines)
