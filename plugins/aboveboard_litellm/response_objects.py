"""Answers and streams of the Responses API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aboveboard.ai import Chunk, GovernedCall, ModelAnswer, Outcome, Text, ToolCall, value_of
from aboveboard_litellm.streams import governed_stream

__all__ = ["EventReader", "answer_of", "governed"]

_CALLS = {"function_call": "arguments", "custom_tool_call": "input"}
_QUIET = ("compaction", "message", "reasoning")


def governed(result: Any, call: GovernedCall) -> Any:
    """The stream, governed; None where the result is no stream of events."""
    from litellm.responses.streaming_iterator import BaseResponsesAPIStreamingIterator

    if not isinstance(result, BaseResponsesAPIStreamingIterator):
        return None
    return governed_stream(result, call, EventReader(), lambda event: event.model_copy(deep=True))


def answer_of(response: Any) -> ModelAnswer:
    """What a response says.

    Args:
        response: `ResponsesAPIResponse` or its JSON; copied, for its texts are set in place.
    """
    answer = ModelAnswer(
        model=_text(value_of(response, "model")),
        tokens=_tokens(response),
        outcome=_outcome(response),
        unread=tuple(dict.fromkeys(_unread(response))),
        sources=tuple(dict.fromkeys(_sources(response))),
    )
    for _, part, key in _texts(response):
        answer.texts.append(Text(part, key))
        if key == "refusal":
            answer.outcome = "refused"
    answer.candidates = [len(answer.texts)]
    for _, item, key in _tools(response):
        name, number = _text(value_of(item, "name")), _text(value_of(item, "call_id"))
        answer.tool_calls.append(ToolCall(name or "", Text(item, key), number))
    if answer.outcome == "complete" and answer.tool_calls:
        answer.outcome = "tool_calls"
    return answer


def _texts(response: Any) -> Iterator[tuple[tuple[int, int], Any, str]]:
    """Texts of the messages: index of item and part, the part, and its key."""
    for at, item in enumerate(value_of(response, "output") or ()):
        if value_of(item, "type") == "message":
            for number, part in enumerate(value_of(item, "content") or ()):
                for key in ("text", "refusal"):
                    if isinstance(value_of(part, key), str):
                        yield (at, number), part, key


def _tools(response: Any) -> Iterator[tuple[int, Any, str]]:
    for at, item in enumerate(value_of(response, "output") or ()):
        key = _CALLS.get(str(value_of(item, "type")))
        if key is not None:
            yield at, item, key


def _unread(response: Any) -> Iterator[str]:
    for item in value_of(response, "output") or ():
        kind = str(value_of(item, "type"))
        if kind not in _CALLS and kind not in _QUIET:
            yield kind.removesuffix("_call")


def _sources(response: Any) -> Iterator[str]:
    for _, part, _ in _texts(response):
        for item in value_of(part, "annotations") or ():
            for key in ("url", "file_id"):
                if isinstance(value_of(item, key), str):
                    yield value_of(item, key)


def _outcome(response: Any) -> Outcome | None:
    status = value_of(response, "status")
    if status == "incomplete":
        reason = value_of(value_of(response, "incomplete_details"), "reason")
        return "filtered" if reason == "content_filter" else "length"
    outcomes: dict[str, Outcome] = {"completed": "complete", "failed": "failed"}
    return outcomes.get(str(status))


def _tokens(response: Any) -> int | None:
    total = value_of(value_of(response, "usage"), "total_tokens")
    return total if isinstance(total, int) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


class EventReader:
    """A `StreamReader` for the events of one response.

    The same text comes several times: in pieces, as a part, as an item and in the response. What
    came in pieces is judged by them; what did not is judged where it comes first.
    """

    def __init__(self) -> None:
        self._said: set[tuple[int, int]] = set()
        self._called: set[int] = set()
        self._named: set[int] = set()
        self._refused = False

    def __call__(self, chunk: Any) -> Chunk:
        """What an event brings; its texts are set in place."""
        event, brings = chunk, Chunk()
        kind = str(getattr(value_of(event, "type"), "value", value_of(event, "type")))
        at = value_of(event, "output_index", 0)
        part = (at, value_of(event, "content_index", 0))
        self._refused |= kind.startswith("response.refusal")
        if kind in ("response.output_text.delta", "response.refusal.delta"):
            self._piece(brings, part, event, "delta")
        elif kind in ("response.output_text.done", "response.refusal.done"):
            self._whole(brings, part, event, "text" if "text" in kind else "refusal")
        elif kind.startswith("response.content_part."):
            for key in ("text", "refusal"):
                self._whole(brings, part, value_of(event, "part"), key)
        elif kind.startswith("response.output_item."):
            self._item(brings, at, value_of(event, "item"), done=kind.endswith("done"))
        elif kind.endswith(("_call_arguments.delta", "_call_input.delta")):
            self._called.add(at)
            brings.arguments.append((at, Text(event, "delta")))
        elif kind.endswith(("_call_arguments.done", "_call_input.done")):
            self._arguments(brings, at, event, "arguments" if "arguments" in kind else "input")
        elif kind.startswith("response.image_generation"):
            brings.unread = ("image",)
        elif (response := value_of(event, "response")) is not None:
            self._response(brings, response, final=kind not in _BEGINNING)
        elif kind == "error":
            brings.outcome = "failed"
        return brings

    def _piece(self, brings: Chunk, part: tuple[int, int], holder: Any, key: str) -> None:
        self._said.add(part)
        brings.texts.append((part, Text(holder, key)))

    def _whole(self, brings: Chunk, part: tuple[int, int], holder: Any, key: str) -> None:
        if not isinstance(value_of(holder, key), str):
            return
        if part in self._said:
            brings.wholes.append((part, Text(holder, key)))
        elif value_of(holder, key):
            self._piece(brings, part, holder, key)

    def _item(self, brings: Chunk, at: int, item: Any, *, done: bool) -> None:
        key = _CALLS.get(str(value_of(item, "type")))
        if key is not None:
            self._begin(brings, at, item)
            if done:
                self._arguments(brings, at, item, key)
        elif value_of(item, "type") == "message":
            for number, part in enumerate(value_of(item, "content") or ()):
                for name in ("text", "refusal"):
                    self._whole(brings, (at, number), part, name)
        elif done:
            brings.unread = tuple(_unread({"output": [item]}))

    def _begin(self, brings: Chunk, at: int, item: Any) -> None:
        if at not in self._named:
            self._named.add(at)
            name, number = _text(value_of(item, "name")), _text(value_of(item, "call_id"))
            brings.tools.append((at, name or "", number))

    def _arguments(self, brings: Chunk, at: int, holder: Any, key: str) -> None:
        if not isinstance(value_of(holder, key), str):
            return
        if at in self._called:
            brings.call_wholes.append((at, Text(holder, key)))
        else:
            self._called.add(at)
            brings.arguments.append((at, Text(holder, key)))

    def _response(self, brings: Chunk, response: Any, *, final: bool) -> None:
        brings.model = _text(value_of(response, "model"))
        # LiteLLM may number the items of a stream otherwise than those of the response.
        texts = list(_texts(response))
        known = sorted(self._said) if len(self._said) == len(texts) else None
        for number, (part, holder, key) in enumerate(texts):
            self._whole(brings, known[number] if known else part, holder, key)
        tools = list(_tools(response))
        named = sorted(self._named) if len(self._named) == len(tools) else None
        for number, (at, item, key) in enumerate(tools):
            channel = named[number] if named else at
            self._begin(brings, channel, item)
            self._arguments(brings, channel, item, key)
        if final:
            brings.tokens = _tokens(response)
            brings.outcome = "refused" if self._refused else _outcome(response)
            brings.sources = tuple(dict.fromkeys(_sources(response)))


_BEGINNING = ("response.created", "response.in_progress", "response.queued")
