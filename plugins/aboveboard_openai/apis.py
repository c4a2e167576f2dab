"""How each governed endpoint says things: its requests, its answers, the chunks of its streams."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aboveboard.ai import ModelAnswer, ModelCall, StreamReader
from aboveboard_openai.chat_answers import chat_answer
from aboveboard_openai.chat_requests import chat_call
from aboveboard_openai.chat_streams import ChatReader
from aboveboard_openai.plain_requests import (
    completion_answer,
    completion_call,
    embedding_call,
    moderation_call,
)
from aboveboard_openai.response_answers import response_answer
from aboveboard_openai.response_requests import count_call, response_call
from aboveboard_openai.response_streams import ResponseReader

__all__ = ["API_OF", "Api"]


@dataclass(frozen=True, slots=True)
class Api:
    """One endpoint.

    Attributes:
        call: reads the JSON of a request; its places are those of the JSON.
        answer: reads the JSON of an answer, likewise.
        reader: makes a reader of one stream.
    """

    call: Callable[[dict[str, Any]], ModelCall]
    answer: Callable[[dict[str, Any]], ModelAnswer]
    reader: Callable[[], StreamReader]


def _numbers(_: dict[str, Any]) -> ModelAnswer:
    """An answer that says nothing to anybody."""
    return ModelAnswer()


API_OF: Mapping[str, Api] = {
    "chat.completions.create": Api(chat_call, chat_answer, ChatReader),
    "completions.create": Api(completion_call, completion_answer, ChatReader),
    "embeddings.create": Api(embedding_call, _numbers, ChatReader),
    "moderations.create": Api(moderation_call, _numbers, ChatReader),
    "responses.create": Api(response_call, response_answer, ResponseReader),
    "responses.input_tokens.count": Api(count_call, _numbers, ResponseReader),
}
"""By the name of the route."""
