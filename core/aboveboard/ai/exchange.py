"""One call of a model on its way: judged before it leaves, and what comes back before it is shown."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from aboveboard.ai.calls import ModelAnswer, ModelCall, Place, StreamReader, ToolCall
from aboveboard.ai.duties import Duties
from aboveboard.ai.effects import Course, Pause, adrive, drive
from aboveboard.ai.marking import marking
from aboveboard.ai.streaming import Flow
from aboveboard.ai.telling import (
    ReadText,
    answer_facts,
    decision_facts,
    tool_facts,
)
from aboveboard.ai.texts import value_of
from aboveboard.ai.turn import Turn
from aboveboard.detecting import Detection
from aboveboard.errors import StepStopped
from aboveboard.events import StepEvent
from aboveboard.facts import Step
from aboveboard.facts.merging import merge
from aboveboard.steps.obligations import (
    ObligationFailedError,
)
from aboveboard.steps.telling import MonitoredError
from aboveboard.verdicts import Verdict

if TYPE_CHECKING:
    pass

__all__ = ["GovernedCall"]

R = TypeVar("R")
_FAILED = ("failed", "filtered", "personal_data", "prompt_blocked", "recitation", "refused")


class GovernedCall(Duties):
    """One call. It may `end` once, or have one `flow`, or be given up by `abandon`.

    Args:
        guard: of the client.
        call: what is about to leave.
    """

    # Before it leaves.

    def beginning(self) -> Course[None]:
        """Judge what would leave; mask what must not."""
        yield Pause()
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
        yield Pause()
        event = self._requested(step)
        verdict = yield from self._checked(event)
        cuts = verdict.cuts()
        if cuts:
            try:
                self._mask(cuts)
            except ObligationFailedError as failed:
                raise self._failed(event, failed) from None
            event = self._requested(step)
            verdict = yield from self._checked(event)
            if left := verdict.cuts():
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
            yield Pause()
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
        yield Pause()
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

    def unmask_arguments(self, calls: Iterable[ToolCall]) -> None:
        """Put back into the arguments of tools what had been masked."""
        for item in calls:
            place = item.arguments
            held = value_of(place.holder, place.key)
            if isinstance(held, str):
                place.value = self.masks.unmask_json(held)
            else:
                self.masks.unmask_within(held)

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

    def _note(self, answer: ModelAnswer) -> None:
        report = self.report
        report.model = answer.model or report.model
        report.outcome = answer.outcome or report.outcome
        report.tokens = answer.tokens if answer.tokens is not None else report.tokens
        report.marking = marking(self.guard.vendor, report.model, datetime.now(UTC))


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
