"""From settings to an engine: the built-in ones, and those of plugins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aboveboard.errors import EngineError, PluginError, PolicyError, SettingsError
from aboveboard.policy.bundle import load_bundle
from aboveboard.policy.compiling import compile_apart
from aboveboard.policy.embedded import EmbeddedEngine
from aboveboard.policy.engine import PolicyEngine
from aboveboard.policy.opa import OpaConnection, OpaEngine

if TYPE_CHECKING:
    from aboveboard.manager import PluginManager
    from aboveboard.settings import Settings

__all__ = ["ENGINES", "OWN_POLICIES", "load_engine", "make_engine", "policy_directories"]

OWN_POLICIES = ("embedded", "managed")
"""Engines that decide by directories of policies, and are loaded anew when these change."""

ENGINES = (*OWN_POLICIES, "opa")
"""Engines that are built in."""


def policy_directories(
    settings: Settings, policies: Sequence[Path | str] | None, manager: PluginManager
) -> tuple[Path, ...]:
    """Directories beside the bundled policies: those of plugins, then those given or set.

    None for an engine that has its policies elsewhere.
    """
    if settings.engine not in OWN_POLICIES:
        return ()
    # Reference data of a later directory takes the place of an earlier one's: the organisation's
    # own comes last.
    own = settings.policies if policies is None else policies
    return (*manager.policies(), *(Path(item) for item in own))


def make_engine(
    settings: Settings,
    directories: Sequence[Path],
    manager: PluginManager,
    *,
    given: bool = False,
) -> PolicyEngine:
    """The engine that the settings name.

    Args:
        settings: of the gate.
        directories: as `policy_directories` found them.
        manager: for engines of plugins.
        given: some directories were given to the gate itself.

    Raises:
        ConfigurationError: there is no such engine, or it cannot be made.
    """
    if settings.engine in OWN_POLICIES:
        return load_engine(settings, directories)
    if given:
        msg = (
            f"Engine '{settings.engine}' decides by the policies of its server; directories given "
            "here would be ignored. Build them into its bundle: 'aboveboard bundle build'."
        )
        raise SettingsError(msg)
    return _opa(settings) if settings.engine == "opa" else _plugged(settings, manager)


def load_engine(
    settings: Settings, directories: Sequence[Path], current: PolicyEngine | None = None
) -> PolicyEngine:
    """An engine that decides by what is in the directories now.

    Args:
        settings: of the gate.
        directories: beside the bundled policies.
        current: given back when its policies are the same.

    Raises:
        ConfigurationError: the policies do not load, or OPA does not start.
    """
    bundle = load_bundle(directories)
    same = current is not None and getattr(current, "revision", None) == bundle.revision
    if current is not None and same and getattr(current, "usable", True):
        return current
    if settings.engine == "managed":
        from aboveboard.policy.managed import ManagedEngine
        from aboveboard.policy.opa_binary import find_opa

        return ManagedEngine(bundle, find_opa(settings.opa_binary), settings.timeout_s)
    compile_apart(bundle, directories, settings.policy_compile_timeout_s)
    engine = EmbeddedEngine(bundle)
    try:
        engine.prepare()
    except EngineError as error:
        if error.reason != "runtime.policy_error" or not directories:
            raise
        msg = f"{error} {error.remedy}"
        raise PolicyError(msg) from None
    return engine


def _opa(settings: Settings) -> OpaEngine:
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


def _plugged(settings: Settings, manager: PluginManager) -> PolicyEngine:
    found: list[Any] = manager.hook.aboveboard_engine(settings=settings)
    if not found:
        known = ", ".join(sorted(ENGINES))
        msg = (
            f"There is no engine '{settings.engine}'. Built in are {known}; for another, install "
            "the plugin that brings it ('aboveboard plugins')."
        )
        raise SettingsError(msg)
    if len(found) > 1:
        msg = f"{len(found)} plugins bring an engine '{settings.engine}'. Name one in 'plugins'."
        raise PluginError(msg)
    engine: PolicyEngine = found[0]
    name = getattr(engine, "name", None)
    if name != settings.engine:
        msg = f"A plugin brings an engine for '{settings.engine}' that does not go by that name."
        raise PluginError(msg)
    return engine


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
