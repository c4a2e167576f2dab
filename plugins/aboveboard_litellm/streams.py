"""Streams of completions: LiteLLM's stream objects, of which each chunk was judged before it is had."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from aboveboard.ai import GovernedCall, StreamReader
from aboveboard_litellm.copies import copied_response
from aboveboard_litellm.readers import ChoiceReader

__all__ = ["GovernedStream", "governed", "governed_stream"]

_PASSING = frozenset(
    {
        "_hidden_params", "_response_headers", "created", "custom_llm_provider", "include_usage",
        "is_mock", "model", "received_model_id", "response_id", "stream_options",
        "system_fingerprint",
    }
)  # fmt: skip
"""Attributes of a stream that tell nothing of the answer's text."""


def governed(result: Any, call: GovernedCall) -> Any:
    """The stream, governed; None where the result is no stream of completions."""
    from litellm import CustomStreamWrapper
    from litellm.text_completions.streaming_iterator import TextCompletionStreamWrapper

    if not isinstance(result, CustomStreamWrapper | TextCompletionStreamWrapper):
        return None
    return governed_stream(result, call, ChoiceReader(), _copied_chunk)


def _copied_chunk(chunk: Any) -> Any:
    return copied_response(chunk, "choices")


def governed_stream(
    source: Any, call: GovernedCall, reader: StreamReader, copied: Callable[[Any], Any]
) -> Any:
    """A stream whose chunks were judged.

    Args:
        source: LiteLLM's stream object.
        call: the call that it answers.
        reader: reads its chunks.
        copied: makes a copy of a chunk, whose texts are set in place.
    """
    made: Any = _class
    return made(type(source))(source, call, reader, copied)


@functools.cache
def _class(base: type) -> Any:
    """A class of streams that is, for `isinstance`, LiteLLM's own."""
    return type(f"Governed{base.__name__}", (GovernedStream, base), {})


class GovernedStream:
    """What stands in the place of a stream object of LiteLLM.

    It has none of the original's state: its chunks, its text so far and its connection would lead
    past the gate.
    """

    def __init__(
        self,
        source: Any,
        call: GovernedCall,
        reader: StreamReader,
        copied: Callable[[Any], Any],
    ) -> None:
        self.chunks: list[Any] = []
        """What was let through, for `litellm.stream_chunk_builder`."""
        self._source = _Source(source, copied)
        self._call = call
        self._reader = reader
        self._flow: Iterator[Any] | None = None
        self._aflow: AsyncIterator[Any] | None = None

    def __getattr__(self, name: str) -> Any:
        if name not in _PASSING:
            msg = f"A governed stream has no '{name}': it could show what nobody has judged."
            raise AttributeError(msg)
        return getattr(self._source.stream, name)

    def __del__(self) -> None:
        """Nothing: the original's would look for what is not here."""

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        if self._flow is None:
            self._flow = self._call.flow(self._source, self._reader)
        chunk = next(self._flow)
        self.chunks.append(chunk)
        return chunk

    def __aiter__(self) -> Any:
        return self

    async def __anext__(self) -> Any:
        if self._aflow is None:
            self._aflow = self._call.aflow(self._source, self._reader)
        chunk = await anext(self._aflow)
        self.chunks.append(chunk)
        return chunk

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Any:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def close(self) -> None:
        """Close the connection; nothing comes any more."""
        if (close := getattr(self._flow, "close", None)) is not None:
            close()
        self._source.close()
        self._call.abandon()

    async def aclose(self) -> None:
        """Close the connection; nothing comes any more."""
        if (close := getattr(self._aflow, "aclose", None)) is not None:
            await close()
        await self._source.aclose()
        self._call.abandon()


class _Source:
    """The chunks as they come, each a copy: LiteLLM builds what callbacks and caches get of its own."""

    def __init__(self, stream: Any, copied: Callable[[Any], Any]) -> None:
        self.stream = stream
        self._copied = copied
        self._closed = False

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        if self._closed:
            raise StopIteration
        try:
            return self._copied(next(self.stream))
        except Exception as error:
            _silence(error)
            raise

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        if self._closed:
            raise StopAsyncIteration
        try:
            return self._copied(await anext(self.stream))
        except Exception as error:
            _silence(error)
            raise

    def close(self) -> None:
        self._closed = True
        if (close := getattr(self.stream, "close", None)) is not None:
            close()

    async def aclose(self) -> None:
        self._closed = True
        if (close := getattr(self.stream, "aclose", None)) is not None:
            await close()


def _silence(error: Exception) -> None:
    """LiteLLM hands the text so far along with the error of a stream that breaks off."""
    if getattr(error, "generated_content", None):
        error.generated_content = ""  # type: ignore[attr-defined]
