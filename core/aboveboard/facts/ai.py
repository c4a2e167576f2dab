"""Facts about the AI: model and vendor, what goes in, what comes out, how it fares."""

from typing import Annotated, Literal

from aboveboard.facts.base import (
    AnnexIiiPoint,
    BasisPoints,
    CategoryId,
    Count,
    FactGroup,
    Flag,
    Id,
    Items,
    LanguageTag,
    PurposeId,
    Span,
    UtcDatetime,
    fact,
    group,
)
from aboveboard.facts.derived import AgeOf

__all__ = [
    "Ai",
    "Answer",
    "AnswerOutcome",
    "Drift",
    "Energy",
    "Explanation",
    "ExplanationFactor",
    "KnowledgeBase",
    "Prompt",
    "Tokens",
    "Usage",
]


AnswerOutcome = Literal[
    "complete",  # it said all it had to say
    "failed",  # the vendor says that it failed
    "filtered",  # a filter of the vendor held the answer back
    "length",  # it was cut at the limit of tokens
    "paused",  # it goes on when it is asked to
    "personal_data",  # the vendor held the answer back for the personal data in it
    "prompt_blocked",  # a filter of the vendor held the prompt back
    "recitation",  # the vendor held the answer back as a copy of its sources
    "refused",  # the model would not answer
    "tool_calls",  # it wants tools to be called
]
"""How an answer ended: one vocabulary for the words of all vendors."""


class Ai(FactGroup):
    """The AI system: who provides it, where it runs, what it does and what it tells people."""

    vendor: Id | None = fact("Provider of the model or the service.")
    own: Flag | None = fact("The organisation's own model, which no vendor runs.")
    model: Id | None = fact("Name of the model.")
    model_version: Id | None = fact("Version or snapshot of the model.")
    purpose: PurposeId | None = fact("What the system is for, DPV id.")
    provider_role: Literal["deployer", "provider"] | None = fact("Our role under the AI Act.")
    base_url_host: Id | None = fact("Host that requests go to, lower case.")
    inference_region: Id | None = fact("Region in which the model is set to run.")
    trains_on_data: Flag | None = fact("The vendor may train on what it is sent.")
    retention_days: Count | None = fact("Days the vendor keeps prompts; 0 is zero retention.")
    prompt_hash: Id | None = fact("Hash of the prompt or its template.")
    interacts_directly: Flag | None = fact("Talks or writes to people itself.")
    disclosure_shown_at: UtcDatetime | None = fact("When the person was told that it is an AI.")
    disclosure_shown_age_s: Annotated[Span | None, AgeOf("disclosure_shown_at", "s")] = fact(
        "Whole seconds since `disclosure_shown_at` (derived)."
    )
    disclosure_language: LanguageTag | None = fact("Language of that disclosure, BCP 47.")
    disclosure_accessible: Flag | None = fact("The disclosure meets accessibility requirements.")
    human_persona: Flag | None = fact("Passes itself off as a human.")
    agent_on_behalf_of: Id | None = fact("Organisation an agent says it acts for.")
    output_type: Literal["audio", "image", "text", "video"] | None = fact("Kind of output.")
    output_marked: Flag | None = fact("Output carries a machine-readable mark.")
    deepfake: Flag | None = fact("Output shows people, places or events falsely as real.")
    deepfake_labelled: Flag | None = fact("A deep fake is labelled so that people see it.")
    outputs: Items[CategoryId] | None = fact("Categories its output tells of people, DPV ids.")
    emotion_recognition: Flag | None = fact("Infers emotions.")
    emotion_input: Literal["biometric", "text"] | None = fact("What emotions are inferred from.")
    emotion_customer_only: Flag | None = fact("Nobody of ours is read, not on a call either.")
    emotion_notice_at: UtcDatetime | None = fact("When people were told of emotion inference.")
    emotion_notice_age_days: Annotated[Span | None, AgeOf("emotion_notice_at")] = fact(
        "Whole days since `emotion_notice_at` (derived)."
    )
    biometric_categorisation: Flag | None = fact("Sorts people by face, voice or body.")
    risk_class: Literal["high", "minimal", "prohibited", "transparency"] | None = fact(
        "Risk class under the AI Act."
    )
    annex_iii_point: AnnexIiiPoint | None = fact("Point of Annex III, such as 5(b).")
    fundamental_rights_doc_ref: Id | None = fact("Reference of the Article 27 assessment.")
    conformity_ref: Id | None = fact("Reference of the declaration of conformity.")
    last_evaluated_at: UtcDatetime | None = fact("When the model was last evaluated.")
    last_evaluated_age_days: Annotated[Span | None, AgeOf("last_evaluated_at")] = fact(
        "Whole days since `last_evaluated_at` (derived)."
    )
    error_rate_7d_bp: BasisPoints | None = fact("Errors in the last 7 days, basis points.")
    deprecated: Flag | None = fact("The vendor has announced its end.")
    confidence_bp: BasisPoints | None = fact("The model's confidence here, basis points.")
    in_distribution: Flag | None = fact("The input is like what the model was trained on.")
    smaller_model_ok: Flag | None = fact("A smaller model would do for the task.")


