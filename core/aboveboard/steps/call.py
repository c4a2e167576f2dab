"""One governed call: event before, obligations, the function, event after."""

from __future__ import annotations

import inspect
import uuid
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from aboveboard.errors import (
    EngineError,
    EventError,
    SignatureError,
    StepDenied,
    StepEscalated,
)
from aboveboard.events import StepEvent, fact_message
from aboveboard.explain import sentence
from aboveboard.facts import DataField, Phase, Step, StepFacts, derive
from aboveboard.facts.merging import as_mapping, fill, merge
from aboveboard.gate import Gate, default_gate
from aboveboard.steps.arguments import argument, cut_argument, split, values_at, with_argument
from aboveboard.steps.cutting import CannotCutError, cut
from aboveboard.steps.declared import Held, UndeclaredError, hold
from aboveboard.steps.disclosing import Disclosure, DisclosureHandler, disclosed_facts
from aboveboard.steps.facts_function import FactsFunction
from aboveboard.steps.obligations import (
    ObligationFailedError,
    ashow,
    not_shown,
    show,
    unknown_kind,
    worded,
)
from aboveboard.steps.prepared import Prepared
from aboveboard.steps.signature import RESULT, Field, Signature, read_signature
from aboveboard.verdicts import Obligation, Verdict

__all__ = ["StepRunner"]


@dataclass(slots=True)
class _Call:
    """One call on its way."""

    gate: Gate
    prepared: Prepared
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    subject: str | None
    signature: Signature
    known: dict[str, Any] = field(default_factory=dict)
    added: dict[str, DataField] = field(default_factory=dict)
    cut_from_result: list[str] = field(default_factory=list)

    def argument(self, name: str) -> Any:
        """The value of a parameter."""
        return argument(self.signature, name, self.args, self.kwargs)

    def holds(self, path: str) -> bool:
        """True when there is any value at a path of the arguments."""
        name, rest = split(path)
        return any(True for _ in values_at(self.argument(name), rest))


