"""The gate: an event goes in, a verdict comes out. No answer means deny.

    gate = Gate()
    verdict = gate.check(event)            # or: await gate.acheck(event)

A gate may be shared by threads and event loops. It pickles its settings, never secrets or engines;
the copy acquires its own.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from aboveboard.errors import EngineError, EventError
from aboveboard.events import StepEvent
from aboveboard.explain import log_verdict
from aboveboard.facts import Phase, Step
from aboveboard.manager import PluginManager
from aboveboard.organisation import Organisation, facts_for, load_organisation, open_at, starter
from aboveboard.policy.bundle import load_bundle
from aboveboard.policy.embedded import EmbeddedEngine
from aboveboard.policy.engine import Answer, PolicyEngine, RawFinding
from aboveboard.policy.opa import OpaConnection, OpaEngine
from aboveboard.pseudonyms import Pseudonymiser
from aboveboard.verdicts import Finding, Obligation, Verdict, in_order, worst

if TYPE_CHECKING:
    from aboveboard.settings import Settings

__all__ = ["Gate", "default_gate", "set_default_gate"]

_log = structlog.get_logger("aboveboard")


@dataclass(slots=True)
class _Outcome:
    """What is known of a decision before it becomes a verdict."""

    findings: list[Finding] = field(default_factory=list)
    obligations: list[Obligation] = field(default_factory=list)
    revision: str = ""


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
    ) -> None:
        if settings is None:
            from aboveboard.settings import Settings

            settings = Settings.load()
        self.settings = settings
        plugins = tuple(plugins)
        self._given: dict[str, Any] = {
            "organisation": organisation,
            "policies": policies,
            "engine": engine,
            "plugins": plugins,
            "disclose": disclose,
        }
        self.disclose = disclose
        self.manager = PluginManager()
        self.manager.load_installed(settings.plugins)
        for plugin in plugins:
            self.manager.register(plugin)
        self.organisation = _organisation(organisation, settings)
        self.engine = engine if engine is not None else self._make_engine(policies)
        secret = settings.secret("subject_key")
        self.pseudonym = Pseudonymiser(
            secret.encode() if secret is not None else None, settings.subject_key_id
        )
        self._refresh_hooks()

    def __repr__(self) -> str:
        return f"Gate(engine={self.engine.name!r}, organisation={self.organisation.name!r})"

    def __reduce__(self) -> Any:
        return _rebuild, (self.settings.model_dump(exclude_unset=True, exclude=_SECRETS),
                          {**self._given, "engine": None})  # fmt: skip

    def __enter__(self) -> Gate:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Gate:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def register(self, plugin: object, name: str | None = None) -> None:
        """Add a plugin. Raises PluginError when one of its hooks does not exist."""
        self.manager.register(plugin, name)
        self._refresh_hooks()

    def close(self) -> None:
        """Release the engine of this thread and its connections."""
        self.engine.close()

    async def aclose(self) -> None:
        """Release what belongs to the running event loop, and the rest."""
        await self.engine.aclose()

    def facts(
        self,
        step: Step,
        *,
        purpose: str | None,
        model: str | None = None,
        recipient: str | None = None,
    ) -> dict[str, Any]:
        """What register and profile know; see `aboveboard.organisation.facts_for`."""
        return facts_for(self.organisation, step, purpose=purpose, model=model, recipient=recipient)

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
        known = event.facts
        processing, ai, transfer = known.processing, known.ai, known.transfer
        purpose = purpose or (processing.purpose if processing else None)
        model = model or (ai.model if ai else None)
        if (
            recipient is None
            and transfer
            and transfer.recipient in (self.organisation.processors or ())
        ):
            recipient = transfer.recipient
        stated = self.facts(event.step, purpose=purpose, model=model, recipient=recipient)
        if event.step in ("recommendation", "decision"):
            opened = open_at(self.organisation, event.time)
            human = getattr(known, "human", None)
            if opened is not None and (human is None or human.available is None):
                stated.setdefault("human", {})["available"] = opened
        event, conflicts = event.with_facts(stated)
        if conflicts:
            msg = (
                f"The event contradicts the organisation's register or profile on "
                f"{', '.join(conflicts)}. Correct one of the two."
            )
            raise EventError(msg)
        return event

    def check(self, event: StepEvent) -> Verdict:
        """Decide on one event. Never raises for a reason of its own: no answer is a deny."""
        started = time.perf_counter()
        outcome = _Outcome()
        try:
            event = self._with_plugin_facts(event)
            answer = self.engine.evaluate(event.step, self._question(event))
            self._take(answer, outcome)
            self._ask_plugins(event, outcome)
        except EngineError as error:
            outcome.findings.append(_runtime(error))
        except Exception as error:
            outcome.findings.append(_internal(error))
        return self._conclude(event, outcome, started)

    async def acheck(self, event: StepEvent) -> Verdict:
        """`check` without blocking the event loop on a network."""
        started = time.perf_counter()
        outcome = _Outcome()
        try:
            event = self._with_plugin_facts(event)
            answer = await self.engine.aevaluate(event.step, self._question(event))
            self._take(answer, outcome)
            self._ask_plugins(event, outcome)
        except EngineError as error:
            outcome.findings.append(_runtime(error))
        except Exception as error:
            outcome.findings.append(_internal(error))
        return self._conclude(event, outcome, started)

    def refuse(self, event: StepEvent, reason: str, message: str, remedy: str) -> Verdict:
        """A deny with a reserved reason, logged and sent on as any verdict."""
        outcome = _Outcome([_runtime(EngineError(reason, message, remedy))])
        return self._conclude(event, outcome, time.perf_counter())

    def _make_engine(self, policies: Sequence[Path | str] | None) -> PolicyEngine:
        settings = self.settings
        if settings.engine == "opa":
            return OpaEngine(
                OpaConnection(
                    url=settings.opa_url,
                    timeout_s=settings.timeout_s,
                    token=settings.secret("opa_token"),
                    ca_file=_text(settings.opa_ca_file),
                    cert_file=_text(settings.opa_cert_file),
                    key_file=_text(settings.opa_key_file),
                )
            )
        directories = [Path(item) for item in (settings.policies if policies is None else policies)]
        for found in self.manager.hook.aboveboard_policies():
            directories.extend(Path(item) for item in found)
        engine = EmbeddedEngine(load_bundle(directories))
        engine.prepare()
        return engine

    def _refresh_hooks(self) -> None:
        hook = self.manager.hook
        has = self.manager.implemented
        self._facts_hook = hook.aboveboard_facts if has("aboveboard_facts") else None
        self._verdict_hook = hook.aboveboard_verdict if has("aboveboard_verdict") else None
        self._step_hooks = {
            step: getattr(hook, f"aboveboard_{step}")
            for step in ("data_collection", "profiling", "recommendation", "decision")
            if has(f"aboveboard_{step}")
        }

    def _question(self, event: StepEvent) -> str:
        question = event.engine_input()
        limit = self.settings.max_event_bytes
        if len(question) > limit:
            raise EngineError(
                "runtime.input_too_large",
                f"The event is larger than {limit} bytes.",
                "Send fewer fields or records an event, or raise max_event_bytes.",
            )
        return question

    def _with_plugin_facts(self, event: StepEvent) -> StepEvent:
        if self._facts_hook is None:
            return event
        try:
            for facts in reversed(self._facts_hook(event=event)):
                event, conflicts = event.with_facts(facts)
                if conflicts:
                    raise _conflict(conflicts, "a plugin")
        except EngineError:
            raise
        except Exception as error:
            raise EngineError(
                "runtime.facts_failed",
                f"A plugin's facts hook failed with {type(error).__name__}.",
                "See 'aboveboard plugins' for which there are, and the plugin's own log.",
            ) from None
        return event

    def _take(self, answer: Answer, outcome: _Outcome) -> None:
        outcome.revision = answer.revision
        for raw in answer.findings:
            message, law, remedy = self.engine.catalogue.render(
                raw.rule, raw.args, self.settings.language
            )
            outcome.findings.append(_finding(raw, message, law, remedy))
            if raw.obligation is not None:
                outcome.obligations.append(
                    Obligation.model_construct(
                        kind=raw.obligation.kind,
                        rule=raw.rule,
                        paths=raw.obligation.paths,
                        notice=raw.obligation.notice,
                    )
                )

    def _ask_plugins(self, event: StepEvent, outcome: _Outcome) -> None:
        hook = self._step_hooks.get(event.step)
        if hook is None:
            return
        try:
            for findings in hook(event=event):
                outcome.findings.extend(Finding.model_validate(item) for item in findings)
        except Exception as error:
            raise EngineError(
                "runtime.hook_failed",
                f"A plugin's {event.step} hook failed with {type(error).__name__}.",
                "See 'aboveboard plugins' for which there are, and the plugin's own log.",
            ) from None

    def _conclude(self, event: StepEvent, outcome: _Outcome, started: float) -> Verdict:
        verdict = self._verdict(event, outcome, started)
        try:
            log_verdict(event, verdict)
        except Exception as error:
            outcome.findings.append(
                _runtime(
                    EngineError(
                        "runtime.explanation_failed",
                        f"The decision could not be logged ({type(error).__name__}).",
                        "Look at the processors and the output that structlog is set to.",
                    )
                )
            )
            verdict = self._verdict(event, outcome, started)
        if self._verdict_hook is not None:
            self._send(event, verdict)
        return verdict

    def _verdict(self, event: StepEvent, outcome: _Outcome, started: float) -> Verdict:
        findings = in_order(outcome.findings) if outcome.findings else ()
        return Verdict.model_construct(
            id=event.id,
            decision_id=str(uuid.uuid4()),
            step=event.step,
            phase=event.phase,
            effect=worst(findings),
            findings=findings,
            obligations=tuple(sorted(outcome.obligations, key=lambda o: (o.kind, o.rule, o.paths))),
            policy_revision=outcome.revision,
            engine=self.engine.name,
            duration_ms=round((time.perf_counter() - started) * 1000, 3),
        )

    def _send(self, event: StepEvent, verdict: Verdict) -> None:
        # One call an implementation: one that raises must not keep the verdict from the others.
        hook = self._verdict_hook
        arguments = {"event": event, "verdict": verdict}
        for implementation in reversed(hook.get_hookimpls()):  # type: ignore[union-attr]
            try:
                names = implementation.argnames
                implementation.function(*(arguments[name] for name in names))
            except Exception as error:
                _log.error(
                    "plugin.failed",
                    plugin=implementation.plugin_name,
                    hook="aboveboard_verdict",
                    error=type(error).__name__,
                )


_SECRETS = {"opa_token", "subject_key"}


def _rebuild(settings: dict[str, Any], given: dict[str, Any]) -> Gate:
    from aboveboard.settings import Settings

    return Gate(Settings.load(**settings), **given)


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _organisation(given: Organisation | Path | str | None, settings: Settings) -> Organisation:
    if isinstance(given, Organisation):
        return given
    path = given or settings.organisation
    return starter() if path is None else load_organisation(Path(path))


def _finding(raw: RawFinding, message: str, law: str, remedy: str) -> Finding:
    return Finding.model_construct(
        rule=raw.rule,
        effect=raw.effect,
        message=message,
        law=law,
        remedy=remedy,
        facts=raw.facts,
        args=raw.args,
    )


def _runtime(error: EngineError) -> Finding:
    return Finding.model_construct(
        rule=error.reason,
        effect="deny",
        message=str(error),
        law="",
        remedy=error.remedy,
        facts=(),
        args={},
    )


def _conflict(paths: list[str], who: str) -> EngineError:
    return EngineError(
        "runtime.facts_conflict",
        f"What {who} says contradicts an earlier source on {', '.join(paths)}.",
        "Correct one of the two: a fact has one value.",
    )


def _internal(error: Exception) -> Finding:
    # The text of an unexpected error may quote what it met; its type may not.
    return _runtime(
        EngineError(
            "runtime.internal_error",
            f"Aboveboard itself failed with {type(error).__name__}.",
            "Please report it with the version and the step.",
        )
    )


_default: Gate | None = None
_default_lock = threading.Lock()


def default_gate() -> Gate:
    """The gate of steps that name none; made from the settings at first use.

    Raises:
        ConfigurationError: the settings do not make a gate.
    """
    global _default  # noqa: PLW0603  (one a process, by design)
    if _default is None:
        with _default_lock:
            if _default is None:
                _default = Gate()
    return _default


def set_default_gate(gate: Gate | None) -> Gate | None:
    """Replace the default gate, as a test does; returns the one before. None makes it anew."""
    global _default
    with _default_lock:
        before, _default = _default, gate
    return before
