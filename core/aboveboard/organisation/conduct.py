"""How the organisation is to be reached, and how it runs, guards and checks what it does."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from aboveboard.organisation.base import (
    Address,
    BasisPoints,
    Count,
    Entry,
    Flag,
    Id,
    Moment,
    Role,
    Shape,
    Statement,
    stated,
)

__all__ = [
    "Approval",
    "Audit",
    "ContactPoints",
    "Controller",
    "HumanReview",
    "Interface",
    "Literacy",
    "LiteracyMeasure",
    "OpeningHours",
    "Security",
]


def _zone(value: str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    from aboveboard.nearest import nearest

    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        text = "expected a time zone such as Europe/Helsinki"
        hint = nearest(value, available_timezones())
        if hint:
            text = "expected a time zone. Did you mean '{hint}'?"
        raise PydanticCustomError("expected", text, {"hint": hint}) from None
    return value


def _forwards(value: str) -> str:
    start, end = value.split("-")
    # HH:MM sorts as text; 24:00 is midnight at the end of the day.
    if start >= end or end > "24:00":
        text = "expected the end after the start, on the same day (24:00 at the latest)"
        raise PydanticCustomError("expected", text)
    return value


Hours = Annotated[
    str,
    Shape(r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-4]):[0-5][0-9]", "hours as 09:00-17:00"),
    AfterValidator(_forwards),
]
Zone = Annotated[str, AfterValidator(_zone)]
Spans = Annotated[tuple[Hours, ...], Field(max_length=4)]


class Controller(Statement):
    """What the organisation is in the eyes of laws that hold for some only."""

    is_online_platform: Flag | None = stated("An online platform under the Digital Services Act.")


class ContactPoints(Statement):
    """Where people reach the organisation. Addresses of functions, not of named persons."""

    human: Address | None = stated("Where a human answers.")
    dpo: Address | None = stated("The data protection officer.")
    objection_channel: Address | None = stated("Where one objects to profiling and marketing.")
    contest_channel: Address | None = stated("Where one contests a decision.")
    feedback_channel: Address | None = stated("Where one gives feedback.")
    access_channel: Address | None = stated(
        "Where one asks to see one's data, or to have them corrected or erased."
    )
    authority: Address | None = stated("The data protection authority that one can complain to.")


class OpeningHours(Statement):
    """When humans can take over. A day that is left out is unknown; `[]` is closed."""

    time_zone: Zone = Field(description="IANA name of the zone that the hours are in.")
    monday: Spans | None = stated("Hours on Mondays.")
    tuesday: Spans | None = stated("Hours on Tuesdays.")
    wednesday: Spans | None = stated("Hours on Wednesdays.")
    thursday: Spans | None = stated("Hours on Thursdays.")
    friday: Spans | None = stated("Hours on Fridays.")
    saturday: Spans | None = stated("Hours on Saturdays.")
    sunday: Spans | None = stated("Hours on Sundays.")
    closed_on: tuple[date, ...] | None = stated("Days on which nobody is there.")


class HumanReview(Entry):
    """How results are reviewed by humans."""

    available: Flag | None = stated("People can have a result reviewed by a human.")
    authority_to_change: Flag | None = stated("Reviewers may change the result.")
    overturn_rate_90d_bp: BasisPoints | None = stated(
        "Results that reviews changed in the last 90 days, basis points."
    )


class Interface(Entry):
    """Refusing and leaving, counted against accepting and joining."""

    accept_clicks: Count | None = stated("Clicks to accept.")
    reject_clicks: Count | None = stated("Clicks to refuse.")
    signup_steps: Count | None = stated("Steps to join.")
    cancel_steps: Count | None = stated("Steps to leave.")
    repeat_prompts_after_refusal: Count | None = stated("Times it asks again after a refusal.")
    orders_online: Flag | None = stated("Consumers can order on line.")
    withdrawal_function_present: Flag | None = stated("A contract can be withdrawn from on line.")


class Approval(Entry):
    """The organisation's approval of the policies it runs on."""

    approved_by: Role | None = stated("Role that approved them, never a person's name.")
    approved_at: Moment | None = stated("When they were approved.")
    approved_revision: Id | None = stated("Revision of the bundle that was approved.")
    review_due_at: Moment | None = stated("When they have to be reviewed.")


class Audit(Entry):
    """The log of verdicts, and the audits of it."""

    log_enabled: Flag | None = stated("Verdicts are written down.")
    retention_days: Count | None = stated("Days the log is kept.")
    last_report_at: Moment | None = stated("When the last audit report was made.")
    next_due_at: Moment | None = stated("When the next audit is due.")


class Security(Entry):
    """How the flows are protected."""

    tls: Flag | None = stated("Encrypted on the way.")
    encrypted_at_rest: Flag | None = stated("Encrypted where it is stored.")
    actor_authenticated: Flag | None = stated("Whoever runs a step is authenticated.")
    least_privilege: Flag | None = stated("Steps run with no more rights than they need.")
    pii_in_logs: Flag | None = stated("Personal data goes to logs.")


class LiteracyMeasure(Statement):
    """One measure to support AI literacy (AI Act Art 4)."""

    kind: Literal["briefing", "guidance", "training"] | None = stated("Form of the measure.")
    at: Moment | None = stated("When it was taken.")
    topics: tuple[Literal["capability", "impact", "legal"], ...] | None = stated("What it covered.")


class Literacy(Statement):
    """Measures to support AI literacy, by role towards the AI."""

    developer: tuple[LiteracyMeasure, ...] | None = stated("Measures for those who build it.")
    manager: tuple[LiteracyMeasure, ...] | None = stated("Measures for those who answer for it.")
    operator: tuple[LiteracyMeasure, ...] | None = stated("Measures for those who use it.")
    reviewer: tuple[LiteracyMeasure, ...] | None = stated("Measures for those who review it.")