class StepRunner:
    """Runs one decorated function under a gate."""

    def __init__(
        self,
        step: Step,
        function: Callable[..., Any],
        *,
        purpose: str | None,
        model: str | None,
        recipient: str | None,
        facts: Any,
        result_facts: Any,
        disclose: DisclosureHandler | None,
        gate: Gate | None,
    ) -> None:
        self._step: Step = step
        self._function = function
        self._name = getattr(function, "__qualname__", type(function).__name__)
        self._naming = {"purpose": purpose, "model": model, "recipient": recipient}
        self._facts = facts
        self._facts_function: FactsFunction | None = None
        self._parameters = inspect.signature(function)
        if callable(facts):
            self._facts_function = FactsFunction(facts, self._parameters.parameters, self._name)
        self._result_facts = result_facts
        self._disclose = disclose
        self._gate = gate
        self._signature: Signature | None = None
        self._prepared: weakref.WeakKeyDictionary[Gate, Prepared] = weakref.WeakKeyDictionary()
        try:
            self._signature = self._read()
        except NameError:
            pass  # an annotation that is defined below: read again at the first call
        if gate is not None and self._signature is not None:
            self._prepare(gate)

    def run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the function, governed."""
        call = self._begin(args, kwargs)
        gate = call.gate
        event = self._event(call, "requested")
        found = self._facts_of(call, event, self._ask(call, event))
        event = self._requested(call, event, found)
        verdict = gate.check(event)
        for done in self._admit(call, event, verdict):
            self._shown(call, event, done, show(done, self._disclose or gate.disclose))
        result = self._function(*call.args, **call.kwargs)
        event, result = self._completed(call, result)
        verdict = gate.check(event)
        for done in self._admit(call, event, verdict):
            self._shown(call, event, done, show(done, self._disclose or gate.disclose))
        return self._release(call, event, result)

    async def arun(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Await the coroutine function, governed."""
        call = self._begin(args, kwargs)
        gate = call.gate
        event = self._event(call, "requested")
        asked = self._ask(call, event)
        if inspect.isawaitable(asked):
            try:
                asked = await asked
            except Exception as error:
                raise self._no_facts(call, event, self._facts, error) from None
        event = self._requested(call, event, self._facts_of(call, event, asked))
        verdict = await gate.acheck(event)
        for done in self._admit(call, event, verdict):
            self._shown(call, event, done, await ashow(done, self._disclose or gate.disclose))
        result = await self._function(*call.args, **call.kwargs)
        event, result = self._completed(call, result)
        verdict = await gate.acheck(event)
        for done in self._admit(call, event, verdict):
            self._shown(call, event, done, await ashow(done, self._disclose or gate.disclose))
        return self._release(call, event, result)

    def _read(self) -> Signature:
        return read_signature(self._function, result_needed=self._step == "data_collection")

    def _begin(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Call:
        gate = self._gate or default_gate()
        if self._signature is None:
            try:
                self._signature = self._read()
            except NameError as error:
                msg = (
                    f"The annotations of '{self._name}' name '{error.name}', which nobody defined."
                )
                raise SignatureError(msg) from None
        prepared = self._prepared.get(gate) or self._prepare(gate)
        identifier = self._identifier(self._signature, args, kwargs)
        subject = None if identifier is None else gate.pseudonym(identifier)
        return _Call(gate, prepared, args, kwargs, subject, self._signature)

    def _prepare(self, gate: Gate) -> Prepared:
        """Everything that no argument changes: register, profile, keywords, annotations."""
        signature = self._signature
        assert signature is not None  # noqa: S101  (callers read it first)
        stated = gate.facts(self._step, **self._naming)
        arguments = [item.as_fact() for item in signature.arguments]
        results = [item.as_fact() for item in signature.result]
        collected = arguments + results if self._step == "data_collection" else arguments
        facts: dict[Phase, StepFacts] = {
            "requested": self._static(stated, collected, self._facts),
            "completed": self._static(stated, results, self._facts, self._result_facts),
        }
        prepared = Prepared(
            organisation=gate.organisation,
            facts=facts,
            source=f"/aboveboard/{gate.settings.app}",
            opening_hours=self._step in ("recommendation", "decision")
            and gate.organisation.opening_hours is not None,
        )
        self._prepared[gate] = prepared
        return prepared

    def _static(
        self, stated: dict[str, Any], fields: list[dict[str, Any]], *sources: Any
    ) -> StepFacts:
        """Register, profile, annotations and the facts that were given as a mapping."""
        try:
            known = as_mapping({**stated, "fields": fields})
            for source in sources:
                if source is None or callable(source):
                    continue
                conflicts = merge(known, as_mapping(source))
                if conflicts:
                    msg = f"they contradict register, profile or annotations on {conflicts}."
                    raise EventError(msg)
            return StepEvent.create(self._step, "requested", known).facts
        except (EventError, ValueError, TypeError) as error:
            msg = f"The facts of '{self._name}' cannot stand: {error}"
            raise SignatureError(msg) from None

    def _identifier(
        self, signature: Signature, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """The value behind SubjectId, or None when there is none or when there are several."""
        if signature.subject is None or "[]" in signature.subject:
            return None
        name, rest = split(signature.subject)
        return next(values_at(argument(signature, name, args, kwargs), rest), None)

    def _ask(self, call: _Call, event: StepEvent) -> Any:
        """What the facts function gives; arguments that nobody declared are cut before."""
        signature = self._signature
        if signature is not None and signature.models:
            held = self._held(call, event, signature.models, call.argument, special=True)
            call.added = held.added
            for name, value in held.replaced.items():
                call.args, call.kwargs = with_argument(
                    signature, name, value, call.args, call.kwargs
                )
        if self._facts_function is None:
            return None
        bound = self._parameters.bind(*call.args, **call.kwargs)
        bound.apply_defaults()
        try:
            return self._facts_function(bound.arguments)
        except Exception as error:
            raise self._no_facts(call, event, self._facts, error) from None

    def _held(
        self,
        call: _Call,
        event: StepEvent,
        models: tuple[tuple[str, type], ...],
        root: Callable[[str], Any],
        *,
        special: bool,
    ) -> Held:
        try:
            return hold(models, root, special=special)
        except (UndeclaredError, CannotCutError, SignatureError) as error:
            raise self._refused(call, event, "runtime.facts_failed", _error(str(error))) from None

    def _facts_of(
        self, call: _Call, event: StepEvent, found: Any, source: Any = None
    ) -> dict[str, Any]:
        """What a facts function gave, as nested facts."""
        try:
            return {} if found is None else as_mapping(found)
        except Exception as error:
            _drop(found)
            raise self._no_facts(call, event, source or self._facts, error) from None

    def _requested(self, call: _Call, event: StepEvent, found: dict[str, Any]) -> StepEvent:
        """The event before the function runs; a StepDenied when its facts cannot be had."""
        conflicts = merge(call.known, found)
        signature = self._signature
        present = event.facts
        if signature is not None and signature.arguments:
            present = _without_fields(present, _empty(signature.arguments, call.argument))
        added = [call.added[name] for name in sorted(call.added) if call.holds(name)]
        if added:
            present = present.model_copy(update={"fields": (*(present.fields or ()), *added)})
        return self._with(call, event, present, call.known, conflicts)

    def _completed(self, call: _Call, result: Any) -> tuple[StepEvent, Any]:
        """The event of what came out, and the result without what nobody declared."""
        event = self._event(call, "completed")
        signature = self._signature
        if _to_come(result):
            _drop(result)
            detail = _error(
                f"What '{self._name}' returns is still to come ({type(result).__name__}), so "
                "nobody can judge it. Return it when it is there: from a coroutine function, or "
                "as a list."
            )
            raise self._refused(call, event, "runtime.facts_failed", detail)
        if signature is not None and signature.result_models:
            given = result
            held = self._held(call, event, signature.result_models, lambda _: given, special=False)
            result = held.replaced.get(RESULT, result)
        found: dict[str, Any] = {}
        if callable(self._result_facts):
            try:
                told = self._result_facts(result)
            except Exception as error:
                raise self._no_facts(call, event, self._result_facts, error) from None
            found = self._facts_of(call, event, told, self._result_facts)
        # What came out is newer than what was known before: it goes first.
        merge(found, call.known)
        present = event.facts
        if signature is not None and signature.result:
            empty = _empty(signature.result, lambda _: result)
            present = _without_fields(present, empty | set(call.cut_from_result))
        return self._with(call, event, present, found, []), result

    def _event(self, call: _Call, phase: Phase) -> StepEvent:
        prepared = call.prepared
        now = datetime.now(UTC)
        return StepEvent(
            id=str(uuid.uuid4()),
            step=self._step,
            phase=phase,
            source=prepared.source,
            subject=call.subject,
            time=now,
            facts=prepared.at(phase, now),
        )

    def _with(
        self,
        call: _Call,
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
                detail = _error(fact_message(self._step, error))
                raise self._refused(call, event, "runtime.facts_failed", detail) from None
            if "human" in more:
                facts = prepared.open(facts, event.time)
        if conflicts:
            detail = _conflict_message(conflicts)
            raise self._refused(call, event, "runtime.facts_conflict", detail)
        facts = self._with_records(call, facts)
        if facts is event.facts:
            return event
        return replace(event, facts=derive(facts, event.time))

    def _with_records(self, call: _Call, facts: StepFacts) -> StepFacts:
        """How many people's records the arguments hold, where nobody else has said it."""
        signature = self._signature
        if signature is None or not signature.many:
            return facts
        if facts.processing is not None and facts.processing.records is not None:
            return facts
        counts = [
            len(value)
            for name in signature.many
            if hasattr(value := call.argument(name), "__len__")
        ]
        return fill(facts, {"processing": {"records": max(counts)}})[0] if counts else facts

    def _admit(self, call: _Call, event: StepEvent, verdict: Verdict) -> list[Disclosure]:
        """Stop, or do the obligations; returns what has to be shown to the person."""
        if verdict.effect != "allow":
            kind = StepEscalated if verdict.effect == "escalate" else StepDenied
            call.gate.request_review(event, verdict)
            raise kind(sentence(verdict, self._name), verdict)
        shown: list[Disclosure] = []
        try:
            for obligation in verdict.obligations:
                if obligation.kind == "redact":
                    self._redact(call, event.phase, obligation)
                elif obligation.kind == "disclose":
                    shown.append(worded(obligation, event, call.gate, self._disclose))
                else:
                    raise unknown_kind(obligation)
        except (CannotCutError, ObligationFailedError) as error:
            raise self._failed(call, event, error) from None
        return shown

    def _redact(self, call: _Call, phase: Phase, obligation: Obligation) -> None:
        """Cut from the arguments at once, from the result when it is there."""
        signature = self._signature
        assert signature is not None  # noqa: S101  (_begin read it)
        for path in obligation.paths:
            if path == RESULT or path.startswith((f"{RESULT}.", f"{RESULT}[")):
                call.cut_from_result.append(path)
            elif phase == "completed":
                msg = f"'{path}' has to be cut, and the function has already had it."
                raise CannotCutError(msg)
            else:
                call.args, call.kwargs = cut_argument(signature, path, call.args, call.kwargs)

    def _shown(
        self, call: _Call, event: StepEvent, item: Disclosure, error: Exception | None
    ) -> None:
        if error is not None:
            raise self._failed(call, event, not_shown(item, error)) from None
        facts = disclosed_facts(item)
        if facts:
            call.known["ai"] = {**call.known.get("ai", {}), **facts}

    def _release(self, call: _Call, event: StepEvent, result: Any) -> Any:
        try:
            for path in call.cut_from_result:
                result = self._cut_result(result, path)
        except CannotCutError as error:
            raise self._failed(call, event, error) from None
        return result

    def _cut_result(self, result: Any, path: str) -> Any:
        if path != RESULT:
            return cut(result, path.removeprefix(RESULT), path)
        signature = self._signature
        if signature is not None and any(f.path == RESULT and f.cuttable for f in signature.result):
            return None
        msg = "What the function returns has to be cut as a whole. Return a model with categories."
        raise CannotCutError(msg)

    def _failed(self, call: _Call, event: StepEvent, error: Exception) -> StepDenied:
        """Deny because an obligation cannot be done; the error's text says which and why."""
        return self._refused(call, event, "runtime.obligation_failed", _error(str(error)))

    def _no_facts(self, call: _Call, event: StepEvent, source: Any, error: Exception) -> StepDenied:
        """A facts function raised. The text of its error may quote the person; its type may not."""
        name = getattr(source, "__qualname__", type(source).__name__)
        detail = _error(
            f"The facts function '{name}' of '{self._name}' failed with {type(error).__name__}.",
            "Make it return what it knows and leave out what it does not.",
        )
        return self._refused(call, event, "runtime.facts_failed", detail)

    def _refused(
        self, call: _Call, event: StepEvent, reason: str, error: EngineError
    ) -> StepDenied:
        """Deny with a reserved reason."""
        verdict = call.gate.refuse(event, reason, str(error), error.remedy)
        return StepDenied(sentence(verdict, self._name), verdict)


def _empty(fields: tuple[Field, ...], root: Callable[[str], Any]) -> set[str]:
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


def _error(message: str, remedy: str = "") -> EngineError:
    return EngineError("", message, remedy)


def _conflict_message(paths: list[str]) -> EngineError:
    return _error(
        f"The step's facts contradict an earlier source on {', '.join(paths)}.",
        "Correct one of the two: the register and profile, or the step's keywords and facts.",
    )
