"""Webhooks: each counts once, in the order in which things happened, and nothing unsigned counts."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog

from aboveboard.crm.fields import FieldMap
from aboveboard.crm.http import Refusal
from aboveboard.crm.making import EventMaker, UnmadeError
from aboveboard.crm.records import Record
from aboveboard.crm.telling import Reader, event_of
from aboveboard.errors import EventError, WebhookError
from aboveboard.facts import Step
from aboveboard.steps.telling import Options
from aboveboard.strict_json import loads
from aboveboard.suppression import SqliteStore, Suppression, SuppressionStore

if TYPE_CHECKING:
    from aboveboard.events import StepEvent
    from aboveboard.gate import Gate
    from aboveboard.verdicts import Verdict

__all__ = ["Change", "Inbox", "Received", "change_event"]

_log = structlog.get_logger("aboveboard")
MAX_BYTES = 4 << 20


@dataclass(slots=True, repr=False)
class Change:
    """One thing that happened at a vendor, from a webhook or a stream of changes.

    Attributes:
        id: the vendor's own id of it, or None when it gives none.
        at: when it happened there, UTC; None when the vendor does not say.
        kind: what happened, in the vendor's words, such as `contact.propertyChange`.
        record: whom and what it is about; its values hold the fields that changed.
        refusals: what the person refused or took back by it.
        known: False for a kind or object that the plugin does not know.
        step: the step that the change belongs to.
    """

    id: str | None
    at: datetime | None
    kind: str
    record: Record
    refusals: tuple[Refusal, ...] = ()
    known: bool = True
    step: Step = "data_collection"


def change_event(
    vendor: str,
    account: str,
    change: Change,
    fields: FieldMap,
    *,
    pseudonym: Callable[[object], str],
    read: Reader,
) -> StepEvent:
    """The standard event of a change; one that nobody knows is an event of unknown data, and logged.

    Raises:
        EventError: its facts are none of the step.
    """
    _tell_unknown(vendor, change)
    return event_of(
        change.record,
        fields,
        source=f"/{vendor}/{account}",
        pseudonym=pseudonym,
        read=read,
        step=change.step,
        time=change.at,
        id=_name(vendor, change, pseudonym),
    )


def _tell_unknown(vendor: str, change: Change) -> None:
    if not change.known:
        _log.warning(
            "webhook.unknown", vendor=vendor, kind=change.kind, object=change.record.object
        )


def _name(vendor: str, change: Change, pseudonym: Callable[[object], str]) -> str | None:
    """The change's id as an event may bear it: the vendor's own often holds a person's."""
    return None if change.id is None else f"{vendor}:{pseudonym(f'{vendor}/{change.id}')}"


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one webhook.

    Attributes:
        decided: its events with their verdicts, in the order in which they happened.
        duplicates: how many of its events had come before.
        unread: of those that no event could be made of, what was wrong; it names places, no values.
    """

    decided: tuple[tuple[StepEvent, Verdict], ...] = ()
    duplicates: int = 0
    unread: tuple[str, ...] = ()


@dataclass(slots=True)
class Inbox:
    """Takes in what a vendor's webhooks tell.

    Opt-outs and erasures are in the store before anything else is done, and count in every process
    that shares it. Without a store they count in this process alone.

    Args:
        vendor: its name.
        gate: who decides; its store is used when `store` is left out.
        fields: what the vendor's fields hold.
        account: of the vendor's, for the events' source.
        purpose: what the data is used for.
        store: where refusals and seen ids are kept.
    """

    vendor: str
    gate: Gate
    fields: FieldMap
    account: str = "app"
    purpose: str | None = None
    store: SuppressionStore | None = None
    counts: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _maker: EventMaker = field(init=False)

    def __post_init__(self) -> None:
        self.store = self.store or self.gate.store or SqliteStore(":memory:")
        if self.gate.store is None:
            self.gate.keep_refusals(self.store)  # or nothing would come of what is recorded
        options = Options(purpose=self.purpose)
        self._maker = EventMaker(self.vendor, self.account, options, self.fields)
        self._maker.prepare(self.gate, "data_collection")  # a purpose that there is not is told now

    def take(self, changes: Iterable[Change]) -> Received:
        """Take in the changes of one webhook; one that cannot be read takes none along."""
        assert self.store is not None  # noqa: S101
        now = datetime.now(UTC)
        changes = list(changes)
        duplicates = 0
        pseudonym = self.gate.pseudonym
        refused = [
            Suppression(
                pseudonym(item.identifier), item.scope, item.refused, min(change.at or now, now)
            )
            for change in changes
            for item in change.refusals
        ]
        # A refusal counts even if what comes with it cannot be read; to take it in twice is no harm.
        self.store.record(refused)
        named = [(_name(self.vendor, change, pseudonym), change) for change in changes]
        unseen = set(self.store.first_seen([name for name, _ in named if name is not None], now))
        decided: list[tuple[StepEvent, Verdict]] = []
        unread: list[str] = []
        for name, change in sorted(named, key=lambda item: item[1].at or now):
            if name is not None and name not in unseen:
                duplicates += 1
                continue
            unseen.discard(name or "")
            try:
                decided.append(self._decide(change, name, now))
            except EventError as error:  # the others must not be lost with it
                unread.append(str(error))
        with self._lock:
            self.counts["received"] += len(decided)
            self.counts["duplicates"] += duplicates
            self.counts["unread"] += len(unread)
        if unread:
            _log.warning("webhook.unread", vendor=self.vendor, changes=len(unread))
        return Received(tuple(decided), duplicates, tuple(unread))

    def read(self, body: bytes) -> Any:
        """The JSON value of a body whose sender is known.

        Raises:
            WebhookError: it is larger than 4 MiB, or no JSON that all readers agree on.
        """
        if len(body) > MAX_BYTES:
            msg = f"The webhook is larger than {MAX_BYTES >> 20} MiB, which no vendor sends."
            raise self.refused("too_large", msg)
        try:
            return loads(bytes(body).decode("utf-8-sig"))
        except ValueError:
            msg = f"The webhook of {self.vendor} is no JSON in UTF-8."
            raise self.refused("malformed", msg) from None

    def refused(self, reason: str, message: str) -> WebhookError:
        """Count a webhook that is not trusted; the error to raise."""
        with self._lock:
            self.counts[f"refused.{reason}"] += 1
        _log.warning("webhook.refused", vendor=self.vendor, reason=reason)
        return WebhookError(reason, message)

    def _decide(self, change: Change, name: str | None, now: datetime) -> tuple[StepEvent, Verdict]:
        _tell_unknown(self.vendor, change)
        at = change.at or now
        try:
            event = self._maker.make(
                self.gate, change.record, change.step, "requested", at, id=name
            )
        except UnmadeError as error:
            raise EventError(str(error)) from None
        return event, self.gate.check(event)
