"""One call of a model on its way: judged before it leaves, and what comes back before it is shown."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from aboveboard.ai.calls import ModelAnswer, ModelCall, Place, StreamReader, ToolCall
from aboveboard.ai.effects import Check, Course, HandOver, Mark, Show, adrive, drive
from aboveboard.ai.handing import Handover, ThreadText
from aboveboard.ai.marking import marking
from aboveboard.ai.masking import Masks
from aboveboard.ai.report import Report
from aboveboard.ai.streaming import Flow
from aboveboard.ai.telling import (
    ReadText,
    answer_facts,
    call_facts,
    decision_facts,
    tool_facts,
)
from aboveboard.ai.texts import value_of
from aboveboard.ai.turn import Turn
from aboveboard.detecting import Detection
from aboveboard.errors import StepDenied, StepEscalated, StepStopped
from aboveboard.events import StepEvent, fact_message
from aboveboard.explain import sentence
from aboveboard.facts import Step, StepFacts, derive
from aboveboard.facts.fitting import fitting, of_step
from aboveboard.facts.merging import EACH, as_mapping, fill, merge
from aboveboard.nesting import parent_decision_id, traceparent
from aboveboard.steps.disclosing import Disclosure, disclosed_facts
from aboveboard.steps.obligations import (
    DUTIES,
    ObligationFailedError,
    not_shown,
    queue_duties,
    unknown_kind,
    worded,
)
from aboveboard.steps.telling import MonitoredError
from aboveboard.verdicts import Obligation, Verdict

if TYPE_CHECKING:
    from aboveboard.ai.guard import Guard

__all__ = ["GovernedCall"]

R = TypeVar("R")
_FAILED = ("failed", "filtered", "personal_data", "prompt_blocked", "recitation", "refused")


class GovernedCall:
    """One call. It may `end` once, or have one `flow`, or be given up by `abandon`.

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
        self._before: list[Disclosure] = []  # notices that go before the answer
        self._after: list[Disclosure] = []
        self._told: dict[str, Any] = {}  # facts of notices that were shown, or will be
        self._ended = False
        self._kept: tuple[Any, dict[str, Any]] | None = None
        self._subject: str | None = None

    # Before it leaves.

    def beginning(self) -> Course[None]:
        """Judge what would leave; mask what must not."""
        self._listen()
        steps: list[Step] = ["profiling"]
        if self.call.answers and self.guard.options.step != "profiling":
            steps.append(self.guard.options.step)
        call = self.call
        try:
            for step in steps:
                for place in _places(call):
                    self.call = place
                    # In monitor mode it is on record, and what was asked for goes on as it is.
                    with suppress(MonitoredError):
                        yield from self._ask(step)
        except StepStopped:
            self._finish()
            raise
        finally:
            self.call = call
        if not self.call.answers:
            self._finish()

    def _ask(self, step: Step) -> Course[None]:
        event = self._requested(step)
        verdict = yield from self._checked(event)
        cuts = _cuts(verdict)
        if cuts:
            try:
                self._mask(cuts)
            except ObligationFailedError as failed:
                raise self._failed(event, failed) from None
            event = self._requested(step)
            verdict = yield from self._checked(event)
            if left := _cuts(verdict):
                text = f"{', '.join(left)} would still have to be cut from the prompt."
                raise self._failed(event, ObligationFailedError(text))
        yield from self._oblige(event, verdict)

    def _listen(self) -> None:
        """Read the prompt, and take in how the person's latest message sounds."""
        talk = self.conversation
        language = talk.language if talk is not None else None
        self._read = [
            ReadText(text, self.gate.detect(text.text.value, language)) for text in self.call.texts
        ]
        # As the person wrote it: the program's own function may see what the model does not.
        self._question = "\n".join(
            text.given.text.value for text in self._read if text.given.latest
        )
        if talk is None:
            return
        latest = [item for text in self._read if text.given.latest for item in text.found or ()]
        talk.human_requested |= any(item.category == "human_requested" for item in latest)
        distress = [item.confidence_bp for item in latest if item.category == "distress"]
        talk.distress_bp = max(distress, default=0)

    def _mask(self, names: Sequence[str]) -> None:
        texts = [text.given.text.value for text in self._read]
        for name in names:
            own = [text for text in self._read if text.field == name]
            data = [item for text in own for item in text.found or () if not item.signal]
            if not own or any(text.found is None for text in own) or not data:
                msg = (
                    f"'{name}' has to be cut from the prompt, and nothing in its text shows what to "
                    "mask. Leave it out of the call, or let the register's entry allow its categories; of a "
                    "tool's result say what it holds: Tool(result=[…])."
                )
                raise ObligationFailedError(msg)
            for text in own:
                found = text.found or ()
                if not any(not item.signal for item in found):
                    continue
                place = text.given.text
                place.value = self.masks.mask(place.value, found, texts)
                self.report.masked.update(item.category for item in found if not item.signal)
                text.found = tuple(item for item in found if item.signal)
                text.masked = True

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

    # What comes back.

    def end(self, answer: ModelAnswer, result: R) -> R:
        """Judge an answer; its texts and arguments are set in place, with what had been masked.

        Args:
            answer: what came back.
            result: the vendor's object that holds it.

        Returns:
            The result, marked where that is demanded.

        Raises:
            StepDenied, StepEscalated: it must not be shown.
        """
        return drive(self.ending(answer, result))

    async def aend(self, answer: ModelAnswer, result: R) -> R:
        """`end`, awaiting engine and handlers."""
        return await adrive(self.ending(answer, result))

    def abandon(self) -> None:
        """Nothing comes back, for the vendor failed or the caller gave up: the report is given."""
        self._finish()

    def flow(self, chunks: Iterable[Any], reader: StreamReader) -> Iterator[Any]:
        """The chunks of a stream as far as they have been judged.

        Tool calls are held until they are complete. The source is never read further than the
        caller asks; when a piece is stopped it is closed.

        Raises:
            StepDenied, StepEscalated: of the piece, or the tool call, that must not leave.
        """
        flow = Flow(self, reader)
        try:
            for chunk in chunks:
                yield from drive(flow.taking(chunk))
            yield from drive(flow.finishing())
        finally:
            self._finish()
            if (close := getattr(chunks, "close", None)) is not None:
                close()

    async def aflow(self, chunks: AsyncIterable[Any], reader: StreamReader) -> AsyncIterator[Any]:
        """`flow`, awaiting engine and handlers."""
        flow = Flow(self, reader)
        try:
            async for chunk in chunks:
                for ready in await adrive(flow.taking(chunk)):
                    yield ready
            for ready in await adrive(flow.finishing()):
                yield ready
        finally:
            self._finish()
            if (close := getattr(chunks, "aclose", None)) is not None:
                await close()

    def ending(self, answer: ModelAnswer, result: R) -> Course[R]:
        """Judge an answer that is there as a whole."""
        try:
            said = [self.unmask(text.value) for text in answer.texts]
            quoted = [self.unmask(text.value) for text in answer.quotes]
            all_of_it = [*said, *quoted]
            found = self.read(all_of_it)
            verdict, event = yield from self.judging(answer, "\n".join(all_of_it), found)
            if self.call.decides:
                has_text = bool("".join(said).strip())
                yield from self.deciding(answer.tool_calls, finish=False, has_text=has_text)
            self.unmask_arguments(answer.tool_calls)
            shown = self.around(said, answer.candidates)
            for place, text in zip(answer.texts, shown, strict=True):
                place.value = text
            for place, text in zip(answer.quotes, quoted, strict=True):
                place.value = text
            for place, which in answer.copies:
                place.value = "".join(shown) if which is None else shown[which]
            if event is not None and verdict is not None:
                result = yield from self._marked(result, event, verdict)
            self.said(answer, bool("".join(said).strip()))
            return result
        finally:
            self._finish()

    def read(self, texts: Iterable[str]) -> list[Detection] | None:
        """What detectors find in texts of the answer; None when one could not be read."""
        language = self.conversation.language if self.conversation is not None else None
        found: list[Detection] = []
        for text in texts:
            read = self.gate.detect(text, language)
            if read is None:
                return None
            found += read
        return found

    def judging(
        self,
        answer: ModelAnswer,
        text: str,
        found: Iterable[Detection] | None,
        *,
        final: bool = True,
    ) -> Course[tuple[Verdict | None, StepEvent | None]]:
        """Judge what the model said, or a piece of it.

        Args:
            answer: as far as it is known.
            text: all that it has said so far.
            found: what detectors found in that.
            final: nothing follows.
        """
        self._note(answer)
        try:
            return (yield from self._judge(answer, text, found, final=final))
        except MonitoredError:
            return None, None

    def _judge(
        self,
        answer: ModelAnswer,
        text: str,
        found: Iterable[Detection] | None,
        *,
        final: bool,
    ) -> Course[tuple[Verdict | None, StepEvent | None]]:
        step = self.guard.options.step
        passing = self.guard.options.passing
        unread = [kind for kind in answer.unread if f"answer.{kind}" not in passing]
        if unread:
            event = self._requested(step)
            text = (
                f"The answer holds {', '.join(unread)}, which nobody can judge. Ask for text alone, "
                f"or let it through by name: passing=['answer.{unread[0]}']."
            )
            raise self._refused(event, "runtime.not_governed", text)
        if not text and answer.tool_calls:
            # Nothing is said to the person yet: the tools are judged as part of what is asked for.
            if step != "recommendation" or not self.call.decides:
                return None, None
            event = self._requested(step, answer.tool_calls)
            verdict = yield from self._checked(event)
            return verdict, event
        now = datetime.now(UTC)
        more = answer_facts(answer, found)
        if self.call.decides:
            merge(more, tool_facts(answer.tool_calls, self.call, self.guard.options.tools))
        turn = Turn(
            step,
            "completed",
            self.call.operation,
            answer.model or self.call.model,
            self._question,
            text,
            tuple(item.name for item in answer.tool_calls),
            final,
            self.conversation,
        )
        event = self._event(turn, more, now, answer=answer)
        verdict = yield from self._checked(event)
        yield from self._oblige(event, verdict)
        return verdict, event

    def deciding(
        self, calls: Sequence[ToolCall], *, finish: bool = True, has_text: bool = False
    ) -> Course[None]:
        """Judge the tool calls that act on a person, each as a decision."""
        tools = self.guard.options.tools
        try:
            for item in calls:
                tool = tools.get(item.name)
                if tool is None or tool.acts:
                    with suppress(MonitoredError):
                        yield from self._decide(item, has_text=has_text)
                self.report.tools.append(item.name)
        finally:
            if finish:
                self._finish()

    def _decide(self, item: ToolCall, *, has_text: bool) -> Course[None]:
        now = datetime.now(UTC)
        options = self.guard.options
        tool = options.tools.get(item.name)
        more = decision_facts(item, tool)
        turn = Turn(
            "decision",
            "requested",
            self.call.operation,
            self.call.model,
            self._question,
            tools=(item.name,),
            conversation=self.conversation,
        )
        event = self._event(turn, more, now, purpose=tool.purpose if tool else None)
        verdict = yield from self._checked(event)
        yield from self._oblige(event, verdict, said=has_text)

    def unmask(self, text: str) -> str:
        """A text of the answer with what had been masked: escaped where the answer is JSON."""
        return self.masks.unmask(text) if self.call.plain else self.masks.unmask_json(text)

    def unmask_arguments(self, calls: Iterable[ToolCall]) -> None:
        """Put back into the arguments of tools what had been masked."""
        for item in calls:
            place = item.arguments
            held = value_of(place.holder, place.key)
            if isinstance(held, str):
                place.value = self.masks.unmask_json(held)
            else:
                self.masks.unmask_within(held)

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

    def said(self, answer: ModelAnswer, any_text: bool) -> None:
        """Keep in the conversation what has now left."""
        talk, now = self.conversation, datetime.now(UTC)
        if any_text:
            for item in (*self._before, *self._after):
                self._shown(item)
        if talk is None:
            return
        if any_text:
            talk.answered(now)
        if answer.outcome in _FAILED or (not any_text and not answer.tool_calls):
            talk.failed()

    def _shown(self, item: Disclosure) -> None:
        self.report.notices.append(item.notice)
        if (talk := self.conversation) is None:
            return
        if item.notice == "ai_disclosure":
            talk.disclosed_at = talk.disclosed_at or item.event.time
            talk.disclosure_language = item.language
        else:
            talk.notices = {**talk.notices, item.notice: item.event.time}

    # Events and verdicts.

    def _note(self, answer: ModelAnswer) -> None:
        report = self.report
        report.model = answer.model or report.model
        report.outcome = answer.outcome or report.outcome
        report.tokens = answer.tokens if answer.tokens is not None else report.tokens
        report.marking = marking(self.guard.vendor, report.model, datetime.now(UTC))

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
        self._add_soft(told, base, step, answer)
        if base.transfer is None and "transfer" not in told:
            told["transfer"] = {"leaves_organisation": True}
        if each := prepared.each[phase]:
            told[EACH] = {**each, **told.get(EACH, {})}
        text = None
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
        return StepEvent(
            id=event.id,
            step=step,
            phase=phase,
            source=event.source,
            subject=event.subject,
            time=now,
            facts=derive(facts, now, base),
            parent_decision_id=event.parent_decision_id,
            traceparent=event.traceparent,
        )

    def _add_soft(
        self, told: dict[str, Any], base: StepFacts, step: Step, answer: ModelAnswer | None
    ) -> None:
        """What is said of model and energy where nobody else says it: profile and program know better."""
        answers = self.call.answers
        soft: dict[str, dict[str, Any]] = {
            "ai": {
                "interacts_directly": True if step == "recommendation" else None,
                "model": self.call.model,
                "model_version": None if answer is None else answer.model,
                "output_type": "text" if answers else None,
                "vendor": self.call.vendor or self.guard.vendor,
            },
            "energy": {"estimate_mwh": None if answer is None else self._energy(answer.tokens)},
        }
        for name, facts in fitting(soft, step).items():
            group = getattr(base, name)
            stated = told.setdefault(name, {})
            for fact, value in facts.items():
                if value is not None and fact not in stated and getattr(group, fact, None) is None:
                    stated[fact] = value

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
            if event.phase == "requested":
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

    def _refused(self, event: StepEvent, reason: str, text: str) -> Exception:
        """Deny with a reserved reason; in monitor mode record that it would be."""
        verdict = self.gate.refuse(event, reason, text, "")
        self.report.verdicts.append(verdict)
        if not verdict.stops:
            return MonitoredError(verdict)
        return StepDenied(sentence(verdict, self.guard.name), verdict)

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


def _places(call: ModelCall) -> list[ModelCall]:
    """The call as it would reach each place that it may go to. They share its texts."""
    if not call.elsewhere:
        return [call]
    first = Place(call.model, call.host, call.region, call.vendor, call.encrypted)
    places = tuple(dict.fromkeys((first, *call.elsewhere)))
    return [
        replace(
            call,
            model=place.model,
            host=place.host,
            region=place.region,
            vendor=place.vendor,
            encrypted=place.encrypted,
            elsewhere=places,
        )
        for place in places
    ]


def _cuts(verdict: Verdict) -> list[str]:
    if not verdict.enforced:
        return []
    return list(
        dict.fromkeys(
            path for item in verdict.obligations if item.kind == "redact" for path in item.paths
        )
    )


def _after_told(talk: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    return {
        group: {name: value for name, value in facts.items() if name not in told.get(group, {})}
        for group, facts in talk.items()
    }
