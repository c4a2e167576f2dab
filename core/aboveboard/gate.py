"""The gate: an event goes in, a verdict comes out. No answer means deny.

    gate = Gate()
    verdict = gate.check(event)            # or: await gate.acheck(event)

A gate may be shared by threads and event loops. It pickles its settings, never secrets or engines;
the copy acquires its own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aboveboard.active import ACTIVE
from aboveboard.concluding import conclude
from aboveboard.consulting import Consultation
from aboveboard.errors import ConfigurationError, EngineError, EventError
from aboveboard.events import StepEvent
from aboveboard.facts import Phase, Step
from aboveboard.inputs import with_inputs_hash
from aboveboard.manager import PluginManager
from aboveboard.modes import Modes
from aboveboard.nesting import parent_decision_id, traceparent
from aboveboard.organisation import Organisation, facts_for, load_organisation, starter
from aboveboard.organisation.completing import complete_event, logged
from aboveboard.outcome import Outcome, internal_error
from aboveboard.policy.engine import PolicyEngine
from aboveboard.policy.making import make_engine, policy_directories
from aboveboard.policy.reloading import Sources, Watcher
from aboveboard.pseudonyms import Pseudonymiser
from aboveboard.records.recorder import Recorder, RecordingStatus
from aboveboard.revisions import ExpectedRevisions
from aboveboard.scanning import Scanner
from aboveboard.sinks import Sinks, SinkStatus
from aboveboard.status import GateStatus, aengine_health, engine_health, gate_status
from aboveboard.suppression.making import suppression_store
from aboveboard.turns import turn
from aboveboard.verdicts import Verdict

if TYPE_CHECKING:
    from aboveboard.detecting import Detection
    from aboveboard.settings import Settings
    from aboveboard.suppression.store import SuppressionStore

__all__ = ["Gate"]

_Added = tuple[object, str | None, bool]
"""A plugin that was registered later, the name that it goes by, and whether it is inline."""


class Gate:
    """Decides on events.

    Args:
        settings: as loaded; read from environment and project file when left out.
        organisation: register and profile, or the path of their YAML; the settings' one, or the
            starter register, when left out.
        policies: directories of the organisation's policies; the settings' ones when left out.
        engine: an engine of one's own; made from the settings when left out.
        plugins: objects or modules with hook implementations, in addition to the installed ones.
        disclose: shows a notice to the person, for steps that name no handler of their own; takes
            an `aboveboard.Disclosure`, raises when it could not.
        mark: marks what came out as made by AI, for steps that name no handler of their own; takes
            the result and its event, gives the result back, raises when it could not.
        store: a suppression store of one's own; the one that the settings name when left out.

    Raises:
        ConfigurationError: settings, organisation, policies or a named plugin are wrong.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        organisation: Organisation | Path | str | None = None,
        policies: Sequence[Path | str] | None = None,
        engine: PolicyEngine | None = None,
        plugins: Iterable[object] = (),
        disclose: Callable[[Any], Any] | None = None,
        mark: Callable[[Any, StepEvent], Any] | None = None,
        store: SuppressionStore | None = None,
    ) -> None:
        from aboveboard.settings import Settings

        if settings is None:
            settings = Settings.load()
        elif not isinstance(settings, Settings):
            msg = f"settings: expected aboveboard.Settings; got {type(settings).__name__}."
            raise ConfigurationError(msg)
        if isinstance(engine, str):
            msg = "engine: expected an engine; one of ours is named in the settings' 'engine'."
            raise ConfigurationError(msg)
        self.settings = settings
        plugins = tuple(plugins)
        self._given: dict[str, Any] = {
            "organisation": organisation,
            "policies": policies,
            "engine": engine,
            "plugins": plugins,
            "disclose": disclose,
            "mark": mark,
            "store": store,
        }
        self._added: tuple[_Added, ...] = ()
        self.disclose = disclose
        self.mark = mark
        self.manager = PluginManager()
        self.manager.load_installed(settings.plugins)
        for plugin in plugins:
            self.manager.register(plugin)
        self.store = suppression_store(settings, self.manager, store)
        stated = organisation or settings.organisation
        path = None if stated is None or isinstance(stated, Organisation) else Path(stated)
        directories = policy_directories(settings, policies, self.manager) if engine is None else ()
        self._sources = Sources(settings, path, directories, given=engine is not None)
        self.organisation = _organisation(stated)
        self._modes = Modes(settings, self.organisation)
        self._revisions = ExpectedRevisions(settings)
        self.engine = engine or make_engine(
            settings, directories, self.manager, given=bool(policies)
        )
        self.pseudonym = Pseudonymiser.from_settings(settings)
        self._recorder = Recorder.from_settings(settings, self.pseudonym)
        self._plugins = Consultation(self.manager)
        self.scanner = Scanner(self.manager, self.settings.detector)
        self._sinks = Sinks(self.manager, size=settings.sink_queue_size, mode=settings.sinks)
        self._watcher: Watcher | None = None
        if settings.reload_interval_s is not None and self._sources.places:
            sources = self._sources
            self._watcher = Watcher(
                self, Gate.reload, sources.places, settings.reload_interval_s, sources.seen
            )

    def __repr__(self) -> str:
        return f"Gate(engine={self.engine.name!r}, organisation={self.organisation.name!r})"

    def __reduce__(self) -> Any:
        if self._given["engine"] is not None:
            msg = "A gate with an engine of its own does not pickle: its copy would have another."
            raise TypeError(msg)
        return _rebuild, (self.settings, self._given, self._added)

    def __enter__(self) -> Gate:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Gate:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def register(self, plugin: object, name: str | None = None, *, inline: bool = False) -> None:
        """Add a plugin, after those that are there.

        Args:
            plugin: an object or module with hook implementations.
            name: what it goes by in messages and logs.
            inline: call its sink in the deciding thread, before the verdict is given; for tests.

        Raises:
            PluginError: one of its hooks does not exist.
        """
        self.manager.register(plugin, name)
        self._added = (*self._added, (plugin, name, inline))
        self._plugins = Consultation(self.manager)
        self.scanner = Scanner(self.manager, self.settings.detector)
        self._sinks.refresh(plugin if inline else None)

    def keep_refusals(self, store: SuppressionStore) -> None:
        """Ask a suppression store about everybody, from now on; for a gate that has none.

        Raises:
            ConfigurationError: it has one.
        """
        if self.store is not None:
            msg = "This gate has a suppression store. Give one store to the gate when it is made."
            raise ConfigurationError(msg)
        self.store = self._given["store"] = suppression_store(self.settings, self.manager, store)
        self._plugins = Consultation(self.manager)

    def unregister(self, plugin: object) -> None:
        """Take back a plugin that was added with `register` or `plugins`."""
        self.manager.unregister(plugin)
        self._given["plugins"] = tuple(p for p in self._given["plugins"] if p is not plugin)
        self._added = tuple(added for added in self._added if added[0] is not plugin)
        self._plugins = Consultation(self.manager)
        self.scanner = Scanner(self.manager, self.settings.detector)
        self._sinks.refresh()

    def detect(self, text: str, language: str | None = None) -> tuple[Detection, ...] | None:
        """What the detectors find in a text, by the setting `detector` and plugins.

        Turn it into facts with `aboveboard.detecting.conversation_facts` and its like.

        Args:
            text: it is read and not kept.
            language: BCP 47, when known.

        Returns:
            Detections in order of place; None when nobody read it, or a detector failed.
        """
        return self.scanner.read(text, language)

    @property
    def sinks(self) -> tuple[SinkStatus, ...]:
        """How each sink and reviewer keeps up: waiting, delivered, failed, dropped."""
        return self._sinks.status

    @property
    def recording(self) -> RecordingStatus | None:
        """How recording fares; None when the settings name no `record_directory`."""
        return None if self._recorder is None else self._recorder.status

    def flush_sinks(self, timeout_s: float | None = None) -> bool:
        """Wait until sinks have every verdict that was given so far.

        Args:
            timeout_s: in seconds; the setting `sink_flush_timeout_s` when left out.

        Returns:
            False when the time ran out first; what waits goes on waiting.
        """
        return self._sinks.flush(self._flush_timeout(timeout_s))

    def _flush_timeout(self, timeout_s: float | None = None) -> float:
        return self.settings.sink_flush_timeout_s if timeout_s is None else timeout_s

    def request_review(self, event: StepEvent, verdict: Verdict) -> None:
        """Hand an escalation to the plugins that bring it before a human.

        A verdict is an answer; to ask a human is up to whoever stops the step. Decorated steps do,
        a dry run does not. It waits for nobody: `review.requested` is logged when a plugin took it.
        """
        if verdict.effect == "escalate":
            self._sinks.review(event, verdict)

    @contextmanager
    def active(self) -> Iterator[Gate]:
        """Be the default gate in this thread or task, for as long as a `with` block lasts."""
        token = ACTIVE.set(self)
        try:
            yield self
        finally:
            ACTIVE.reset(token)

    def close(self) -> None:
        """Give sinks the time to finish; release engine, connections, server and store."""
        self._unwatch()
        self._sinks.close(self._flush_timeout())
        self._close_records()
        self.engine.close()
        if self.store is not None:
            self.store.close()

    async def aclose(self) -> None:
        """Release what belongs to the running event loop, and the rest."""
        self._unwatch()
        # On a thread of its own: a sink may need this loop to finish.
        await asyncio.to_thread(self._sinks.close, self._flush_timeout())
        await asyncio.to_thread(self._close_records)
        await self.engine.aclose()
        if self.store is not None:
            self.store.close()

    def reload(self) -> bool:
        """Load policies and organisation again, without dropping a decision.

        Logs `policies.reloaded` or `organisation.reloaded` when something is new. What does not
        load leaves in force what was, is logged as `policies.reload_failed` and stands in `status`.
        An OPA server and a plugin's engine load their policies themselves; of these the
        organisation alone is loaded. With `reload_interval_s` this happens by itself.

        Returns:
            True when what is on disk is in force.
        """
        with self._sources.lock:
            found = self._sources.load(self.engine, self.organisation)
            if found is not None:
                self.engine, self.organisation = found
        return found is not None

    def status(self) -> GateStatus:
        """What decides at the moment, and how the engine is doing; asks an OPA server."""
        engine = self.engine
        return gate_status(self, self._sources, engine, engine_health(engine), self._revisions)

    async def astatus(self) -> GateStatus:
        """`status` without blocking the event loop on a network."""
        engine = self.engine
        return gate_status(
            self, self._sources, engine, await aengine_health(engine), self._revisions
        )

    def facts(
        self,
        step: Step,
        *,
        purpose: str | None,
        model: str | None = None,
        recipient: str | None = None,
    ) -> dict[str, Any]:
        """What register and profile know, and that verdicts are logged; see `facts_for`."""
        return logged(
            facts_for(self.organisation, step, purpose=purpose, model=model, recipient=recipient)
        )

    def event(
        self,
        step: Step,
        phase: Phase = "requested",
        facts: Mapping[str, Any] | None = None,
        *,
        subject: object = None,
        purpose: str | None = None,
        model: str | None = None,
        recipient: str | None = None,
    ) -> StepEvent:
        """Make an event, filled with what the organisation has stated once.

        It knows the step that it is made in, and the active trace.

        Args:
            step: one of the four steps.
            phase: `requested` or `completed`.
            facts: what is known of this very case, nested or dotted.
            subject: whose data it is: an identifier, which leaves only as a pseudonym.
            purpose: a short name of the register or a bare `dpv:` id.
            model: a model of the profile, or any name.
            recipient: a processor of the profile.

        Raises:
            EventError: the facts are none of this step, or contradict the register or profile.
            VocabularyError: no such purpose or recipient.
        """
        event = StepEvent.create(
            step,
            phase,
            facts,
            source=f"/aboveboard/{self.settings.app}",
            subject=None if subject is None else self.pseudonym(subject),
            parent_decision_id=parent_decision_id(),
            traceparent=traceparent(),
        )
        return self.complete(event, purpose=purpose, model=model, recipient=recipient)

    def complete(
        self,
        event: StepEvent,
        *,
        purpose: str | None = None,
        model: str | None = None,
        recipient: str | None = None,
    ) -> StepEvent:
        """Fill an event with what register and profile know; by its own purpose, model, recipient.

        Raises:
            EventError: the event contradicts them.
            VocabularyError: it names a purpose that they do not have.
        """
        return complete_event(
            self.organisation, event, purpose=purpose, model=model, recipient=recipient
        )

    def check(self, event: StepEvent) -> Verdict:
        """Decide on one event. No answer is a deny, and never an exception.

        Raises:
            EventError: what was given is no StepEvent.
        """
        started = _start(event)
        event, outcome = self._decide(event)
        return self._conclude(event, outcome, started)

    async def acheck(self, event: StepEvent) -> Verdict:
        """`check` without blocking the event loop: not on a network, nor with many at once."""
        started = _start(event)
        await turn()
        outcome = Outcome()
        try:
            event = self._plugins.with_facts(event)
            engine = self.engine  # a reload may replace it meanwhile
            event, question = self._question(event)
            outcome.question = question
            try:
                answer = await engine.aevaluate(event.step, question)
            except EngineError as error:
                self._unanswered(event, outcome, error)
            else:
                outcome.take(answer, engine.catalogue, self.settings.language)
                self._revisions.hold(outcome)
            self._plugins.tighten(event, outcome)
        except EngineError as error:
            outcome.refuse(error)
        except Exception as error:
            outcome.refuse(internal_error(error))
        if self._recorder is not None and self._recorder.waits_for_disk:
            return await asyncio.to_thread(self._conclude, event, outcome, started)
        return self._conclude(event, outcome, started)

    def preview(self, event: StepEvent) -> Verdict:
        """What `check` would say, without deciding: it is logged and recorded nowhere, and no sink gets it.

        For leaving out of a request what would be cut from its answer.
        """
        started = _start(event)
        event, outcome = self._decide(event)
        return self._verdict(event, outcome, started)

    def for_person(self, verdict: Verdict, language: str | None = None) -> tuple[str, ...]:
        """What the person concerned is told of a verdict, in words without rules or fields.

        Args:
            verdict: of this gate.
            language: of the person, BCP 47; the setting `language` when left out.

        Returns:
            A sentence for each finding that stopped or changed something, most severe first, each once.
        """
        wanted = language or self.settings.language
        told = (
            self.engine.catalogue.for_person(finding.rule, finding.args, wanted)
            for finding in verdict.findings
            if finding.effect != "warn"
        )
        return tuple(dict.fromkeys(text for text in told if text))

    def refuse(self, event: StepEvent, reason: str, message: str, remedy: str) -> Verdict:
        """A deny with a reserved reason, recorded, logged and sent on as any verdict."""
        outcome = Outcome()
        outcome.refuse(EngineError(reason, message, remedy))
        return self._conclude(event, outcome, time.perf_counter())

    def _decide(self, event: StepEvent) -> tuple[StepEvent, Outcome]:
        """The event with what plugins know, and what was found; whatever fails is a deny."""
        outcome = Outcome()
        try:
            event = self._plugins.with_facts(event)
            engine = self.engine  # a reload may replace it meanwhile
            event, question = self._question(event)
            outcome.question = question
            try:
                answer = engine.evaluate(event.step, question)
            except EngineError as error:
                self._unanswered(event, outcome, error)
            else:
                outcome.take(answer, engine.catalogue, self.settings.language)
                self._revisions.hold(outcome)
            self._plugins.tighten(event, outcome)
        except EngineError as error:
            outcome.refuse(error)
        except Exception as error:
            outcome.refuse(internal_error(error))
        return event, outcome

    def _verdict(self, event: StepEvent, outcome: Outcome, started: float) -> Verdict:
        enforced = self._modes.enforced(event)
        return outcome.verdict(event, self.engine.name, started, enforced=enforced)

    def _unwatch(self) -> None:
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher = None

    def _question(self, event: StepEvent) -> tuple[StepEvent, str]:
        if self._watcher is not None and self._watcher.lost:
            self._watcher.revive()  # this is the child of a fork
        question = event.engine_input()
        limit = self.settings.max_event_bytes
        size = len(question) if question.isascii() else len(question.encode())
        if size > limit:
            raise EngineError(
                "runtime.input_too_large",
                f"The event is larger than {limit} bytes.",
                "Send fewer fields or records an event, or raise max_event_bytes.",
            )
        return with_inputs_hash(event, question)

    def _unanswered(self, event: StepEvent, outcome: Outcome, error: EngineError) -> None:
        """Go on without an answer where the settings say so for this step, by name."""
        if not self._modes.allows(event, error.reason):
            raise error
        outcome.tolerate(error)

    def _conclude(self, event: StepEvent, outcome: Outcome, started: float) -> Verdict:
        verdict = conclude(
            event,
            outcome,
            lambda: self._verdict(event, outcome, started),
            self._recorder,
            self._modes,
        )
        self._sinks.send(event, verdict)
        return verdict

    def _close_records(self) -> None:
        if self._recorder is not None:
            self._recorder.close(self._flush_timeout())


def _start(event: object) -> float:
    if not isinstance(event, StepEvent):
        msg = f"A gate decides on a StepEvent, not on {type(event).__name__}."
        raise EventError(msg)
    return time.perf_counter()


def _rebuild(settings: Settings, given: dict[str, Any], added: tuple[_Added, ...]) -> Gate:
    gate = Gate(settings, **given)
    for plugin, name, inline in added:
        gate.register(plugin, name, inline=inline)
    return gate


def _organisation(stated: Organisation | Path | str | None) -> Organisation:
    if isinstance(stated, Organisation):
        return stated
    return starter() if stated is None else load_organisation(Path(stated))
