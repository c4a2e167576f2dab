"""Events of records: what is the same for all of them is worked out once.

A page has a hundred records of a dozen fields, so what register, profile and the kinds of the fields say is
kept for each step, and a field is copied once for each record, with its ages.
"""

from __future__ import annotations

import uuid
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from aboveboard.crm.fields import FieldKind, FieldMap
from aboveboard.crm.records import Record
from aboveboard.crm.telling import Reader, described, personal, read_text
from aboveboard.crm.values import join_facts
from aboveboard.events import StepEvent, fact_message
from aboveboard.facts import DataField, Phase, Step, derive
from aboveboard.facts.derived import ages
from aboveboard.facts.fitting import fitting, of_step
from aboveboard.facts.merging import EACH, as_mapping, fill, merge, said_of_each
from aboveboard.gate import Gate
from aboveboard.nesting import parent_decision_id, traceparent
from aboveboard.steps.prepared import Prepared, prepare
from aboveboard.steps.telling import Options

__all__ = ["EventMaker", "UnmadeError"]

# Records of what a person said: one place may know of some and another of others, so they add up.
_KEPT_IN_PLACES = ("consent", "rights_requests")


class UnmadeError(Exception):
    """What is known of a record is no event.

    Attributes:
        event: as far as it came, to refuse it.
        reason: a reserved one.
    """

    def __init__(self, event: StepEvent, reason: str, text: str) -> None:
        super().__init__(text)
        self.event = event
        self.reason = reason


@dataclass(slots=True, repr=False)
class _Made:
    """An event that is being made, and what its fields are made of."""

    event: StepEvent
    record: Record
    known: dict[Any, DataField]
    each: dict[str, Any]
    said: dict[str, Any]
    read: Reader | None


