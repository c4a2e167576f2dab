"""A vendor that there is not: one call with messages, and an answer or a stream of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from aboveboard import Gate
from aboveboard.ai import (
    Chunk,
    Conversation,
    Guard,
    GuardOptions,
    ModelAnswer,
    ModelCall,
    PromptText,
    Text,
    ToolCall,
)
from tests.assistant import HOST, MODEL, PURPOSE, TOOLS, chat_facts

__all__ = ["Acme", "answer_of", "call_of", "reader", "streamed"]


def call_of(messages: list[dict[str, Any]], **more: Any) -> ModelCall:
    """The call that sends messages; their texts are masked in place."""
    last = max((i for i, m in enumerate(messages) if m["role"] == "assistant"), default=-1)
    texts = [
        PromptText(
            message["role"],
            Text(message, "content"),
            latest=message["role"] == "user" and at > last,
            tool=message.get("tool"),
        )
        for at, message in enumerate(messages)
    ]
    given: dict[str, Any] = {
        "model": "acme-large",
        "texts": texts,
        "tools": tuple(TOOLS),
        "host": HOST,
        "encrypted": True,
    }
    return ModelCall("chat", **(given | more))


def answer_of(response: dict[str, Any], **more: Any) -> ModelAnswer:
    """The answer that a response holds."""
    given: dict[str, Any] = {
        "texts": [Text(response, "text")] if "text" in response else [],
        "tool_calls": [
            ToolCall(call["name"], Text(call, "arguments"), call.get("id"))
            for call in response.get("tools", ())
        ],
        "outcome": "tool_calls" if response.get("tools") else "complete",
        "model": "acme-large-2026-08",
        "region": "eu",
        "tokens": 120,
    }
    return ModelAnswer(**(given | more))


class Acme:
    """The vendor's client, governed."""

    def __init__(self, gate: Gate, **options: Any) -> None:
        self.conversation = Conversation(subject=gate.pseudonym("customer-17"), language="fi")
        self.reports: list[Any] = []
        given: dict[str, Any] = {
            "purpose": PURPOSE,
            "gate": gate,
            "model": MODEL,
            "tools": TOOLS,
            "facts": chat_facts(),
            "conversation": self.conversation,
            "on_report": self.reports.append,
        }
        # The example's profile names OpenAI as who runs this assistant.
        self.guard = Guard("openai", GuardOptions(**(given | options)))
        self.sent: list[list[dict[str, Any]]] = []

    def chat(self, text: str, response: dict[str, Any], **more: Any) -> dict[str, Any]:
        """One turn; `@@` in the response's text stands for what was sent."""
        messages = [
            {"role": "system", "content": "You help customers of a shop."},
            {"role": "user", "content": text},
        ]
        governed = self.guard.begin(call_of(messages, **more))
        self.sent.append(messages)
        response = _filled(response, messages[-1]["content"])
        return governed.end(answer_of(response), response)

    async def achat(self, text: str, response: dict[str, Any], **more: Any) -> dict[str, Any]:
        """`chat`, async."""
        messages = [{"role": "user", "content": text}]
        governed = await self.guard.abegin(call_of(messages, **more))
        self.sent.append(messages)
        response = _filled(response, messages[-1]["content"])
        return await governed.aend(answer_of(response), response)

    def stream(
        self, text: str, said: str, size: int = 5, tools: Sequence[Any] = ()
    ) -> Iterator[Any]:
        """One turn, streamed in chunks of so many characters."""
        messages = [{"role": "user", "content": text}]
        governed = self.guard.begin(call_of(messages))
        self.sent.append(messages)
        chunks = streamed(said.replace("@@", messages[-1]["content"]), size, tools)
        return governed.flow(chunks, reader)

    async def astream(self, text: str, said: str, size: int = 5) -> AsyncIterator[Any]:
        """`stream`, async."""
        messages = [{"role": "user", "content": text}]
        governed = await self.guard.abegin(call_of(messages))

        async def source() -> AsyncIterator[Any]:
            for chunk in streamed(said.replace("@@", messages[-1]["content"]), size):
                yield chunk

        async for chunk in governed.aflow(source(), reader):
            yield chunk


def _filled(response: dict[str, Any], sent: str) -> dict[str, Any]:
    filled: dict[str, Any] = dict(response)
    if "text" in filled:
        filled["text"] = filled["text"].replace("@@", sent)
    filled["tools"] = [
        call | {"arguments": call["arguments"].replace("@@", sent)}
        for call in response.get("tools", ())
    ]
    return filled


def streamed(said: str, size: int, tools: Sequence[Any] = ()) -> Iterator[dict[str, Any]]:
    """The chunks of an answer: first one that opens it, then text, tools in halves, and the end."""
    yield {"open": True}
    for at in range(0, len(said), size):
        yield {"text": said[at : at + size]}
    for at, (name, arguments) in enumerate(tools):
        half = len(arguments) // 2
        yield {"tool": at, "name": name, "arguments": arguments[:half]}
        yield {"tool": at, "arguments": arguments[half:]}
    yield {"whole": said, "end": "tool_calls" if tools else "complete"}


def reader(chunk: dict[str, Any]) -> Chunk:
    """Reads those chunks."""
    brings = Chunk()
    if "text" in chunk:
        brings.texts.append(("text", Text(chunk, "text")))
    if "tool" in chunk:
        if "name" in chunk:
            brings.tools.append((chunk["tool"], chunk["name"], None))
        brings.arguments.append((chunk["tool"], Text(chunk, "arguments")))
    if "whole" in chunk:
        brings.wholes.append(("text", Text(chunk, "whole")))
        brings.outcome = chunk["end"]
        brings.tokens = 40
    return brings
