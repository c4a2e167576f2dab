"""What functions, streams and `with` blocks have in common: one call is judged before and after.

Event, verdict, obligations. In monitor mode the verdict is recorded and nothing else is done:
obligations are rehearsed on copies, so that one that could not be done is on record too.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from aboveboard.errors import EngineError, StepDenied, StepEscalated
from aboveboard.events import StepEvent
from aboveboard.explain import sentence
from aboveboard.facts import Phase
from aboveboard.steps.arguments import cut_argument
from aboveboard.steps.cutting import CannotCutError, cut
from aboveboard.steps.disclosing import Disclosure, disclosed_facts
from aboveboard.steps.marking import amarked, can_mark, marked
from aboveboard.steps.obligations import (
    DUTIES,
    ObligationFailedError,
    ashow,
    not_shown,
    queue_duties,
    show,
    unknown_kind,
    worded,
)
from aboveboard.steps.signature import RESULT, Signature
from aboveboard.steps.telling import Call, MonitoredError, Teller
from aboveboard.verdicts import Obligation, Verdict

__all__ = ["Judge"]


class Judge(Teller):
    """Judges the calls of one function, or the passes through one block."""

    def before(self, call: Call) -> Verdict:
        """Decide on what would be done; do the obligations.

        Raises:
            StepDenied, StepEscalated: it must not be done.
        """
        gate, given = call.gate, (call.args, call.kwargs)
        try:
            event = self._event(call, "requested")
            asked = self.ask(call, event)
            event = self._as_of_now(call, event, asked)
            found = self._facts_of(call, event, asked, self.options.facts)
            event = self._requested(call, event, found)
            verdict = gate.check(event)
            for item in self._admit(call, event, verdict):
                self._shown(call, event, item, show(item, self.options.disclose or gate.disclose))
        except MonitoredError as noted:
            verdict = noted.verdict
        if not verdict.enforced:
            call.args, call.kwargs = given
        return verdict

    async def abefore(self, call: Call) -> Verdict:
        """`before`, awaiting engine and handlers."""
        gate, given = call.gate, (call.args, call.kwargs)
        try:
            event = self._event(call, "requested")
            asked = self.ask(call, event)
            if inspect.isawaitable(asked):
                asked = await self._told(call, event, asked)
            event = self._as_of_now(call, event, asked)
            found = self._facts_of(call, event, asked, self.options.facts)
            event = self._requested(call, event, found)
            verdict = await gate.acheck(event)
            for item in self._admit(call, event, verdict):
                shown = await ashow(item, self.options.disclose or gate.disclose)
                self._shown(call, event, item, shown)
        except MonitoredError as noted:
            verdict = noted.verdict
        if not verdict.enforced:
            call.args, call.kwargs = given
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
        gate, given = call.gate, result
        try:
            event, result = self._completed(call, result, more)
            call.verdict = verdict = gate.check(event)
            for item in self._admit(call, event, verdict, result):
                self._shown(call, event, item, show(item, self.options.disclose or gate.disclose))
            result = self._release(call, event, result)
            try:
                result = marked(result, event, verdict, self.options.mark or gate.mark)
            except ObligationFailedError as error:
                raise self._failed(call, event, error) from None
        except MonitoredError as noted:
            call.verdict = noted.verdict
        return result if call.verdict.enforced else given

    async def aafter(self, call: Call, result: Any, more: Mapping[str, Any] | None = None) -> Any:
        """`after`, awaiting engine and handlers."""
        gate, given = call.gate, result
        try:
            event, result = self._completed(call, result, more)
            call.verdict = verdict = await gate.acheck(event)
            for item in self._admit(call, event, verdict, result):
                shown = await ashow(item, self.options.disclose or gate.disclose)
                self._shown(call, event, item, shown)
            result = self._release(call, event, result)
            try:
                result = await amarked(result, event, verdict, self.options.mark or gate.mark)
            except ObligationFailedError as error:
                raise self._failed(call, event, error) from None
        except MonitoredError as noted:
            call.verdict = noted.verdict
        return result if call.verdict.enforced else given

    def _admit(
        self, call: Call, event: StepEvent, verdict: Verdict, result: Any = None
    ) -> list[Disclosure]:
        """Stop, or do the obligations; returns what has to be shown to the person."""
        if not verdict.enforced:
            self._rehearse(call, event, verdict, result)
            return []
        try:
            queue_duties(call.gate, event, verdict)
        except ObligationFailedError as error:
            raise self._failed(call, event, error) from None
        if verdict.effect != "allow":
            call.gate.request_review(event, verdict)
            kind = StepEscalated if verdict.effect == "escalate" else StepDenied
            raise kind(sentence(verdict, self.name), verdict)
        return self._oblige(call, event, verdict)

    def _oblige(self, call: Call, event: StepEvent, verdict: Verdict) -> list[Disclosure]:
        shown: list[Disclosure] = []
        try:
            for obligation in verdict.obligations:
                if obligation.kind == "redact":
                    self._redact(call, event.phase, obligation)
                elif obligation.kind == "disclose":
                    shown.append(worded(obligation, event, call.gate, self.options.disclose))
                elif obligation.kind in DUTIES:
                    pass  # it waits in the store by now
                elif obligation.kind == "mark":
                    can_mark(obligation, event, self.options.mark or call.gate.mark)
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

    def _redact(self, call: Call, phase: Phase, obligation: Obligation) -> None:
        """Cut from the arguments at once, from the result when it is there."""
        for path in obligation.paths:
            if path == RESULT or path.startswith((f"{RESULT}.", f"{RESULT}[")):
                call.cut_from_result.append(path)
            elif phase == "completed":
                msg = f"'{path}' has to be cut, and the function has already had it."
                raise CannotCutError(msg)
            else:
                call.args, call.kwargs = cut_argument(call.signature, path, call.args, call.kwargs)

    def _shown(
        self, call: Call, event: StepEvent, item: Disclosure, error: Exception | None
    ) -> None:
        if error is not None:
            raise self._failed(call, event, not_shown(item, error)) from None
        for group, facts in disclosed_facts(item).items():
            call.known[group] = {**call.known.get(group, {}), **facts}

    def _release(self, call: Call, event: StepEvent, result: Any) -> Any:
        try:
            for path in call.cut_from_result:
                result = _cut_result(call.signature, result, path)
        except CannotCutError as error:
            raise self._failed(call, event, error) from None
        return result

    def _failed(self, call: Call, event: StepEvent, error: Exception) -> Exception:
        """Deny because an obligation cannot be done; the error's text says which and why."""
        return self._refused(
            call, event, "runtime.obligation_failed", EngineError("", str(error), "")
        )


def _cut_result(signature: Signature, result: Any, path: str) -> Any:
    if path != RESULT:
        return cut(result, path.removeprefix(RESULT), path)
    if any(item.path == RESULT and item.cuttable for item in signature.result):
        return None
    msg = "What the function returns has to be cut as a whole. Return a model with categories."
    raise CannotCutError(msg)
