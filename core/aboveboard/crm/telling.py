"""A record as facts: what each of its fields is, never what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from aboveboard.crm.fields import FieldKind, FieldMap
from aboveboard.crm.records import Record
from aboveboard.detecting import Detection, field_facts
from aboveboard.errors import EventError
from aboveboard.events import StepEvent, fact_message
from aboveboard.facts import DataField, Phase, Step
from aboveboard.facts.fitting import fitting
from aboveboard.facts.merging import as_mapping, merge

__all__ = [
    "Reader",
    "described",
    "event_of",
    "filled",
    "personal",
    "read_text",
    "step_of",
]

Reader = Callable[[str], "Iterable[Detection] | None"]
"""Reads a text; None when it could not."""


def described(name: str, kind: FieldKind, **more: Any) -> dict[str, Any]:
    """A field as a fact, by its kind alone; what is unknown is left out."""
    stated = {
        "name": name,
        "categories": None if kind.categories is None else list(kind.categories),
        "source": kind.source,
        "free_text": kind.free_text,
        "necessary_for": None if kind.necessary_for is None else list(kind.necessary_for),
        "marked_inferred": kind.marked_inferred,
        **more,
    }
    return {key: value for key, value in stated.items() if value is not None}


def filled(record: Record) -> dict[str, Any]:
    """The fields of a record that hold something: no data is no data to judge."""
    return {
        name: value
        for name, value in record.values.items()
        if value is not None and value not in ("", [], {})
    }


def personal(record: Record, fields: FieldMap) -> dict[str, tuple[Any, FieldKind]]:
    """The fields that hold something of a person, or that nobody has described, with their kinds."""
    found = {
        name: (value, fields.kind(record.object, name)) for name, value in filled(record).items()
    }
    return {name: item for name, item in found.items() if item[1].categories != ()}


def read_text(kind: FieldKind, value: Any, read: Reader) -> dict[str, Any]:
    """What a detector finds in a value that people may have written.

    A text of a field that nobody has described is read as free text: it may be any.
    """
    if not isinstance(value, str) or kind.free_text is False:
        return {}
    if not kind.free_text:
        if kind.categories is not None:
            return {}
        return {"free_text": True, **field_facts(read(value))}
    return field_facts(read(value))


def step_of(object_name: str, names: Iterable[str], fields: FieldMap) -> Step:
    """The step that writing these fields belongs to."""
    steps = {fields.kind(object_name, name).step for name in names}
    if "decision" in steps:
        return "decision"
    return "profiling" if "profiling" in steps else "data_collection"


def event_of(
    record: Record,
    fields: FieldMap,
    *,
    source: str,
    pseudonym: Callable[[object], str],
    read: Reader,
    step: Step = "data_collection",
    phase: Phase = "requested",
    time: datetime | None = None,
    id: str | None = None,  # noqa: A002  (the attribute's name)
) -> StepEvent:
    """The event of a record that a vendor sent or a file holds.

    Args:
        record: the record.
        fields: what its fields are.
        source: `/<vendor>/<account>`.
        pseudonym: makes the event's subject of the record's.
        read: reads free text.
        step: one of the four steps.
        phase: `requested` or `completed`.
        time: when it happened; now when left out.
        id: the vendor's own, when it has one.

    Raises:
        EventError: the facts are none of the step; names the place, never a value.
    """
    told: list[dict[str, Any]] = []
    for name, (value, kind) in personal(record, fields).items():
        stated = described(
            name, kind, collected_at=record.collected_at, last_activity_at=record.active_at
        )
        stated.update(read_text(kind, value, read))
        try:
            told.append(DataField.model_validate(stated).model_dump(exclude_none=True))
        except ValidationError as error:  # the name of the field comes from the vendor, too
            raise EventError(fact_message(step, error)) from None
    facts = as_mapping(fitting(record.facts, step))
    merge(facts, {"fields": told})
    return StepEvent.create(
        step,
        phase,
        facts,
        source=source,
        subject=None if record.subject is None else pseudonym(record.subject),
        time=time,
        id=id,
    )
