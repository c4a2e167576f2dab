"""Loads plugins in a set order and keeps count of those that cannot be loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from aboveboard import hookspecs
from aboveboard.errors import PluginError
from aboveboard.markers import PROJECT
from aboveboard.nearest import nearest

__all__ = ["PluginManager", "PluginReport"]


@dataclass(frozen=True, slots=True)
class PluginReport:
    """What became of one plugin.

    Attributes:
        name: of the entry point.
        distribution: the package and version that brings it, such as `acme-rules 1.2`.
        hooks: the hooks that it implements.
        problem: why it could not be loaded, or None.
    """

    name: str
    distribution: str
    hooks: tuple[str, ...] = ()
    problem: str | None = None


class PluginManager:
    """Plugins of the entry-point group `aboveboard`, and those registered by hand.

    Installed plugins are registered in the order of the settings' `plugins`, or else by name, so
    that a run does not depend on the order in which packages were installed. Hooks are called last
    registered first, as pluggy does.
    """

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._reports: list[PluginReport] = []

    @property
    def hook(self) -> Any:
        """Calls every implementation: `manager.hook.aboveboard_facts(event=event)`."""
        return self._manager.hook

    @property
    def reports(self) -> tuple[PluginReport, ...]:
        """What became of each installed plugin, in the order of loading."""
        return tuple(self._reports)

    def implemented(self, hook: str) -> bool:
        """True when any plugin implements the hook."""
        return bool(getattr(self._manager.hook, hook).get_hookimpls())

    def register(self, plugin: object, name: str | None = None) -> None:
        """Register an object or module with hook implementations.

        Raises:
            PluginError: a hook does not exist or takes other arguments.
        """
        label = name or getattr(plugin, "__name__", type(plugin).__name__)
        hooks = [item for item in dir(plugin) if item.startswith(f"{PROJECT}_")]
        for item in hooks:
            if not hasattr(hookspecs, item):
                close = nearest(item, hookspecs.__all__)
                hint = f" Did you mean '{close}'?" if close else ""
                msg = f"Plugin '{label}' implements '{item}', which is no hook.{hint}"
                raise PluginError(msg)
        try:
            self._manager.register(plugin, name)
            self._manager.check_pending()
        except (ValueError, pluggy.PluginValidationError) as error:
            msg = f"Plugin '{label}' cannot be registered: {str(error).splitlines()[0]}"
            raise PluginError(msg) from None

    def load_installed(self, wanted: Sequence[str] | None = None) -> None:
        """Load the installed plugins.

        Args:
            wanted: names to load, in this order; None loads all there are, by name.

        Raises:
            PluginError: a wanted plugin is not installed or cannot be loaded.
        """
        found = {point.name: point for point in entry_points(group=PROJECT)}
        for name in sorted(found) if wanted is None else wanted:
            if name not in found:
                close = nearest(name, found)
                hint = f" Did you mean '{close}'?" if close else " Install the package that has it."
                msg = f"Plugin '{name}' of the settings is not installed.{hint}"
                raise PluginError(msg)
            report = self._load(found[name])
            self._reports.append(report)
            if report.problem is not None and wanted is not None:
                msg = f"Plugin '{name}' of the settings cannot be loaded: {report.problem}"
                raise PluginError(msg)

    def _load(self, point: EntryPoint) -> PluginReport:
        package = point.dist
        label = f"{package.name} {package.version}" if package else ""
        try:
            plugin = point.load()
            self.register(plugin, point.name)
        except Exception as error:  # whatever a plugin's import raises
            problem = str(error) if isinstance(error, PluginError) else _import_problem(error)
            return PluginReport(point.name, label, problem=problem)
        callers = self._manager.get_hookcallers(plugin) or []
        return PluginReport(point.name, label, tuple(sorted(caller.name for caller in callers)))


def _import_problem(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"module '{error.name}' is missing. Install it."
    return f"its import raised {type(error).__name__}."
