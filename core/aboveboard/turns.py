"""Turns: how many decisions an event loop works on in a row before all else in it gets its turn.

A decision is a fraction of a millisecond of work that waits for nobody, and a coroutine that never
waits never lets go of its loop: tasks that decide one event after the other would stop everything
else for as long as they have events. A semaphore does not help, for it too lets go of the loop only
when it is taken. So `AT_ONCE` decisions begin, or go on with the answer of a server, in one pass of
the loop; the others wait for the next passes in the order they came. Who comes when few do does not
wait at all.
"""

from __future__ import annotations

import asyncio
import weakref
from collections import deque

__all__ = ["AT_ONCE", "turn"]

AT_ONCE = 2
"""Decisions that one pass of an event loop works on: about a millisecond. More than that is felt by all
else in the loop, and hardly gains time."""


class _Queue:
    """Who waits in one event loop. Belongs to its thread, so there is nothing to lock."""

    __slots__ = ("begun", "waiting")

    def __init__(self) -> None:
        self.begun = 0
        self.waiting: deque[asyncio.Future[None]] = deque()

    def next_pass(self, loop: asyncio.AbstractEventLoop) -> None:
        self.begun = 0
        while self.waiting and self.begun < AT_ONCE:
            first = self.waiting.popleft()
            if not first.done():  # cancelled
                first.set_result(None)
                self.begun += 1
        if self.begun:
            loop.call_soon(self.next_pass, loop)


_queues: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Queue] = weakref.WeakKeyDictionary()


async def turn() -> None:
    """Return at once while this pass of the loop has turns left, in a later pass otherwise.

    Outside an event loop of asyncio there is nobody to wait for.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return
    queue = _queues.get(loop)
    if queue is None:
        queue = _queues[loop] = _Queue()
    if queue.begun < AT_ONCE and not queue.waiting:
        if not queue.begun:
            loop.call_soon(queue.next_pass, loop)
        queue.begun += 1
        return
    place: asyncio.Future[None] = loop.create_future()
    queue.waiting.append(place)
    await place
