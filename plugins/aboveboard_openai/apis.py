"""How each governed endpoint says things: its requests, its answers, the chunks of its streams."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aboveboard.ai import ModelAnswer, ModelCall, StreamReader
from aboveboard_openai import chat_answers, chat_requests

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


API_OF: Mapping[str, Api] = {
    "chat.completions.create": Api(
        chat_requests.call, chat_answers.answer, chat_answers.Reader
    ),
}
