"""What is known of one call, as events: before it runs, and of what came out."""

from __future__ import annotations

import inspect
import uuid
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from aboveboard.defaults import default_gate
from aboveboard.errors import EngineError, SignatureError, StepDenied
from aboveboard.events import StepEvent, fact_message
from aboveboard.explain import sentence
from aboveboard.facts import DataField, Phase, Step, StepFacts, derive
from aboveboard.facts.merging import EACH, as_mapping, fill, merge
from aboveboard.gate import Gate
from aboveboard.nesting import parent_decision_id, traceparent
from aboveboard.steps.arguments import argument, split, values_at
from aboveboard.steps.cutting import CannotCutError
from aboveboard.steps.declared import Held, UndeclaredError, hold
from aboveboard.steps.disclosing import DisclosureHandler
from aboveboard.steps.marking import MarkHandler
from aboveboard.steps.prepared import Prepared, prepare
from aboveboard.steps.scanning import scanned
from aboveboard.steps.signature import RESULT, Field, Signature
from aboveboard.verdicts import Verdict

__all__ = ["Call", "MonitoredError", "Options", "Teller", "empty_fields"]


@dataclass(frozen=True, slots=True, repr=False)
class Options:
    """What a step was decorated with; see `StepDecorator`."""

    purpose: str | None = None
    model: str | None = None
    recipient: str | None = None
    facts: Any = None
    result_facts: Any = None
    disclose: DisclosureHandler | None = None
    mark: MarkHandler | None = None
    gate: Gate | None = None
    subject: object = None
    on_stopped: str = "raise"


@dataclass(slots=True, repr=False)
class Call:
    """One call on its way. No repr: it would show arguments."""

    gate: Gate
    prepared: Prepared
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    subject: str | None
    signature: Signature
    known: dict[str, Any] = field(default_factory=dict)
    added: dict[str, DataField] = field(default_factory=dict)
    cut_from_result: list[str] = field(default_factory=list)
    verdict: Verdict | None = None

    def argument(self, name: str) -> Any:
        """The value of a parameter."""
        return argument(self.signature, name, self.args, self.kwargs)

    def value(self, name: str) -> Any:
        """The value of a parameter; None for a name that is none, as `result` before it is there."""
        return self.argument(name) if name in self.signature.parameters else None

    def holds(self, path: str) -> bool:
        """True when there is any value at a path of the arguments."""
        name, rest = split(path)
        return any(True for _ in values_at(self.argument(name), rest))


