"""The events of one call of a model: each moment of it with all that is known then."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from aboveboard.ai.calls import ModelAnswer, ModelCall, ToolCall
from aboveboard.ai.masking import Masks
from aboveboard.ai.report import Report
from aboveboard.ai.telling import ReadText, call_facts, tool_facts
from aboveboard.ai.turn import Turn
from aboveboard.detecting import language_of
from aboveboard.errors import StepDenied
from aboveboard.events import StepEvent, fact_message
from aboveboard.explain import sentence
from aboveboard.facts import Step, StepFacts, derive
from aboveboard.facts.fitting import fitting, of_step
from aboveboard.facts.merging import EACH, as_mapping, fill, merge
from aboveboard.nesting import parent_decision_id, traceparent
from aboveboard.steps.telling import MonitoredError

if TYPE_CHECKING:
    from aboveboard.ai.guard import Guard

__all__ = ["Moments"]


class Moments:
    """Makes the events of one call.

    Args:
        guard: of the client.
        call: what is about to leave.
    """

    def __init__(self, guard: Guard, call: ModelCall) -> None:
        self.guard = guard
        self.call = call
        self.gate = guard.gate
        self.conversation = guard.conversation
        self.report = Report(guard.vendor, call.operation, call.model)
        if self.conversation is not None:
            self.report.conversation = self.conversation.id
        masks = Masks(self.gate.pseudonym)
        self.masks = self.conversation.keeps(masks) if self.conversation is not None else masks
        self._read: list[ReadText] = []
        self._question = ""
        self._told: dict[str, Any] = {}  # facts of notices that were shown, or will be
        self._kept: tuple[Any, dict[str, Any]] | None = None
        self._subject: str | None = None

    def _facts_before(self, purposes: list[str] | None, now: datetime) -> dict[str, Any]:
        """What is known of the call, as it is now; the steps that judge it share it."""
        masked = sum(text.masked for text in self._read)
        key = (id(self.call), masked, tuple(purposes or ()))
        if self._kept is None or self._kept[0] != key:
            options = self.guard.options
            told = call_facts(
                self.call,
                self._read,
                options.tools,
                categories=options.categories,
                purposes=purposes,
                now=now,
            )
            if options.host is not None:
                told["ai"]["base_url_host"] = options.host.lower()
            self._kept = (key, told)
        # What is merged into it later must not stay in it.
        return {
            name: dict(item) if type(item) is dict else item for name, item in self._kept[1].items()
        }

    def _requested(self, step: Step, tools: Sequence[ToolCall] = ()) -> StepEvent:
        now = datetime.now(UTC)
        purposes = None
        prepared = self.guard.prepared(self.gate, step, self.call.model)
        processing = prepared.facts["requested"].processing
        if processing is not None and processing.purposes is not None:
            purposes = list(processing.purposes)
        options = self.guard.options
        more = self._facts_before(purposes, now)
        merge(more, tool_facts(tools, self.call, options.tools))
        turn = Turn(
            step,
            "requested",
            self.call.operation,
            self.call.model,
            self._question,
            tools=tuple(item.name for item in tools),
            conversation=self.conversation,
        )
        return self._event(turn, more, now)

    def _energy(self, tokens: int | None) -> int | None:
        """An estimate by the factor of the profile; None where it has none, or nobody counted."""
        options = self.guard.options
        entry = (self.gate.organisation.models or {}).get(options.model or self.call.model or "")
        if tokens is None or entry is None or entry.energy is None:
            return None
        factor = entry.energy.mwh_per_1000_tokens
        return None if factor is None else -(-tokens * factor // 1000)

    def _event(
        self,
        turn: Turn,
        more: dict[str, Any],
        now: datetime,
        *,
        answer: ModelAnswer | None = None,
        purpose: str | None = None,
    ) -> StepEvent:
        """The event of a moment, with all that is known of it.

        Raises:
            StepDenied: its facts cannot stand.
        """
        step, phase = turn.step, turn.phase
        prepared = self.guard.prepared(self.gate, step, self.call.model, purpose)
        base = prepared.at(phase, now)
        event = StepEvent(
            id=str(uuid.uuid4()),
            step=step,
            phase=phase,
            source=prepared.source,
            subject=self._who(turn),
            time=now,
            facts=base,
            parent_decision_id=parent_decision_id(),
            traceparent=traceparent(),
        )
        told = self._told_by_program(event, turn)
        conflicts = merge(told, fitting(self._told, step))
        if self.conversation is not None:
            # What was shown in this very call is newer than what the talk knows.
            merge(told, fitting(_after_told(self.conversation.facts(), self._told), step))
        conflicts += merge(told, fitting(more, step))
        self._add_soft(told, base, turn, answer)
        if base.transfer is None and "transfer" not in told:
            told["transfer"] = {"leaves_organisation": True}
        if each := prepared.each[phase]:
            told[EACH] = {**each, **told.get(EACH, {})}
        try:
            facts, more_conflicts = fill(base, told)
        except ValidationError as error:
            text = fact_message(step, error)
            raise self._refused(event, "runtime.facts_failed", text) from None
        if conflicts := sorted({*conflicts, *more_conflicts}):
            text = f"The call contradicts an earlier source on {', '.join(conflicts)}."
            raise self._refused(event, "runtime.facts_conflict", text)
        if prepared.opening_hours:
            facts = prepared.open(facts, now)
        return replace(event, facts=derive(facts, now, base))

    def _add_soft(
        self, told: dict[str, Any], base: StepFacts, turn: Turn, answer: ModelAnswer | None
    ) -> None:
        """What is said of model, energy and language where nobody else says it.

        Profile and program know better.
        """
        step, answers = turn.step, self.call.answers
        soft: dict[str, dict[str, Any]] = {
            "ai": {
                "interacts_directly": True if step == "recommendation" else None,
                "model": self.call.model,
                "model_version": None if answer is None else answer.model,
                "output_type": "text" if answers else None,
                "vendor": self.call.vendor or self.guard.vendor,
            },
            "message": {"language": language_of(turn.answer) if turn.answer else None},
            "energy": {"estimate_mwh": None if answer is None else self._energy(answer.tokens)},
        }
        for name, facts in fitting(soft, step).items():
            group = getattr(base, name)
            stated = told.get(name, {})
            more = {
                fact: value
                for fact, value in facts.items()
                if value is not None and fact not in stated and getattr(group, fact, None) is None
            }
            if more:
                told[name] = {**stated, **more}

    def _who(self, turn: Turn) -> str | None:
        if self.conversation is not None and self.conversation.subject is not None:
            return self.conversation.subject
        if self._subject is None:
            given = self.guard.options.subject
            if callable(given):
                given = given(turn)  # a program that does not know whom it serves hears of it
            self._subject = None if given is None else self.gate.pseudonym(given)
        return self._subject

    def _told_by_program(self, event: StepEvent, turn: Turn) -> dict[str, Any]:
        tell = self.guard.options.facts
        if not callable(tell):
            return {}
        try:
            told = tell(turn)
            return {} if told is None else of_step(as_mapping(told), event.step)
        except Exception as error:
            text = f"The facts function of {self.guard.name} failed with {type(error).__name__}."
            raise self._refused(event, "runtime.facts_failed", text) from None

    def _refused(self, event: StepEvent, reason: str, text: str) -> Exception:
        """Deny with a reserved reason; in monitor mode record that it would be."""
        verdict = self.gate.refuse(event, reason, text, "")
        self.report.verdicts.append(verdict)
        if not verdict.stops:
            return MonitoredError(verdict)
        return StepDenied(sentence(verdict, self.guard.name), verdict)


def _after_told(talk: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    return {
        group: {name: value for name, value in facts.items() if name not in told.get(group, {})}
        for group, facts in talk.items()
    }
