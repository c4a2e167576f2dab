"""A hash of what a decision rests on, so that what is on record can be told from something else."""

from __future__ import annotations

from hashlib import sha256

from aboveboard.events import StepEvent
from aboveboard.facts.governance import Audit

__all__ = ["with_inputs_hash"]

_STEPS = frozenset(("decision", "profiling"))


def with_inputs_hash(event: StepEvent, question: str) -> tuple[StepEvent, str]:
    """Fill `audit.inputs_hash` where nobody has stated it, before a person is scored or decided on.

    It is the SHA-256 of `question` as it was without it, in UTF-8: who has the event can compute
    it again. The text is spliced, not written anew: this happens on every such decision.

    Args:
        event: what is decided on.
        question: its `engine_input()`.

    Returns:
        Event and question with the hash.
    """
    if event.step not in _STEPS or event.phase != "requested":
        return event, question
    audit = event.facts.audit
    if audit is not None and audit.inputs_hash is not None:
        return event, question
    value = f"sha256:{sha256(question.encode()).hexdigest()}"
    stated = f'"audit":{{"inputs_hash":"{value}"'
    # Inside of a text the quotes would be escaped, and no other group has this name.
    start = question.find('"audit":{')
    if start < 0:
        question = f"{question[:-1]},{stated}}}}}"
    else:
        end = start + len('"audit":{')
        comma = "" if question[end] == "}" else ","
        question = f"{question[:start]}{stated}{comma}{question[end:]}"
    if audit is None:
        audit = Audit(inputs_hash=value)
    else:
        audit = audit.model_copy(update={"inputs_hash": value})
    # dataclasses.replace takes four times as long.
    filled = StepEvent(
        id=event.id,
        step=event.step,
        phase=event.phase,
        source=event.source,
        subject=event.subject,
        time=event.time,
        facts=event.facts.model_copy(update={"audit": audit}),
        parent_decision_id=event.parent_decision_id,
        traceparent=event.traceparent,
    )
    return filled, question
