"""What has to be done on the way of a call, apart from how: one course for blocking and async clients.

A course is a generator that yields effects and is sent what came of them. `drive` does them as they
come; `adrive` awaits them.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeVar

from aboveboard.ai.handing import Handover, HandoverHandler, hand_over
from aboveboard.events import StepEvent
from aboveboard.gate import Gate
from aboveboard.sinks import case_reference
from aboveboard.steps.disclosing import Disclosure, DisclosureHandler
from aboveboard.steps.marking import MarkHandler, amarked, marked
from aboveboard.steps.obligations import ObligationFailedError, ashow, show
from aboveboard.turns import turn
from aboveboard.verdicts import Verdict

__all__ = ["Check", "Course", "Effect", "HandOver", "Mark", "Pause", "Show", "adrive", "drive"]

T = TypeVar("T")


class Effect:
    """Something to do; what it gives is sent back into the course."""

    def do(self) -> Any:
        """Do it, blocking."""
        raise NotImplementedError

    async def ado(self) -> Any:
        """Do it without blocking the event loop."""
        raise NotImplementedError


Course = Generator[Effect, Any, T]


@dataclass(frozen=True, slots=True)
class Pause(Effect):
    """Let others have their turn in an event loop, before the work that an event takes."""

    def do(self) -> None:
        pass

    async def ado(self) -> None:
        await turn()


@dataclass(frozen=True, slots=True)
class Check(Effect):
    """Ask the gate; gives the verdict."""

    gate: Gate
    event: StepEvent

    def do(self) -> Verdict:
        return self.gate.check(self.event)

    async def ado(self) -> Verdict:
        return await self.gate.acheck(self.event)


@dataclass(frozen=True, slots=True)
class Show(Effect):
    """Show a notice by a handler; gives what it raised, or None."""

    notice: Disclosure
    handler: DisclosureHandler

    def do(self) -> Exception | None:
        return show(self.notice, self.handler)

    async def ado(self) -> Exception | None:
        return await ashow(self.notice, self.handler)


@dataclass(frozen=True, slots=True)
class Mark(Effect):
    """Mark what came out by a handler; gives the result, or the ObligationFailedError."""

    result: Any
    event: StepEvent
    verdict: Verdict
    handler: MarkHandler

    def do(self) -> Any:
        try:
            return marked(self.result, self.event, self.verdict, self.handler)
        except ObligationFailedError as error:
            return error

    async def ado(self) -> Any:
        try:
            return await amarked(self.result, self.event, self.verdict, self.handler)
        except ObligationFailedError as error:
            return error


@dataclass(frozen=True, slots=True)
class HandOver(Effect):
    """Bring a talk before a human; gives the case's reference, or None when nobody took it.

    A handler that fails hands it to the plugins.
    """

    gate: Gate
    handover: Handover
    handler: HandoverHandler | None

    def do(self) -> str | None:
        if self.handler is not None:
            try:
                answer = self.handler(self.handover)
                if inspect.iscoroutine(answer):
                    answer.close()
                elif (reference := case_reference(answer)) is not None:
                    return reference
            except Exception:  # noqa: S110  (its text may quote the talk; the plugins are asked)
                pass
        return hand_over(self.gate.manager, self.handover)

    async def ado(self) -> str | None:
        if self.handler is not None:
            try:
                answer = self.handler(self.handover)
                if inspect.isawaitable(answer):
                    answer = await answer
                if (reference := case_reference(answer)) is not None:
                    return reference
            except Exception:  # noqa: S110  (as above)
                pass
        return await asyncio.to_thread(hand_over, self.gate.manager, self.handover)


def drive(course: Course[T]) -> T:
    """Go through a course, blocking."""
    sent: Any = None
    while True:
        try:
            effect = course.send(sent)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        sent = effect.do()


async def adrive(course: Course[T]) -> T:
    """Go through a course, awaiting what it asks for."""
    sent: Any = None
    while True:
        try:
            effect = course.send(sent)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        sent = await effect.ado()
