"""Judges the requests and answers of one client, of either kind."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aboveboard.ai import Chunk, GovernedCall, Guard, ModelAnswer, ModelCall, StreamReader
from aboveboard_mistral.answers import completion, conversation
from aboveboard_mistral.content import UNKNOWN
from aboveboard_mistral.requests import call_of
from aboveboard_mistral.responses import (
    AsyncGovernedStream,
    GovernedStream,
    is_stream,
    rewritten,
    with_stream,
)
from aboveboard_mistral.routes import GOVERNED, HARMLESS, name_of, place
from aboveboard_mistral.server_sent import encoded
from aboveboard_mistral.streams import CompletionReader, ConversationReader

__all__ = ["Governor"]

_KEPT = 10_000
"""How many conversations are known as judged, at most."""


@dataclass(slots=True, repr=False)
class _Asked:
    """One governed request on its way."""

    name: str
    call: ModelCall
    body: dict[str, Any]
    before: bytes
    goes_on_with: str | None


class Governor:
    """Stands before `do_request` of every resource of one client.

    Args:
        guard: who judges.
        vendor: who runs the model, if not Mistral.
    """

    def __init__(self, guard: Guard, vendor: str | None) -> None:
        self.guard = guard
        self._vendor = vendor
        # Conversations of which each part was judged here, and the tools that they asked for.
        self._judged: OrderedDict[str, dict[str, str]] = OrderedDict()

    def send(self, do: Callable[[Any], Any], operation: str, request: Any, stream: bool) -> Any:
        """Judge a request, send it, judge what comes back.

        Args:
            do: sends a request, with all the SDK's retries.
            operation: its id in the SDK.
            request: an `httpx2.Request`.
            stream: the answer is a stream.

        Raises:
            StepDenied, StepEscalated: it must not leave, or must not be shown.
        """
        asked = self._asked(operation, request)
        if asked is None:
            return do(request)
        governed = self.guard.begin(asked.call)
        try:
            response = do(_as_judged(request, asked))
            if not asked.call.answers or not response.is_success:
                governed.abandon()
                return response
            if stream and is_stream(response):
                return with_stream(response, GovernedStream(response, *self._flow(asked, governed)))
            response.read()
            if (answer := self._answer(asked.name, response)) is None:
                governed.abandon()
                return response
            said, body = answer
            governed.end(said, body)
            return self._given(asked, response, body)
        except BaseException:
            governed.abandon()
            raise

    async def asend(
        self, do: Callable[[Any], Awaitable[Any]], operation: str, request: Any, stream: bool
    ) -> Any:
        """`send`, awaiting engine, handlers and net."""
        asked = self._asked(operation, request)
        if asked is None:
            return await do(request)
        governed = await self.guard.abegin(asked.call)
        try:
            response = await do(_as_judged(request, asked))
            if not asked.call.answers or not response.is_success:
                governed.abandon()
                return response
            if stream and is_stream(response):
                flow = self._flow(asked, governed)
                return with_stream(response, AsyncGovernedStream(response, *flow))
            await response.aread()
            if (answer := self._answer(asked.name, response)) is None:
                governed.abandon()
                return response
            said, body = answer
            await governed.aend(said, body)
            return self._given(asked, response, body)
        except BaseException:
            governed.abandon()
            raise

    def _asked(self, operation: str, request: Any) -> _Asked | None:
        """What is asked for; None where nobody judges it, and it may go on.

        Raises:
            StepDenied: it is refused by its name.
        """
        name = name_of(operation)
        if name not in GOVERNED:
            if name not in HARMLESS:
                self.guard.refuse(name)
            return None
        body = _json(request.content)
        if body is None:
            self._unreadable(name, "The request")
            return None
        before = encoded(body)
        goes_on_with = _conversation_of(request) if GOVERNED[name] == "conversation" else None
        call = call_of(
            name,
            body,
            place(request.url),
            vendor=self._vendor,
            stored=goes_on_with is not None and goes_on_with not in self._judged,
            # Of an agent, or of what began before, the tools stand at Mistral: those that the program
            # has declared are those that may be called.
            tools=self.guard.options.tools if goes_on_with or body.get("agent_id") else (),
            asked=self._judged.get(goes_on_with or ""),
        )
        return _Asked(name, call, body, before, goes_on_with)

    def _answer(self, name: str, response: Any) -> tuple[ModelAnswer, dict[str, Any]] | None:
        """The answer, and the JSON in which it stands; None where it goes through unread.

        Raises:
            StepDenied: nobody can read it.
        """
        body = _json(response.content)
        read, key = (completion, "choices") if GOVERNED[name] == "completion" else _CONVERSATION
        if body is None or not isinstance(body.get(key), list):
            self._unreadable(name, "The answer")
            return None
        answer = read(body)
        if UNKNOWN in answer.unread:
            self._unreadable(name, "A part of the answer")
        return answer, body

    def _given(self, asked: _Asked, response: Any, body: dict[str, Any]) -> Any:
        self._remember(asked, body.get("conversation_id"), body.get("outputs"))
        return rewritten(response, encoded(body))

    def _remember(self, asked: _Asked, conversation: Any, entries: Any) -> None:
        if not isinstance(conversation, str) or "stored" in asked.call.unread:
            return
        called_by = self._judged.setdefault(conversation, {})
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict) and (called := entry.get("tool_call_id")) is not None:
                called_by[str(called)] = str(entry.get("name"))
        while len(self._judged) > _KEPT:
            self._judged.popitem(last=False)

    def _flow(
        self, asked: _Asked, governed: GovernedCall
    ) -> tuple[GovernedCall, StreamReader, Callable[[], None]]:
        name = asked.name
        read = CompletionReader() if GOVERNED[name] == "completion" else ConversationReader()
        begun = asked.goes_on_with

        def reader(chunk: Any) -> Chunk:
            nonlocal begun
            brings = read(chunk)
            if UNKNOWN in brings.unread:
                self._unreadable(name, "An event of the stream")
            begun = chunk.data.get("conversation_id") or begun
            self._remember(asked, begun, [chunk.data])
            return brings

        return governed, reader, lambda: self._unreadable(name, "An event of the stream")

    def _unreadable(self, name: str, what: str) -> None:
        self.guard.refuse(
            name,
            f"{what} of '{name}' is in a form that nobody here knows, so nobody can judge it. "
            "See whether a newer version of aboveboard knows it.",
        )


_CONVERSATION = (conversation, "outputs")


def _conversation_of(request: Any) -> str | None:
    """Id of the conversation that a request goes on with; None where it begins one."""
    found: str = request.url.path.partition("/conversations/")[2].split("/")[0]
    return found or None


def _json(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _as_judged(request: Any, asked: _Asked) -> Any:
    """The request, made anew where a text of it was masked."""
    content = encoded(asked.body)
    if content == asked.before:
        return request
    headers = [
        (name, value) for name, value in request.headers.raw if name.lower() != b"content-length"
    ]
    return type(request)(
        request.method,
        request.url,
        headers=headers,
        content=content,
        extensions=request.extensions,
    )
