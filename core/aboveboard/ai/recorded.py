"""Events of calls that were made before: of a vendor's JSON, recorded by a proxy or sent by a program."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from aboveboard.ai.calls import ModelAnswer, ModelCall
from aboveboard.ai.telling import ReadText, answer_facts, call_facts, decision_facts, tool_facts
from aboveboard.detecting import detect
from aboveboard.events import StepEvent
from aboveboard.facts import Phase, Step
from aboveboard.facts.fitting import fitting
from aboveboard.facts.merging import merge

__all__ = ["recorded_events"]


def recorded_events(
    vendor: str,
    call: ModelCall | None,
    answer: ModelAnswer | None,
    *,
    account: str = "app",
    time: datetime | None = None,
) -> list[StepEvent]:
    """The events of one call and its answer, as far as their JSON tells them.

    Args:
        vendor: its name, such as `openai`.
        call: what was sent, or None where only the answer is there.
        answer: what came back, or None where it is not there.
        account: of the vendor's, for the events' source.
        time: when it was made, UTC; now when left out.

    Returns:
        Of a call: profiling, and, where the model answers, recommendation, both `requested`. Of an
        answer: recommendation `completed`, where it has text, and a decision for each tool call.

    Raises:
        EventError: a fact cannot stand, such as a name of a model with control characters.
    """
    now = time or datetime.now(UTC)
    told = list(_events(vendor, call, answer, now))
    return [
        StepEvent.create(step, phase, fitting(facts, step), source=f"/{vendor}/{account}", time=now)
        for step, phase, facts in told
    ]


def _events(
    vendor: str, call: ModelCall | None, answer: ModelAnswer | None, now: datetime
) -> Iterator[tuple[Step, Phase, dict[str, Any]]]:
    asked = call or ModelCall("recorded")
    if call is not None:
        facts = _asked(vendor, call, now)
        yield "profiling", "requested", facts
        if call.answers:
            yield "recommendation", "requested", facts
    if answer is None:
        return
    ai = _ai(vendor, asked)
    if answer.model is not None:
        ai |= {"model_version": answer.model}
    if answer.texts or not answer.tool_calls:
        found = [item for text in (*answer.texts, *answer.quotes) for item in detect(text.value)]
        facts = answer_facts(answer, found)
        merge(facts, tool_facts(answer.tool_calls, asked, {}))
        yield "recommendation", "completed", {**facts, "ai": ai}
    for item in answer.tool_calls:
        yield "decision", "requested", {**decision_facts(item, None), "ai": ai}


def _asked(vendor: str, call: ModelCall, now: datetime) -> dict[str, Any]:
    read = [ReadText(text, detect(text.text.value)) for text in call.texts]
    facts = call_facts(call, read, {}, categories=("pd:Communication",), purposes=None, now=now)
    facts["ai"] |= _ai(vendor, call)
    return facts


def _ai(vendor: str, call: ModelCall) -> dict[str, Any]:
    known = {
        "vendor": call.vendor or vendor,
        "model": call.model,
        "output_type": "text" if call.answers else None,
    }
    return {name: value for name, value in known.items() if value is not None}
