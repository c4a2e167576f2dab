"""What counted most in a result, by the recorded `explanation.factors`, in everyday words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aboveboard.explaining.page import Block, Items, Lack, Paragraph

if TYPE_CHECKING:
    from aboveboard.explaining.known import Known
    from aboveboard.explaining.words import Words
    from aboveboard.facts.ai import ExplanationFactor
    from aboveboard.records.record import Record
    from aboveboard.verdicts import Verdict

__all__ = ["factors"]

_WHERE_FACTORS = (
    "explanation.factors: whoever runs the model, by 'result_facts=' of the decorated step or an AI "
    "plugin"
)


def factors(
    record: Record, verdict: Verdict, known: Known, speak: Words, lacks: list[Lack]
) -> Iterator[Block]:
    """Nothing for a step that has no result about a person; else the factors, or that they lack."""
    facts = record.event.facts
    if "explanation" not in type(facts).model_fields:
        return
    explanation = getattr(facts, "explanation", None)
    found = [item for item in (explanation and explanation.factors) or () if item.name]
    if found:
        # Those without a weight come last, in the order in which they were given.
        found.sort(key=lambda item: -1 if item.weight_bp is None else item.weight_bp, reverse=True)
        yield Paragraph(speak.say("factors.intro"))
        yield Items(tuple(_factor(item, record, known, speak, lacks) for item in found))
    elif verdict.stops and verdict.phase == "requested":
        yield Paragraph(speak.say("factors.stopped"))
    else:
        yield Paragraph(speak.say("factors.missing"), "warning")
        lacks.append(Lack("what counted most in the result", _WHERE_FACTORS))
    used = tuple(dict.fromkeys(speak.category(term) for term in _data(record, verdict)))
    if used:
        yield Paragraph(speak.say("factors.data", categories=speak.listed(used)))


def _factor(
    item: ExplanationFactor, record: Record, known: Known, speak: Words, lacks: list[Lack]
) -> str:
    name = _name(item.name or "", record, known, speak, lacks)
    text = speak.say(f"factors.{item.direction or 'plain'}", name=name)
    if item.weight_bp is None or item.direction in (None, "neutral"):
        return text
    return speak.say("factors.share", factor=text, percent=speak.percent(item.weight_bp))


def _name(name: str, record: Record, known: Known, speak: Words, lacks: list[Lack]) -> str:
    """By the model's entry in the profile; else by what the input or field of that name holds."""
    facts = record.event.facts
    model = facts.ai.model if facts.ai else None
    entry = (known.organisation.models or {}).get(model or "") if known.organisation else None
    stated = (entry.factor_names or {}).get(name, {}) if entry else {}
    for tag, text in stated.items():
        if tag.lower().partition("-")[0] == speak.language:
            return text
    holds = _categories(facts, name)
    if holds:
        return speak.listed(speak.category(term) for term in holds)
    at = f"models: {model}: factor_names" if model else "models: factor_names"
    lacks.append(
        Lack(
            f"words in '{speak.language}' for the factor '{name}'",
            f"organisation profile ({at}: {name}: {speak.language})",
        )
    )
    return speak.say("factors.unnamed", name=" ".join(name.replace("_", " ").split()))


def _categories(facts: Any, name: str) -> tuple[str, ...]:
    decision = getattr(facts, "decision", None)
    for item in (*((decision and decision.inputs) or ()), *(facts.fields or ())):
        if item.name == name and item.categories:
            return tuple(item.categories)
    return ()


def _data(record: Record, verdict: Verdict) -> tuple[str, ...]:
    """Categories of the data used: as explained, as decided on, or of the fields that were left."""
    facts: Any = record.event.facts
    if facts.explanation and facts.explanation.data_used:
        return tuple(facts.explanation.data_used)
    if verdict.stops and verdict.phase == "requested":
        return ()
    decision = getattr(facts, "decision", None)
    named = tuple(
        term for item in (decision and decision.inputs) or () for term in item.categories or ()
    )
    cut = {path for item in verdict.obligations if item.kind == "redact" for path in item.paths}
    kept = verdict.enforced  # in monitor mode nothing was cut
    return named or tuple(
        term
        for field in facts.fields or ()
        if not kept or field.name not in cut
        for term in field.categories or ()
    )
