"""Events from a vendor's payload, by the plugin that knows the vendor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aboveboard.errors import EventError, PluginError
from aboveboard.events import StepEvent
from aboveboard.manager import PluginManager

__all__ = ["vendor_events"]


def vendor_events(
    manager: PluginManager, vendor: str, payload: Any, pseudonym: Callable[[object], str]
) -> list[StepEvent]:
    """Ask the plugins for the events of a payload.

    Args:
        manager: knows the plugins.
        vendor: whose payload it is, such as `hubspot`.
        payload: a JSON value, or an object of the vendor's SDK.
        pseudonym: makes an event's subject of a person's identifier; `Gate.pseudonym` does.

    Raises:
        PluginError: no plugin knows the vendor, or two do.
        EventError: the payload cannot be read; the text names the plugin and never a value.
    """
    answers: dict[str, list[StepEvent]] = {}
    for found in manager.implementations("aboveboard_events"):
        name = str(found.plugin_name)
        given = {"vendor": vendor, "payload": payload, "pseudonym": pseudonym}
        try:
            events = found.function(*(given[argument] for argument in found.argnames))
            if events is None:
                continue
            answers[name] = list(events)
        except EventError:
            raise
        except Exception as error:
            # Its text may quote the payload.
            msg = f"Plugin '{name}' could not read the payload ({type(error).__name__})."
            raise EventError(msg) from None
        if not all(isinstance(event, StepEvent) for event in answers[name]):
            msg = f"Plugin '{name}' gave what is no StepEvent. Make events with StepEvent.create."
            raise EventError(msg)
    if not answers:
        msg = (
            f"No plugin reads payloads of '{vendor}'. Install the one that does: "
            "'aboveboard plugins' lists what is there."
        )
        raise PluginError(msg)
    if len(answers) > 1:
        names = " and ".join(f"'{name}'" for name in answers)
        msg = (
            f"Plugins {names} both read payloads of '{vendor}'. Name one in the setting 'plugins'."
        )
        raise PluginError(msg)
    (events,) = answers.values()
    return events
