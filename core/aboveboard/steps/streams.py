"""Generators: checked before the first item, and each item judged as it leaves.

The source is never advanced past what was judged. `send`, `throw`, `close` and the return value are
the source's own, as with `yield from`; a stopped item closes it, so that its `finally` runs. Within
the source, steps carry the decision of the stream; between items, nothing of that is left behind.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from typing import TYPE_CHECKING, Any

from aboveboard.errors import StepStopped
from aboveboard.nesting import enter, leave

if TYPE_CHECKING:
    from aboveboard.steps.judging import Judge
    from aboveboard.steps.telling import Call

__all__ = ["AsyncSource", "Source", "async_generator_function", "generator_function"]


class Source:
    """What a stream takes its items from.

    Args:
        judge: judges each item.
        call: as it began.
        decision: decision id that the stream runs under.
        items: an iterator or generator, not started yet.
    """

    def __init__(self, judge: Judge, call: Call, decision: str, items: Any) -> None:
        self._judge = judge
        self._call = call
        self._decision = decision
        self._items = items
        self._cuts = len(call.cut_from_result)
        self._skips = judge.options.on_stopped == "skip"

    def advance(self, sent: Any, thrown: BaseException | None) -> Any:
        """The next item, judged.

        Raises:
            StopIteration: there is none; it has the return value.
            StepStopped: it must not leave; the source is closed.
        """
        while True:
            enter(self._decision)
            try:
                item = self._next(sent, thrown)
            finally:
                leave(self._decision)
            sent = thrown = None
            try:
                return self._judge.after(self._call, item)
            except StepStopped:
                if self._skips:
                    continue
                self.close()
                raise
            except BaseException:
                self.close()
                raise
            finally:
                # What was cut from one item says nothing of the next.
                del self._call.cut_from_result[self._cuts :]

    def close(self) -> None:
        """Close the source, if it can be."""
        if hasattr(self._items, "close"):
            enter(self._decision)
            try:
                self._items.close()
            finally:
                leave(self._decision)

    def _next(self, sent: Any, thrown: BaseException | None) -> Any:
        if thrown is not None:
            if hasattr(self._items, "throw"):
                return self._items.throw(thrown)
            raise thrown
        return next(self._items) if sent is None else self._items.send(sent)


class AsyncSource(Source):
    """`Source` of an async iterator or async generator."""

    async def advance(self, sent: Any, thrown: BaseException | None) -> Any:
        """The next item, judged.

        Raises:
            StopAsyncIteration: there is none.
            StepStopped: it must not leave; the source is closed.
        """
        while True:
            enter(self._decision)
            try:
                item = await self._next(sent, thrown)
            finally:
                leave(self._decision)
            sent = thrown = None
            try:
                return await self._judge.aafter(self._call, item)
            except StepStopped:
                if self._skips:
                    continue
                await self.aclose()
                raise
            except BaseException:
                await self.aclose()
                raise
            finally:
                del self._call.cut_from_result[self._cuts :]

    async def aclose(self) -> None:
        """Close the source, if it can be."""
        if hasattr(self._items, "aclose"):
            enter(self._decision)
            try:
                await self._items.aclose()
            finally:
                leave(self._decision)

    async def _next(self, sent: Any, thrown: BaseException | None) -> Any:
        if thrown is not None:
            if hasattr(self._items, "athrow"):
                return await self._items.athrow(thrown)
            raise thrown
        return await (anext(self._items) if sent is None else self._items.asend(sent))


def generator_function(
    opened: Callable[[tuple[Any, ...], dict[str, Any]], Source],
) -> Callable[..., Generator[Any, Any, Any]]:
    """A generator function over a source that is opened at the first item."""

    def streamed(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        source = opened(args, kwargs)
        sent: Any = None
        thrown: BaseException | None = None
        while True:
            try:
                item = source.advance(sent, thrown)
            except StopIteration as end:
                return end.value
            sent = thrown = None
            try:
                sent = yield item
            except GeneratorExit:
                source.close()
                raise
            except BaseException as error:
                thrown = error

    return streamed


def async_generator_function(
    opened: Callable[[tuple[Any, ...], dict[str, Any]], Awaitable[AsyncSource]],
) -> Callable[..., AsyncGenerator[Any, Any]]:
    """An async generator function over a source that is opened at the first item."""

    async def streamed(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        source = await opened(args, kwargs)
        sent: Any = None
        thrown: BaseException | None = None
        while True:
            try:
                item = await source.advance(sent, thrown)
            except StopAsyncIteration:
                return
            sent = thrown = None
            try:
                sent = yield item
            except GeneratorExit:
                await source.aclose()
                raise
            except BaseException as error:
                thrown = error

    return streamed
