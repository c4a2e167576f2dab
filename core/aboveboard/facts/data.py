"""Facts about the processing and the personal data that goes through it."""

from typing import Annotated, Literal

from pydantic import Field

from aboveboard.facts.base import (
    Art9ConditionId,
    BasisPoints,
    CategoryId,
    Count,
    FactGroup,
    Flag,
    Id,
    Items,
    LegalBasisId,
    OperationId,
    PurposeId,
    Span,
    Text,
    UtcDatetime,
    fact,
    group,
)
from aboveboard.facts.derived import AgeOf

__all__ = [
    "Compatibility",
    "DataField",
    "DetectedSpan",
    "DeviceAccess",
    "Origin",
    "Processing",
    "Profile",
    "Proxy",
    "Score",
    "Source",
]

Origin = Literal["derived", "inferred", "observed", "provided", "public_web", "third_party"]


class Processing(FactGroup):
    """What is done with the data, why, and on what legal ground."""

    personal_data: Flag | None = fact("Whether the step touches personal data at all.")
    purpose: Id | None = fact("Short name of the purpose in the organisation's register.")
    purposes: Items[PurposeId] | None = fact("Purposes of the processing, DPV ids.")
    legal_basis: LegalBasisId | None = fact("Article 6 basis, such as eu-gdpr:A6-1-f.")
    art9_condition: Art9ConditionId | None = fact("Article 9(2) condition, such as eu-gdpr:A9-2-a.")
    art10_authorisation: Text | None = fact("National law that allows criminal data (Article 10).")
    operations: Items[OperationId] | None = fact("What is done, DPV ids such as dpv:Profiling.")
    allowed_categories: Items[CategoryId] | None = fact(
        "Categories the register allows for the purpose, DPV ids."
    )
    retention_days: Count | None = fact(
        "Period the register sets for keeping the data, days; longer ones of fields do not outlast it."
    )
    derived_fields: Items[Id] | None = fact("Names of profile fields derived from the consent.")
    records: Count | None = fact("Number of people whose records the processing covers.")
    large_scale: Flag | None = fact("Processing on a large scale, as the register judges it.")
    national_id_ground: Text | None = fact("Law or ground for using a national id number.")
    credit_permission_ref: Id | None = fact("Reference of the permission to use credit data.")
    ropa_ref: Id | None = fact("Entry in the record of processing (Article 30).")


class DetectedSpan(FactGroup):
    """One find of a detector in a text: what and where, never the words."""

    category: CategoryId | None = fact("Category found, DPV id.")
    start: Count | None = fact("Offset of its first character.")
    end: Count | None = fact("Offset after its last character.")
    confidence_bp: BasisPoints | None = fact("The detector's confidence, basis points.")


class DataField(FactGroup):
    """One field of a record: what it is, where it came from, how old it is; never its value."""

    # Never unknown: a field that nobody can name cannot be cut.
    name: Id = Field(description="Name of the field as the step knows it.")
    categories: Items[CategoryId] | None = fact("What it holds, DPV ids.")
    necessary_for: Items[PurposeId] | None = fact("Purposes it is needed for, DPV ids.")
    source: Origin | None = fact("How it was obtained.")
    collected_purposes: Items[PurposeId] | None = fact("Purposes it was collected for, DPV ids.")
    collected_at: UtcDatetime | None = fact("When it was collected.")
    age_days: Annotated[Span | None, AgeOf("collected_at")] = fact(
        "Whole days since `collected_at` (derived)."
    )
    last_activity_at: UtcDatetime | None = fact("When the person was last active.")
    last_activity_age_days: Annotated[Span | None, AgeOf("last_activity_at")] = fact(
        "Whole days since `last_activity_at` (derived)."
    )
    retention_days: Count | None = fact("Period set for keeping it, days.")
    verified_at: UtcDatetime | None = fact("When it was last found to be right.")
    verified_age_days: Annotated[Span | None, AgeOf("verified_at")] = fact(
        "Whole days since `verified_at` (derived)."
    )
    disputed: Flag | None = fact("The person says it is wrong.")
    free_text: Flag | None = fact("Holds free text or a transcript.")
    text_scanned: Flag | None = fact("A detector has read the text.")
    detected_categories: Items[CategoryId] | None = fact("What the detector found, DPV ids.")
    detector_confidence_bp: BasisPoints | None = fact(
        "The detector's confidence in its surest find, basis points."
    )
    detected_spans: Items[DetectedSpan] | None = group(DetectedSpan, many=True)
    target_system: Id | None = fact("System the value is to be written to.")
    marked_inferred: Flag | None = fact("Marked as inferred where it is stored.")
    inferred_at: UtcDatetime | None = fact("When it was inferred.")
    inferred_by: Id | None = fact("Model and version that inferred it.")
    confidence_bp: BasisPoints | None = fact("Confidence of the inference, basis points.")
    granularity_s: Count | None = fact("Interval between measurements, seconds.")


class Source(FactGroup):
    """Where data that the person did not provide came from."""

    name: Text | None = fact("Name of the partner, list or site.")
    consent_proof_ref: Id | None = fact("Reference of the partner's proof of consent.")
    partner_registered: Flag | None = fact("The partner is in the organisation's register.")
    visibility_restricted: Flag | None = fact("The person's own settings hid the details.")
    robots_allowed: Flag | None = fact("The site's rules for crawlers allow reading it.")


class Compatibility(FactGroup):
    """The assessment of a new purpose against that of collection (Article 6(4))."""

    assessed_at: UtcDatetime | None = fact("When it was assessed.")
    assessed_age_days: Annotated[Span | None, AgeOf("assessed_at")] = fact(
        "Whole days since `assessed_at` (derived)."
    )
    outcome: Literal["compatible", "incompatible"] | None = fact("What it found.")
    covers_purposes: Items[PurposeId] | None = fact("New purposes it covers, DPV ids.")


class DeviceAccess(FactGroup):
    """Reading from or storing on the person's device."""

    strictly_necessary: Flag | None = fact("Needed for the service the person asked for.")


class Score(FactGroup):
    """A score of behaviour, and where it is used."""

    context_collected: Id | None = fact("Context in which the behaviour was observed.")
    context_used: Id | None = fact("Context in which the score is used.")


class Proxy(FactGroup):
    """A feature that stands in for a protected trait."""

    feature: Id | None = fact("Name of the feature.")
    proxy_for: CategoryId | None = fact("Category it stands in for, DPV id.")
    corr_bp: BasisPoints | None = fact("Absolute correlation, basis points.")


class Profile(FactGroup):
    """The profile of the person that the step builds or uses."""

    features: Items[Id] | None = fact("Names of the model's input features.")
    inferred_categories: Items[CategoryId] | None = fact("Categories inferred, DPV ids.")
    protected_attributes: Items[Id] | None = fact("Features that are protected traits, names.")
    proxies: Items[Proxy] | None = group(Proxy, many=True)
    individual_assessment: Flag | None = fact("Judges the person, not only the person's group.")
    enriched_from_third_party: Flag | None = fact("Holds data bought or had from others.")
    uses_vulnerability: Flag | None = fact("Uses a weak spot of the person to aim or to press.")
