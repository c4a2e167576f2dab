"""Stands between a program and its CRM: what is read is judged before the program gets it.

A plugin calls it at three moments: before a request, to leave out of it what would be cut from its
answer (`plan`); with the records of an answer, all of a page at once (`give`); with the records that
are about to be written or messages about to be sent (`write`, `send`). What it does not know how to
judge it refuses by name (`refuse`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Any, Literal, NoReturn

from aboveboard.crm.fields import FieldMap
from aboveboard.crm.making import EventMaker, UnmadeError
from aboveboard.crm.records import Record
from aboveboard.crm.telling import filled, step_of
from aboveboard.defaults import default_gate
from aboveboard.errors import ConfigurationError, EventError, StepDenied, StepEscalated
from aboveboard.events import StepEvent
from aboveboard.explain import sentence
from aboveboard.facts import Phase, Step
from aboveboard.gate import Gate
from aboveboard.steps.disclosing import DisclosureHandler
from aboveboard.steps.obligations import (
    DUTIES,
    ObligationFailedError,
    not_shown,
    queue_duties,
    show,
    worded,
)
from aboveboard.steps.telling import Options
from aboveboard.suppression import Suppression
from aboveboard.suppression.hook import known_for
from aboveboard.verdicts import Verdict

__all__ = ["Guard", "OnStopped"]

OnStopped = Literal["raise", "skip"]
"""What becomes of a page when one of its records must not be had: it is not had, or all but that one."""

# Groups of facts that a record, a look-up or the suppression store can still bring.
_OF_THE_PERSON = frozenset(
    [
        "ccpa",
        "consent",
        "contact",
        "fields",
        "notice",
        "objections",
        "registers",
        "restriction",
        "rights_requests",
        "signals",
        "soft_opt_in",
        "source",
        "subject",
        "suppression_list",
    ]
)
_PHASES: tuple[Phase, ...] = ("requested", "completed")


class Guard:
    """Judges what goes through one client of one CRM.

    Args:
        vendor: its name, such as `hubspot`; stands in events as their source.
        purpose: what the data is used for: a short name of the register or a `dpv:` id.
        fields: what the vendor's fields hold.
        gate: who decides; the default gate when left out.
        account: of the vendor's, for the events' source.
        model: whose scores are written back, when they are a model's.
        recipient: a processor of the profile.
        facts: what nobody else knows: a mapping, or a function of a `Record`, of which each step takes
            the groups that it has.
        disclose: shows a notice to the person.
        on_stopped: `raise` stops at a record that must not be had; `skip` leaves it out.
        passing: names of requests that go through unjudged, each by the name it is refused with.

    Raises:
        ConfigurationError: an argument is wrong; names it.
    """

    def __init__(
        self,
        vendor: str,
        *,
        purpose: str | None,
        fields: FieldMap,
        gate: Gate | None = None,
        account: str = "app",
        model: str | None = None,
        recipient: str | None = None,
        facts: Mapping[str, Any] | Callable[[Record], Mapping[str, Any] | None] | None = None,
        disclose: DisclosureHandler | None = None,
        on_stopped: OnStopped = "raise",
        passing: Iterable[str] = (),
    ) -> None:
        if on_stopped not in ("raise", "skip"):
            msg = f"on_stopped: expected 'raise' or 'skip'; got {on_stopped!r}."
            raise ConfigurationError(msg)
        if isinstance(passing, str):
            msg = "passing: expected a list of names, not one text."
            raise ConfigurationError(msg)
        if gate is not None and not isinstance(gate, Gate):
            msg = f"gate: expected aboveboard.Gate; got {type(gate).__name__}."
            raise ConfigurationError(msg)
        self.vendor = vendor
        self.account = account
        self.on_stopped = on_stopped
        self.passing = frozenset(passing)
        self._gate = gate
        self._options = Options(
            purpose=purpose, model=model, recipient=recipient, facts=facts, disclose=disclose
        )
        self._maker = EventMaker(vendor, account, self._options, fields)
        if gate is not None:
            self._maker.prepare(
                gate, "data_collection"
            )  # what is wrong is said here, not at a request

    @property
    def gate(self) -> Gate:
        """Who decides."""
        return self._gate or default_gate()

    @property
    def fields(self) -> FieldMap:
        """What the fields hold: as shipped, and over that what the setting `fields` says."""
        return self._maker.fields(self.gate)

    def learn(self, described_by_vendor: FieldMap) -> None:
        """Take in what the vendor says of its own fields; settings and shipped kinds go before."""
        self._maker.learn(described_by_vendor)

    def event(
        self,
        record: Record,
        step: Step = "data_collection",
        *,
        time: datetime | None = None,
        id: str | None = None,  # noqa: A002  (the attribute's name)
    ) -> StepEvent:
        """The event of a record, with what register and profile say of the purpose.

        Args:
            record: the record.
            step: one of the four steps.
            time: when it happened, UTC; now when left out.
            id: of the event; a new one when left out.

        Raises:
            EventError: its facts cannot stand; the text names places and no values.
        """
        now = time or datetime.now(UTC)
        try:
            return self._maker.make(self.gate, record, step, "requested", now, id=id)
        except UnmadeError as error:
            raise EventError(str(error)) from None

    def plan(
        self, object_name: str, names: Iterable[str], step: Step = "data_collection"
    ) -> frozenset[str]:
        """The fields that must not be asked for at all.

        What the register and the profile alone make certain stops the request here, before anything
        is fetched. What depends on the person is judged when the records are there.

        Args:
            object_name: what is asked for, such as `contacts`.
            names: the fields that are asked for.
            step: what they are asked for.

        Raises:
            StepDenied, StepEscalated: the request must not be made.
        """
        gate = self.gate
        names = list(dict.fromkeys(names))
        asked = Record(object_name, None, dict.fromkeys(names, True), lambda _: None)
        event = self._event(gate, asked, step, "requested", datetime.now(UTC), read=False)
        verdict = gate.preview(event)
        if not verdict.enforced:
            return frozenset()
        if verdict.effect != "allow" and self._certain(verdict):
            self._admit(gate, gate.check(event), event)
        return frozenset(verdict.cuts()).intersection(names)

    def give(self, records: Sequence[Record], on_stopped: OnStopped | None = None) -> list[Record]:
        """Judge what was read; cut from the records what must not be had.

        Args:
            records: of one page; changed in place.
            on_stopped: as of the guard, for this page.

        Returns:
            The records that must not be had, with `on_stopped="skip"`.

        Raises:
            StepDenied, StepEscalated: with `on_stopped="raise"`, at the first of them.
        """
        gate = self.gate
        now = datetime.now(UTC)
        stopped: list[Record] = []
        with self._asked(gate, records):
            for record in records:
                try:
                    self._judge(gate, record, "data_collection", ("requested",), now)
                except (StepDenied, StepEscalated):
                    if (on_stopped or self.on_stopped) == "raise":
                        raise
                    stopped.append(record)
        return stopped

    def write(self, records: Sequence[Record], step: Step | None = None) -> None:
        """Judge what is about to be written, before it leaves; cut what must not be written.

        Scores and segments are a profiling step, what is decided of a person a decision, the rest is
        data collection: the kinds of the fields say which.

        Raises:
            StepDenied, StepEscalated: nothing of it may be written.
        """
        gate = self.gate
        now = datetime.now(UTC)
        with self._asked(gate, records):
            for record in records:
                self._write(gate, record, step, now)

    def _write(self, gate: Gate, record: Record, step: Step | None, now: datetime) -> None:
        names = filled(record)
        found = step or step_of(record.object, names, self.fields)
        phases = _PHASES if found != "data_collection" else _PHASES[:1]
        self._judge(gate, record, found, phases, now)
        if names and not filled(record):
            what = Record(record.object, record.subject, {}, lambda _: None)
            event = self._event(gate, what, found, "requested", now, read=False)
            text = f"All that would be written must be cut: {', '.join(sorted(names))}."
            self._failed(gate, event, ObligationFailedError(text))

    def send(self, records: Sequence[Record]) -> None:
        """Judge messages that are about to be sent, one record for each recipient.

        Raises:
            StepDenied, StepEscalated: they must not be sent.
        """
        self.write(records, "recommendation")

    def refuse(self, name: str, why: str = "") -> None:
        """Refuse a request that nobody governs, unless `passing` names it.

        Raises:
            StepDenied: its finding bears the reserved reason `runtime.not_governed`.
        """
        if name in self.passing:
            return
        gate = self.gate
        nothing = Record("", None, {}, lambda _: None)
        event = self._event(gate, nothing, "data_collection", "requested", datetime.now(UTC))
        message = why or f"'{name}' of {self.vendor} is not governed: nobody judges what it moves."
        verdict = gate.refuse(
            event,
            "runtime.not_governed",
            message,
            f"Use a governed call, or let it through by name: passing={[name]!r}.",
        )
        self._admit(gate, verdict, event)

    def _event(
        self,
        gate: Gate,
        record: Record,
        step: Step,
        phase: Phase,
        now: datetime,
        *,
        read: bool = True,
    ) -> StepEvent:
        try:
            return self._maker.make(gate, record, step, phase, now, read=read)
        except UnmadeError as error:
            self._refused(gate, error.event, error.reason, str(error))

    def _refused(self, gate: Gate, event: StepEvent, reason: str, text: str) -> NoReturn:
        verdict = gate.refuse(event, reason, text, "Correct the source of these facts.")
        raise StepDenied(sentence(verdict, self._name(event)), verdict) from None

    def _judge(
        self, gate: Gate, record: Record, step: Step, phases: Sequence[Phase], now: datetime
    ) -> None:
        for phase in phases:
            event = self._event(gate, record, step, phase, now)
            verdict = gate.check(event)
            if not verdict.enforced:
                continue
            self._admit(gate, verdict, event)
            cuts = verdict.cuts()
            if cuts:
                kept = {name: value for name, value in record.values.items() if name not in cuts}
                for name in cuts:
                    record.remove(name)
                record.values = kept

    def _admit(self, gate: Gate, verdict: Verdict, event: StepEvent) -> None:
        if not verdict.enforced:
            return
        try:
            queue_duties(gate, event, verdict)
            if verdict.effect == "allow":
                self._oblige(gate, verdict, event)
        except ObligationFailedError as failed:
            self._failed(gate, event, failed)
        if verdict.effect != "allow":
            gate.request_review(event, verdict)
            kind = StepEscalated if verdict.effect == "escalate" else StepDenied
            raise kind(sentence(verdict, self._name(event)), verdict)

    def _oblige(self, gate: Gate, verdict: Verdict, event: StepEvent) -> None:
        """Do what is demanded, but for cutting: whoever has the record does that."""
        for obligation in verdict.obligations:
            if obligation.kind == "redact" or obligation.kind in DUTIES:
                continue
            if obligation.kind != "disclose":
                msg = (
                    f"Rule {obligation.rule} demands '{obligation.kind}', which the plugin of "
                    f"{self.vendor} cannot do."
                )
                raise ObligationFailedError(msg)
            handler = self._options.disclose or gate.disclose
            item = worded(obligation, event, gate, handler)
            if (error := show(item, handler)) is not None:
                raise not_shown(item, error)

    def _failed(self, gate: Gate, event: StepEvent, error: ObligationFailedError) -> NoReturn:
        verdict = gate.refuse(event, "runtime.obligation_failed", str(error), "")
        raise StepDenied(sentence(verdict, self._name(event)), verdict) from None

    def _asked(self, gate: Gate, records: Sequence[Record]) -> AbstractContextManager[None]:
        """Ask the store about all people of a page at once.

        An opt-out of an address, and its end, count for the person whose address it is.
        """
        if gate.store is None:
            return nullcontext()
        people: set[str] = set()
        owners: dict[str, set[str]] = {}  # several may share an address
        for record in records:
            if record.subject is not None:
                own = gate.pseudonym(record.subject)
                people.add(own)
                for identifier in record.also:
                    owners.setdefault(gate.pseudonym(identifier), set()).add(own)
        try:
            if owners:
                found = gate.store.of(owners, lifted=True)
                gate.store.record(
                    Suppression(owner, entry.scope, entry.refused, entry.at)
                    for address, entries in found.items()
                    for owner in owners[address]
                    for entry in entries
                )
            return known_for(people, gate.store.of(people))
        except Exception as error:
            text = f"The suppression store could not be asked ({type(error).__name__})."
            event = self._event(
                gate, records[0], "data_collection", "requested", datetime.now(UTC), read=False
            )
            self._refused(gate, event, "runtime.facts_failed", text)

    def _certain(self, verdict: Verdict) -> bool:
        """Whether nothing that a record could bring would change the answer."""
        stopping = verdict.stopping()
        if any(finding.rule.startswith("runtime.") for finding in stopping):
            return True
        if callable(self._options.facts):
            return False
        return any(
            finding.facts
            and _OF_THE_PERSON.isdisjoint(
                path.partition(".")[0].removesuffix("[]") for path in finding.facts
            )
            for finding in stopping
        )

    def _name(self, event: StepEvent) -> str:
        return f"{self.vendor}, {self._options.purpose or event.step}"
