"""The policy set that a gate with these settings would decide with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from aboveboard.policy.bundle import PolicyBundle

__all__ = ["load_policies"]


def load_policies(directories: Sequence[Path]) -> PolicyBundle:
    """Bundled policies, those of the directories (or of the settings), and those of plugins.

    Raises:
        ConfigurationError: settings, policies or a plugin that the settings name are wrong.
    """
    from aboveboard.cli.options import load_settings
    from aboveboard.manager import PluginManager
    from aboveboard.policy.bundle import load_bundle

    settings = load_settings(policies=tuple(directories))
    manager = PluginManager()
    manager.load_installed(settings.plugins)
    return load_bundle([*manager.policies(), *settings.policies])
