"""Facts about people: whom the data is about, what they allowed or refused, who acts on it."""

from typing import Annotated, Literal

from aboveboard.facts.base import (
    Count,
    CountryCode,
    FactGroup,
    Flag,
    Id,
    Items,
    LanguageTag,
    PurposeId,
    Span,
    Text,
    UtcDatetime,
    fact,
    group,
)
from aboveboard.facts.derived import AgeOf, TimeUntil

__all__ = [
    "Actor",
    "Admt",
    "Ccpa",
    "Channel",
    "Consent",
    "ConsentStatus",
    "LiteracyMeasure",
    "Notice",
    "Objections",
    "Relationship",
    "Restriction",
    "RightsRequest",
    "Signals",
    "Subject",
    "Vulnerability",
]

Channel = Literal["automated_call", "chat", "email", "phone", "post", "push", "sms", "voice", "web"]
ConsentStatus = Literal[
    "dpv:ConsentExpired",
    "dpv:ConsentGiven",
    "dpv:ConsentInvalidated",
    "dpv:ConsentRefused",
    "dpv:ConsentRequestDeferred",
    "dpv:ConsentRequested",
    "dpv:ConsentRevoked",
    "dpv:ConsentUnknown",
    "dpv:ConsentWithdrawn",
    "dpv:RenewedConsentGiven",
]
Relationship = Literal[
    "applicant",
    "customer",
    "employee",
    "former_customer",
    "lead",
    "other",
    "partner",
    "prospect",
    "supplier",
]
Vulnerability = Literal[
    "addiction",
    "bereavement",
    "debt",
    "disability",
    "elderly",
    "illness",
    "minor",
    "newborn",
    "pregnant",
]


class Subject(FactGroup):
    """The person whom the data is about."""

    type: Literal["legal_person", "natural_person"] | None = fact(
        "A human being, or an organisation without a named human."
    )
    country: CountryCode | None = fact("Country of residence, ISO 3166-1 alpha-2.")
    us_state: CountryCode | None = fact("State of residence in the US, two letters as in USPS.")
    language: LanguageTag | None = fact("Language the person uses, BCP 47.")
    age_years: Count | None = fact("Age in whole years.")
    is_minor: Flag | None = fact("Under the age of majority.")
    age_assurance: Literal["none", "self_declared", "verified"] | None = fact(
        "How the age is known."
    )
    relationship: Relationship | None = fact("What the person is to the organisation.")
    vulnerable_flags: Items[Vulnerability] | None = fact("Known circumstances that make one weak.")
    purchased_product_ids: Items[Id] | None = fact("Ids of the products the person has bought.")


class Consent(FactGroup):
    """One consent of the person: for one purpose, over one channel."""

    status: ConsentStatus | None = fact("State of the consent, in DPV terms.")
    purpose: PurposeId | None = fact("Purpose it was asked for, DPV id.")
    channel: Channel | None = fact("Channel it covers.")
    given_at: UtcDatetime | None = fact("When it was given, or refused.")
    age_days: Annotated[Span | None, AgeOf("given_at")] = fact(
        "Whole days since `given_at` (derived)."
    )
    expires_at: UtcDatetime | None = fact("When it ends by its own terms.")
    expires_in_days: Annotated[Span | None, TimeUntil("expires_at")] = fact(
        "Whole days until `expires_at`, negative once passed (derived)."
    )
    withdrawn_at: UtcDatetime | None = fact("When it was withdrawn.")
    withdrawn_age_days: Annotated[Span | None, AgeOf("withdrawn_at")] = fact(
        "Whole days since `withdrawn_at`, negative while it lies ahead (derived)."
    )
    proof_ref: Id | None = fact("Reference of the record that proves it.")
    explicit: Flag | None = fact("Given by an express statement, as Article 9(2)(a) asks.")
    parental: Flag | None = fact("Given or authorised by the holder of parental responsibility.")
    granular: Flag | None = fact("Each purpose could be accepted or refused by itself.")
    preticked: Flag | None = fact("The choice was made beforehand.")
    bundled_with_contract: Flag | None = fact("The contract was made to depend on it.")
    informed: Flag | None = fact("Controller, purpose and right to withdraw were told before.")
    dark_pattern: Flag | None = fact("The interface pushed towards acceptance.")
    notice_version: Id | None = fact("Version of the notice shown with the request.")
    wording_language: LanguageTag | None = fact("Language of the request, BCP 47.")


