"""Stands between a program and its CRM: what is read is judged before the program gets it.

A plugin calls it at three moments: before a request, to leave out of it what would be cut from its
answer (`plan`); with the records of an answer, all of a page at once (`give`); with the records that
are about to be written or messages about to be sent (`write`, `send`). What it does not know how to
judge it refuses by name (`refuse`).
"""

from __future__ import annotations

import uuid
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal, NoReturn

from pydantic import ValidationError

from aboveboard.crm.fields import FieldKind, FieldMap
from aboveboard.crm.records import Record
from aboveboard.crm.telling import (
    described,
    filled,
    fitting,
    of_step,
    personal,
    read_text,
    step_of,
)
from aboveboard.crm.values import join_facts
from aboveboard.defaults import default_gate
from aboveboard.errors import ConfigurationError, StepDenied, StepEscalated
from aboveboard.events import StepEvent, fact_message
from aboveboard.explain import sentence
from aboveboard.facts import DataField, Phase, Step, derive
from aboveboard.facts.derived import ages
from aboveboard.facts.merging import EACH, as_mapping, fill, merge, said_of_each
from aboveboard.gate import Gate
from aboveboard.nesting import parent_decision_id, traceparent
from aboveboard.steps.disclosing import DisclosureHandler
from aboveboard.steps.obligations import (
    DUTIES,
    ObligationFailedError,
    not_shown,
    queue_duties,
    show,
    worded,
)
from aboveboard.steps.prepared import Prepared, static_facts
from aboveboard.steps.telling import Options
from aboveboard.suppression import Suppression
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
# Records of what a person said: one place may know of some and another of others, so they add up.
_KEPT_IN_PLACES = ("consent", "rights_requests")
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
        self._shipped = fields
        self._mapped: weakref.WeakKeyDictionary[Gate, FieldMap] = weakref.WeakKeyDictionary()
        self._kept: weakref.WeakKeyDictionary[Gate, dict[Any, Any]] = weakref.WeakKeyDictionary()
        if gate is not None:
            self._prepared(gate, "data_collection")  # what is wrong is said here, not at a request

    @property
    def gate(self) -> Gate:
        """Who decides."""
        return self._gate or default_gate()

    @property
    def fields(self) -> FieldMap:
        """What the fields hold: as shipped, and over that what the setting `fields` says."""
        gate = self.gate
        found = self._mapped.get(gate)
        if found is None:
            own = {
                name.partition("/")[2]: kinds
                for name, kinds in gate.settings.fields.items()
                if name.partition("/")[0] == self.vendor
            }
            where = f"Setting 'fields' of {self.vendor}"
            found = self._mapped[gate] = FieldMap.of(own, where).over(self._shipped)
        return found

    def learn(self, described_by_vendor: FieldMap) -> None:
        """Take in what the vendor says of its own fields; settings and shipped kinds go before."""
        self._shipped = self._shipped.over(described_by_vendor)
        self._mapped.clear()
        self._kept.clear()

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
        return frozenset(_cuts(verdict)).intersection(names)

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
        self._carry_over(gate, records)
        stopped: list[Record] = []
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
        self._carry_over(gate, records)
        for record in records:
            names = filled(record)
            found = step or step_of(record.object, names, self.fields)
            phases = _PHASES if found != "data_collection" else _PHASES[:1]
            self._judge(gate, record, found, phases, now)

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

    def _prepared(self, gate: Gate, step: Step) -> tuple[Prepared, dict[Any, DataField]]:
        """What no record changes, and the fields as far as their kind says it."""
        kept = self._kept.setdefault(gate, {})
        found = kept.get(step)
        if found is None or found[0].organisation is not gate.organisation:
            options = self._options
            if isinstance(options.facts, Mapping):
                options = replace(options, facts=of_step(as_mapping(options.facts), step))
            stated = gate.facts(
                step, purpose=options.purpose, model=options.model, recipient=options.recipient
            )
            static = {
                phase: static_facts(step, phase, self.vendor, stated, options) for phase in _PHASES
            }
            prepared = Prepared(
                organisation=gate.organisation,
                facts={phase: facts for phase, (facts, _) in static.items()},
                source=f"/{self.vendor}/{self.account}",
                opening_hours=step in ("recommendation", "decision")
                and gate.organisation.opening_hours is not None,
                each={phase: each for phase, (_, each) in static.items()},
            )
            found = kept[step] = (prepared, {})
        return found

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
        prepared, _ = self._prepared(gate, step)
        event = StepEvent(
            id=str(uuid.uuid4()),
            step=step,
            phase=phase,
            source=prepared.source,
            subject=None if record.subject is None else gate.pseudonym(record.subject),
            time=now,
            facts=prepared.at(phase, now),
            parent_decision_id=parent_decision_id(),
            traceparent=traceparent(),
        )
        more = self._facts(gate, event, record)
        try:
            each = more.pop(EACH, None)
            said = {} if each is None else said_of_each(event.facts, each)
            fields = tuple(
                self._field(gate, event, record, name, found, said=said, read=read)
                for name, found in personal(record, self.fields).items()
            )
            facts, conflicts = fill(event.facts.model_copy(update={"fields": fields}), more)
        except ValidationError as error:
            self._refused(gate, event, "runtime.facts_failed", fact_message(step, error))
        if conflicts:
            text = f"The record contradicts an earlier source on {', '.join(conflicts)}."
            self._refused(gate, event, "runtime.facts_conflict", text)
        return StepEvent(
            id=event.id,
            step=step,
            phase=phase,
            source=event.source,
            subject=event.subject,
            time=now,
            facts=derive(facts, now),
            parent_decision_id=event.parent_decision_id,
            traceparent=event.traceparent,
        )

    def _field(
        self,
        gate: Gate,
        event: StepEvent,
        record: Record,
        name: str,
        found: tuple[Any, FieldKind],
        *,
        said: dict[str, Any],
        read: bool,
    ) -> DataField:
        """One field: what its kind says, then what is said of each, then what the record knows.

        It is copied once, with its ages: a page has a thousand of them.
        """
        prepared, known = self._prepared(gate, event.step)
        value, kind = found
        key = (event.phase, record.object, name)
        fact = known.get(key)
        if fact is None:
            stated = {**prepared.each[event.phase], **described(name, kind)}
            if event.step != "data_collection" and kind.source in ("inferred", "derived"):
                stated["target_system"] = self.vendor
            fact = known[key] = DataField.model_validate(stated)
        stands = fact.__dict__
        more = {key: item for key, item in said.items() if stands[key] is None}
        if record.collected_at is not None and stands["collected_at"] is None:
            more.setdefault("collected_at", record.collected_at)
        if record.active_at is not None and stands["last_activity_at"] is None:
            more.setdefault("last_activity_at", record.active_at)
        if read and (text := read_text(kind, value, gate.detect)):
            told = DataField.model_validate({"name": name, **text})
            more.update({name: getattr(told, name) for name in text})
        more.update(ages(DataField, {**stands, **more}, event.time))
        return fact.model_copy(update=more) if more else fact

    def _facts(self, gate: Gate, event: StepEvent, record: Record) -> dict[str, Any]:
        """What the record says, and what the program's own function adds."""
        more = fitting(record.facts, event.step)
        stated = event.facts.processing
        if stated is not None and stated.legal_basis is not None and "processing" in more:
            # The register says on what basis this purpose rests; the CRM speaks of all purposes.
            more["processing"] = {
                name: value for name, value in more["processing"].items() if name != "legal_basis"
            }
        tell = self._options.facts
        if not callable(tell):
            return more
        try:
            told = tell(record)
            added = {} if told is None else of_step(as_mapping(told), event.step)
        except Exception as error:
            text = f"The facts function of {self.vendor} failed with {type(error).__name__}."
            self._refused(gate, event, "runtime.facts_failed", text)
        for name in _KEPT_IN_PLACES:
            if isinstance(added.get(name), list) and isinstance(more.get(name), list):
                more[name] = added[name] = join_facts({name: more[name]}, {name: added[name]})[name]
        conflicts = merge(added, more)
        if conflicts:
            text = f"The facts function contradicts the record on {', '.join(conflicts)}."
            self._refused(gate, event, "runtime.facts_conflict", text)
        return added

    def _refused(self, gate: Gate, event: StepEvent, reason: str, text: str) -> NoReturn:
        verdict = gate.refuse(event, reason, text, "Correct the source of these facts.")
        raise StepDenied(sentence(verdict, self._name(event)), verdict)

    def _judge(
        self, gate: Gate, record: Record, step: Step, phases: Sequence[Phase], now: datetime
    ) -> None:
        for phase in phases:
            event = self._event(gate, record, step, phase, now)
            verdict = gate.check(event)
            if not verdict.enforced:
                continue
            self._admit(gate, verdict, event)
            cuts = _cuts(verdict)
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

    def _carry_over(self, gate: Gate, records: Sequence[Record]) -> None:
        """An opt-out of an address counts for the person whose address it is."""
        if gate.store is None:
            return
        owners = {
            gate.pseudonym(identifier): gate.pseudonym(record.subject)
            for record in records
            if record.subject is not None
            for identifier in record.also
        }
        if not owners:
            return
        try:
            found = gate.store.of(owners)
            gate.store.record(
                Suppression(owners[address], entry.scope, entry.refused, entry.at)
                for address, entries in found.items()
                for entry in entries
            )
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


def _cuts(verdict: Verdict) -> list[str]:
    return [
        path
        for obligation in verdict.obligations
        if obligation.kind == "redact"
        for path in obligation.paths
    ]
