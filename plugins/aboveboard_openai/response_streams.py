"""Streams of the Responses API: pieces, and again and again the whole of what they made."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from aboveboard.ai import Chunk, Text
from aboveboard_openai.chat_answers import tokens
from aboveboard_openai.json_texts import kind_of, listed, mapping, named, number
from aboveboard_openai.response_answers import (
    cited,
    item_call,
    item_unread,
    outcome_of,
    part_text,
    titles,
)

__all__ = ["ResponseReader"]

_DELTAS = {
    "response.audio.transcript.delta",
    "response.output_text.delta",
    "response.refusal.delta",
}
_WHOLES = {"response.output_text.done": "text", "response.refusal.done": "refusal"}
_ARGUMENTS = {
    "response.custom_tool_call_input.delta",
    "response.function_call_arguments.delta",
}
_UNREAD = {
    "response.audio.delta": "audio",
    "response.code_interpreter_call": "code",
    "response.image_generation_call": "image",
}
_ALL_ARGUMENTS = {
    "response.custom_tool_call_input.done": "input",
    "response.function_call_arguments.done": "arguments",
}


class ResponseReader:
    """Reads the events of one stream."""

    def __init__(self) -> None:
        self._said: set[Hashable] = set()  # channels of texts
        self._called: set[Hashable] = set()  # channels of tools
        self._quoted: set[str] = set()
        self._indexes: dict[str, Any] = {}  # of items by their ids

    def __call__(self, chunk: Any) -> Chunk:
        """What an event brings; many bring nothing of the answer."""
        body = mapping(chunk)
        read = Chunk()
        kind = kind_of(body)
        index, place = number(body, "output_index"), number(body, "content_index")
        if kind in _DELTAS:
            self._text((index, place), Text(body, "delta"), read)
        elif kind in _WHOLES:
            self._whole((index, place), Text(body, _WHOLES[kind]), read)
        elif kind in _ARGUMENTS:
            read.arguments.append((index, Text(body, "delta")))
        elif kind in _ALL_ARGUMENTS:
            read.call_wholes.append((index, Text(body, _ALL_ARGUMENTS[kind])))
        elif kind == "error":
            read.outcome = "failed"
        read.unread = tuple(what for name, what in _UNREAD.items() if kind.startswith(name))
        self._part(index, place, mapping(body.get("part")), read)
        if isinstance(note := body.get("annotation"), dict):
            self._quote({"annotations": [note]}, read)
        if isinstance(item := body.get("item"), dict):
            self._indexes[str(item.get("id"))] = index
            self._item(index, item, read)
        if isinstance(response := body.get("response"), dict):
            self._response(response, read)
        return read

    def _response(self, response: dict[str, Any], read: Chunk) -> None:
        read.model = named(response.get("model"))
        read.tokens = tokens(response)
        read.outcome = outcome_of(response)
        for place, item in enumerate(map(mapping, listed(response.get("output")))):
            # An item may stand elsewhere than where its pieces said: its id tells which it is.
            self._item(self._indexes.get(str(item.get("id")), place), item, read)
        if isinstance(response.get("output_text"), str):
            read.wholes.append((None, Text(response, "output_text")))

    def _item(self, index: Any, item: dict[str, Any], read: Chunk) -> None:
        if kind_of(item) == "message":
            for place, part in enumerate(map(mapping, listed(item.get("content")))):
                self._part(index, place, part, read)
        read.unread += item_unread(item)
        wanted = item_call(item)
        if wanted is None:
            return
        if index in self._called:
            read.call_wholes.append((index, wanted.arguments))
        else:
            self._called.add(index)
            in_pieces = isinstance(item.get(wanted.arguments.key), str)
            if in_pieces and not wanted.arguments.value:
                read.tools.append((index, wanted.name, wanted.id))
            else:
                read.calls.append(wanted)

    def _part(self, index: Any, place: Any, part: dict[str, Any], read: Chunk) -> None:
        if (text := part_text(part)) is not None:
            self._whole((index, place), text, read)
            self._quote(part, read)

    def _quote(self, part: dict[str, Any], read: Chunk) -> None:
        for place in titles(part):
            if place.value not in self._quoted:  # an event repeats what others said
                self._quoted.add(place.value)
                read.quotes.append(place)
        read.sources += tuple(cited(part))

    def _text(self, channel: Hashable, place: Text, read: Chunk) -> None:
        self._said.add(channel)
        read.texts.append((channel, place))

    def _whole(self, channel: Hashable, place: Text, read: Chunk) -> None:
        """A text that repeats its pieces, or is there without any: then it is one itself."""
        if channel in self._said:
            read.wholes.append((channel, place))
        elif place.value:
            self._text(channel, place, read)