class Objections(FactGroup):
    """The person's entries in the objection register; unknown when it was not asked."""

    profiling: Flag | None = fact("Objects to profiling.")
    direct_marketing: Flag | None = fact("Objects to direct marketing.")
    at: UtcDatetime | None = fact("When the latest objection was made.")
    age_days: Annotated[Span | None, AgeOf("at")] = fact("Whole days since `at` (derived).")
    channel: Text | None = fact("Where one can object: an address or URL of the organisation.")
    right_notified_at: UtcDatetime | None = fact("When the right to object was brought to notice.")
    compelling_grounds_ref: Id | None = fact("Reference of the written compelling grounds.")


class RightsRequest(FactGroup):
    """One request of the person to exercise a right; an empty list when there is none."""

    type: (
        Literal["access", "erasure", "objection", "portability", "rectification", "restriction"]
        | None
    ) = fact("The right exercised.")
    status: Literal["done", "open", "refused"] | None = fact("State of the request.")
    received_at: UtcDatetime | None = fact("When it came in.")
    received_age_days: Annotated[Span | None, AgeOf("received_at")] = fact(
        "Whole days since `received_at` (derived)."
    )
    due_at: UtcDatetime | None = fact("When the answer is due: one month, three if extended.")
    due_in_days: Annotated[Span | None, TimeUntil("due_at")] = fact(
        "Whole days until `due_at`, negative when overdue (derived)."
    )


class Restriction(FactGroup):
    """Restriction of processing under Article 18."""

    active: Flag | None = fact("The person's data may only be stored.")


class Notice(FactGroup):
    """The privacy notice for this purpose, and whether this person was given it."""

    id: Id | None = fact("Id of the notice.")
    version: Id | None = fact("Version of the notice.")
    language: LanguageTag | None = fact("Language of the notice, BCP 47.")
    delivered_at: UtcDatetime | None = fact("When this person was given it.")
    delivered_age_days: Annotated[Span | None, AgeOf("delivered_at")] = fact(
        "Whole days since `delivered_at` (derived)."
    )
    art14_delivered_at: UtcDatetime | None = fact(
        "When the notice on data had from others (Article 14) was given."
    )
    art14_delivered_age_days: Annotated[Span | None, AgeOf("art14_delivered_at")] = fact(
        "Whole days since `art14_delivered_at` (derived)."
    )
    covers_purposes: Items[PurposeId] | None = fact("Purposes it names, DPV ids.")
    states_recipients: Flag | None = fact("Names who gets the data.")
    states_third_countries: Flag | None = fact("Names transfers outside the EEA.")
    states_rights: Flag | None = fact("Names the person's rights.")
    states_retention: Flag | None = fact("Names the periods of storage.")
    states_adm_logic: Flag | None = fact("Explains automated decisions and their logic.")
    reading_grade_tenths: Count | None = fact("School grade needed to read it, in tenths.")
    length_words: Count | None = fact("Length of its first layer, in words.")
    layered: Flag | None = fact("Short first layer, details behind it.")
    shown_7d: Count | None = fact("Notices of any kind shown to this person in the last 7 days.")


class Signals(FactGroup):
    """Preference signals sent by the person's browser or device."""

    gpc: Flag | None = fact("Global Privacy Control is on.")


class Ccpa(FactGroup):
    """Choices under the California Consumer Privacy Act."""

    opt_out_sale_share: Flag | None = fact("Opted out of sale and sharing.")
    limit_sensitive: Flag | None = fact("Asked to limit the use of sensitive data.")


class Admt(FactGroup):
    """Automated decision-making technology under the Californian regulations."""

    pre_use_notice_at: UtcDatetime | None = fact("When the notice before use was given.")
    pre_use_notice_age_days: Annotated[Span | None, AgeOf("pre_use_notice_at")] = fact(
        "Whole days since `pre_use_notice_at` (derived)."
    )
    opt_out: Flag | None = fact("Opted out of such technology.")


class LiteracyMeasure(FactGroup):
    """One measure of AI literacy taken for the acting person's role."""

    kind: Literal["briefing", "guidance", "training"] | None = fact("Form of the measure.")
    at: UtcDatetime | None = fact("When it was taken.")
    age_days: Annotated[Span | None, AgeOf("at")] = fact("Whole days since `at` (derived).")
    topics: Items[Literal["capability", "impact", "legal"]] | None = fact("What it covered.")


class Actor(FactGroup):
    """Who runs the step on the organisation's side."""

    role: Literal["developer", "manager", "operator", "reviewer", "system"] | None = fact(
        "Role towards the AI."
    )
    literacy_measures: Items[LiteracyMeasure] | None = group(LiteracyMeasure, many=True)
