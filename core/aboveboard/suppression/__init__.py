"""Opt-outs and erasures that count at once in every process, and duties until they are done.

    store = SqliteStore("suppression.sqlite")
    store.record([Suppression(gate.pseudonym("hubspot/contacts/42"), "email", True, now)])

With the setting `suppression_store` every gate asks the store about the person of each event.
"""

from aboveboard.suppression.hook import SuppressionHook
from aboveboard.suppression.sqlite import SqliteStore
from aboveboard.suppression.store import SCOPES, Duty, Scope, Suppression, SuppressionStore

__all__ = [
    "SCOPES",
    "Duty",
    "Scope",
    "SqliteStore",
    "Suppression",
    "SuppressionHook",
    "SuppressionStore",
]