class Prompt(FactGroup):
    """What is about to be sent to a model; never its text."""

    text_scanned: Flag | None = fact("A detector has read the prompt.")
    detected_categories: Items[CategoryId] | None = fact("What the detector found, DPV ids.")
    detector_confidence_bp: BasisPoints | None = fact(
        "The detector's confidence in its surest find, basis points."
    )
    pseudonymised: Flag | None = fact("Direct identifiers are masked.")


class Usage(FactGroup):
    """What the vendor reported about the call."""

    inference_geo: Id | None = fact("Region in which the call was answered.")


class Tokens(FactGroup):
    """Tokens of the call."""

    total: Count | None = fact("Tokens in and out.")


class Energy(FactGroup):
    """Energy of the call, estimated."""

    estimate_mwh: Count | None = fact("Estimated energy, milliwatt-hours.")


class Answer(FactGroup):
    """An answer generated for a person; never its text."""

    outcome: AnswerOutcome | None = fact("How it ended, in one vocabulary for all vendors.")
    grounded: Flag | None = fact("Every claim was found in its sources.")
    sources: Items[Id] | None = fact("Ids of the sources used.")
    confidence_bp: BasisPoints | None = fact("Confidence that it is right, basis points.")
    policy_claim: Flag | None = fact("States a price, term, refund or other commitment.")
    policy_source_version: Id | None = fact("Version of the source of that commitment.")
    policy_source_current: Flag | None = fact("That version is the one in force.")


class ExplanationFactor(FactGroup):
    """One main factor of the result; its name, never its value."""

    name: Id | None = fact("Name of the factor.")
    direction: Literal["lowers", "neutral", "raises"] | None = fact("Which way it moved it.")
    weight_bp: BasisPoints | None = fact("Its share in the result, basis points.")


class Explanation(FactGroup):
    """The explanation of this very result."""

    present: Flag | None = fact("An explanation exists.")
    factors: Items[ExplanationFactor] | None = group(ExplanationFactor, many=True)
    case_specific: Flag | None = fact("Explains this case, not the system in general.")
    counterfactual_present: Flag | None = fact("Says what would have changed the result.")
    data_used: Items[CategoryId] | None = fact("Categories of the data used, DPV ids.")
    language: LanguageTag | None = fact("Language of the explanation, BCP 47.")
    reading_grade_tenths: Count | None = fact("School grade needed to read it, in tenths.")
    requested_at: UtcDatetime | None = fact("When the person asked for it.")
    requested_age_days: Annotated[Span | None, AgeOf("requested_at")] = fact(
        "Whole days since `requested_at` (derived)."
    )
    given_at: UtcDatetime | None = fact("When it was given.")
    given_age_days: Annotated[Span | None, AgeOf("given_at")] = fact(
        "Whole days since `given_at` (derived)."
    )


class Drift(FactGroup):
    """How far today's inputs have moved from those of training."""

    psi_bp: Count | None = fact("Population stability index, basis points (0.25 is 2500).")


class KnowledgeBase(FactGroup):
    """The knowledge that answers rest on."""

    updated_at: UtcDatetime | None = fact("When it was last brought up to date.")
    updated_age_days: Annotated[Span | None, AgeOf("updated_at")] = fact(
        "Whole days since `updated_at` (derived)."
    )
