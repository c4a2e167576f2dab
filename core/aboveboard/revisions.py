"""Whether the policies that decide are those that were meant to.

A server fetches its bundle by itself, and a directory can be changed: the setting `expected_revisions`
says which policies were released. Others that decide are a finding of each of their verdicts, a
warning unless `on_unexpected_revision` says `deny`, and are logged once as
`policies.unexpected_revision`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from aboveboard.errors import EngineError

if TYPE_CHECKING:
    from aboveboard.outcome import Outcome
    from aboveboard.settings import Settings

__all__ = ["ExpectedRevisions"]

_REASON = "runtime.unexpected_revision"
_SHOWN = 100
_MAX_LOGGED = 100
_log = structlog.get_logger("aboveboard")


class ExpectedRevisions:
    """What the settings `expected_revisions` and `on_unexpected_revision` say, ready to be asked.

    Args:
        settings: as loaded; without expected revisions, any will do.
    """

    def __init__(self, settings: Settings) -> None:
        self._expected = settings.expected_revisions
        self._deny = settings.on_unexpected_revision == "deny"
        self._logged: set[str] = set()

    def problem(self, revision: str | None) -> str | None:
        """What is wrong with policies of this revision, as a sentence; None when nothing is.

        Args:
            revision: None when nobody can tell it.
        """
        if not self._expected or revision is None or revision in self._expected:
            return None
        shown = revision[:_SHOWN] if revision.isprintable() else "no revision"
        return f"The policies in force are {shown}; expected {' or '.join(self._expected)}."

    def hold(self, outcome: Outcome) -> None:
        """Add a finding when other policies answered than were expected."""
        if not self._expected or outcome.revision in self._expected:
            return
        problem = self.problem(outcome.revision) or ""
        if outcome.revision not in self._logged and len(self._logged) < _MAX_LOGGED:
            self._logged.add(outcome.revision)  # two threads may both log it
            _log.error("policies.unexpected_revision", problem=problem)
        error = EngineError(
            _REASON,
            problem,
            "Publish the expected bundle, see why the server does not take it (Gate.status()), or "
            "add this revision to expected_revisions.",
        )
        if self._deny:
            outcome.refuse(error)
        else:
            outcome.tolerate(error)
