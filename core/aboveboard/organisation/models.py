"""The organisation: its purpose register and what it states about itself."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from aboveboard.organisation.assessments import Assessments
from aboveboard.organisation.base import (
    CountryCode,
    Id,
    LanguageTag,
    Name,
    Role,
    Statement,
    Text,
    stated,
)
from aboveboard.organisation.conduct import (
    Approval,
    Audit,
    ContactPoints,
    Controller,
    HumanReview,
    Interface,
    Literacy,
    OpeningHours,
    Security,
)
from aboveboard.organisation.notices import Notice
from aboveboard.organisation.processors import Processor
from aboveboard.organisation.purposes import PurposeEntry
from aboveboard.organisation.systems import Model

__all__ = ["Organisation"]


class Organisation(Statement):
    """An organisation's purpose register and profile, as its YAML file states them.

    What is left out is unknown: a rule that needs it then does what it does on unknown facts.
    """

    version: Literal[1] = Field(default=1, description="Version of this format.")
    name: Text = Field(description="Name of the organisation.")
    country: CountryCode = Field(description="Country of its seat, ISO 3166-1.")
    home_languages: tuple[LanguageTag, ...] | None = stated(
        "Languages it serves people in, BCP 47; the first where a person's is unknown."
    )
    sector: (
        Literal["charity", "charity_lottery", "commercial", "other", "press", "research"] | None
    ) = stated("Sector, as telemarketing laws split them.")
    owner: Role | None = stated("Role that answers for entries without an owner of their own.")
    dated: date | None = stated("Day on which entries without a date of their own were checked.")
    controller: Controller | None = stated("What the organisation is to special laws.")
    contact: ContactPoints | None = stated("Where people reach the organisation.")
    opening_hours: OpeningHours | None = stated("When humans can take over.")
    human_review: HumanReview | None = stated("How results are reviewed by humans.")
    purposes: Annotated[dict[Name, PurposeEntry], Field(min_length=1)] = Field(
        description="The purpose register, by short name.",
    )
    processors: dict[Name, Processor] | None = stated("Who gets data, by short name.")
    notices: dict[Name, Notice] | None = stated("What people are told, by id.")
    assessments: Assessments | None = stated("Assessments on record.")
    models: dict[Id, Model] | None = stated("Models in use, by the name that code calls them.")
    interface: Interface | None = stated("Refusing and leaving against accepting and joining.")
    policies: Approval | None = stated("Approval of the policies.")
    audit: Audit | None = stated("The log of verdicts and its audits.")
    security: Security | None = stated("How the flows are protected.")
    literacy: Literacy | None = stated("Measures to support AI literacy, by role.")
