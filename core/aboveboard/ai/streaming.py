"""A streamed answer: held until judged, and let go piece by piece.

Chunks leave in the order in which they came. The text of a piece leaves in the first of its chunks,
and the others leave empty: pieces are judged as wholes, and what had been masked comes back longer or
shorter than it went. A chunk that holds a text which is not yet judged stays, and so does all behind
it; the last text of an answer stays until its end is known, for notices to follow it. A text that has
ended stays no longer than until another has begun.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aboveboard.ai.calls import Chunk, ModelAnswer, StreamReader, ToolCall
from aboveboard.ai.effects import Course, Pause
from aboveboard.ai.pieces import ready
from aboveboard.ai.texts import Text, value_of
from aboveboard.detecting import Detection

if TYPE_CHECKING:
    from aboveboard.ai.exchange import GovernedCall

__all__ = ["Flow"]

_CONTEXT = 120
"""Characters of what was judged before that detectors read along with a piece."""


@dataclass(slots=True, repr=False)
class _Slot:
    """One place of text in a chunk that is held, and how much of it is not judged yet."""

    place: Text
    left: int


@dataclass(slots=True, repr=False)
class _Channel:
    """One text that grows."""

    held: str = ""  # not judged
    judged: str = ""  # as the model said it, masks and all
    ready: str = ""  # judged, and waiting for a chunk to leave in
    shown: str = ""  # as the person sees it, all of it
    ended: bool = False
    slots: deque[_Slot] = field(default_factory=deque)


@dataclass(slots=True, repr=False)
class _Tool:
    """One tool call that grows."""

    name: str
    id: str | None
    arguments: str = ""
    slots: list[Text] = field(default_factory=list)


@dataclass(slots=True, repr=False)
class _Held:
    """A chunk that waits, and what it brought."""

    chunk: Any
    brings: Chunk
    slots: list[tuple[_Channel, _Slot]]


class Flow:
    """The chunks of one stream.

    Args:
        call: the call that it answers.
        reader: reads its chunks.
    """

    def __init__(self, call: GovernedCall, reader: StreamReader) -> None:
        self._call = call
        self._reader = reader
        self._limit = call.gate.settings.stream_piece_chars
        self._queue: deque[_Held] = deque()
        self._channels: dict[Hashable, _Channel] = {}
        self._tools: dict[Hashable, _Tool] = {}
        self._whole_calls: list[ToolCall] = []
        self._answer = ModelAnswer()
        self._found: list[Detection] | None = []
        self._begun = False
        self._done = False

    def taking(self, chunk: Any) -> Course[list[Any]]:
        """Take a chunk in; the chunks that may leave now."""
        brings = self._reader(chunk)
        self._take(chunk, brings)
        if brings.quotes or brings.unread:
            yield from self._beside(brings.quotes)
        for channel in self._channels.values():
            while size := ready(channel.held, self._limit):
                if not self._begun and not channel.held[:size].strip():
                    break  # a notice goes before all that is said
                yield from self._judge(channel, size)
            if channel.ended and channel.held:
                yield from self._judge(channel, len(channel.held))
        return list(self._leaving())

    def finishing(self) -> Course[list[Any]]:
        """The stream is at its end; the chunks that are left."""
        yield from self._conclude()
        return list(self._leaving())

    def _take(self, chunk: Any, brings: Chunk) -> None:
        slots: list[tuple[_Channel, _Slot]] = []
        for name, place in brings.texts:
            channel = self._channels.setdefault(name, _Channel())
            text = place.value
            slot = _Slot(place, len(text))
            channel.held += text
            channel.slots.append(slot)
            slots.append((channel, slot))
        for name, called, number in brings.tools:
            self._tools[name] = _Tool(called, number)
        for name, place in brings.arguments:
            tool = self._tools.setdefault(name, _Tool("", None))
            tool.arguments += place.value
            tool.slots.append(place)
        for name in brings.ended:
            if name in self._channels:
                self._channels[name].ended = True
        self._whole_calls += brings.calls
        answer = self._answer
        answer.outcome = brings.outcome or answer.outcome
        answer.model = brings.model or answer.model
        answer.region = brings.region or answer.region
        answer.tokens = brings.tokens if brings.tokens is not None else answer.tokens
        answer.sources = tuple(dict.fromkeys((*answer.sources, *brings.sources)))
        answer.unread = tuple(dict.fromkeys((*answer.unread, *brings.unread)))
        self._queue.append(_Held(chunk, brings, slots))

    def _judge(self, channel: _Channel, size: int) -> Course[None]:
        """Judge the next piece of a text."""
        yield Pause()
        piece, channel.held = channel.held[:size], channel.held[size:]
        self._scan(channel, piece)
        channel.judged += piece
        shown = self._call.unmask(piece)
        said = "".join(each.shown for each in self._channels.values()) + shown
        yield from self._call.judging(self._answer, said, self._found, final=False)
        self._pass(channel, size, shown)

    def _beside(self, quotes: list[Text]) -> Course[None]:
        """Judge what stands beside the text, also what nobody can read, with what was said before."""
        given = [place.value for place in quotes]
        self._find(self._call.read(given))
        shown = [self._call.unmask(text) for text in given]
        said = "".join(each.shown for each in self._channels.values())
        yield from self._call.judging(
            self._answer, "\n".join([said, *shown]), self._found, final=False
        )
        for place, text in zip(quotes, shown, strict=True):
            place.value = text

    def _scan(self, channel: _Channel, piece: str) -> None:
        before = channel.judged[-_CONTEXT:]
        read = self._call.read([before + piece])
        self._find(read and [item for item in read if item.end > len(before)])

    def _find(self, read: list[Detection] | None) -> None:
        """Add to what detectors found; None when one could not be read."""
        if read is None or self._found is None:
            self._found = None
        else:
            self._found += read

    def _pass(self, channel: _Channel, size: int, shown: str) -> None:
        """A piece was judged: it may leave in the first of its chunks."""
        if not self._begun and shown.strip():
            self._begun = True
            shown = self._call.prefix + shown
        channel.ready += shown
        channel.shown += shown
        for slot in channel.slots:
            taken = min(size, slot.left)
            slot.left -= taken
            size -= taken
            if not size:
                break

    def _conclude(self) -> Course[None]:
        """Judge what is left, with all that is known of the answer, and the tools it asks for."""
        self._done = True
        yield Pause()
        rest = [(channel, channel.held) for channel in self._channels.values() if channel.held]
        for channel, piece in rest:
            self._scan(channel, piece)
        unmask = self._call.unmask
        said = "".join(each.shown + unmask(each.held) for each in self._channels.values())
        self._answer.tool_calls = calls = self._calls()
        answered = bool(said.strip() or calls or self._channels)
        if answered or self._answer.outcome is not None:
            yield from self._call.judging(self._answer, said, self._found)
        if self._call.call.decides:
            yield from self._call.deciding(calls, finish=False, has_text=bool(said.strip()))
        for channel, piece in rest:
            channel.held = ""
            channel.judged += piece
            self._pass(channel, len(piece), unmask(piece))
        self._call.unmask_arguments(calls)
        last = next((one for one in reversed(self._channels.values()) if one.shown.strip()), None)
        if last is not None:
            last.ready += self._call.suffix
            last.shown += self._call.suffix
        self._call.said(self._answer, bool(said.strip()))

    def _calls(self) -> list[ToolCall]:
        """All tool calls, the arguments of those that came in pieces joined."""
        joined = [
            ToolCall(tool.name, Text({"arguments": tool.arguments}, "arguments"), tool.id)
            for tool in self._tools.values()
        ]
        for tool, call in zip(self._tools.values(), joined, strict=True):
            tool.slots.insert(0, call.arguments)
        return [*joined, *self._whole_calls]

    def _leaving(self) -> Any:
        while self._queue and self._free(self._queue[0]):
            held = self._queue.popleft()
            for channel, slot in held.slots:
                channel.slots.popleft()
                slot.place.value, channel.ready = channel.ready, ""
            self._fill(held.brings)
            yield held.chunk

    def _free(self, held: _Held) -> bool:
        if self._done:
            return True
        brings = held.brings
        if brings.tools or brings.arguments or brings.calls or brings.call_wholes:
            return False
        if brings.wholes or brings.outcome is not None:
            return False
        # The last text of a channel stays until the end, for what follows it.
        return all(
            not slot.left and (channel.slots[-1] is not slot or self._followed(channel))
            for channel, slot in held.slots
        )

    def _followed(self, channel: _Channel) -> bool:
        """Nothing more comes in this text, and notices follow a later one."""
        if not channel.ended:
            return False
        channels = list(self._channels.values())
        at = next(at for at, one in enumerate(channels) if one is channel)
        return any(later.shown.strip() for later in channels[at + 1 :])

    def _fill(self, brings: Chunk) -> None:
        """Set the places that repeat what was said, and the arguments of tools."""
        for name, place in brings.arguments:
            tool = self._tools[name]
            # All of it in the first piece: JSON is read when it is complete.
            place.value = tool.slots[0].value if tool.slots[1] is place else ""
        for name, place in brings.wholes:
            if name is None:
                place.value = "".join(channel.shown for channel in self._channels.values())
            elif (channel := self._channels.get(name)) is not None:
                place.value = channel.shown
        for _, place in brings.call_wholes:
            held = value_of(place.holder, place.key)
            if isinstance(held, str):
                place.value = self._call.masks.unmask_json(held)
            else:
                self._call.masks.unmask_within(held)
