"""The two markers that plugins decorate hooks with; importable without the rest of Aboveboard.

from aboveboard.markers import hookimpl

@hookimpl
def aboveboard_facts(event):
return {"objections": {"direct_marketing": lookup(event.subject)}}
"""

from __future__ import annotations

import pluggy

__all__ = ["PROJECT", "hookimpl", "hookspec"]

PROJECT = "aboveboard"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
