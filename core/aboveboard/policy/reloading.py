"""Loads policies and organisation again, and notices when to; nothing is on the way of a decision.

What does not load leaves in force what was. Decisions on their way keep the engine that they began
with; an embedded engine's parts are dropped by the threads that made them (policy/embedded.py).
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import weakref
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from aboveboard.errors import ConfigurationError, EngineError, PolicyError
from aboveboard.organisation import Organisation, load_organisation
from aboveboard.policy.engine import PolicyEngine
from aboveboard.policy.making import OWN_POLICIES, load_engine

if TYPE_CHECKING:
    from aboveboard.settings import Settings

__all__ = ["Fingerprint", "Sources", "Watcher", "fingerprint"]

_log = structlog.get_logger("aboveboard")

Fingerprint = frozenset[tuple[str, int, int, int]]
"""Path, inode, size and time of change of each file."""

_MAX_FILES = 100_000


def fingerprint(places: Iterable[Path]) -> Fingerprint:
    """What can be seen of files and directories without reading them; what is not there is not in it."""
    found: set[tuple[str, int, int, int]] = set()
    for place in places:
        if place.is_dir():
            for folder, folders, names in os.walk(place):
                folders.sort()
                for name in names:
                    _add(found, os.path.join(folder, name))  # noqa: PTH118  (many of them)
                if len(found) > _MAX_FILES:
                    break
        else:
            _add(found, str(place))
    return frozenset(found)


def _add(found: set[tuple[str, int, int, int]], path: str) -> None:
    # The link's target: a mounted volume swaps links. Both times: a copy may keep the old one.
    with contextlib.suppress(OSError):
        status = os.stat(path)  # noqa: PTH116  (many of them)
        changed = max(status.st_mtime_ns, status.st_ctime_ns)
        found.add((path, status.st_ino, status.st_size, changed))


class Sources:
    """What a gate was made from and may be made from again.

    Args:
        settings: of the gate.
        organisation: file of the organisation; None when it was given as an object.
        directories: of policies, beside the bundled ones.
        given: the gate was given its engine, which is then not ours to load.

    Attributes:
        seen: the files as they were before they were first loaded, for a watcher.
        loaded_at: when all of it was last loaded, UTC.
        error: why the last attempt failed; None when it did not.
        lock: held while loading and replacing.
    """

    def __init__(
        self,
        settings: Settings,
        organisation: Path | None,
        directories: tuple[Path, ...],
        *,
        given: bool,
    ) -> None:
        self._settings = settings
        self._organisation = organisation
        self._directories = directories
        self._own = not given and settings.engine in OWN_POLICIES
        watched = settings.reload_interval_s is not None
        self.seen = fingerprint(self.places) if watched else frozenset()
        self.loaded_at = datetime.now(UTC)
        self.error: str | None = None
        self.lock = threading.Lock()
        _forkable.add(self)

    @property
    def places(self) -> tuple[Path, ...]:
        """Files and directories whose change asks for loading again."""
        named = () if self._organisation is None else (self._organisation,)
        return (*self._directories, *named)

    def load(
        self, engine: PolicyEngine, organisation: Organisation
    ) -> tuple[PolicyEngine, Organisation] | None:
        """What to use from now on, logged; None when something does not load, and why is logged."""
        before = getattr(engine, "revision", None)
        try:
            seen = fingerprint(self.places)
            found = organisation
            if self._organisation is not None:
                found = load_organisation(self._organisation)
            if self._own:
                engine = load_engine(self._settings, self._directories, engine)
            if fingerprint(self.places) != seen:
                msg = "Policies or organisation changed while they were read."
                raise PolicyError(msg)
        except (ConfigurationError, EngineError) as error:
            self._failed(before, str(error))
            return None
        except Exception as error:  # its text may quote anything
            self._failed(before, f"Loading failed with {type(error).__name__}.")
            return None
        self.error = None
        self.loaded_at = datetime.now(UTC)
        after = getattr(engine, "revision", None)
        if after != before:
            _log.info("policies.reloaded", old_revision=before, new_revision=after)
        if found != organisation:
            _log.info("organisation.reloaded", organisation=found.name)
            return engine, found
        return engine, organisation

    def forked(self) -> None:
        """In a child process: who held the lock is not here to release it."""
        self.lock = threading.Lock()

    def _failed(self, revision: str | None, problem: str) -> None:
        self.error = problem
        _log.error("policies.reload_failed", revision=revision, problem=problem)


class Watcher:
    """Looks at files in a thread of its own and calls a method when they have changed.

    A change is acted on when two looks in a row have seen the same: half a set of policies, while it
    is being copied, could lack the rule that denies. The thread holds its owner weakly and goes with
    it; in the child of a fork there is none until `revive`.

    Args:
        owner: whose method is called.
        call: the method, unbound; what it raises is its own affair, so it should not.
        places: files and directories.
        interval_s: between looks.
        seen: how they were when they were last acted on; as they are now when left out.
    """

    def __init__(
        self,
        owner: object,
        call: Callable[[Any], object],
        places: Iterable[Path],
        interval_s: float,
        seen: Fingerprint | None = None,
    ) -> None:
        self._owner = weakref.ref(owner)
        self._call = call
        self._places = tuple(places)
        self._interval_s = interval_s
        self.seen = fingerprint(self._places) if seen is None else seen
        self.lost = False
        _forkable.add(self)
        weakref.finalize(owner, self.stop).atexit = False
        self.revive()

    def revive(self) -> None:
        """Start the thread, also in a forked child."""
        self.lost = False
        # Unlike an Event, its `put` may be called by a garbage collection anywhere.
        self._stop: queue.SimpleQueue[None] = queue.SimpleQueue()
        threading.Thread(
            target=self._watch, args=(self._stop,), name="aboveboard-reload", daemon=True
        ).start()

    def stop(self) -> None:
        """End the thread; a reload on its way is finished."""
        self._stop.put(None)
        _forkable.discard(self)

    def forked(self) -> None:
        """In a child process: the thread stayed with the parent."""
        self.lost = True

    def _watch(self, stop: queue.SimpleQueue[None]) -> None:
        before = self.seen
        while True:
            with contextlib.suppress(queue.Empty):
                stop.get(timeout=self._interval_s)
                return
            now = fingerprint(self._places)
            if now == before and now != self.seen:
                owner = self._owner()
                if owner is None:
                    return
                self.seen = now
                self._call(owner)
                del owner  # while waiting, only its users keep it
            before = now


_forkable: weakref.WeakSet[Sources | Watcher] = weakref.WeakSet()


def _after_fork() -> None:
    for item in list(_forkable):
        item.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
