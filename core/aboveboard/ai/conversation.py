"""What rules need to know of a talk across its turns; never its words.

conversation = Conversation(subject=gate.pseudonym("customer-17"), language="fi")
with conversation:
client.chat.completions.create(...)
saved = conversation.to_json()          # for whichever server takes the next turn
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextvars import ContextVar, Token
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
    ValidationError,
)

from aboveboard.ai.masking import Masks
from aboveboard.errors import EventError
from aboveboard.facts.decisions import Topic

if TYPE_CHECKING:
    from aboveboard.ai.report import Report

__all__ = ["Conversation", "current_conversation"]

_MAX_OFFERS = 100
_Tag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
_Id = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f-\x9f]{1,256}$")]
_Pseudonym = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,32}:[0-9a-f]{16,128}$")]
_Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]

_current: ContextVar[Conversation | None] = ContextVar("aboveboard_conversation", default=None)


def current_conversation() -> Conversation | None:
    """The conversation whose `with` block runs in this thread or task, or None."""
    return _current.get()


class Conversation(BaseModel):
    """One talk with one person. It keeps what was told and asked, when and how often.

    What the plugin of a model's vendor sees by itself it enters by itself: when the talk began, what was
    disclosed, who asked for a human, distress, answers that failed. The program may set the rest.

    Attributes:
        version: of this form.
        id: of the talk.
        subject: pseudonym of the person, as `Gate.pseudonym` makes it.
        language: of the talk, BCP 47.
        first_message_at: when the first answer was sent.
        turns: answers so far.
        disclosed_at: when the person was told that it is an AI.
        disclosure_language: language in which that was told.
        notices: further notices that were shown, with their time.
        failed_turns: turns in a row that did not help.
        human_requested: the person asked for a human, and has not been offered one since.
        distress_bp: how distressed the latest message seemed, basis points.
        topic, urgency: as `conversation.topic` and `conversation.urgency` in events.
        offers: ids of what was offered, the latest hundred.
        handover_offered_at: when a human was offered.
        callback_at: the time that was promised for a call back.
        taken_over: a human leads the talk now.
        handover_ref: what the case is known as where it was handed to.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, validate_assignment=True)

    version: Literal[1] = 1
    id: _Id = Field(default_factory=lambda: str(uuid.uuid4()))
    subject: _Pseudonym | None = None
    language: _Tag | None = None
    first_message_at: AwareDatetime | None = None
    turns: _Count = 0
    disclosed_at: AwareDatetime | None = None
    disclosure_language: _Tag | None = None
    notices: dict[_Id, AwareDatetime] = {}
    failed_turns: _Count = 0
    human_requested: bool = False
    distress_bp: Annotated[int, Field(strict=True, ge=0, le=10_000)] = 0
    topic: Topic | None = None
    urgency: Literal["low", "normal", "urgent"] | None = None
    offers: tuple[_Id, ...] = ()
    handover_offered_at: AwareDatetime | None = None
    callback_at: AwareDatetime | None = None
    taken_over: bool = False
    handover_ref: _Id | None = None

    _tokens: list[Token[Conversation | None]] = PrivateAttr(default_factory=list)
    _masks: Masks | None = PrivateAttr(default=None)
    _report: Report | None = PrivateAttr(default=None)

    def __enter__(self) -> Conversation:
        self._tokens.append(_current.set(self))
        return self

    def __exit__(self, *_: object) -> None:
        _current.reset(self._tokens.pop())

    def __getstate__(self) -> dict[Any, Any]:
        """Without masks, which hold what must not leave, and reports."""
        state = super().__getstate__()
        return {**state, "__pydantic_private__": {"_tokens": [], "_masks": None, "_report": None}}

    @property
    def report(self) -> Report | None:
        """How the latest call went: verdicts, and what was changed. Not kept by `to_json`."""
        return self._report

    def to_json(self) -> str:
        """The talk as JSON: times, counts, ids and a pseudonym."""
        return self.model_dump_json(exclude_defaults=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> Conversation:
        """A talk that another process kept.

        Raises:
            EventError: it is none; names the place.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            problems = error.errors(include_input=False, include_url=False, include_context=False)
            where = "; ".join(
                f"{'.'.join(map(str, item['loc'])) or 'conversation'}: {item['msg']}"
                for item in problems
            )
            msg = f"This is no conversation that was kept: {where}."
            raise EventError(msg) from None

    def failed(self) -> None:
        """The latest answer did not help."""
        self.failed_turns += 1

    def helped(self) -> None:
        """The latest answer did help."""
        self.failed_turns = 0

    def offered_human(
        self, *, at: datetime | None = None, callback_at: datetime | None = None
    ) -> None:
        """A human was offered to the person, now or by a call back.

        Args:
            at: when; now when left out.
            callback_at: the time that was promised.
        """
        self.handover_offered_at = at or datetime.now(UTC)
        self.callback_at = callback_at
        self.human_requested = False

    def took_over(self, reference: str | None = None) -> None:
        """A human leads the talk from now on."""
        self.taken_over = True
        self.human_requested = False
        self.handover_ref = reference or self.handover_ref
        self.handover_offered_at = self.handover_offered_at or datetime.now(UTC)

    def given_back(self) -> None:
        """The human has left the talk to the assistant again."""
        self.taken_over = False
        self.failed_turns = 0

    def facts(self) -> dict[str, Any]:
        """What it says, as facts of an event."""
        told: dict[str, dict[str, Any]] = {
            "conversation": {
                "first_message_at": self.first_message_at,
                "language": self.language,
                "user_requested_human": self.human_requested,
                "distress_score_bp": self.distress_bp,
                "failed_turns": self.failed_turns,
                "topic": self.topic,
                "urgency": self.urgency,
            },
            "ai": {
                "disclosure_shown_at": self.disclosed_at,
                "disclosure_language": self.disclosure_language,
            },
            "handover": {
                "offered_at": self.handover_offered_at,
                "callback_at": self.callback_at,
                "taken_over": self.taken_over or None,
            },
        }
        known = {
            group: {name: value for name, value in facts.items() if value is not None}
            for group, facts in told.items()
        }
        return {group: facts for group, facts in known.items() if facts}

    def keeps(self, masks: Masks) -> Masks:
        """The masks of this talk; those that are given, when it has none yet."""
        if self._masks is None:
            self._masks = masks
        return self._masks

    def remember(self, report: Report) -> None:
        """Keep how the latest call went."""
        self._report = report

    def answered(self, now: datetime) -> None:
        """One more answer went to the person."""
        self.turns += 1
        if self.first_message_at is None:
            self.first_message_at = now

    def offered(self, ids: Iterable[str]) -> None:
        """Products that an answer offered."""
        told = dict.fromkeys((*self.offers, *ids))
        self.offers = tuple(told)[-_MAX_OFFERS:]