class MonitoredError(Exception):
    """A step would stop here; in monitor mode it goes on as it is. Never leaves the judge."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__()
        self.verdict = verdict


class Teller:
    """Tells the events of the calls of one function, or of the passes through one block."""

    def __init__(self, step: Step, name: str, options: Options) -> None:
        self.step: Step = step
        self.name = name
        self.options = options
        self._prepared: weakref.WeakKeyDictionary[Gate, Prepared] = weakref.WeakKeyDictionary()

    def signature(self) -> Signature:
        """What the annotations say. Raises SignatureError."""
        raise NotImplementedError

    def begin(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        """A call with the gate that decides on it."""
        gate = self.options.gate or default_gate()
        signature = self.signature()
        prepared = self._prepared.get(gate)
        if prepared is None or prepared.organisation is not gate.organisation:  # it was reloaded
            prepared = self.prepare(gate)
        identifier = self.identifier(args, kwargs)
        subject = None if identifier is None else gate.pseudonym(identifier)
        return Call(gate, prepared, args, kwargs, subject, signature)

    def identifier(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Whose data it is, or None."""
        raise NotImplementedError

    def ask(self, call: Call, event: StepEvent) -> Any:
        """What the facts function gives, perhaps an awaitable. Raises as `no_facts` says."""
        raise NotImplementedError

    def fields_facts(self, phase: Phase) -> dict[str, Any]:
        """The fact `fields`, as far as annotations say it."""
        raise NotImplementedError

    def prepare(self, gate: Gate) -> Prepared:
        """Everything that no argument changes. Raises SignatureError, VocabularyError."""
        prepared = self._prepared[gate] = prepare(
            gate,
            self.step,
            self.name,
            self.options,
            source=f"/aboveboard/{gate.settings.app}",
            fields=self.fields_facts,
        )
        return prepared

    def no_facts(self, call: Call, event: StepEvent, source: Any, error: Exception) -> Exception:
        """A facts function raised. The text of its error may quote the person; its type may not."""
        name = getattr(source, "__qualname__", type(source).__name__)
        detail = _error(
            f"The facts function '{name}' of '{self.name}' failed with {type(error).__name__}.",
            "Make it return what it knows and leave out what it does not.",
        )
        return self._refused(call, event, "runtime.facts_failed", detail)

    def held(
        self,
        call: Call,
        event: StepEvent,
        models: tuple[tuple[str, type], ...],
        root: Callable[[str], Any],
        *,
        special: bool,
    ) -> Held:
        """Values held to their annotations; see `aboveboard.steps.declared`."""
        try:
            return hold(models, root, special=special)
        except (UndeclaredError, CannotCutError, SignatureError) as error:
            raise self._refused(call, event, "runtime.facts_failed", _error(str(error))) from None

    async def _told(self, call: Call, event: StepEvent, asked: Awaitable[Any]) -> Any:
        try:
            return await asked
        except Exception as error:
            raise self.no_facts(call, event, self.options.facts, error) from None

    def _facts_of(self, call: Call, event: StepEvent, found: Any, source: Any) -> dict[str, Any]:
        """What a facts function gave, as nested facts."""
        try:
            return {} if found is None else as_mapping(found)
        except Exception as error:
            _drop(found)
            raise self.no_facts(call, event, source, error) from None

    def _requested(self, call: Call, event: StepEvent, found: dict[str, Any]) -> StepEvent:
        """The event before the step runs; a StepDenied when its facts cannot be had."""
        conflicts = merge(call.known, found)
        present = event.facts
        if call.signature.arguments:
            present = _without_fields(
                present, empty_fields(call.signature.arguments, call.argument)
            )
        added = [call.added[name] for name in sorted(call.added) if call.holds(name)]
        if added:
            present = present.model_copy(update={"fields": (*(present.fields or ()), *added)})
        present = scanned(present, _fields(call.known), call.gate.scanner, call.value)
        return self._with(call, event, present, call.known, conflicts)

    def _completed(
        self, call: Call, result: Any, more: Mapping[str, Any] | None
    ) -> tuple[StepEvent, Any]:
        """The event of what came out, and the result without what nobody declared."""
        event = self._event(call, "completed")
        signature = call.signature
        if _to_come(result):
            raise self._still_to_come(call, event, result)
        if signature.result_models:
            given = result
            held = self.held(call, event, signature.result_models, lambda _: given, special=False)
            result = held.replaced.get(RESULT, result)
        found: dict[str, Any] = {}
        tell = self.options.result_facts
        if callable(tell):
            try:
                told = tell(result)
            except Exception as error:
                raise self.no_facts(call, event, tell, error) from None
            event = self._as_of_now(call, event, told)
            found = self._facts_of(call, event, told, tell)
        conflicts = merge(found, self._facts_of(call, event, more, more)) if more else []
        # What came out is newer than what was known before: it goes first. What was said of each
        # field that went in is not said of what came out, save where that is the data collected.
        known = call.known
        if EACH in known and self.step != "data_collection":
            known = {name: value for name, value in known.items() if name != EACH}
        merge(found, known)
        present = event.facts
        if signature.result:
            empty = empty_fields(signature.result, lambda _: result)
            present = _without_fields(present, empty | set(call.cut_from_result))
        present = scanned(
            present,
            _fields(found),
            call.gate.scanner,
            lambda name: result if name == RESULT else None,
        )
        return self._with(call, event, present, found, conflicts), result

    def _still_to_come(self, call: Call, event: StepEvent, result: Any) -> Exception:
        detail = _error(
            f"What '{self.name}' returns is still to come ({type(result).__name__}), so nobody can "
            "judge it. Return it when it is there, or say by the annotation Iterator[…] that items "
            "follow."
        )
        stop = self._refused(call, event, "runtime.facts_failed", detail)
        if isinstance(stop, StepDenied):
            _drop(result)
        return stop

    def _event(self, call: Call, phase: Phase) -> StepEvent:
        prepared = call.prepared
        now = datetime.now(UTC)
        return StepEvent(
            id=str(uuid.uuid4()),
            step=self.step,
            phase=phase,
            source=prepared.source,
            subject=call.subject,
            time=now,
            facts=prepared.at(phase, now),
            parent_decision_id=parent_decision_id(),
            traceparent=traceparent(),
        )

    def _as_of_now(self, call: Call, event: StepEvent, told: Any) -> StepEvent:
        """The event made anew, after somebody was asked.

        What a facts function dates "now" would otherwise lie some milliseconds in the event's
        future, and a list that was looked up in the future was not looked up today.
        """
        if told is None:
            return event
        now = datetime.now(UTC)
        return replace(event, time=now, facts=call.prepared.at(event.phase, now))

    def _with(
        self,
        call: Call,
        event: StepEvent,
        facts: StepFacts,
        more: dict[str, Any],
        conflicts: list[str],
    ) -> StepEvent:
        """The event with the facts of this very call."""
        prepared = call.prepared
        if (each := prepared.each[event.phase]) and ("fields" in more or call.added):
            # These the mapping given at decoration could not know.
            more = {**more, EACH: {**each, **more.get(EACH, {})}}
        if more and not conflicts:
            if prepared.opening_hours and "human" in more:
                stated = prepared.facts[event.phase]
                facts = facts.model_copy(update={"human": getattr(stated, "human", None)})
            try:
                facts, conflicts = fill(facts, more)
            except ValidationError as error:
                detail = _error(fact_message(self.step, error))
                raise self._refused(call, event, "runtime.facts_failed", detail) from None
            if "human" in more:
                facts = prepared.open(facts, event.time)
        if conflicts:
            detail = _conflict_message(conflicts)
            raise self._refused(call, event, "runtime.facts_conflict", detail)
        facts = self._with_records(call, facts)
        if facts is event.facts:
            return event
        return replace(event, facts=derive(facts, event.time, event.facts))

    def _with_records(self, call: Call, facts: StepFacts) -> StepFacts:
        """How many people's records the arguments hold, where nobody else has said it."""
        many = call.signature.many
        if not many or (facts.processing is not None and facts.processing.records is not None):
            return facts
        counts = [len(value) for name in many if hasattr(value := call.argument(name), "__len__")]
        return fill(facts, {"processing": {"records": max(counts)}})[0] if counts else facts

    def _refused(self, call: Call, event: StepEvent, reason: str, error: EngineError) -> Exception:
        """Deny with a reserved reason; in monitor mode record that it would be."""
        verdict = call.gate.refuse(event, reason, str(error), error.remedy)
        if not verdict.stops:
            return MonitoredError(verdict)
        return StepDenied(sentence(verdict, self.name), verdict)


