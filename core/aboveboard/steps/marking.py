"""Mark what a machine made: what a `mark` obligation demands."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aboveboard.steps.obligations import ObligationFailedError

if TYPE_CHECKING:
    from aboveboard.events import StepEvent
    from aboveboard.verdicts import Obligation, Verdict

__all__ = ["MarkHandler", "amarked", "can_mark", "marked"]

MarkHandler = Callable[[Any, "StepEvent"], Any]
"""Takes what came out and its event; gives back the same, marked as made by AI so that machines can
tell (a watermark, signed metadata). It raises when it could not: the result is then withheld."""


def can_mark(obligation: Obligation, event: StepEvent, handler: MarkHandler | None) -> None:
    """Make sure that an obligation can be done, before anything is.

    Raises:
        ObligationFailedError: nothing marks, or nothing is there yet to be marked.
    """
    if event.phase != "completed":
        msg = f"Rule {obligation.rule} demands a mark before there is anything to mark."
        raise ObligationFailedError(msg)
    if handler is None:
        msg = (
            "What came out has to be marked as made by AI and nothing marks it. Give the step or "
            "the gate a 'mark' handler, or state the fact ai.output_marked."
        )
        raise ObligationFailedError(msg)


def marked(result: Any, event: StepEvent, verdict: Verdict, handler: MarkHandler | None) -> Any:
    """The result, marked where the verdict demands it.

    Raises:
        ObligationFailedError: the handler failed.
    """
    if not _demanded(verdict):
        return result
    assert handler is not None  # noqa: S101  (can_mark saw to it)
    try:
        answer = handler(result, event)
    except Exception as error:
        raise _failed(error) from None
    if inspect.isawaitable(answer):
        if inspect.iscoroutine(answer):
            answer.close()
        raise _failed(TypeError()) from None
    return _given(answer, result)


async def amarked(
    result: Any, event: StepEvent, verdict: Verdict, handler: MarkHandler | None
) -> Any:
    """`marked` for a coroutine function, whose handler may be one too."""
    if not _demanded(verdict):
        return result
    assert handler is not None  # noqa: S101
    try:
        answer = handler(result, event)
        if inspect.isawaitable(answer):
            answer = await answer
    except Exception as error:
        raise _failed(error) from None
    return _given(answer, result)


def _demanded(verdict: Verdict) -> bool:
    return verdict.enforced and any(item.kind == "mark" for item in verdict.obligations)


def _given(answer: Any, result: Any) -> Any:
    if answer is None and result is not None:  # it forgot to return what it marked
        raise _failed(TypeError())
    return answer


def _failed(error: Exception) -> ObligationFailedError:
    """The handler's text may quote the result; its type may not."""
    return ObligationFailedError(
        f"What came out could not be marked: the 'mark' handler failed with {type(error).__name__}."
    )
