"""Facts about decisions and talks: what is decided, and how a human comes in."""

from typing import Annotated, Literal

from aboveboard.facts.base import (
    BasisPoints,
    CategoryId,
    Count,
    FactGroup,
    Flag,
    Id,
    Items,
    LanguageTag,
    SignedBasisPoints,
    Span,
    Text,
    UtcDatetime,
    fact,
    group,
)
from aboveboard.facts.derived import AgeOf, TimeUntil

__all__ = [
    "Automation",
    "Contest",
    "Conversation",
    "Decision",
    "DecisionInput",
    "Feedback",
    "Handover",
    "Human",
    "HumanReview",
    "Message",
    "Rollout",
    "Task",
    "Topic",
    "Translation",
]

Automation = Literal[
    "dpv:AssistiveAutomation",
    "dpv:Autonomous",
    "dpv:ConditionalAutomation",
    "dpv:FullAutomation",
    "dpv:HighAutomation",
    "dpv:NotAutomated",
    "dpv:PartialAutomation",
]
Topic = Literal[
    "bereavement",
    "billing",
    "cancellation",
    "complaint",
    "debt",
    "delivery",
    "health",
    "negotiation",
    "order",
    "other",
    "product",
    "technical",
]


class DecisionInput(FactGroup):
    """One input of the decision; what it is, never its value."""

    name: Id | None = fact("Name of the input.")
    categories: Items[CategoryId] | None = fact("What it holds, DPV ids.")


class Decision(FactGroup):
    """The decision about the person."""

    effect: Literal["legal", "none", "similarly_significant"] | None = fact(
        "Effect on the person, in the terms of Article 22."
    )
    automation: Automation | None = fact("Degree of automation, in DPV terms.")
    art22_exception: Literal["contract", "explicit_consent", "law", "none"] | None = fact(
        "Exception of Article 22(2) it rests on."
    )
    score_decisive: Flag | None = fact("Others draw strongly on the score (C-634/21).")
    detriment: Flag | None = fact("Worse treatment of the person.")
    inputs: Items[DecisionInput] | None = group(DecisionInput, many=True)
    contest_channel: Text | None = fact("Where one can contest: an address or URL.")


class Contest(FactGroup):
    """The person's contest of a decision."""

    open: Flag | None = fact("A contest waits for its answer.")


class Feedback(FactGroup):
    """Feedback from customers."""

    channel_present: Flag | None = fact("The message says where to give feedback.")
    open_count: Count | None = fact("Items of feedback without an answer.")
    oldest_open_days: Count | None = fact("Age of the oldest of them, days.")


class Conversation(FactGroup):
    """The talk with the person; never its words."""

    first_message_at: UtcDatetime | None = fact("When the first message was sent.")
    first_message_age_s: Annotated[Span | None, AgeOf("first_message_at", "s")] = fact(
        "Whole seconds since `first_message_at` (derived)."
    )
    language: LanguageTag | None = fact("Language of the talk, BCP 47.")
    user_requested_human: Flag | None = fact("The person asked for a human.")
    distress_score_bp: BasisPoints | None = fact("How distressed the person seems, basis points.")
    sentiment_bp: SignedBasisPoints | None = fact("Sentiment, -10 000 to 10 000 basis points.")
    failed_turns: Count | None = fact("Turns in a row that did not help.")
    topic: Topic | None = fact("What it is about.")
    urgency: Literal["low", "normal", "urgent"] | None = fact("How soon help is needed.")
    complexity_bp: BasisPoints | None = fact("How complex the matter is, basis points.")


class Human(FactGroup):
    """The humans who can take over."""

    available: Flag | None = fact("Someone can take over now.")
    wait_s: Count | None = fact("Expected wait, seconds.")
    opening_hours: Text | None = fact("When humans are there, such as Mo-Fr 09:00-17:00.")


class HumanReview(FactGroup):
    """The review of a result by a human."""

    available: Flag | None = fact("The result can be reviewed by a human.")
    reviewer_id: Id | None = fact("Staff id of the reviewer, not a name.")
    authority_to_change: Flag | None = fact("The reviewer may change the result.")
    time_spent_s: Count | None = fact("Time the review took, seconds.")
    overturn_rate_90d_bp: BasisPoints | None = fact(
        "Results changed by reviews in the last 90 days, basis points."
    )


class Handover(FactGroup):
    """The handing over of a talk to a human."""

    offered_at: UtcDatetime | None = fact("When a human was offered.")
    offered_age_s: Annotated[Span | None, AgeOf("offered_at", "s")] = fact(
        "Whole seconds since `offered_at` (derived)."
    )
    callback_at: UtcDatetime | None = fact("Time promised for a call back.")
    callback_in_s: Annotated[Span | None, TimeUntil("callback_at", "s")] = fact(
        "Whole seconds until `callback_at` (derived)."
    )
    taken_over: Flag | None = fact("A human leads the talk now.")
    summary_present: Flag | None = fact("The human gets a summary.")
    context_fields: Items[Id] | None = fact("Names of the fields handed over.")
    repeat_question_count: Count | None = fact("Questions the person had to answer again.")


class Task(FactGroup):
    """The task that the AI carries out."""

    type: Id | None = fact("Short name of the task, as the organisation lists them.")
    share_automated_7d_bp: BasisPoints | None = fact(
        "Cases closed without a human in the last 7 days, basis points."
    )


class Rollout(FactGroup):
    """The introduction of the system at work."""

    phase: Literal["full", "partial", "pilot"] | None = fact("How far it has come.")
    workers_informed_at: UtcDatetime | None = fact("When the workers were told.")
    workers_informed_age_days: Annotated[Span | None, AgeOf("workers_informed_at")] = fact(
        "Whole days since `workers_informed_at` (derived)."
    )


class Message(FactGroup):
    """The message that goes to the person."""

    language: LanguageTag | None = fact("Language of the message, BCP 47.")


class Translation(FactGroup):
    """The translation of what the person is given."""

    machine: Flag | None = fact("Made by a machine.")
    reviewed: Flag | None = fact("Reviewed by a human.")
    stated: Flag | None = fact("Said to be machine-made.")
    legal_text: Flag | None = fact("What was translated has legal effect.")
