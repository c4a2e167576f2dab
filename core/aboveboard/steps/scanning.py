"""Free text of a call, read by the gate's detectors before it is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from aboveboard.detecting import Detection, field_facts
from aboveboard.facts import DataField, StepFacts
from aboveboard.scanning import Scanner
from aboveboard.steps.arguments import split, values_at

__all__ = ["scanned"]


def scanned(
    facts: StepFacts, stated: Iterable[Any], scanner: Scanner, root: Callable[[str], Any]
) -> StepFacts:
    """The facts with what detectors found in fields of free text.

    A field that somebody speaks for, by its `text_scanned` or what was detected, is left to them.
    What is no text, and what no detector could read, stays unread.

    Args:
        facts: of this call, as far as annotations say them.
        stated: fields as the call's own facts have them.
        scanner: of the gate.
        root: the value of a parameter, or of `result`; None when it is not there yet.
    """
    if facts.fields is None or not scanner.reads:
        return facts
    if not any(item.free_text for item in facts.fields):
        return facts
    spoken = {_name(item) for item in stated if _speaks(item)}
    fields = tuple(
        _read(item, scanner, root)
        if item.free_text and item.name not in spoken and not _speaks(item)
        else item
        for item in facts.fields
    )
    return facts.model_copy(update={"fields": fields})


def _read(item: DataField, scanner: Scanner, root: Callable[[str], Any]) -> DataField:
    name, rest = split(item.name)
    values = list(values_at(root(name), rest))
    if not values or not all(isinstance(value, str) for value in values):
        return item
    found: list[Detection] = []
    for value in values:
        read = scanner.read(value)
        if read is None:
            return item
        found += read
    read_facts = field_facts(found, spans=len(values) == 1)
    # Validated as any facts are; what the annotations said stays.
    told = DataField.model_validate({"name": item.name, **read_facts})
    return item.model_copy(update={key: getattr(told, key) for key in read_facts})


_SPEAKING = ("text_scanned", "detected_categories", "detector_confidence_bp", "detected_spans")


def _get(item: Any, key: str) -> Any:
    return item.get(key) if isinstance(item, dict) else getattr(item, key, None)


def _name(item: Any) -> Any:
    return _get(item, "name")


def _speaks(item: Any) -> bool:
    return any(_get(item, key) is not None for key in _SPEAKING)
