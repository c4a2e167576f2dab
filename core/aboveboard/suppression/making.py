"""The store that the settings name, and its place on the way of decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.suppression.hook import SuppressionHook

if TYPE_CHECKING:
    from aboveboard.manager import PluginManager
    from aboveboard.settings import Settings
    from aboveboard.suppression.store import SuppressionStore

__all__ = ["suppression_store"]


def suppression_store(settings: Settings, manager: PluginManager) -> SuppressionStore | None:
    """Open the store and register its hooks.

    Raises:
        ConfigurationError: the file cannot be opened.
    """
    if settings.suppression_store is None:
        return None
    from aboveboard.suppression.sqlite import SqliteStore

    store = SqliteStore(settings.suppression_store)
    manager.register(SuppressionHook(store), "aboveboard.suppression")
    return store
