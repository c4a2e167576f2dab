"""Assessments on record, by id, so that each is stated once and referred to where it counts."""

from typing import Literal

from aboveboard.organisation.base import Entry, Id, Moment, PurposeTerm, Statement, stated

__all__ = [
    "Assessments",
    "CompatibilityAssessment",
    "ImpactAssessment",
    "InterestsAssessment",
    "TransferAssessment",
]


class InterestsAssessment(Entry):
    """The balancing test for legitimate interest (GDPR Art 6(1)(f))."""

    outcome: Literal["overridden", "passed"] | None = stated(
        "Passed, or overridden by people's interests."
    )
    done_at: Moment | None = stated("When it was done.")
    purposes: tuple[PurposeTerm, ...] | None = stated("DPV ids of the purposes it covers.")


class ImpactAssessment(Entry):
    """The data protection impact assessment (GDPR Art 35)."""

    outcome: Literal["acceptable", "high_residual", "mitigated"] | None = stated("What it found.")
    done_at: Moment | None = stated("When it was done.")
    dpo_consulted_at: Moment | None = stated("When the data protection officer was asked.")


class TransferAssessment(Entry):
    """The transfer impact assessment (EDPB 01/2020)."""

    done_at: Moment | None = stated("When it was done.")


class CompatibilityAssessment(Entry):
    """A new purpose held against that of collection (GDPR Art 6(4))."""

    outcome: Literal["compatible", "incompatible"] | None = stated("What it found.")
    assessed_at: Moment | None = stated("When it was done.")
    purposes: tuple[PurposeTerm, ...] | None = stated("DPV ids of the new purposes it covers.")


class Assessments(Statement):
    """All assessments, by kind and id."""

    lia: dict[Id, InterestsAssessment] | None = stated("Balancing tests for legitimate interest.")
    dpia: dict[Id, ImpactAssessment] | None = stated("Data protection impact assessments.")
    tia: dict[Id, TransferAssessment] | None = stated("Transfer impact assessments.")
    compatibility: dict[Id, CompatibilityAssessment] | None = stated(
        "Assessments of use beyond the first purpose."
    )
