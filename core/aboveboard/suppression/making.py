"""The store that the settings name, and its place on the way of decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.errors import SettingsError
from aboveboard.suppression.hook import SuppressionHook

if TYPE_CHECKING:
    from aboveboard.manager import PluginManager
    from aboveboard.settings import Settings
    from aboveboard.suppression.store import SuppressionStore

__all__ = ["suppression_store"]


def suppression_store(
    settings: Settings, manager: PluginManager, given: SuppressionStore | None = None
) -> SuppressionStore | None:
    """Open the store, or take the one that was given, and register its hooks.

    Raises:
        ConfigurationError: the file cannot be opened, or there is no key for pseudonyms.
    """
    if given is not None:
        manager.register(SuppressionHook(given), "aboveboard.suppression")
        return given
    if settings.suppression_store is None:
        return None
    if settings.secret("subject_key") is None:
        msg = (
            "suppression_store: processes share it by pseudonyms, and without a subject_key each has "
            "its own. Set subject_key or subject_key_file."
        )
        raise SettingsError(msg)
    from aboveboard.suppression.sqlite import SqliteStore

    store = SqliteStore(settings.suppression_store)
    manager.register(SuppressionHook(store), "aboveboard.suppression")
    return store
