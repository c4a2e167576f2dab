"""Answers, whole: of chat, fill in the middle and conversations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aboveboard.ai import ModelAnswer, Outcome, Text, ToolCall
from aboveboard_mistral.content import UNKNOWN, Content, read_content

__all__ = ["OUTCOMES", "completion", "conversation", "tokens_of"]

OUTCOMES: Mapping[str, Outcome] = {
    "error": "failed",
    "length": "length",
    "model_length": "length",
    "stop": "complete",
    "tool_calls": "tool_calls",
}
"""`finish_reason` in the one vocabulary. Mistral has no word for a refusal or a filter."""

_SILENT = frozenset({"agent.handoff", "tool.execution"})
"""Entries of a conversation that say nothing to the person."""


def completion(body: Mapping[str, Any]) -> ModelAnswer:
    """An answer of chat, agents or fill in the middle.

    Args:
        body: the JSON of the answer; its texts are set in place.
    """
    answer = ModelAnswer(model=_text(body.get("model")), tokens=tokens_of(body))
    for choice in _objects(body.get("choices")):
        reason = choice.get("finish_reason")
        answer.outcome = answer.outcome or OUTCOMES.get(str(reason))
        messages = [choice.get("message"), *_objects(choice.get("messages"))]
        before = len(answer.texts)
        for message in _objects(messages):
            _add(answer, read_content(message, "content"))
            for item in _objects(message.get("tool_calls")):
                function = item.get("function")
                if isinstance(function, dict):
                    call = ToolCall(
                        str(function.get("name")), Text(function, "arguments"), item.get("id")
                    )
                    answer.tool_calls.append(call)
        answer.candidates.append(len(answer.texts) - before)
    return answer


def conversation(body: Mapping[str, Any]) -> ModelAnswer:
    """An answer of a conversation.

    Args:
        body: the JSON of the answer; its texts are set in place.
    """
    answer = ModelAnswer(tokens=tokens_of(body))
    for entry in _objects(body.get("outputs")):
        answer.model = _text(entry.get("model")) or answer.model
        kind = entry.get("type", "message.output" if "content" in entry else None)
        if kind == "message.output":
            _add(answer, read_content(entry, "content"))
        elif kind == "function.call":
            call = ToolCall(
                str(entry.get("name")), Text(entry, "arguments"), entry.get("tool_call_id")
            )
            answer.tool_calls.append(call)
        elif kind not in _SILENT:
            answer.unread = (*answer.unread, UNKNOWN)
    answer.candidates = [len(answer.texts)]
    answer.outcome = "tool_calls" if answer.tool_calls else "complete"
    return answer


def tokens_of(body: Mapping[str, Any]) -> int | None:
    """Tokens in and out, as Mistral counts them."""
    usage = body.get("usage")
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) else None


def _add(answer: ModelAnswer, read: Content) -> None:
    answer.texts += read.texts
    answer.quotes += read.quotes
    answer.unread = (*answer.unread, *read.unread)
    answer.sources = tuple(dict.fromkeys((*answer.sources, *read.sources)))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _objects(given: Iterable[Any] | None) -> Iterator[dict[str, Any]]:
    for item in given if isinstance(given, list) else ():
        if isinstance(item, dict):
            yield item
