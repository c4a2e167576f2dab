"""Reads the chunks of streams of completions, of chat and of text."""

from __future__ import annotations

from typing import Any

from aboveboard.ai import Chunk, Text, value_of
from aboveboard_litellm.answers import outcome_of, sources_of, tokens_of, unread_of

__all__ = ["ChoiceReader"]


class ChoiceReader:
    """A `StreamReader` for `ModelResponseStream` and the chunks of `TextCompletionResponse`."""

    def __init__(self) -> None:
        self._refused = False
        self._named: set[tuple[str, Any, Any]] = set()

    def __call__(self, chunk: Any) -> Chunk:
        """What a chunk brings; its texts are set in place."""
        brings = Chunk(tokens=tokens_of(chunk))
        if isinstance(model := value_of(chunk, "model"), str) and model:
            brings.model = model
        unread: list[str] = []
        sources: list[str] = []
        for choice in value_of(chunk, "choices") or ():
            number = value_of(choice, "index", 0)
            delta = value_of(choice, "delta")
            if delta is None:
                self._text(brings, choice, "text", ("text", number))
            else:
                self._delta(brings, delta, number)
                unread += unread_of(delta)
                sources += sources_of(delta)
            if (outcome := outcome_of(value_of(choice, "finish_reason"))) is not None:
                brings.outcome = "refused" if self._refused else outcome
        if isinstance(cited := value_of(chunk, "citations"), list):
            sources += [item for item in cited if isinstance(item, str)]
        brings.unread = tuple(dict.fromkeys(unread))
        brings.sources = tuple(dict.fromkeys(sources))
        return brings

    def _delta(self, brings: Chunk, delta: Any, number: Any) -> None:
        self._text(brings, delta, "content", ("content", number))
        fields = value_of(delta, "provider_specific_fields")
        for holder in (delta, fields):
            if isinstance(value_of(holder, "refusal"), str) and value_of(holder, "refusal"):
                self._refused = True
                self._text(brings, holder, "refusal", ("refusal", number))
                break
        self._text(brings, value_of(delta, "audio"), "transcript", ("audio", number))
        for item in value_of(delta, "tool_calls") or ():
            channel = ("tool", number, value_of(item, "index", 0))
            self._call(brings, value_of(item, "function"), channel, value_of(item, "id"))
        if (function := value_of(delta, "function_call")) is not None:
            self._call(brings, function, ("function", number, 0), None)

    @staticmethod
    def _text(brings: Chunk, holder: Any, key: str, channel: Any) -> None:
        if isinstance(value := value_of(holder, key), str) and value:
            brings.texts.append((channel, Text(holder, key)))

    def _call(self, brings: Chunk, function: Any, channel: Any, number: Any) -> None:
        name = value_of(function, "name")
        if isinstance(name, str) and name and channel not in self._named:
            self._named.add(channel)
            brings.tools.append((channel, name, number if isinstance(number, str) else None))
        if isinstance(value_of(function, "arguments"), str):
            brings.arguments.append((channel, Text(function, "arguments")))
