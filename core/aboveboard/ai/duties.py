"""What a verdict demands of one call of a model: to stop, to hand over, to show notices, to mark."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from aboveboard.ai.calls import ModelCall
from aboveboard.ai.effects import Check, Course, HandOver, Mark, Show
from aboveboard.ai.handing import Handover, ThreadText
from aboveboard.ai.masking import Masks
from aboveboard.ai.moments import Moments
from aboveboard.errors import StepDenied, StepEscalated
from aboveboard.events import StepEvent
from aboveboard.explain import sentence
from aboveboard.facts.merging import merge
from aboveboard.steps.disclosing import Disclosure, disclosed_facts
from aboveboard.steps.obligations import (
    DUTIES,
    ObligationFailedError,
    not_shown,
    queue_duties,
    unknown_kind,
    worded,
)
from aboveboard.verdicts import Obligation, Verdict

if TYPE_CHECKING:
    from aboveboard.ai.guard import Guard

__all__ = ["Duties"]

R = TypeVar("R")


class Duties(Moments):
    """Does what the verdicts on one call demand; see `Moments` for its arguments."""

    def __init__(self, guard: Guard, call: ModelCall) -> None:
        super().__init__(guard, call)
        self._before: list[Disclosure] = []  # notices that go before the answer
        self._after: list[Disclosure] = []
        self._ended = False

    def unmask(self, text: str) -> str:
        """A text of the answer with what had been masked: escaped where the answer is JSON."""
        return self.masks.unmask(text) if self.call.plain else self.masks.unmask_json(text)

    @property
    def prefix(self) -> str:
        """Notices that go before the answer."""
        return "".join(f"{item.text}\n\n" for item in self._before)

    @property
    def suffix(self) -> str:
        """Notices that go after the answer."""
        return "".join(f"\n\n{item.text}" for item in self._after)

    def around(self, texts: Sequence[str], candidates: Sequence[int] = ()) -> list[str]:
        """The texts of an answer with the notices that belong to each candidate.

        Args:
            texts: all of them, in order.
            candidates: how many of them each candidate has; empty where each is one by itself.
        """
        shown = list(texts)
        at = 0
        for size in candidates or [1] * len(shown):
            own = [index for index in range(at, at + size) if texts[index].strip()]
            if own:
                shown[own[0]] = self.prefix + shown[own[0]]
                shown[own[-1]] += self.suffix
            at += size
        return shown

    def _shown(self, item: Disclosure) -> None:
        self.report.notices.append(item.notice)
        if (talk := self.conversation) is None:
            return
        if item.notice == "ai_disclosure":
            talk.disclosed_at = talk.disclosed_at or item.event.time
            talk.disclosure_language = item.language
        else:
            talk.notices = {**talk.notices, item.notice: item.event.time}

    def _checked(self, event: StepEvent) -> Course[Verdict]:
        """Ask, and stop where the answer is not to go on.

        Raises:
            StepDenied, StepEscalated: the step must not go on; a human was asked for where one must.
        """
        verdict: Verdict = yield Check(self.gate, event)
        self.report.verdicts.append(verdict)
        if not verdict.enforced:
            return verdict
        try:
            queue_duties(self.gate, event, verdict)
        except ObligationFailedError as failed:
            raise self._failed(event, failed) from None
        if verdict.effect == "escalate":
            self.gate.request_review(event, verdict)
            handover = Handover(self._talk(), self._thread(), event, verdict)
            options = self.guard.options
            reference = yield HandOver(self.gate, handover, options.handover)
            self._handed_over(reference)
            raise StepEscalated(sentence(verdict, self.guard.name), verdict)
        if verdict.effect == "deny":
            raise StepDenied(sentence(verdict, self.guard.name), verdict)
        return verdict

    def _handed_over(self, reference: str | None) -> None:
        self.report.handover = reference
        if reference is not None and self.conversation is not None:
            self.conversation.offered_human()
            self.conversation.handover_ref = reference

    def _talk(self) -> dict[str, Any]:
        talk = self.conversation
        return {} if talk is None else talk.model_dump(mode="json", exclude_defaults=True)

    def _thread(self) -> tuple[ThreadText, ...]:
        masks = Masks(self.gate.pseudonym)  # the human's side has no way back to the values
        return tuple(
            ThreadText(text.given.role, masks.mask(text.given.text.value, text.found))
            for text in self._read
            if text.given.role in ("user", "assistant") and text.found is not None
        )

    def _oblige(self, event: StepEvent, verdict: Verdict, *, said: bool = True) -> Course[None]:
        if not verdict.enforced:
            return
        try:
            for item in verdict.obligations:
                if item.kind == "disclose":
                    yield from self._disclose(item, event, said=said)
                elif item.kind == "mark":
                    self._can_mark(item, event)
                elif item.kind == "redact":
                    if event.phase == "completed" or event.step == "decision":
                        msg = f"{', '.join(item.paths)} would have to be cut from the answer."
                        raise ObligationFailedError(msg)
                elif item.kind not in DUTIES:
                    raise unknown_kind(item)
        except ObligationFailedError as failed:
            raise self._failed(event, failed) from None

    def _disclose(self, item: Obligation, event: StepEvent, *, said: bool) -> Course[None]:
        """Show a notice, or put it into the answer."""
        handler = self.guard.options.disclose or self.gate.disclose
        notices = [*self._before, *self._after]
        if any(item.notice == notice.notice for notice in notices):
            return
        if handler is not None:
            notice = worded(item, event, self.gate, handler)
            error = yield Show(notice, handler)
            if error is not None:
                raise not_shown(notice, error)
            self._shown(notice)
        else:
            notice = worded(item, event, self.gate, _into_answer)
            if not self.call.plain:
                msg = (
                    f"The notice '{notice.notice}' has to be shown, and an answer in JSON has no "
                    "room for it. Give a 'disclose' handler."
                )
                raise ObligationFailedError(msg)
            if not said and notice.notice != "ai_disclosure":
                msg = (
                    f"The notice '{notice.notice}' has to be shown before the tool acts, and the "
                    "answer has no text. Give a 'disclose' handler."
                )
                raise ObligationFailedError(msg)
            if event.phase == "requested" and event.step != "decision":
                self._before.append(notice)
            else:
                self._after.append(notice)
        merge(self._told, disclosed_facts(notice))

    def _can_mark(self, item: Obligation, event: StepEvent) -> None:
        options = self.guard.options
        if (options.mark or self.gate.mark) is not None:
            return
        if event.phase == "completed" and (self.conversation is not None or options.on_report):
            return  # the report brings the mark to the program
        msg = (
            f"Rule {item.rule} demands a mark, and nothing takes it along. Give a 'mark' handler, or "
            "an 'on_report' that sends the report's marking with the answer."
        )
        raise ObligationFailedError(msg)

    def _marked(self, result: R, event: StepEvent, verdict: Verdict) -> Course[R]:
        handler = self.guard.options.mark or self.gate.mark
        if handler is None or not any(item.kind == "mark" for item in verdict.obligations):
            return result
        given = yield Mark(result, event, verdict, handler)
        if isinstance(given, ObligationFailedError):
            raise self._failed(event, given)
        return given  # type: ignore[no-any-return]

    def _failed(self, event: StepEvent, error: ObligationFailedError) -> Exception:
        return self._refused(event, "runtime.obligation_failed", str(error))

    def _finish(self) -> None:
        """Give the report to who wants it, once."""
        if self._ended:
            return
        self._ended = True
        if self.conversation is not None:
            self.conversation.remember(self.report)
        if (tell := self.guard.options.on_report) is not None:
            with suppress(Exception):  # what becomes of it is the program's
                tell(self.report)


def _into_answer(notice: Disclosure) -> None:
    """Stands for the answer as what shows a notice."""
