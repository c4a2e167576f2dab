"""What is looked up once for a page of records, and kept for a short, set time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import structlog

__all__ = ["Lookups"]

_log = structlog.get_logger("aboveboard")


class Lookups:
    """Facts by key, from a function that is asked for all that are missing at once.

    Args:
        name: of what is looked up, for the log: `hubspot.subscriptions`.
        fetch: keys → facts by key; a key that it leaves out is known to have nothing.
        ttl_s: how long an answer counts, in seconds; 0 asks each time.
        size: how many answers are kept.
    """

    def __init__(
        self,
        name: str,
        fetch: Callable[[list[str]], Mapping[str, Any]],
        *,
        ttl_s: float = 30.0,
        size: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._fetch = fetch
        self._ttl_s = ttl_s
        self._size = size
        self._clock = clock
        self._kept: dict[str, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def get(self, keys: Iterable[str]) -> dict[str, Any]:
        """Facts by key; a key is missing when the look-up failed: then nobody knows.

        A failure is logged as `lookup.failed` with the type of its error, whose text may quote data.
        """
        asked = list(dict.fromkeys(keys))
        now = self._clock()
        with self._lock:
            known = {
                key: kept[1]
                for key in asked
                if (kept := self._kept.get(key)) is not None and kept[0] > now
            }
        missing = [key for key in asked if key not in known]
        if not missing:
            return known
        try:
            found = self._fetch(missing)
            fresh = {key: found.get(key) for key in missing}
        except Exception as error:
            _log.warning("lookup.failed", lookup=self.name, error=type(error).__name__)
            return known
        until = self._clock() + self._ttl_s
        with self._lock:
            if len(self._kept) + len(fresh) > self._size:
                self._kept.clear()
            if self._ttl_s > 0:
                self._kept.update((key, (until, facts)) for key, facts in fresh.items())
        return known | fresh

    def forget(self, keys: Iterable[str] | None = None) -> None:
        """Ask anew: these keys, or all."""
        with self._lock:
            if keys is None:
                self._kept.clear()
            for key in keys or ():
                self._kept.pop(key, None)
