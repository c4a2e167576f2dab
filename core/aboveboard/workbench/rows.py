"""Asks both engines about the rows of tables, and compares what they say with what is expected."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from aboveboard.errors import EngineError
from aboveboard.facts import PHASES, STEPS
from aboveboard.policy.bundle import PolicyBundle
from aboveboard.policy.embedded import EmbeddedEngine
from aboveboard.policy.engine import Answer, RawFinding, read_answer
from aboveboard.policy.linking import ANSWER
from aboveboard.policy.opa_process import OpaProcess
from aboveboard.workbench.asking import Modules, Question, Reply, ask
from aboveboard.workbench.reading import Row
from aboveboard.workbench.tables import Duty

__all__ = ["Asked", "by_embedded", "by_opa", "difference"]

ROW_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What one engine said of one row.

    Attributes:
        answer: None when there was none.
        problem: why not.
        seconds: how long it took.
    """

    answer: Answer | None
    problem: str
    seconds: float


def by_embedded(bundle: PolicyBundle, rows: Sequence[Row]) -> list[Asked]:
    """As a gate would: what is linked for the step and phase, and the whole packages where that has none."""
    engine = EmbeddedEngine(bundle)
    linked: list[Modules] = []
    number: dict[tuple[str, str], int] = {}
    for step in STEPS:
        for phase in PHASES:
            found = bundle.linked_for(step, phase)
            if found is not None:
                number[step, phase] = len(linked)
                linked.append(Modules([("linked.rego", found.text)], json.dumps(found.data)))
    whole = len(linked)
    linked += [Modules(engine.sources(step), engine.data) for step in STEPS]

    def asking(row: Row, *, again: bool) -> Question:
        event = row.event
        place = None if again else number.get((event.step, event.phase))
        if place is not None:
            return Question(place, event.engine_input(), ANSWER)
        rule = f"data.aboveboard.{event.step}.answer"
        return Question(whole + STEPS.index(event.step), event.engine_input(), rule)

    replies = ask(linked, [asking(row, again=False) for row in rows], ROW_TIMEOUT_S).replies
    odd = [
        place
        for place, reply in enumerate(replies)
        if not reply.lost and not (reply.value or "").startswith("{")
    ]
    second = ask(linked, [asking(rows[place], again=True) for place in odd], ROW_TIMEOUT_S).replies
    for place, reply in zip(odd, second, strict=True):
        replies[place] = reply
    return [_asked(engine, row, reply) for row, reply in zip(rows, replies, strict=True)]


def _asked(engine: EmbeddedEngine, row: Row, reply: Reply) -> Asked:
    if reply.lost:
        return Asked(None, f"The embedded engine {reply.lost}", reply.seconds)
    try:
        if reply.error is not None:
            raise engine.failed(row.event.step, reply.error)
        return Asked(read_answer(reply.value or ""), "", reply.seconds)
    except EngineError as error:
        return Asked(None, str(error), reply.seconds)


def by_opa(bundle: PolicyBundle, rows: Sequence[Row], binary: Path, stop: Event) -> list[Asked]:
    """One server for all rows.

    Args:
        bundle: what it serves.
        rows: in order.
        binary: the OPA.
        stop: ask no more once it is set; the answers are then short.

    Raises:
        ConfigurationError: it does not start.
    """
    process = OpaProcess.start(binary, bundle, ROW_TIMEOUT_S)
    try:
        return list(_served(process, rows, stop))
    finally:
        process.stop()


def _served(process: OpaProcess, rows: Iterable[Row], stop: Event) -> Iterator[Asked]:
    for row in rows:
        if stop.is_set():
            return
        begun = time.perf_counter()
        try:
            answer = process.engine.evaluate(row.event.step, row.event.engine_input())
        except EngineError as error:
            yield Asked(None, f"OPA: {error}", time.perf_counter() - begun)
        else:
            yield Asked(answer, "", time.perf_counter() - begun)


def difference(row: Row, answer: Answer) -> str:
    """What is not as expected, in a sentence or more; '' when all is."""
    expect, findings = row.example.expect, answer.findings
    effect = _effect(findings)
    given = {finding.rule for finding in findings} | {_named(finding) for finding in findings}
    said = []
    if expect.effect is not None and expect.effect != effect:
        why = ", ".join(sorted({_named(f) for f in findings if f.effect == effect}))
        said.append(f"Expected {expect.effect}, got {effect}{f' ({why})' if why else ''}.")
    if expect.rules is not None:
        said += _rules(expect.rules, findings)
    said += [
        f"{name} was expected and found nothing." for name in expect.includes if name not in given
    ]
    said += [f"{name} was not expected." for name in expect.excludes if name in given]
    if expect.obligations is not None:
        said += _obligations(expect.obligations, findings)
    return " ".join(said)


def _effect(findings: Sequence[RawFinding]) -> str:
    effects = {finding.effect for finding in findings}
    return next((name for name in ("deny", "escalate") if name in effects), "allow")


def _named(finding: RawFinding) -> str:
    reason = finding.args.get("reason")
    return f"{finding.rule}/{reason}" if reason else finding.rule


def _rules(expected: Sequence[str], findings: Sequence[RawFinding]) -> Iterator[str]:
    given = {_named(finding) for finding in findings}
    rules = {finding.rule for finding in findings}
    for name in dict.fromkeys(expected):
        if name not in given and name not in rules:
            yield f"{name} was expected and found nothing."
    wanted = set(expected)
    for name in sorted(given):
        if name not in wanted and name.partition("/")[0] not in wanted:
            yield f"{name} was not expected."


def _obligations(expected: Sequence[str | Duty], findings: Sequence[RawFinding]) -> Iterator[str]:
    left = [finding for finding in findings if finding.obligation is not None]
    # The most exact first, or a bare kind would take what another asks for by its paths.
    for duty in sorted(expected, key=lambda item: isinstance(item, str)):
        found = next((item for item in left if _is(item, duty)), None)
        if found is None:
            told = duty if isinstance(duty, str) else _told(duty)
            yield f"The obligation {told} was expected and is not there."
        else:
            left.remove(found)
    for finding in left:
        if finding.obligation is not None:
            yield f"The obligation {finding.obligation.kind} of {finding.rule} was not expected."


def _is(finding: RawFinding, duty: str | Duty) -> bool:
    obligation = finding.obligation
    if obligation is None:
        return False
    if isinstance(duty, str):
        return obligation.kind == duty
    return (
        obligation.kind == duty.kind
        and (duty.paths is None or set(duty.paths) == set(obligation.paths))
        and duty.notice in (None, obligation.notice)
        and duty.rule in (None, finding.rule)
    )


def _told(duty: Duty) -> str:
    about = [*(duty.paths or ()), *(item for item in (duty.notice, duty.rule) if item)]
    return f"{duty.kind} ({', '.join(about)})" if about else duty.kind
