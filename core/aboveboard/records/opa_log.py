"""A line of OPA's own decision log, read as a record.

OPA writes what it was asked and what it answered: `input` are the facts, `result` the findings. It knows
nothing of who was asked about, nor of texts in words: those are the catalogue's.

Source: https://www.openpolicyagent.org/docs/management-decision-logs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aboveboard.errors import EngineError, RecordError
from aboveboard.events import StepEvent
from aboveboard.facts import STEPS
from aboveboard.policy.engine import Answer, read_answer
from aboveboard.verdicts import MAX_MS, Arguments, Finding, Obligation, Verdict, in_order, worst

__all__ = ["from_opa", "is_opa"]

_PATH = re.compile(r"aboveboard/(?P<step>[a-z_]+)/answer")
_MESSAGE = "Decision Log"
SOURCE = "/opa/decision-log"


def is_opa(raw: Mapping[str, Any]) -> bool:
    """Whether a JSON object comes from OPA's log: a decision, or what else it writes to the console."""
    return "decision_id" in raw or ("level" in raw and "msg" in raw)


def from_opa(raw: Mapping[str, Any]) -> tuple[StepEvent, Verdict | None]:
    """The event that OPA was asked about and what it answered; None when that was an error.

    Raises:
        RecordError: it is the decision of other policies than ours, or none.
        EventError: its input is no event's.
    """
    found = _PATH.fullmatch(str(raw.get("path", "")).strip("/"))
    if found is None or found["step"] not in STEPS:
        msg = "path: not a decision of Aboveboard's policies (aboveboard/<step>/answer)."
        raise RecordError(msg, "foreign")
    asked = raw.get("input")
    if not isinstance(asked, Mapping):
        msg = "input: expected the facts as a JSON object; does a mask of OPA's log erase them?"
        raise RecordError(msg)
    if asked.get("step") != found["step"]:
        msg = "input.step: expected the step that the path names."
        raise RecordError(msg)
    decision = raw.get("decision_id")
    if not isinstance(decision, str):
        msg = "decision_id: is missing; every decision has it."
        raise RecordError(msg)
    facts = {key: value for key, value in asked.items() if key not in ("step", "phase", "time")}
    event = StepEvent.from_dict(
        {
            "specversion": "1.0",
            "id": decision,
            "type": f"io.aboveboard.{found['step']}.{asked.get('phase')}.v1",
            "source": SOURCE,
            "time": asked.get("time"),
            "data": facts,
        }
    )
    if raw.get("result") is None:
        return event, None
    try:
        answer = read_answer(dict(raw["result"]) if isinstance(raw["result"], Mapping) else "")
    except EngineError as error:
        msg = f"result: {error}"
        raise RecordError(msg) from None
    return event, _verdict(event, decision, answer, raw.get("metrics"))


def _verdict(event: StepEvent, decision: str, answer: Answer, metrics: Any) -> Verdict:
    findings = in_order(
        [
            Finding(
                rule=raw.rule,
                effect=raw.effect,
                message="",
                facts=raw.facts,
                args=Arguments(raw.args),
            )
            for raw in answer.findings
        ]
    )
    obligations = [
        Obligation(
            kind=raw.obligation.kind,
            rule=raw.rule,
            paths=raw.obligation.paths,
            notice=raw.obligation.notice,
        )
        for raw in answer.findings
        if raw.obligation is not None
    ]
    return Verdict(
        id=event.id,
        decision_id=decision,
        step=event.step,
        phase=event.phase,
        effect=worst(findings),
        findings=findings,
        obligations=tuple(sorted(obligations, key=lambda o: (o.kind, o.rule, o.paths))),
        policy_revision=answer.revision,
        engine="opa",
        duration_ms=_took(metrics),
    )


def _took(metrics: Any) -> float:
    """In milliseconds; 0 where OPA's log has no times."""
    found = metrics.get("timer_server_handler_ns", 0) if isinstance(metrics, Mapping) else 0
    if type(found) not in (int, float) or not 0 <= found / 1e6 <= MAX_MS:
        msg = "metrics.timer_server_handler_ns: expected nanoseconds, from 0 to those of a day."
        raise RecordError(msg)
    return float(round(found / 1e6, 3))
