"""A call of a model, told without the words of any one vendor: what goes out, what comes back."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from aboveboard.ai.texts import Text
from aboveboard.facts.ai import AnswerOutcome

__all__ = [
    "Chunk",
    "ModelAnswer",
    "ModelCall",
    "Outcome",
    "Place",
    "PromptText",
    "Role",
    "StreamReader",
    "ToolCall",
]

Role = Literal["system", "user", "assistant", "tool"]
"""Who says a text of a prompt: the program, the person, the model before, a tool or a document."""

Outcome = AnswerOutcome
"""How an answer ended: one vocabulary for the words of all vendors."""


@dataclass(slots=True, repr=False)
class PromptText:
    """One text that leaves.

    Attributes:
        role: who says it.
        text: where it stands; replaced there when it has to be masked.
        latest: it is of the person's latest message.
        tool: name of the tool that gave it, for the role `tool`.
    """

    role: Role
    text: Text
    latest: bool = False
    tool: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call may go.

    Attributes:
        model, host, region, vendor, encrypted: as of `ModelCall`.
    """

    model: str | None = None
    host: str | None = None
    region: str | None = None
    vendor: str | None = None
    encrypted: bool | None = None


@dataclass(slots=True, repr=False)
class ModelCall:
    """What is about to leave. No repr: it would show prompts.

    Attributes:
        operation: name of the call as it is refused with, such as `chat.completions.create`.
        model: as the call names it.
        texts: every text that leaves, in order, also descriptions and schemas of tools if they may
            hold a person's data. They stand in a copy of what the program gave: it keeps its own.
        tools: names of the tools that the model may call; those that the vendor runs itself too.
        unread: kinds of parts that nobody can read as text: `image`, `audio`, `file`, `video`,
            and `stored` for what lies at the vendor already.
        host: that the request goes to, lower case.
        region: in which the call asks to be answered, as the vendor names it.
        vendor: who runs the model, where that is not the plugin's own vendor.
        encrypted: True by https, False in the open; None to this machine itself.
        answers: the model writes an answer; False for embeddings and moderation.
        plain: the answer may be any text; False where it must be JSON, which no notice fits into.
        decides: the tools that an answer asks for are judged with it; False where each is judged by
            itself when it is about to run, as in agents, whose people may change its arguments first.
        elsewhere: further places which the same texts may reach, such as those that a gateway falls
            back on. Each is judged before anything leaves, and one that must not have them stops
            the call.
    """

    operation: str
    model: str | None = None
    texts: list[PromptText] = field(default_factory=list)
    tools: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    host: str | None = None
    region: str | None = None
    vendor: str | None = None
    encrypted: bool | None = None
    answers: bool = True
    plain: bool = True
    decides: bool = True
    elsewhere: tuple[Place, ...] = ()


@dataclass(slots=True, repr=False)
class ToolCall:
    """A tool that the model wants to be called. No repr: it would show arguments.

    Attributes:
        name: of the tool.
        arguments: where they stand: JSON as a text, or a mapping.
        id: of the call, as the vendor gives it.
    """

    name: str
    arguments: Text
    id: str | None = None


@dataclass(slots=True, repr=False)
class ModelAnswer:
    """What came back. No repr: it would show the answer.

    Attributes:
        texts: what the model says to the person, in order, one for each candidate or part.
        candidates: how many of the texts each candidate has, in order; empty where each is one. Notices
            are put once into each candidate.
        copies: where the vendor says the same text again, such as a parsed or a joined form: pairs of
            the place and the index of the text it repeats; None for all texts joined.
        quotes: texts that stand beside what the model says, such as quotations of its sources: judged
            with it, and no notice goes into them.
        tool_calls: what it wants to be called, in order.
        unread: kinds of parts that nobody can read: `image`, `audio`, `code`, `file` …
        outcome: how it ended; None when the vendor says it in a word that is not known.
        model: which version answered.
        region: in which it was answered.
        tokens: in and out, as the vendor counts them.
        sources: ids or addresses of what it cites.
    """

    texts: list[Text] = field(default_factory=list)
    candidates: list[int] = field(default_factory=list)
    copies: list[tuple[Text, int | None]] = field(default_factory=list)
    quotes: list[Text] = field(default_factory=list)
    tool_calls: list[ToolCall] = field(default_factory=list)
    unread: tuple[str, ...] = ()
    outcome: Outcome | None = None
    model: str | None = None
    region: str | None = None
    tokens: int | None = None
    sources: tuple[str, ...] = ()


@dataclass(slots=True, repr=False)
class Chunk:
    """What one chunk of a stream brings. A channel is one text or one tool call that grows.

    Attributes:
        texts: pieces of text, each with its channel; its place is set anew when the piece may leave.
        wholes: places in which the vendor repeats all of a channel's text so far; None as channel
            stands for all texts joined, in order.
        tools: tool calls that begin: channel, name, id.
        arguments: pieces of the JSON of a tool call's arguments, each with its channel.
        calls: tool calls that are complete in this chunk by themselves.
        call_wholes: places in which the vendor repeats all arguments of a tool call, as a text or a
            mapping, each with its channel.
        quotes: as of `ModelAnswer`, each complete in this chunk.
        ended: channels that are complete with this chunk.
        unread: kinds of parts that nobody can read.
        outcome, model, region, tokens, sources: as of `ModelAnswer`, when this chunk tells them.
    """

    texts: list[tuple[Hashable, Text]] = field(default_factory=list)
    wholes: list[tuple[Hashable, Text]] = field(default_factory=list)
    tools: list[tuple[Hashable, str, str | None]] = field(default_factory=list)
    arguments: list[tuple[Hashable, Text]] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    call_wholes: list[tuple[Hashable, Text]] = field(default_factory=list)
    quotes: list[Text] = field(default_factory=list)
    ended: list[Hashable] = field(default_factory=list)
    unread: tuple[str, ...] = ()
    outcome: Outcome | None = None
    model: str | None = None
    region: str | None = None
    tokens: int | None = None
    sources: tuple[str, ...] = ()


class StreamReader(Protocol):
    """Reads the chunks of one stream, in order."""

    def __call__(self, chunk: Any) -> Chunk:
        """What this chunk brings; an empty one where it brings nothing of the answer."""