class EventMaker:
    """Makes the events of one vendor's records for one purpose.

    Args:
        vendor: its name.
        account: of the vendor's, for the events' source.
        options: purpose, model, recipient, facts.
        fields: what the vendor's fields hold, as shipped.
    """

    def __init__(self, vendor: str, account: str, options: Options, fields: FieldMap) -> None:
        self.vendor = vendor
        self._source = f"/{vendor}/{account}"
        self._options = options
        self._shipped = fields
        self._mapped: weakref.WeakKeyDictionary[Gate, FieldMap] = weakref.WeakKeyDictionary()
        self._kept: weakref.WeakKeyDictionary[Gate, dict[Any, Any]] = weakref.WeakKeyDictionary()

    def fields(self, gate: Gate) -> FieldMap:
        """What the fields hold: as shipped, and over that what the setting `fields` says."""
        found = self._mapped.get(gate)
        if found is None:
            own = {
                name.partition("/")[2]: kinds
                for name, kinds in gate.settings.fields.items()
                if name.partition("/")[0] == self.vendor
            }
            where = f"Setting 'fields' of {self.vendor}"
            found = self._mapped[gate] = FieldMap.of(own, where).over(self._shipped)
        return found

    def learn(self, described_by_vendor: FieldMap) -> None:
        """Take in what the vendor says of its own fields; what is known already goes before."""
        self._shipped = self._shipped.over(described_by_vendor)
        self._mapped.clear()
        self._kept.clear()

    def prepare(self, gate: Gate, step: Step) -> tuple[Prepared, dict[Any, DataField]]:
        """What no record changes, and the fields as far as their kind says it.

        Raises:
            ConfigurationError: purpose, recipient or facts cannot stand.
        """
        kept = self._kept.setdefault(gate, {})
        found = kept.get(step)
        if found is None or found[0].organisation is not gate.organisation:
            options = self._options
            if isinstance(options.facts, Mapping):
                options = replace(options, facts=of_step(as_mapping(options.facts), step))
            prepared = prepare(gate, step, self.vendor, options, source=self._source)
            found = kept[step] = (prepared, {})
        return found

    def make(
        self,
        gate: Gate,
        record: Record,
        step: Step,
        phase: Phase,
        time: datetime,
        *,
        read: bool = True,
        id: str | None = None,  # noqa: A002  (the attribute's name)
    ) -> StepEvent:
        """The event of a record.

        Args:
            gate: who will decide.
            record: the record.
            step: one of the four steps.
            phase: `requested` or `completed`.
            time: when it happens, UTC.
            read: read its free texts.
            id: of the event; a new one when left out.

        Raises:
            UnmadeError: its facts cannot stand; the text names places and no values.
        """
        prepared, known = self.prepare(gate, step)
        event = StepEvent(
            id=id or str(uuid.uuid4()),
            step=step,
            phase=phase,
            source=prepared.source,
            subject=None if record.subject is None else gate.pseudonym(record.subject),
            time=time,
            facts=prepared.at(phase, time),
            parent_decision_id=parent_decision_id(),
            traceparent=traceparent(),
        )
        more = self._facts(event, record)
        try:
            each = more.pop(EACH, None)
            said = {} if each is None else said_of_each(event.facts, each)
            made = _Made(
                event, record, known, prepared.each[phase], said, gate.detect if read else None
            )
            fields = tuple(
                self._field(made, name, value, kind)
                for name, (value, kind) in personal(record, self.fields(gate)).items()
            )
            if "fields" in more:  # what is said of single fields is joined with what they are
                stated = event.facts.model_copy(update={"fields": fields})
                facts, conflicts = fill(stated, more)
                facts = derive(facts, time, event.facts)
            else:
                facts, conflicts = fill(event.facts, more)
                facts = derive(facts, time, event.facts).model_copy(update={"fields": fields})
        except ValidationError as error:
            raise UnmadeError(event, "runtime.facts_failed", fact_message(step, error)) from None
        if conflicts:
            text = f"The record contradicts an earlier source on {', '.join(conflicts)}."
            raise UnmadeError(event, "runtime.facts_conflict", text)
        return StepEvent(
            id=event.id,
            step=step,
            phase=phase,
            source=event.source,
            subject=event.subject,
            time=time,
            facts=facts,
            parent_decision_id=event.parent_decision_id,
            traceparent=event.traceparent,
        )

    def _field(self, made: _Made, name: str, value: Any, kind: FieldKind) -> DataField:
        """One field: what its kind says, then what is said of each, then what the record knows.

        It is copied once, with its ages: a page has a thousand of them.
        """
        event, record = made.event, made.record
        key = (event.phase, record.object, name)
        fact = made.known.get(key)
        if fact is None:
            stated = {**made.each, **described(name, kind)}
            if event.step != "data_collection" and kind.source in ("inferred", "derived"):
                stated["target_system"] = self.vendor
            fact = made.known[key] = DataField.model_validate(stated)
        stands = fact.__dict__
        more = {key: item for key, item in made.said.items() if stands[key] is None}
        if record.collected_at is not None and stands["collected_at"] is None:
            more.setdefault("collected_at", record.collected_at)
        if record.active_at is not None and stands["last_activity_at"] is None:
            more.setdefault("last_activity_at", record.active_at)
        if made.read is not None and (text := read_text(kind, value, made.read)):
            told = DataField.model_validate({"name": name, **text})
            more.update({name: getattr(told, name) for name in text})
        more.update(ages(DataField, {**stands, **more}, event.time))
        return fact.model_copy(update=more) if more else fact

    def _facts(self, event: StepEvent, record: Record) -> dict[str, Any]:
        """What the record says, and what the program's own function adds."""
        more = fitting(record.facts, event.step)
        stated = event.facts.processing
        if stated is not None and stated.legal_basis is not None and "processing" in more:
            # The register says on what basis this purpose rests; the CRM speaks of all purposes.
            more["processing"] = {
                name: value for name, value in more["processing"].items() if name != "legal_basis"
            }
        tell = self._options.facts
        if not callable(tell):
            return more
        try:
            told = tell(record)
            added = {} if told is None else of_step(as_mapping(told), event.step)
        except Exception as error:
            text = f"The facts function of {self.vendor} failed with {type(error).__name__}."
            raise UnmadeError(event, "runtime.facts_failed", text) from None
        for name in _KEPT_IN_PLACES:
            if isinstance(added.get(name), list) and isinstance(more.get(name), list):
                more[name] = added[name] = join_facts({name: more[name]}, {name: added[name]})[name]
        conflicts = merge(added, more)
        if conflicts:
            text = f"The facts function contradicts the record on {', '.join(conflicts)}."
            raise UnmadeError(event, "runtime.facts_conflict", text)
        return added
