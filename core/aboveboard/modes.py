"""Enforce or monitor: whether a verdict stops its step, and which missing answers may pass.

The most specific setting wins: that of the event's purpose over that of its step, that over `mode`.
An event of several bare DPV purposes is monitored only when each of them is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.errors import SettingsError
from aboveboard.facts import STEPS
from aboveboard.nearest import nearest

if TYPE_CHECKING:
    from aboveboard.events import StepEvent
    from aboveboard.organisation import Organisation
    from aboveboard.settings import Settings

__all__ = ["Modes"]


class Modes:
    """What the settings `mode`, `modes` and `allow_on` say, ready to be asked for each event.

    Args:
        settings: as loaded.
        organisation: its purpose register says which short names there are.

    Raises:
        SettingsError: `modes` names no step and no purpose. A misspelt name would leave a step
            without the mode that somebody chose for it.
    """

    def __init__(self, settings: Settings, organisation: Organisation) -> None:
        self._modes = dict(settings.modes)
        self._default = settings.mode
        self._always = settings.mode == "enforce" and "monitor" not in self._modes.values()
        self._allow_on = {step: frozenset(why) for step, why in settings.allow_on.items()}
        for name in self._modes:
            _known(name, organisation)

    def enforced(self, event: StepEvent) -> bool:
        """True when the verdict on the event decides over the step; False when it only records."""
        if self._always:
            return True
        processing = event.facts.processing
        by_step = self._modes.get(event.step, self._default)
        if processing is None:
            return by_step == "enforce"
        if processing.purpose in self._modes:
            return self._modes[processing.purpose] == "enforce"
        found = {self._modes.get(item, by_step) for item in processing.purposes or ()}
        return "enforce" in (found or {by_step})

    def allows(self, event: StepEvent, reason: str) -> bool:
        """True when the step may go on although no answer could be had for this reason."""
        return reason in self._allow_on.get(event.step, ())


def _known(name: str, organisation: Organisation) -> None:
    if name in STEPS or name in organisation.purposes:
        return
    from aboveboard.vocab import ids  # only bare DPV ids and errors need it

    terms = ids("purpose")
    if name in terms:
        return
    close = nearest(name, terms if ":" in name else (*STEPS, *organisation.purposes))
    hint = f" Did you mean '{close}'?" if close else ""
    msg = (
        f"Setting 'modes.{name}': there is no such step or purpose.{hint} "
        "See 'aboveboard policies purposes'."
    )
    raise SettingsError(msg)
