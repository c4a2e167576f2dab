"""Policy-as-code for sales AI.

    from aboveboard import profiling

    @profiling(purpose="lead_scoring", model="propensity-3.1")
    def score(lead: Lead) -> Score: ...

Names are loaded at first use: `import aboveboard` costs a program nothing that it does not use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aboveboard import dpv, pd
    from aboveboard.defaults import default_gate, set_default_gate
    from aboveboard.errors import (
        AboveboardError,
        ConfigurationError,
        EngineError,
        EventError,
        OrganisationError,
        PluginError,
        PolicyError,
        RecordError,
        ReplayError,
        SettingsError,
        SignatureError,
        StepDenied,
        StepEscalated,
        StepStopped,
        TableError,
        VocabularyError,
        WebhookError,
    )
    from aboveboard.events import StepEvent
    from aboveboard.gate import Gate
    from aboveboard.markers import hookimpl
    from aboveboard.organisation import Organisation, load_organisation
    from aboveboard.policy.engine import Answer, EngineHealth, PolicyEngine, read_answer
    from aboveboard.settings import Settings
    from aboveboard.status import GateStatus
    from aboveboard.steps import (
        Disclosure,
        data_collection,
        decision,
        profiling,
        recommendation,
    )
    from aboveboard.verdicts import Finding, Obligation, Verdict
    from aboveboard.vocab import FreeText, NotPersonal, SubjectId

__all__ = [
    "AboveboardError",
    "Answer",
    "ConfigurationError",
    "Disclosure",
    "EngineError",
    "EngineHealth",
    "EventError",
    "Finding",
    "FreeText",
    "Gate",
    "GateStatus",
    "NotPersonal",
    "Obligation",
    "Organisation",
    "OrganisationError",
    "PluginError",
    "PolicyEngine",
    "PolicyError",
    "RecordError",
    "ReplayError",
    "Settings",
    "SettingsError",
    "SignatureError",
    "StepDenied",
    "StepEscalated",
    "StepEvent",
    "StepStopped",
    "SubjectId",
    "TableError",
    "Verdict",
    "VocabularyError",
    "WebhookError",
    "data_collection",
    "decision",
    "default_gate",
    "dpv",
    "hookimpl",
    "load_organisation",
    "pd",
    "profiling",
    "read_answer",
    "recommendation",
    "set_default_gate",
]

_HOMES = {
    "errors": (
        "AboveboardError ConfigurationError EngineError EventError OrganisationError PluginError "
        "PolicyError RecordError ReplayError SettingsError SignatureError StepDenied StepEscalated "
        "StepStopped TableError VocabularyError WebhookError"
    ),
    "events": "StepEvent",
    "defaults": "default_gate set_default_gate",
    "gate": "Gate",
    "markers": "hookimpl",
    "organisation": "Organisation load_organisation",
    "policy.engine": "Answer EngineHealth PolicyEngine read_answer",
    "settings": "Settings",
    "status": "GateStatus",
    "steps": "Disclosure data_collection decision profiling recommendation",
    "verdicts": "Finding Obligation Verdict",
    "vocab": "FreeText NotPersonal SubjectId",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in ("pd", "dpv"):
            return import_module(f"aboveboard.{name}")
        home = _HOME_OF.get(name)
        if home is None:
            msg = f"module 'aboveboard' has no attribute {name!r}"
            raise AttributeError(msg)
        value = getattr(import_module(f"aboveboard.{home}"), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
