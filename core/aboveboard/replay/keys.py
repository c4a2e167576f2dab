"""Events that differ only in facts that no rule reads are alike: one evaluation answers for all of them.

The key of an event is what the policies of its step and phase read of it (see `reads`). The id, source and
subject of an event are no facts, and its time is in no key unless a rule reads it. A set of policies
whose reads cannot be told is asked about every event.
"""

from __future__ import annotations

import json
import marshal
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from aboveboard.events import StepEvent
from aboveboard.facts import Phase, Step
from aboveboard.policy.bundle import PolicyBundle
from aboveboard.replay.deciding import Decided, Replayer
from aboveboard.replay.reads import ANY, Read, reads_of

__all__ = ["Keys", "Remembering"]

# A JSON value is never a tuple: what stands for one cannot be taken for another.
_MISSING: tuple[()] = ()
_FALSE, _THERE, _ITEMS = (0,), (1,), (2,)


class Keys:
    """Makes the keys of events, for one set of policies.

    Args:
        bundle: the policies.
    """

    def __init__(self, bundle: PolicyBundle) -> None:
        self._bundle = bundle
        self._reads: dict[tuple[Step, Phase], Read | None] = {}

    def reads(self, step: Step, phase: Phase) -> Read | None:
        """What is read of an event of a step and phase; None when that cannot be told."""
        if (step, phase) not in self._reads:
            linked = self._bundle.linked_for(step, phase)
            found = None if linked is None else reads_of(linked)
            self._reads[step, phase] = None if found is None or found.whole else found
        return self._reads[step, phase]

    def key(self, step: Step, phase: Phase, question: str) -> bytes | None:
        """The key of an event; None when it is like no other.

        Args:
            step: of the event.
            phase: of the event.
            question: its `engine_input`.
        """
        reads = self.reads(step, phase)
        if reads is None:
            return None
        # Version 2 of the format says the same of equal values, whoever made them.
        told = marshal.dumps((step, phase, _taken(reads, json.loads(question))), 2)
        return blake2b(told, digest_size=16).digest()


class Remembering:
    """A replayer that evaluates like events once.

    Args:
        replayer: is asked about what is new.
        size: how many answers are remembered; those not asked for longest are forgotten.
    """

    def __init__(self, replayer: Replayer, size: int) -> None:
        self._replayer = replayer
        self._keys = Keys(replayer.bundle)
        self._size = size
        self._known: OrderedDict[bytes, Decided] = OrderedDict()

    @property
    def revision(self) -> str:
        """Of the policies."""
        return self._replayer.revision

    def prepare(self, event: StepEvent) -> None:
        """See `Replayer.prepare`; what is read of such an event is looked up, too."""
        self._replayer.prepare(event)
        self._keys.reads(event.step, event.phase)

    def ask(self, event: StepEvent, question: str) -> Decided:
        """See `Replayer.ask`; an answer that was known took no time (None)."""
        key = self._keys.key(event.step, event.phase, question)
        if key is None:
            return self._replayer.ask(event, question)
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            return known
        before = self._replayer.asked_whole
        found = self._replayer.ask(event, question)
        # Where the linked module failed the whole packages answered, which may read more.
        if self._replayer.asked_whole == before:
            self._known[key] = replace(found, nanoseconds=None)
            if len(self._known) > self._size:
                self._known.popitem(last=False)
        return found


def _taken(read: Read, value: Any) -> Any:
    """What is read of a value, and nothing else of it."""
    if read.whole:
        return value
    if isinstance(value, dict):
        if read.compared:
            return value
        if not read.below and not read.size:
            return _THERE
        taken: list[Any] = [_ITEMS, len(value) if read.size else None]
        for name, below in read.below.items():
            if name == ANY:
                taken.append([(key, _taken(below, item)) for key, item in value.items()])
            else:
                taken.append(_taken(below, value[name]) if name in value else _MISSING)
        return tuple(taken)
    if isinstance(value, list):
        if read.compared:
            return value
        each = read.below.get(ANY)
        if each is None:
            return (_ITEMS, len(value)) if read.size or read.below else _THERE
        return (_ITEMS, [_taken(each, item) for item in value])
    if read.size or read.below:
        return value  # no rule expects it there: what it is may matter
    if read.compared:
        return _side(value, read.compared)
    return _FALSE if value is False else _THERE


def _side(value: Any, constants: set[str | int]) -> Any:
    """Where a value stands among constants of its type; the value where that is not clear."""
    if type(value) not in (str, int):
        return value
    # Of another type it is less or greater whatever it is.
    alike = sorted(item for item in constants if type(item) is type(value))
    kind = type(value).__name__
    return (*_ITEMS, kind, bisect_left(alike, value), bisect_right(alike, value))
