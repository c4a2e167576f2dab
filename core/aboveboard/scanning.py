"""Asks detectors what a text tells: the built-in one, and those of plugins."""

from __future__ import annotations

from typing import Literal

import structlog

from aboveboard.detecting import Detection
from aboveboard.manager import PluginManager

__all__ = ["DetectorSetting", "Scanner"]

DetectorSetting = Literal["builtin", "plugins", "off"]

_log = structlog.get_logger("aboveboard")


class Scanner:
    """The detectors of a gate, the built-in one first.

    Args:
        manager: whose plugins to ask.
        setting: `builtin` asks it and plugins, `plugins` only these, `off` nobody.
    """

    def __init__(self, manager: PluginManager, setting: DetectorSetting) -> None:
        self._builtin = setting == "builtin"
        self._plugins = () if setting == "off" else manager.implementations("aboveboard_detect")
        self._complained: set[str] = set()

    @property
    def reads(self) -> bool:
        """Whether there is any detector."""
        return self._builtin or bool(self._plugins)

    def read(self, text: str, language: str | None = None) -> tuple[Detection, ...] | None:
        """What the detectors find, in order of place; None when nobody read it, or one failed.

        A failure is logged once for each detector, by the type of its error: the text of an error
        may quote what it was reading.
        """
        found: set[Detection] = set()
        done = False
        if self._builtin:
            try:
                from aboveboard.detecting import detect

                found.update(detect(text, language))
                done = True
            except Exception as error:
                self._failed("aboveboard.detecting", error)
                return None
        asked = {"text": text, "language": language}
        for each in self._plugins:
            try:
                told = each.function(*(asked[name] for name in each.argnames))
                if told is None:
                    continue
                found.update(map(_detection, told))
                done = True
            except Exception as error:
                self._failed(each.plugin_name, error)
                return None
        return tuple(sorted(found)) if done else None

    def _failed(self, plugin: str, error: Exception) -> None:
        if plugin not in self._complained:
            self._complained.add(plugin)
            _log.warning(
                "plugin.failed", plugin=plugin, hook="aboveboard_detect", error=type(error).__name__
            )


def _detection(given: object) -> Detection:
    if not isinstance(given, Detection):
        msg = "A detector gives Detections."
        raise TypeError(msg)
    return given
