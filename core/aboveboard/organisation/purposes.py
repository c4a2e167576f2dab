"""The purpose register: what the organisation processes personal data for, and on what ground."""

from typing import Annotated, Literal

from pydantic import Field

from aboveboard.organisation.base import (
    Art9Condition,
    CategoryTerm,
    Count,
    Entry,
    Flag,
    Id,
    LegalBasis,
    Moment,
    OperationTerm,
    PurposeTerm,
    Statement,
    Text,
    stated,
)

__all__ = ["PurposeEntry", "Rollout"]


class Rollout(Statement):
    """How far an automated step has been introduced at work."""

    phase: Literal["full", "partial", "pilot"] | None = stated("How far it has come.")
    workers_informed_at: Moment | None = stated("When the workers were told.")


class PurposeEntry(Entry):
    """One purpose: an entry of the record of processing, by a short name that code uses."""

    title: Text = Field(description="What it is, for people.")
    purposes: Annotated[tuple[PurposeTerm, ...], Field(min_length=1)] = Field(
        description="DPV ids of the purposes.",
    )
    operations: tuple[OperationTerm, ...] | None = stated("DPV ids of what is done with the data.")
    personal_data: Flag | None = stated("Whether personal data are touched at all.")
    legal_basis: LegalBasis | None = stated("The one legal basis of GDPR Art 6(1).")
    art9_condition: Art9Condition | None = stated(
        "Condition of GDPR Art 9(2) for special categories of data."
    )
    art10_authorisation: Text | None = stated("National law that allows data on offences.")
    allowed_categories: tuple[CategoryTerm, ...] | None = stated(
        "DPV ids of the data that the purpose needs; every other field is cut out."
    )
    retention_days: Count | None = stated("Days after which the data go.")
    large_scale: Flag | None = stated("Processing on a large scale (GDPR recital 91).")
    records: Count | None = stated("Number of people whose records it covers.")
    notice: Id | None = stated("Id of the privacy notice that tells people of it.")
    lia: Id | None = stated("Id of the balancing test, where the basis is legitimate interest.")
    dpia: Id | None = stated("Id of the data protection impact assessment.")
    dpia_required: Flag | None = stated("GDPR Art 35 or the authority's list asks for one.")
    compatibility: Id | None = stated("Id of the assessment of use beyond the first purpose.")
    ropa_ref: Id | None = stated("Entry in the record of processing (GDPR Art 30).")
    credit_permission_ref: Id | None = stated("Permission to use credit data.")
    national_id_ground: Text | None = stated("Law or ground for using national id numbers.")
    run_by: Literal["developer", "manager", "operator", "reviewer", "system"] | None = stated(
        "Who runs the step; its literacy measures stand under `literacy`."
    )
    task: Id | None = stated(
        "Task that a machine does for it, as the list of routine tasks has it."
    )
    option_without_profiling: Flag | None = stated("People can have it without profiling.")
    rollout: Rollout | None = stated("Introduction of the automated step at work.")
