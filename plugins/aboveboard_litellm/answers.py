"""Answers of LiteLLM, which gives those of every vendor the form of OpenAI's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aboveboard.ai import ModelAnswer, Outcome, Text, ToolCall, value_of

__all__ = ["answer_of", "outcome_of", "sources_of", "tokens_of", "unread_of"]

_OUTCOMES: Mapping[str, Outcome] = {
    "stop": "complete",
    "eos": "complete",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "filtered",
    "guardrail_intervened": "filtered",
    "refusal": "refused",
    "pause_turn": "paused",
}


def answer_of(response: Any) -> ModelAnswer:
    """What a completion says, of chat or of text.

    Args:
        response: `ModelResponse` or `TextCompletionResponse`, or their JSON; copied, for its texts
            are set in place.
    """
    answer = ModelAnswer(
        model=_text(value_of(response, "model")),
        tokens=tokens_of(response),
    )
    unread: list[str] = []
    sources: list[str] = list(_addresses(value_of(response, "citations")))
    outcomes: list[Outcome | None] = []
    for choice in value_of(response, "choices") or ():
        message = value_of(choice, "message")
        refused, before = False, len(answer.texts)
        if message is None:  # a completion of text
            answer.texts.append(Text(choice, "text"))
        else:
            refused = _read_message(message, answer)
            unread += unread_of(message)
            sources += sources_of(message)
        answer.candidates.append(len(answer.texts) - before)
        outcomes.append("refused" if refused else outcome_of(value_of(choice, "finish_reason")))
    answer.outcome = next((item for item in outcomes if item != "complete"), None) or (
        "complete" if "complete" in outcomes else None
    )
    answer.unread = tuple(dict.fromkeys(unread))
    answer.sources = tuple(dict.fromkeys(sources))
    return answer


def _read_message(message: Any, answer: ModelAnswer) -> bool:
    """Take in a message; True where it is a refusal."""
    if isinstance(value_of(message, "content"), str):
        answer.texts.append(Text(message, "content"))
    elif isinstance(value_of(message, "content"), list):
        for part in value_of(message, "content"):
            if isinstance(value_of(part, "text"), str):
                answer.texts.append(Text(part, "text"))
    refused = False
    for holder in (message, value_of(message, "provider_specific_fields")):
        if isinstance(said := value_of(holder, "refusal"), str) and said:
            place = Text(holder, "refusal")
            if refused:
                answer.copies.append((place, len(answer.texts) - 1))
            else:
                answer.texts.append(place)
            refused = True
    if isinstance(value_of(audio := value_of(message, "audio"), "transcript"), str):
        answer.texts.append(Text(audio, "transcript"))
    for item in value_of(message, "tool_calls") or ():
        answer.tool_calls.append(_tool_call(value_of(item, "function"), value_of(item, "id")))
    if (function := value_of(message, "function_call")) is not None:
        answer.tool_calls.append(_tool_call(function, None))
    return refused


def _tool_call(function: Any, number: Any) -> ToolCall:
    name = value_of(function, "name")
    return ToolCall(
        name if isinstance(name, str) else "", Text(function, "arguments"), _text(number)
    )


def outcome_of(reason: Any) -> Outcome | None:
    """How a choice ended; None in a word that is not known."""
    return _OUTCOMES.get(str(reason))


def tokens_of(response: Any) -> int | None:
    """In and out, of a response or a chunk."""
    total = value_of(value_of(response, "usage"), "total_tokens")
    return total if isinstance(total, int) else None


def unread_of(message: Any) -> Iterator[str]:
    """Kinds of what a message or a delta brings that nobody can read."""
    if value_of(message, "audio") is not None:
        yield "audio"
    if value_of(message, "images"):
        yield "image"


def sources_of(message: Any) -> Iterator[str]:
    """What a message or a delta cites."""
    for item in value_of(message, "annotations") or ():
        yield from _addresses([value_of(value_of(item, "url_citation"), "url")])


def _addresses(values: Any) -> Iterable[str]:
    if not isinstance(values, list):
        return ()
    return (item for item in values if isinstance(item, str) and item)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
