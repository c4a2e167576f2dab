"""Do what a verdict demands, or say why it cannot be done."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from aboveboard.steps.disclosing import Disclosure, DisclosureHandler, disclosure, spoken
from aboveboard.verdicts import Obligation

if TYPE_CHECKING:
    from aboveboard.events import StepEvent
    from aboveboard.gate import Gate

__all__ = ["ObligationFailedError", "ashow", "not_shown", "show", "unknown_kind", "worded"]

_KINDS = ("disclose", "mark", "redact")


class ObligationFailedError(Exception):
    """An obligation cannot be done; the text says which, why, and the way out."""


def unknown_kind(obligation: Obligation) -> ObligationFailedError:
    """A policy demands what steps do not know how to do."""
    return ObligationFailedError(
        f"Rule {obligation.rule} demands '{obligation.kind}', which a step cannot do; "
        f"there are {', '.join(_KINDS)}."
    )


def worded(
    obligation: Obligation, event: StepEvent, gate: Gate, handler: DisclosureHandler | None
) -> Disclosure:
    """The notice to show, in the person's language.

    Raises:
        ObligationFailedError: nobody has worded it, or nothing would show it.
    """
    found = disclosure(
        obligation.notice or "", obligation.rule, event, gate.organisation, gate.settings.language
    )
    if found is None:
        msg = (
            f"Nobody has worded the notice '{obligation.notice}'. Give its texts in the "
            "organisation's notices."
        )
        raise ObligationFailedError(msg)
    wanted = spoken(event)
    if wanted is not None and _base(wanted) != _base(found.language):
        msg = (
            f"The notice '{found.notice}' has no text in '{wanted}', the person's language. Add "
            "it to the organisation's notices."
        )
        raise ObligationFailedError(msg)
    if (handler or gate.disclose) is None:
        msg = (
            f"The notice '{found.notice}' has to be shown and nothing shows it. Give the step or "
            "the gate a 'disclose' handler, or state the fact that it was shown."
        )
        raise ObligationFailedError(msg)
    return found


def _base(language: str) -> str:
    return language.split("-", maxsplit=1)[0].lower()


def show(item: Disclosure, handler: DisclosureHandler | None) -> Exception | None:
    """Call the handler; what it raised, or None when the notice was shown."""
    assert handler is not None  # noqa: S101  (worded saw to it)
    try:
        answer = handler(item)
    except Exception as error:
        return error
    if inspect.isawaitable(answer):
        if inspect.iscoroutine(answer):
            answer.close()
        return TypeError("an asynchronous handler on a synchronous step")
    return None


async def ashow(item: Disclosure, handler: DisclosureHandler | None) -> Exception | None:
    """`show` for a coroutine function, whose handler may be one too."""
    assert handler is not None  # noqa: S101
    try:
        answer = handler(item)
        if inspect.isawaitable(answer):
            await answer
    except Exception as error:
        return error
    return None


def not_shown(item: Disclosure, error: Exception) -> ObligationFailedError:
    """The handler failed. Its text may quote the person; its type may not."""
    return ObligationFailedError(
        f"The notice '{item.notice}' could not be shown: its handler failed with "
        f"{type(error).__name__}."
    )
