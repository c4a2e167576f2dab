"""Runs the pipeline over the sample leads and keeps what the policies said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aboveboard.defaults import set_default_gate
from aboveboard.demo import pipeline
from aboveboard.demo.crm import Message, crm
from aboveboard.errors import StepStopped
from aboveboard.gate import Gate
from aboveboard.markers import hookimpl
from aboveboard.organisation import Organisation, example
from aboveboard.settings import Settings

if TYPE_CHECKING:
    from aboveboard.events import StepEvent
    from aboveboard.verdicts import Verdict

__all__ = ["Done", "Outcome", "demo_settings", "run"]


@dataclass(frozen=True, slots=True)
class Done:
    """An obligation that was carried out.

    Attributes:
        kind: `redact` or `disclose`.
        rule: the rule that asked for it.
        paths: the fields that were cut.
        notice: the notice that was shown, or None.
        text: its words, or None.
    """

    kind: str
    rule: str
    paths: tuple[str, ...] = ()
    notice: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One verdict on one person's step.

    Attributes:
        person: invented first name.
        verdict: as the gate gave it.
        done: obligations carried out; none when the step was stopped.
    """

    person: str
    verdict: Verdict
    done: tuple[Done, ...]

    def as_dict(self) -> dict[str, Any]:
        """The object that `aboveboard demo --format json` prints."""
        verdict = self.verdict
        return {
            "person": self.person,
            "step": verdict.step,
            "phase": verdict.phase,
            "effect": verdict.effect,
            "rules": list(verdict.rules),
            "reasons": [
                {
                    "rule": finding.rule,
                    "effect": finding.effect,
                    "message": finding.message,
                    "law": finding.law,
                    "remedy": finding.remedy,
                }
                for finding in verdict.findings
            ],
            "obligations": [
                {
                    "kind": item.kind,
                    "rule": item.rule,
                    "paths": list(item.paths),
                    "notice": item.notice,
                    "text": item.text,
                }
                for item in self.done
            ],
        }


@dataclass
class _Recorder:
    """A plugin: keeps the verdicts of the person who is on."""

    # By event: an obligation that fails turns the same event's verdict into a deny.
    verdicts: dict[str, Verdict] = field(default_factory=dict[str, "Verdict"])

    @hookimpl
    def aboveboard_verdict(self, event: StepEvent, verdict: Verdict) -> None:
        """Keep it."""
        self.verdicts[event.id] = verdict


def demo_settings(engine: str = "embedded", opa_url: str | None = None) -> Settings:
    """Settings that make the demo the same everywhere.

    Args:
        engine: `embedded` or `opa`.
        opa_url: the OPA server; the settings' own when left out.

    Raises:
        SettingsError: with `opa`, the settings of the connection are wrong.
    """
    if engine == "opa":
        # How to reach the server (token, certificates) is the user's own to say.
        return Settings.load(
            engine="opa", opa_url=opa_url, plugins=(), policies=(), language="en", app="demo"
        ).unrecorded()
    # Without validation, and so without the environment and the project's file.
    return Settings.model_construct(plugins=(), app="demo")


def run(
    settings: Settings | None = None, organisation: Organisation | None = None
) -> tuple[Outcome, ...]:
    """Take all sample leads through the pipeline.

    Args:
        settings: `demo_settings()` when left out.
        organisation: register and profile; the example organisation when left out.

    Returns:
        One outcome for each verdict, in the order they were given.

    Raises:
        EngineError: the engine cannot be reached or has no policies.
    """
    if organisation is None:
        # In office hours somebody could take over a decision, at night nobody could, and the demo
        # would end otherwise: its hours are unknown.
        organisation = example().model_copy(update={"opening_hours": None})
    recorder = _Recorder()
    outcomes: list[Outcome] = []
    with Gate(settings or demo_settings(), organisation=organisation) as gate:
        gate.register(recorder, inline=True)
        gate.engine.prepare()
        before = set_default_gate(gate)
        try:
            for contact_id in crm:
                recorder.verdicts.clear()
                crm.sent.clear()
                try:
                    pipeline.handle(contact_id)
                except StepStopped:
                    pass  # the verdict that stopped it was recorded
                person = crm.read(contact_id)["firstname"]
                outcomes += (
                    Outcome(person, verdict, _done(verdict, crm.sent))
                    for verdict in recorder.verdicts.values()
                )
        finally:
            set_default_gate(before)
    return tuple(outcomes)


def _done(verdict: Verdict, sent: Sequence[Message]) -> tuple[Done, ...]:
    if not verdict.allowed:
        return ()
    texts = {message.kind: message.text for message in sent}
    return tuple(
        Done(item.kind, item.rule, item.paths, item.notice, texts.get(item.notice or ""))
        for item in verdict.obligations
    )
