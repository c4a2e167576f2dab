"""What functions, streams and `with` blocks have in common: one call is judged before and after.

Event, verdict, obligations. In monitor mode the verdict is recorded and nothing else is done:
obligations are rehearsed on copies, so that one that could not be done is on record too.
"""

from __future__ import annotations

import uuid
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from aboveboard.errors import EngineError, StepDenied, StepEscalated
from aboveboard.events import StepEvent, fact_message
from aboveboard.explain import sentence
from aboveboard.facts import Phase, Step, StepFacts, derive
from aboveboard.facts.merging import as_mapping, fill, merge
from aboveboard.gate import Gate, default_gate
from aboveboard.nesting import parent_decision_id, traceparent
from aboveboard.steps.arguments import cut_argument
from aboveboard.steps.cutting import CannotCutError, cut
from aboveboard.steps.disclosing import Disclosure, DisclosureHandler, disclosed_facts
from aboveboard.steps.obligations import (
    ObligationFailedError,
    ashow,
    not_shown,
    show,
    unknown_kind,
    worded,
)
from aboveboard.steps.prepared import Prepared, static_facts
from aboveboard.steps.signature import RESULT, Field, Signature
from aboveboard.verdicts import Obligation, Verdict

__all__ = ["Call", "Judge", "Options", "empty_fields"]


@dataclass(frozen=True, slots=True)
class Options:
    """What a step was decorated with; see `StepDecorator`."""

    purpose: str | None = None
    model: str | None = None
    recipient: str | None = None
    facts: Any = None
    result_facts: Any = None
    disclose: DisclosureHandler | None = None
    gate: Gate | None = None
    subject: object = None
    on_stopped: str = "raise"


@dataclass(slots=True)
class Call:
    """One call on its way."""

    gate: Gate
    prepared: Prepared
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    subject: str | None
    known: dict[str, Any] = field(default_factory=dict)
    cut_from_result: list[str] = field(default_factory=list)
    verdict: Verdict | None = None


