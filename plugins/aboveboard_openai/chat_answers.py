"""Answers of Chat Completions, whole and in chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from aboveboard.ai import Chunk, ModelAnswer, Outcome, Text, ToolCall
from aboveboard_openai.json_texts import listed, mapping, named

__all__ = ["Reader", "answer"]

_OUTCOMES: dict[Any, Outcome] = {
    "content_filter": "filtered",
    "function_call": "tool_calls",
    "length": "length",
    "stop": "complete",
    "tool_calls": "tool_calls",
}


def answer(body: dict[str, Any]) -> ModelAnswer:
    """What a completion says; the places of its texts are those of the body."""
    read = ModelAnswer(model=named(body.get("model")), tokens=tokens(body))
    ended: list[Outcome | None] = []
    for choice in listed(body.get("choices")):
        message = mapping(mapping(choice).get("message"))
        read.texts += said(message)
        read.tool_calls += _calls(message)
        read.unread += ("audio",) if message.get("audio") else ()
        read.sources += tuple(_sources(message))
        refused = isinstance(message.get("refusal"), str)
        ended.append("refused" if refused else _OUTCOMES.get(mapping(choice).get("finish_reason")))
    read.outcome = ending(ended)
    return read


def ending(outcomes: Iterable[Outcome | None]) -> Outcome | None:
    """How an answer of several candidates ended: as the first that did not just complete."""
    told = list(outcomes)
    return next((item for item in told if item != "complete"), told[0] if told else None)


def tokens(body: dict[str, Any]) -> int | None:
    """Tokens of a call, in and out, where they are told."""
    total = mapping(body.get("usage")).get("total_tokens")
    return total if isinstance(total, int) else None


def said(message: dict[str, Any]) -> list[Text]:
    """What a message says to the person: its text, a refusal, the words of its speech."""
    places = [Text(message, "content"), Text(message, "refusal")]
    if isinstance(audio := message.get("audio"), dict):
        places.append(Text(audio, "transcript"))
    return [place for place in places if isinstance(place.holder.get(place.key), str)]


def _calls(message: dict[str, Any]) -> Iterator[ToolCall]:
    for item in listed(message.get("tool_calls")):
        for kind, key in (("function", "arguments"), ("custom", "input")):
            if isinstance(called := mapping(item).get(kind), dict):
                yield ToolCall(
                    named(called.get("name")) or kind, Text(called, key), named(item.get("id"))
                )
    if isinstance(called := message.get("function_call"), dict):
        yield ToolCall(named(called.get("name")) or "function", Text(called, "arguments"))


def _sources(message: dict[str, Any]) -> Iterator[str]:
    for note in listed(message.get("annotations")):
        url = mapping(mapping(note).get("url_citation")).get("url")
        if isinstance(url, str):
            yield url


class Reader:
    """Reads the chunks of one stream."""

    def __call__(self, chunk: Any) -> Chunk:
        """What a chunk brings; the mark at the end brings nothing."""
        body = mapping(chunk)
        read = Chunk(model=named(body.get("model")), tokens=tokens(body))
        for choice in listed(body.get("choices")):
            self._choice(mapping(choice), read)
        return read

    def _choice(self, choice: dict[str, Any], read: Chunk) -> None:
        index = choice.get("index", 0)
        delta = mapping(choice.get("delta"))
        for key in ("content", "refusal"):
            if isinstance(delta.get(key), str):
                read.texts.append(((index, key), Text(delta, key)))
        read.outcome = read.outcome or _OUTCOMES.get(choice.get("finish_reason"))
