"""Do what a verdict demands, or say why it cannot be done."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from aboveboard.steps.disclosing import Disclosure, DisclosureHandler, disclosure, spoken
from aboveboard.verdicts import Obligation, Verdict

if TYPE_CHECKING:
    from aboveboard.events import StepEvent
    from aboveboard.gate import Gate

__all__ = [
    "DUTIES",
    "ObligationFailedError",
    "ashow",
    "not_shown",
    "queue_duties",
    "show",
    "unknown_kind",
    "worded",
]

DUTIES = ("erase", "notify")
"""What outlasts a step: it waits in the suppression store until somebody has done it."""
_KINDS = ("disclose", "mark", "redact", *DUTIES)


class ObligationFailedError(Exception):
    """An obligation cannot be done; the text says which, why, and the way out."""


def unknown_kind(obligation: Obligation) -> ObligationFailedError:
    """A policy demands what steps do not know how to do."""
    return ObligationFailedError(
        f"Rule {obligation.rule} demands '{obligation.kind}', which a step cannot do; "
        f"there are {', '.join(_KINDS)}."
    )


def queue_duties(gate: Gate, event: StepEvent, verdict: Verdict) -> None:
    """Put into the suppression store what somebody has to do, whether or not the step goes on.

    Raises:
        ObligationFailedError: the step would go on, and nothing keeps the duty. Where it is stopped as
            it is, that stands already.
    """
    for obligation in verdict.obligations:
        if obligation.kind not in DUTIES:
            continue
        try:
            if gate.store is None or event.subject is None:
                what = "no suppression store" if gate.store is None else "nobody that it is about"
                msg = (
                    f"Rule {obligation.rule} demands '{obligation.kind}', and there is {what}. Set "
                    "suppression_store, and name the person whom the step is about."
                )
                raise ObligationFailedError(msg)
            gate.store.demand(
                obligation.kind, event.subject, obligation.rule, obligation.paths, event.time
            )
        except Exception as error:
            if verdict.effect != "allow":
                continue
            if isinstance(error, ObligationFailedError):
                raise
            msg = f"A duty of rule {obligation.rule} could not be kept ({type(error).__name__})."
            raise ObligationFailedError(msg) from None


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
