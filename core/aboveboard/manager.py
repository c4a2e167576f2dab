"""Loads plugins in a set order and keeps count of those that cannot be loaded."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pluggy
import structlog

from aboveboard import hookspecs
from aboveboard.errors import PluginError
from aboveboard.markers import PROJECT
from aboveboard.nearest import nearest

__all__ = ["PluginManager", "PluginReport"]

_ANY_NUMBER = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_NO_GENERATORS = ("aboveboard_verdict", "aboveboard_review", "aboveboard_facts")

_log = structlog.get_logger("aboveboard")


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
    that a run does not depend on the order in which packages were installed; those registered by
    hand come after them. Every hook is called in that order, whatever a plugin asks for: pluggy's
    `tryfirst` and `trylast` have no effect.
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

    def implementations(self, hook: str) -> tuple[Any, ...]:
        """Pluggy's records of a hook's implementations, in the order of registration."""
        order = {id(plugin): at for at, (_, plugin) in enumerate(self._manager.list_name_plugin())}
        found = getattr(self._manager.hook, hook).get_hookimpls()
        return tuple(sorted(found, key=lambda one: order[id(one.plugin)]))

    def policies(self) -> list[Path]:
        """The policy directories that plugins bring, in the set order.

        Raises:
            PluginError: a plugin failed, or named what is no path.
        """
        directories: list[Path] = []
        for found in self.implementations("aboveboard_policies"):
            try:
                directories.extend(Path(item) for item in found.function() or ())
            except Exception as error:
                msg = (
                    f"Plugin '{found.plugin_name}' could not say where its policies are "
                    f"({type(error).__name__}). It returns a list of directories."
                )
                raise PluginError(msg) from None
        return directories

    def register(self, plugin: object, name: str | None = None) -> None:
        """Register an object or module with hook implementations.

        Raises:
            PluginError: a hook does not exist or takes other arguments.
        """
        label = name or str(getattr(plugin, "__name__", type(plugin).__name__))
        if isinstance(plugin, type):
            msg = f"Plugin '{label}' is a class. Register an object of it."
            raise PluginError(msg)
        if self._manager.is_registered(plugin):
            msg = f"Plugin '{label}' is registered already."
            raise PluginError(msg)
        if plugin is None or isinstance(plugin, str | bytes):
            msg = (
                f"A plugin is an object or module with hooks; got {type(plugin).__name__}. Installed "
                "ones are named in the setting 'plugins'."
            )
            raise PluginError(msg)
        try:
            for item in dir(plugin):
                if item.startswith(f"{PROJECT}_"):
                    _check_hook(plugin, item, label)
            self._manager.register(plugin, self._free_name(label))
            self._manager.check_pending()
            self._refuse_misfits(plugin, label)
        except PluginError:
            self._drop(plugin)
            raise
        except pluggy.PluginValidationError as error:
            self._drop(plugin)
            msg = f"Plugin '{label}' cannot be registered: {_misfit(error)}"
            raise PluginError(msg) from None
        except Exception as error:  # its attributes are its own code
            self._drop(plugin)
            msg = f"Plugin '{label}' cannot be registered: it raised {type(error).__name__}."
            raise PluginError(msg) from None

    def _drop(self, plugin: object) -> None:
        if self._manager.get_name(plugin) is not None:
            self._manager.unregister(plugin)

    def _refuse_misfits(self, plugin: object, label: str) -> None:
        for caller in self._manager.get_hookcallers(plugin) or ():
            for found in caller.get_hookimpls():
                if found.plugin is plugin:
                    _check_kind(found, caller.name, label)

    def _free_name(self, label: str) -> str:
        name, number = label, 2
        while self._manager.has_plugin(name):
            name, number = f"{label}-{number}", number + 1
        return name

    def unregister(self, plugin: object) -> None:
        """Take back a plugin that was registered by hand; nothing happens if it was not."""
        if self._manager.is_registered(plugin):
            self._manager.unregister(plugin)

    def load_installed(self, wanted: Sequence[str] | None = None) -> None:
        """Load the installed plugins.

        Args:
            wanted: names to load, in this order; None loads all there are, by name.

        Raises:
            PluginError: a wanted plugin is not installed or cannot be loaded.
        """
        found: dict[str, EntryPoint] = {}
        for point in entry_points(group=PROJECT):
            other = found.setdefault(point.name, point)
            if other.value != point.value:
                msg = f"Two installed packages have a plugin '{point.name}'. Uninstall one of them."
                raise PluginError(msg)
        for name in sorted(found) if wanted is None else wanted:
            if name not in found:
                close = nearest(name, found)
                hint = f" Did you mean '{close}'?" if close else " Install the package that has it."
                msg = f"Plugin '{name}' of the settings is not installed.{hint}"
                raise PluginError(msg)
            report = self._load(found[name])
            self._reports.append(report)
            if report.problem is not None:
                if wanted is not None:
                    msg = f"Plugin '{name}' of the settings cannot be loaded: {report.problem}"
                    raise PluginError(msg)
                _log.warning("plugin.not_loaded", plugin=name, problem=report.problem)

    def _load(self, point: EntryPoint) -> PluginReport:
        package = point.dist
        label = f"{package.name} {package.version}" if package else ""
        try:
            plugin = point.load()
            self.register(plugin, point.name)
        except (Exception, SystemExit) as error:  # whatever a plugin's import raises
            problem = str(error) if isinstance(error, PluginError) else _import_problem(error)
            return PluginReport(point.name, label, problem=f"{problem}{_repair(package)}")
        callers = self._manager.get_hookcallers(plugin) or []
        return PluginReport(point.name, label, tuple(sorted(caller.name for caller in callers)))


def _check_hook(plugin: object, name: str, label: str) -> None:
    """Refuse what pluggy would pass over: a hook that is never called tightens nothing."""
    found = getattr(plugin, name)
    if not callable(found) or hasattr(found, f"{PROJECT}_spec"):
        return
    if not hasattr(hookspecs, name):
        close = nearest(name, hookspecs.__all__)
        hint = f" Did you mean '{close}'?" if close else ""
        msg = f"Plugin '{label}' implements '{name}', which is no hook.{hint}"
        raise PluginError(msg)
    if not hasattr(found, f"{PROJECT}_impl"):
        msg = f"'{name}' of plugin '{label}' lacks its marker. Put @hookimpl above it."
        raise PluginError(msg)


def _misfit(error: pluggy.PluginValidationError) -> str:
    """What pluggy found, without the plugin's repr, which stands in its text."""
    for line in str(error).splitlines():
        if line.startswith("Argument(s) "):
            names = re.findall(r"'(\w+)'", line.partition("}")[0])
            return f"a hook takes {', '.join(sorted(names))}, which it is never given."
        if line.startswith("unknown hook "):
            name = line.split("'")[1]
            close = nearest(name, hookspecs.__all__)
            hint = f" Did you mean '{close}'?" if close else ""
            return f"'{name}' is no hook.{hint}"
    return "one of its hooks is not as its specification says."


