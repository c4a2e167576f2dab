"""Every exception of Aboveboard.

AboveboardError
├── ConfigurationError          settings, plugins, signatures: fix before anything runs
│   ├── SettingsError           a setting is wrong or contradicts another
│   ├── OrganisationError       the organisation's YAML; names file, line and nearest match
│   ├── PolicyError             a policy bundle does not load; names file and line
│   ├── PluginError             a plugin named in the settings cannot load
│   ├── SignatureError          a decorated function cannot be governed as it stands
│   └── VocabularyError         an id that DPV does not have (or a purpose nobody registered)
├── TableError                  a table of outcomes that is none; names file, line and column
├── EventError                  an event that is not one; names the place and what was expected
│   └── RecordError             a record of a decision that cannot be read; carries its kind
├── ReplayError                 a replay that cannot go on, or not be taken up again
├── WebhookError                a webhook that cannot be trusted or read; carries a reason
├── EngineError                 no verdict could be had; carries a reserved reason
└── StepStopped                 a verdict stopped the step; carries it
    ├── StepDenied
    └── StepEscalated
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aboveboard.verdicts import Verdict

__all__ = [
    "AboveboardError",
    "ConfigurationError",
    "EngineError",
    "EventError",
    "OrganisationError",
    "PluginError",
    "PolicyError",
    "RecordError",
    "ReplayError",
    "SettingsError",
    "SignatureError",
    "StepDenied",
    "StepEscalated",
    "StepStopped",
    "TableError",
    "VocabularyError",
    "WebhookError",
]


class AboveboardError(Exception):
    """Root of the tree: `except AboveboardError` catches whatever this library raises."""


class ConfigurationError(AboveboardError):
    """Something is set up wrongly; nothing ran. The command line exits with code 2."""


class SettingsError(ConfigurationError):
    """A setting is unknown, malformed or contradicts another."""


class OrganisationError(ConfigurationError):
    """The organisation file is missing, malformed or names what does not exist."""


class PolicyError(ConfigurationError):
    """A policy set does not load: every problem found is in the text, one a line."""


class PluginError(ConfigurationError):
    """A plugin named in the settings cannot be imported or registered."""


class SignatureError(ConfigurationError):
    """A decorated function's signature cannot be governed; raised at decoration."""


class VocabularyError(ConfigurationError):
    """An id or short name that no vocabulary holds; the text has the nearest match."""


class EventError(AboveboardError):
    """What was given as an event is not one; the text names the field and what was expected."""


class RecordError(EventError):
    """A record of a decision cannot be read; the text names the place, never a value.

    Attributes:
        kind: `malformed`; `newer`, when a newer Aboveboard wrote it; `foreign`, when it is whole and
            something else than a decision of ours, as logs of OPA hold.
    """

    def __init__(self, message: str, kind: str = "malformed") -> None:
        super().__init__(message)
        self.kind = kind

    def __reduce__(self) -> tuple[type[RecordError], tuple[str, str]]:
        return type(self), (str(self), self.kind)


class ReplayError(AboveboardError):
    """A replay of records cannot go on, or not be taken up again; the text names the way out."""


class TableError(AboveboardError):
    """A table of outcomes cannot be counted; the text names the place and the way out."""


class WebhookError(AboveboardError):
    """A webhook is refused: nothing of it was taken in. The text never quotes it.

    Attributes:
        reason: `unsigned`, `stale`, `malformed` or `too_large`.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason

    def __reduce__(self) -> tuple[type[WebhookError], tuple[str, str]]:
        return type(self), (self.reason, str(self))


class EngineError(AboveboardError):
    """The engine gave no usable answer. The gate turns it into a deny.

    Attributes:
        reason: one of the reserved reasons, such as `runtime.timeout`.
        remedy: what the operator can do.
    """

    def __init__(self, reason: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[EngineError], tuple[str, str, str]]:
        return type(self), (self.reason, str(self), self.remedy)


class StepStopped(AboveboardError):
    """A step did not run, or its result was not released. The text is a sentence for a person.

    Attributes:
        verdict: the `Verdict` with findings, laws and remedies.
    """

    def __init__(self, message: str, verdict: Verdict) -> None:
        super().__init__(message)
        self.verdict = verdict

    def __reduce__(self) -> tuple[type[StepStopped], tuple[str, Verdict]]:
        return type(self), (str(self), self.verdict)


class StepDenied(StepStopped):
    """The policies forbid the step, or no answer could be had."""


class StepEscalated(StepStopped):
    """A human has to decide before the step may go on."""
