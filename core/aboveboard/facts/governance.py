"""Facts about the organisation's duties: transfers, security, assessments, approval, the log."""

from typing import Annotated, Literal

from pydantic import Field

from aboveboard.facts.base import (
    BasisPoints,
    CategoryId,
    Count,
    CountryCode,
    FactGroup,
    Flag,
    Id,
    Items,
    PurposeId,
    Span,
    UtcDatetime,
    fact,
    group,
)
from aboveboard.facts.derived import AgeOf, TimeUntil

__all__ = [
    "Audit",
    "Breach",
    "Controller",
    "Dpia",
    "Dpo",
    "Lia",
    "PolicyApproval",
    "Recipient",
    "Security",
    "ToolCall",
    "Transfer",
]


SccModule = Annotated[int, Field(strict=True, ge=1, le=4)]


class Controller(FactGroup):
    """The organisation that decides on the processing."""

    is_online_platform: Flag | None = fact("An online platform under the Digital Services Act.")


class Transfer(FactGroup):
    """Data leaving the organisation or the EEA."""

    leaves_organisation: Flag | None = fact("Somebody outside the organisation gets the data.")
    recipient: Id | None = fact("Who gets it.")
    recipient_country: CountryCode | None = fact("Where they are, ISO 3166-1 alpha-2.")
    mechanism: Literal["adequacy", "bcr", "derogation", "none", "scc"] | None = fact(
        "Ground for the transfer under Articles 45 to 49."
    )
    routine: Flag | None = fact("Happens again and again, not once.")
    dpf_certified: Flag | None = fact("On the list of the EU-US Data Privacy Framework.")
    dpf_scope: Items[Literal["hr", "non_hr"]] | None = fact("Data that certificate covers.")
    scc_module: SccModule | None = fact("Module of the standard clauses, 1 to 4.")
    tia_done_at: UtcDatetime | None = fact("When the transfer was assessed.")
    tia_done_age_days: Annotated[Span | None, AgeOf("tia_done_at")] = fact(
        "Whole days since `tia_done_at` (derived)."
    )


class Recipient(FactGroup):
    """Who gets the data, and on what terms."""

    id: Id | None = fact("Id of the recipient in the organisation's register.")
    role: Literal["controller", "joint", "processor"] | None = fact("Its role under the GDPR.")
    dpa_ref: Id | None = fact("Reference of the contract (Article 26 or 28).")
    ropa_ref: Id | None = fact("Its entry in the record of processing (Article 30).")


class ToolCall(FactGroup):
    """One call of a tool that the model asks for; its arguments' kinds, never their values."""

    name: Id | None = fact("Name of the tool.")
    scope: Id | None = fact("Scope the call needs.")
    argument_names: Items[Id] | None = fact("Names of its arguments.")
    argument_categories: Items[CategoryId] | None = fact("What they hold, DPV ids.")


class Security(FactGroup):
    """How the flow is protected."""

    tls: Flag | None = fact("Encrypted on the way.")
    encrypted_at_rest: Flag | None = fact("Encrypted where it is stored.")
    actor_authenticated: Flag | None = fact(
        "Whoever runs the step, or feeds it, was authenticated."
    )
    least_privilege: Flag | None = fact("Runs with no more rights than it needs.")
    pii_in_logs: Flag | None = fact("Personal data goes to logs.")
    prompt_injection_score_bp: BasisPoints | None = fact(
        "Likelihood that the input holds instructions to the model, basis points."
    )
    untrusted_content: Flag | None = fact("The model reads content of outsiders.")
    cross_customer_data: Flag | None = fact("Data of other customers is within reach or in it.")
    declared_scopes: Items[Id] | None = fact("Scopes that the step's tools were given.")
    tool_calls: Items[ToolCall] | None = group(ToolCall, many=True)
    rate_per_min: Count | None = fact("Requests of this user in the last minute.")


class Breach(FactGroup):
    """A known breach of personal data that touches this flow."""

    detected_at: UtcDatetime | None = fact("When it was found.")
    detected_age_hours: Annotated[Span | None, AgeOf("detected_at", "hours")] = fact(
        "Whole hours since `detected_at`; 72 to notify (derived)."
    )
    notified_at: UtcDatetime | None = fact("When the authority was told.")
    risk_unlikely_ref: Id | None = fact(
        "Reference of the record why a risk to people is unlikely (Article 33(1), (5))."
    )


class Lia(FactGroup):
    """The balancing test for legitimate interest."""

    ref: Id | None = fact("Reference of the test.")
    outcome: Literal["overridden", "passed"] | None = fact("What it found.")
    covers_purposes: Items[PurposeId] | None = fact("Purposes it covers, DPV ids.")
    done_at: UtcDatetime | None = fact("When it was done.")
    done_age_days: Annotated[Span | None, AgeOf("done_at")] = fact(
        "Whole days since `done_at` (derived)."
    )


class Dpia(FactGroup):
    """The data protection impact assessment."""

    ref: Id | None = fact("Reference of the assessment.")
    required: Flag | None = fact("Article 35 or the authority's list asks for one.")
    outcome: Literal["acceptable", "high_residual", "mitigated"] | None = fact("What it found.")
    done_at: UtcDatetime | None = fact("When it was done.")
    done_age_days: Annotated[Span | None, AgeOf("done_at")] = fact(
        "Whole days since `done_at` (derived)."
    )


class Dpo(FactGroup):
    """The data protection officer."""

    consulted_at: UtcDatetime | None = fact("When asked about this processing.")
    consulted_age_days: Annotated[Span | None, AgeOf("consulted_at")] = fact(
        "Whole days since `consulted_at` (derived)."
    )


class PolicyApproval(FactGroup):
    """The policy bundle in use, and the organisation's approval of it."""

    bundle_revision: Id | None = fact("Revision of the bundle in use.")
    approved_revision: Id | None = fact("Revision that was approved.")
    approved_by: Id | None = fact("Role or staff id of the approver, not a name.")
    approved_at: UtcDatetime | None = fact("When it was approved.")
    approved_age_days: Annotated[Span | None, AgeOf("approved_at")] = fact(
        "Whole days since `approved_at` (derived)."
    )
    review_due_at: UtcDatetime | None = fact("When it has to be reviewed.")
    review_due_in_days: Annotated[Span | None, TimeUntil("review_due_at")] = fact(
        "Whole days until `review_due_at`, negative when overdue (derived)."
    )


class Audit(FactGroup):
    """The log of decisions, and the audits of it."""

    log_enabled: Flag | None = fact("Verdicts are written down.")
    chain_ok: Flag | None = fact("The log shows no sign of tampering.")
    retention_days: Count | None = fact("Period the log is kept, days.")
    decision_id: Id | None = fact("Id of this decision in the log.")
    inputs_hash: Id | None = fact("Hash of the inputs, so that the result can be run again.")
    last_report_at: UtcDatetime | None = fact("When the last audit report was made.")
    last_report_age_days: Annotated[Span | None, AgeOf("last_report_at")] = fact(
        "Whole days since `last_report_at` (derived)."
    )
    next_due_at: UtcDatetime | None = fact("When the next audit is due.")
    next_due_in_days: Annotated[Span | None, TimeUntil("next_due_at")] = fact(
        "Whole days until `next_due_at`, negative when overdue (derived)."
    )