def _check_kind(implementation: Any, name: str, label: str) -> None:
    """Refuse what would take away what others found, and what would be called and never run."""
    code = inspect.unwrap(implementation.function)
    if implementation.wrapper or implementation.hookwrapper:
        msg = (
            f"'{name}' of plugin '{label}' is a wrapper, which could take away what other plugins "
            "found. Implement the hook itself."
        )
    elif inspect.iscoroutinefunction(code) or inspect.isasyncgenfunction(code):
        msg = f"'{name}' of plugin '{label}' is async, and nobody would await it. Write 'def'."
    elif name in _NO_GENERATORS and inspect.isgeneratorfunction(code):
        msg = f"'{name}' of plugin '{label}' is a generator, which would not run. Take out 'yield'."
    elif missing := _never_given(implementation, name):
        msg = (
            f"'{name}' of plugin '{label}' would never be given '{missing}'. Take it by position "
            "and without a default, or leave it out."
        )
    else:
        return
    raise PluginError(msg)


def _never_given(implementation: Any, name: str) -> str | None:
    """A parameter that pluggy passes over: those with a default, and those by keyword alone."""
    offered = inspect.signature(getattr(hookspecs, name)).parameters
    for parameter in inspect.signature(implementation.function).parameters.values():
        if parameter.name in implementation.argnames or parameter.kind in _ANY_NUMBER:
            continue
        if parameter.name in offered or parameter.default is inspect.Parameter.empty:
            return parameter.name
    return None


def _repair(package: Any) -> str:
    """What whoever installed the plugin can do; its author reads the sentence before."""
    if package is None:
        return ""
    return (
        f" Update it ('pip install --upgrade {package.name}') or take it out "
        f"('pip uninstall {package.name}')."
    )


def _import_problem(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"module '{error.name}' is missing. Install it."
    return f"its import raised {type(error).__name__}."
