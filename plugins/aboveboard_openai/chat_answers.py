"""Answers of Chat Completions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from aboveboard.ai import ModelAnswer, Outcome, Text, ToolCall
from aboveboard_openai.chat_requests import called
from aboveboard_openai.json_texts import listed, mapping, named

__all__ = ["chat_answer", "ended", "ending", "quotes", "sources", "tokens"]

_OUTCOMES: dict[str, Outcome] = {
    "content_filter": "filtered",
    "function_call": "tool_calls",
    "length": "length",
    "stop": "complete",
    "tool_calls": "tool_calls",
}


def chat_answer(body: dict[str, Any]) -> ModelAnswer:
    """What a completion says; the places of its texts are those of the body."""
    read = ModelAnswer(model=named(body.get("model")), tokens=tokens(body))
    ends: list[Outcome | None] = []
    for choice in map(mapping, listed(body.get("choices"))):
        message = mapping(choice.get("message"))
        texts = _said(message)
        read.texts += texts
        read.candidates.append(len(texts))
        read.tool_calls += [
            ToolCall(name, arguments, call_id) for name, arguments, call_id in called(message)
        ]
        if message.get("audio"):
            read.unread = ("audio",)
        read.quotes += quotes(message)
        read.sources += tuple(sources(message))
        refused = isinstance(message.get("refusal"), str)
        ends.append("refused" if refused else ended(choice))
    read.outcome = ending(ends)
    return read


def ended(choice: dict[str, Any]) -> Outcome | None:
    """How one candidate ended; None when it did not, or in a word that is not known."""
    return _OUTCOMES.get(named(choice.get("finish_reason")) or "")


def ending(outcomes: Iterable[Outcome | None]) -> Outcome | None:
    """How an answer of several candidates ended: as the first that did not just complete."""
    told = list(outcomes)
    return next((item for item in told if item != "complete"), told[0] if told else None)


def tokens(body: dict[str, Any]) -> int | None:
    """Tokens of a call, in and out, where they are told."""
    total = mapping(body.get("usage")).get("total_tokens")
    return total if isinstance(total, int) else None


def sources(message: dict[str, Any]) -> Iterator[str]:
    """Addresses of what a message cites."""
    for note in map(mapping, listed(message.get("annotations"))):
        if (url := named(mapping(note.get("url_citation")).get("url"))) is not None:
            yield url


def quotes(message: dict[str, Any]) -> list[Text]:
    """Titles of the pages that a message cites: words of others, beside those of the model."""
    notes = [
        mapping(mapping(note).get("url_citation")) for note in listed(message.get("annotations"))
    ]
    return [Text(note, "title") for note in notes if named(note.get("title"))]


def _said(message: dict[str, Any]) -> list[Text]:
    """What a message says to the person: its text, a refusal, the words of its speech."""
    audio = mapping(message.get("audio"))
    places = [Text(message, "content"), Text(message, "refusal"), Text(audio, "transcript")]
    return [place for place in places if isinstance(place.holder.get(place.key), str)]
