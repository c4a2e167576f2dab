"""What the store knows, on the way of every decision: facts that are unknown, and a stop.

A gate whose settings name a store registers this plugin by itself. Where another source says that the
person has not objected and the store says otherwise, the store's refusal stops the step: whoever wrote
the other source did not know yet.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from aboveboard.events import StepEvent
from aboveboard.markers import hookimpl
from aboveboard.suppression.store import Suppression, SuppressionStore
from aboveboard.verdicts import Finding

__all__ = ["SuppressionHook", "known_for", "refusals_as_facts", "standing"]

RULE = "SUPPRESSED"
_MARKETING = ("automated_call", "chat", "email", "phone", "post", "push", "sms", "voice", "web")


_page: ContextVar[tuple[frozenset[str], Mapping[str, tuple[Suppression, ...]]] | None]
_page = ContextVar("aboveboard_suppression_page", default=None)


@contextmanager
def known_for(
    people: Iterable[str], refusals: Mapping[str, tuple[Suppression, ...]]
) -> Iterator[None]:
    """Decisions within the block ask no more about the people of a page, who were asked about at once."""
    token = _page.set((frozenset(people), refusals))
    try:
        yield
    finally:
        _page.reset(token)


class SuppressionHook:
    """The hooks of a store."""

    def __init__(self, store: SuppressionStore) -> None:
        self._store = store
        self._asked = threading.local()

    @hookimpl
    def aboveboard_facts(self, event: StepEvent) -> dict[str, Any] | None:
        """Facts that are unknown so far."""
        if event.subject is None:
            return None
        found = self._found(event.subject)
        self._asked.last = (event.id, found)
        return refusals_as_facts(event, found) or None

    @hookimpl
    def aboveboard_data_collection(self, event: StepEvent) -> list[Finding]:
        """Stop what was refused."""
        return self._stop(event)

    @hookimpl
    def aboveboard_profiling(self, event: StepEvent) -> list[Finding]:
        """Stop what was refused."""
        return self._stop(event)

    @hookimpl
    def aboveboard_recommendation(self, event: StepEvent) -> list[Finding]:
        """Stop what was refused."""
        return self._stop(event)

    @hookimpl
    def aboveboard_decision(self, event: StepEvent) -> list[Finding]:
        """Stop what was refused."""
        return self._stop(event)

    def _found(self, subject: str) -> tuple[Suppression, ...]:
        page = _page.get()
        if page is not None and subject in page[0]:
            return page[1].get(subject, ())
        return self._store.of([subject]).get(subject, ())

    def _stop(self, event: StepEvent) -> list[Finding]:
        if event.subject is None:
            return []
        # The facts hook has just asked for this very decision.
        asked, found = getattr(self._asked, "last", (None, ()))
        self._asked.last = (None, ())
        if asked != event.id:
            found = self._found(event.subject)
        entry = standing(event, found)
        if entry is None:
            return []
        words, law = _SAID[entry.scope if entry.scope in _SAID else "any"]
        return [
            Finding(
                rule=RULE,
                effect="deny",
                message=f"The suppression store holds that this person {words}.",
                law=law,
                remedy="Leave the person alone, or record in the store that it was taken back.",
                facts=("subject",),
            )
        ]


_SAID = {
    "erasure": ("asked for erasure", "GDPR Art. 17"),
    "processing": ("objected to processing", "GDPR Art. 21(1)"),
    "profiling": ("objected to profiling", "GDPR Art. 21(1)"),
    "any": ("refused marketing over this channel", "GDPR Art. 21(2)-(3)"),
}


def standing(event: StepEvent, entries: tuple[Suppression, ...]) -> Suppression | None:
    """The refusal that stops this very step, or None."""
    held: dict[str, Suppression] = {entry.scope: entry for entry in entries}
    for scope in ("erasure", "processing"):
        if scope in held:
            return held[scope]
    if event.step in ("profiling", "decision"):
        return held.get("profiling")
    if event.step != "recommendation":
        return None
    contact = event.facts.contact
    channel = contact.channel if contact else None
    if channel is not None:
        return held.get("any") or held.get(channel)
    return next((held[scope] for scope in ("any", *_MARKETING) if scope in held), None)


def refusals_as_facts(event: StepEvent, entries: tuple[Suppression, ...]) -> dict[str, Any]:
    """Facts of a person's refusals, as far as the event does not know them yet.

    Args:
        event: the facts so far.
        entries: of the store; none is a finding too: the person is not on the list.
    """
    held: dict[str, Suppression] = {entry.scope: entry for entry in entries}
    facts: dict[str, Any] = {}
    known = event.facts
    if event.step == "recommendation" and getattr(known, "suppression_list", None) is None:
        hit = standing(event, entries) is not None
        facts["suppression_list"] = {"hit": hit, "checked_at": event.time}
    objections = getattr(known, "objections", None)
    if event.step != "data_collection":
        stated: dict[str, Any] = {}
        for name, scope in (("direct_marketing", "any"), ("profiling", "profiling")):
            entry = held.get(scope) or held.get("processing")
            if entry is not None and (objections is None or getattr(objections, name) is None):
                stated[name] = True
                if objections is None or objections.at is None:
                    stated["at"] = max(entry.at, stated.get("at", entry.at))
        if stated:
            facts["objections"] = stated
    if known.rights_requests is None and "erasure" in held:
        erasure = {"type": "erasure", "status": "open", "received_at": held["erasure"].at}
        facts["rights_requests"] = [erasure]
    return facts