def empty_fields(fields: tuple[Field, ...], root: Callable[[str], Any]) -> set[str]:
    """Paths of the fields that hold None in this very call: no data is no data to judge."""
    empty: set[str] = set()
    for item in fields:
        name, rest = split(item.path)
        if not any(True for _ in values_at(root(name), rest)):
            empty.add(item.path)
    return empty


def _to_come(result: Any) -> bool:
    return inspect.isawaitable(result) or isinstance(result, Iterator | AsyncIterator)


def _drop(value: Any) -> None:
    """Close what will not be waited for, or it would warn that nobody did."""
    if inspect.iscoroutine(value) or inspect.isgenerator(value):
        value.close()


def _without_fields(facts: StepFacts, names: set[str]) -> StepFacts:
    if not names or facts.fields is None:
        return facts
    kept = tuple(item for item in facts.fields if item.name not in names)
    return facts.model_copy(update={"fields": kept})


def _fields(known: Mapping[str, Any]) -> Iterable[Any]:
    """The fields that a call's own facts speak of; whether they are fields is judged elsewhere."""
    found = known.get("fields")
    return found if isinstance(found, list | tuple) else ()


def _error(message: str, remedy: str = "") -> EngineError:
    return EngineError("", message, remedy)


def _conflict_message(paths: list[str]) -> EngineError:
    return _error(
        f"The step's facts contradict an earlier source on {', '.join(paths)}.",
        "Correct one of the two: the register and profile, or the step's keywords and facts.",
    )