class MonitoredError(Exception):
    """A step would stop here; in monitor mode it goes on as it is. Never leaves this module."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__()
        self.verdict = verdict


class Judge:
    """Judges the calls of one function, or the passes through one block."""

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
        self.signature()
        prepared = self._prepared.get(gate) or self.prepare(gate)
        identifier = self.identifier(args, kwargs)
        subject = None if identifier is None else gate.pseudonym(identifier)
        return Call(gate, prepared, args, kwargs, subject)

    def identifier(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Whose data it is, or None."""
        raise NotImplementedError

    def requested_facts(self, call: Call, event: StepEvent) -> dict[str, Any]:
        """What the call itself says before it runs. Raises as `no_facts` says."""
        raise NotImplementedError

    def empty(self, call: Call, phase: Phase, result: Any) -> set[str]:
        """Paths of the fields that hold no data in this very call."""
        raise NotImplementedError

    def fields_facts(self, phase: Phase) -> dict[str, Any]:
        """The fact `fields`, as far as annotations say it."""
        raise NotImplementedError

    def before(self, call: Call) -> Verdict:
        """Decide on what would be done; do the obligations.

        Raises:
            StepDenied, StepEscalated: it must not be done.
        """
        gate = call.gate
        try:
            event = self._requested(call)
            verdict = gate.check(event)
            for item in self._admit(call, event, verdict):
                self._shown(call, event, item, show(item, self.options.disclose or gate.disclose))
        except MonitoredError as noted:
            verdict = noted.verdict
        return verdict

    async def abefore(self, call: Call) -> Verdict:
        """`before`, awaiting engine and handlers."""
        gate = call.gate
        try:
            event = self._requested(call)
            verdict = await gate.acheck(event)
            for item in self._admit(call, event, verdict):
                shown = await ashow(item, self.options.disclose or gate.disclose)
                self._shown(call, event, item, shown)
        except MonitoredError as noted:
            verdict = noted.verdict
        return verdict

    def after(self, call: Call, result: Any, more: Mapping[str, Any] | None = None) -> Any:
        """Decide on what came out; the result with the obligations done.

        Args:
            call: as it began.
            result: what came out.
            more: facts of it that nothing else says.

        Raises:
            StepDenied, StepEscalated: it must not leave.
        """
        gate = call.gate
        try:
            event = self._completed(call, result, more)
            call.verdict = verdict = gate.check(event)
            for item in self._admit(call, event, verdict, result):
                self._shown(call, event, item, show(item, self.options.disclose or gate.disclose))
            result = self._release(call, event, result)
        except MonitoredError as noted:
            call.verdict = noted.verdict
        return result

    async def aafter(self, call: Call, result: Any, more: Mapping[str, Any] | None = None) -> Any:
        """`after`, awaiting engine and handlers."""
        gate = call.gate
        try:
            event = self._completed(call, result, more)
            call.verdict = verdict = await gate.acheck(event)
            for item in self._admit(call, event, verdict, result):
                shown = await ashow(item, self.options.disclose or gate.disclose)
                self._shown(call, event, item, shown)
            result = self._release(call, event, result)
        except MonitoredError as noted:
            call.verdict = noted.verdict
        return result

    def prepare(self, gate: Gate) -> Prepared:
        """Everything that no argument changes. Raises SignatureError, VocabularyError."""
        options, step = self.options, self.step
        stated = gate.facts(
            step, purpose=options.purpose, model=options.model, recipient=options.recipient
        )
        before = {**stated, **self.fields_facts("requested")}
        after = {**stated, **self.fields_facts("completed")}
        prepared = self._prepared[gate] = Prepared(
            organisation=gate.organisation,
            facts={
                "requested": static_facts(step, self.name, before, [options.facts]),
                "completed": static_facts(
                    step, self.name, after, [options.facts, options.result_facts]
                ),
            },
            source=f"/aboveboard/{gate.settings.app}",
            opening_hours=step in ("recommendation", "decision")
            and gate.organisation.opening_hours is not None,
        )
        return prepared

    def no_facts(self, call: Call, event: StepEvent, name: str, error: Exception) -> Exception:
        """A facts function raised. The text of its error may quote the person; its type may not."""
        detail = _error(
            f"The facts function '{name}' of '{self.name}' failed with {type(error).__name__}.",
            "Make it return what it knows and leave out what it does not.",
        )
        return self._refused(call, event, "runtime.facts_failed", detail)

    def _requested(self, call: Call) -> StepEvent:
        event = self._event(call, "requested")
        conflicts = merge(call.known, self.requested_facts(call, event))
        present = _without_fields(event.facts, self.empty(call, "requested", None))
        return self._with(call, event, present, call.known, conflicts)

    def _completed(self, call: Call, result: Any, more: Mapping[str, Any] | None) -> StepEvent:
        event = self._event(call, "completed")
        found: dict[str, Any] = {}
        tell = self.options.result_facts
        try:
            if callable(tell):
                found = as_mapping(tell(result) or {})
            conflicts = merge(found, as_mapping(more)) if more else []
        except Exception as error:
            name = getattr(tell, "__qualname__", "result_facts")
            raise self.no_facts(call, event, name, error) from None
        # What came out is newer than what was known before: it goes first.
        merge(found, call.known)
        absent = self.empty(call, "completed", result)
        present = _without_fields(event.facts, absent | set(call.cut_from_result))
        return self._with(call, event, present, found, conflicts)

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

    def _with(
        self,
        call: Call,
        event: StepEvent,
        facts: StepFacts,
        more: dict[str, Any],
        conflicts: list[str],
    ) -> StepEvent:
        """The event with the facts of this very call."""
        if more and not conflicts:
            prepared = call.prepared
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
        if facts is event.facts:
            return event
        return replace(event, facts=derive(facts, event.time))

    def _admit(
        self, call: Call, event: StepEvent, verdict: Verdict, result: Any = None
    ) -> list[Disclosure]:
        """Stop, or do the obligations; returns what has to be shown to the person."""
        if not verdict.enforced:
            self._rehearse(call, event, verdict, result)
            return []
        if verdict.effect != "allow":
            kind = StepEscalated if verdict.effect == "escalate" else StepDenied
            raise kind(sentence(verdict, self.name), verdict)
        return self._oblige(call, event, verdict)

    def _oblige(self, call: Call, event: StepEvent, verdict: Verdict) -> list[Disclosure]:
        shown: list[Disclosure] = []
        try:
            for obligation in verdict.obligations:
                if obligation.kind == "redact":
                    self._redact(call, obligation)
                elif obligation.kind == "disclose":
                    shown.append(worded(obligation, event, call.gate, self.options.disclose))
                else:
                    raise unknown_kind(obligation)
        except (CannotCutError, ObligationFailedError) as error:
            raise self._failed(call, event, error) from None
        return shown

    def _rehearse(self, call: Call, event: StepEvent, verdict: Verdict, result: Any) -> None:
        """Monitor mode: try on copies what the obligations ask, and record what could not be done."""
        if verdict.effect == "allow" and verdict.obligations:
            trial = replace(call, known={}, cut_from_result=[])
            self._oblige(trial, event, verdict)
            if event.phase == "completed":
                self._release(trial, event, result)

    def _redact(self, call: Call, obligation: Obligation) -> None:
        """Cut from the arguments at once, from the result when it is there."""
        for path in obligation.paths:
            if path == RESULT or path.startswith((f"{RESULT}.", f"{RESULT}[")):
                call.cut_from_result.append(path)
            else:
                call.args, call.kwargs = cut_argument(
                    self.signature(), path, call.args, call.kwargs
                )

    def _shown(
        self, call: Call, event: StepEvent, item: Disclosure, error: Exception | None
    ) -> None:
        if error is not None:
            raise self._failed(call, event, not_shown(item, error)) from None
        facts = disclosed_facts(item)
        if facts:
            call.known["ai"] = {**call.known.get("ai", {}), **facts}

    def _release(self, call: Call, event: StepEvent, result: Any) -> Any:
        try:
            for path in call.cut_from_result:
                result = self._cut_result(result, path)
        except CannotCutError as error:
            raise self._failed(call, event, error) from None
        return result

    def _cut_result(self, result: Any, path: str) -> Any:
        if path != RESULT:
            return cut(result, path.removeprefix(RESULT), path)
        if any(item.path == RESULT and item.cuttable for item in self.signature().result):
            return None
        msg = "What the function returns has to be cut as a whole. Return a model with categories."
        raise CannotCutError(msg)

    def _failed(self, call: Call, event: StepEvent, error: Exception) -> Exception:
        """Deny because an obligation cannot be done; the error's text says which and why."""
        return self._refused(call, event, "runtime.obligation_failed", _error(str(error)))

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
        if "[]" in item.path:
            continue
        name, *rest = item.path.split(".")
        value = root(name)
        for part in rest:
            value = value.get(part) if isinstance(value, Mapping) else getattr(value, part, None)
        if value is None:
            empty.add(item.path)
    return empty


def _without_fields(facts: StepFacts, names: set[str]) -> StepFacts:
    if not names or facts.fields is None:
        return facts
    kept = tuple(item for item in facts.fields if item.name not in names)
    return facts.model_copy(update={"fields": kept})


def _error(message: str, remedy: str = "") -> EngineError:
    return EngineError("", message, remedy)


def _conflict_message(paths: list[str]) -> EngineError:
    return _error(
        f"The step's facts contradict an earlier source on {', '.join(paths)}.",
        "Correct one of the two: the register and profile, or the step's keywords and facts.",
    )
