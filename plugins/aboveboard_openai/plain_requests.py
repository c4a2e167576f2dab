"""Requests that hold their text in one place: older completions, embeddings, moderation."""

from __future__ import annotations

from typing import Any

from aboveboard.ai import ModelAnswer, ModelCall, PromptText, Text
from aboveboard_openai.chat_answers import ended, ending, tokens
from aboveboard_openai.json_texts import given_texts, listed, named
from aboveboard_openai.parts import content_of

__all__ = ["completion_answer", "completion_call", "embedding_call", "moderation_call"]


def completion_call(body: dict[str, Any]) -> ModelCall:
    """A call of the older completions: its prompt is what the person says."""
    return _call("completions.create", body, "prompt", answers=True)


def embedding_call(body: dict[str, Any]) -> ModelCall:
    """A call that turns texts into numbers."""
    return _call("embeddings.create", body, "input", answers=False)


def moderation_call(body: dict[str, Any]) -> ModelCall:
    """A call that has texts judged by the vendor."""
    return _call("moderations.create", body, "input", answers=False)


def completion_answer(body: dict[str, Any]) -> ModelAnswer:
    """What a completion says; the places of its texts are those of the body."""
    choices = [item for item in listed(body.get("choices")) if isinstance(item, dict)]
    return ModelAnswer(
        texts=[Text(item, "text") for item in choices if isinstance(item.get("text"), str)],
        outcome=ending(ended(item) for item in choices),
        model=named(body.get("model")),
        tokens=tokens(body),
    )


def _call(operation: str, body: dict[str, Any], key: str, *, answers: bool) -> ModelCall:
    texts: list[PromptText] = []
    unread: list[str] = []
    for found in content_of(body, key):
        if isinstance(found, str):
            unread.append(found)
        else:
            texts.append(PromptText("user", found, latest=answers))
    return ModelCall(
        operation,
        named(body.get("model")),
        [*texts, *given_texts(body, beside=(key, "encoding_format"))],
        unread=tuple(dict.fromkeys(unread)),
        answers=answers,
    )
