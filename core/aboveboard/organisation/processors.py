"""Who gets data from the organisation, and on what terms."""

from typing import Annotated, Literal

from pydantic import Field

from aboveboard.organisation.base import (
    Count,
    CountryCode,
    Entry,
    Flag,
    Host,
    Id,
    Statement,
    stated,
)

__all__ = ["Processor", "TransferTerms"]


class TransferTerms(Statement):
    """The ground on which data may leave the EEA."""

    mechanism: Literal["adequacy", "bcr", "derogation", "none", "scc"] | None = stated(
        "Ground under GDPR Art 45 to 49."
    )
    routine: Flag | None = stated("Happens again and again, not once.")
    dpf_certified: Flag | None = stated("On the list of the EU-US Data Privacy Framework.")
    dpf_scope: tuple[Literal["hr", "non_hr"], ...] | None = stated("Data that the list covers.")
    scc_module: Annotated[int, Field(strict=True, ge=1, le=4)] | None = stated(
        "Module of the standard contractual clauses."
    )
    tia: Id | None = stated("Id of the transfer impact assessment.")


class Processor(Entry):
    """A recipient of data: a CRM, a model's vendor, a partner."""

    vendor: Id | None = stated("The firm, as its plugin names it: openai, salesforce …")
    role: Literal["controller", "joint", "processor"] | None = stated("Its role under the GDPR.")
    dpa_ref: Id | None = stated("Reference of the contract (GDPR Art 26 or 28).")
    ropa_ref: Id | None = stated("Its entry in the record of processing (GDPR Art 30).")
    country: CountryCode | None = stated("Country of the firm that gets the data, ISO 3166-1.")
    region: Id | None = stated("Region where it processes, as the vendor names it.")
    hosts: tuple[Host, ...] | None = stated("Hosts that requests go to.")
    transfer: TransferTerms | None = stated("Ground for a transfer outside the EEA.")
    retention_days: Count | None = stated("Days it keeps what it is sent; 0 is zero retention.")
    trains_on_data: Flag | None = stated("It may train models on what it is sent.")
