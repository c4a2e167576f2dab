"""A sales pipeline, governed: copy it and put your CRM, model and offers in.

Nothing here says what is allowed. Annotations say what the data is, `facts=` says what the CRM
knows of this person, the organisation's register says the rest; the policies decide.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel

from aboveboard import (
    Disclosure,
    NotPersonal,
    SubjectId,
    data_collection,
    decision,
    pd,
    profiling,
    recommendation,
)
from aboveboard.demo.crm import crm

__all__ = ["FairLead", "Lead", "Offer", "Score", "ServiceLead", "Terms", "handle"]

Channel = Literal["email", "sms"]


# 1. What the data is. A field with a default can be cut when a purpose does not need it.


class Lead(BaseModel):
    """A person who may buy, as the contact form gives it."""

    id: Annotated[str, SubjectId]
    name: Annotated[str | None, pd.Name] = None
    email: Annotated[str | None, pd.EmailAddressWork] = None
    phone: Annotated[str | None, pd.TelephoneNumber] = None
    job: Annotated[str | None, pd.Job] = None
    company: Annotated[str | None, pd.CurrentEmployment] = None
    country: Annotated[str | None, pd.Country] = None
    language: Annotated[str | None, pd.Language] = None
    asks_for: Annotated[str | None, pd.Communication] = None


class FairLead(Lead):
    """The form at the trade fair asks more than anybody needs."""

    birthday: Annotated[str | None, pd.BirthDate] = None
    marital_status: Annotated[str | None, pd.MaritalStatus] = None


class ServiceLead(Lead):
    """A case of customer service: people tell there why they need something."""

    health_remark: Annotated[str | None, pd.Health] = None


class Score(BaseModel):
    """How likely the person is to buy, 0 to 100."""

    points: Annotated[int, pd.IndividualProfile]


class Item(BaseModel):
    """One product with its price, taxes included, in cents."""

    id: Annotated[str, NotPersonal]
    price_minor: Annotated[int, NotPersonal]


class Offer(BaseModel):
    """What the assistant wrote: the items shown, cheapest first, out of all that suit."""

    items: Annotated[list[Item], NotPersonal]
    suitable: Annotated[int, NotPersonal]


class Terms(BaseModel):
    """How the person may pay."""

    pays_by: Annotated[str, pd.Transaction]


# 2. What the CRM knows. Leave out what it does not know: unknown is not "no".


def known(lead: Lead, *_: object) -> Mapping[str, Any]:
    """Consent and objections of the person; takes the arguments of the steps below."""
    record = crm.read(lead.id)
    return {
        "subject.type": "natural_person",
        "subject.country": record.get("hs_country_region_code"),
        "subject.language": record.get("hs_language"),
        "consent": consents(record),
        "objections.profiling": flag(record.get("objects_to_profiling")),
        # HubSpot's own opt-out is an objection to direct marketing.
        "objections.direct_marketing": flag(record.get("hs_email_optout")),
        "conversation.user_requested_human": flag(record.get("wants_human")),
    }


def consents(record: Mapping[str, str]) -> list[dict[str, Any]]:
    """The consents on record. An empty list says: we looked, and there is none."""
    states = {"granted": "dpv:ConsentGiven", "withdrawn": "dpv:ConsentWithdrawn"}
    if record.get("marketing_consent") not in states:
        return []
    return [
        {
            "status": states[record["marketing_consent"]],
            "purpose": "dpv:DirectMarketing",
            "channel": record.get("marketing_consent_channel"),
            "given_at": record.get("marketing_consent_at"),
            "withdrawn_at": record.get("marketing_consent_withdrawn_at"),
            "proof_ref": record.get("marketing_consent_proof"),
        }
    ]


def flag(text: str | None) -> bool | None:
    """A CRM's "true" or "false"; anything else is unknown."""
    return {"true": True, "false": False}.get(text or "")


def scored(lead: Lead) -> Mapping[str, Any]:
    """For scoring: nobody talks to the person then."""
    facts = dict(known(lead))
    del facts["conversation.user_requested_human"]
    return facts


def contacted(lead: Lead, score: Score, channel: Channel) -> Mapping[str, Any]:
    """For an offer: also how the person is reached."""
    return {**known(lead), "contact.channel": channel}


def shown(offer: Offer) -> Mapping[str, Any]:
    """What came out: which items with which prices, and how many others there are."""
    return {
        "recommendation": {
            "purchase_advice": True,
            "items": [
                {
                    "id": item.id,
                    "total_price_minor": item.price_minor,
                    "currency": "EUR",
                    "tax_included": True,
                }
                for item in offer.items
            ],
            "alternatives_count": len(offer.items) - 1,
            "alternatives_exist": offer.suitable > 1,
            "cheapest_suitable_shown": True,
        }
    }


def decided(lead: Lead, pays_by: str) -> Mapping[str, Any]:
    """For the terms: credit weighs on a person, and no human looks at it here."""
    return {
        **known(lead),
        "ai.interacts_directly": False,
        "decision.effect": "similarly_significant" if pays_by == "instalments" else "none",
        "decision.automation": "dpv:FullAutomation",
    }


def tell(notice: Disclosure) -> None:
    """Show a notice that a policy demands; raise when you cannot, and the step is denied."""
    crm.send(notice.text)


# 3. The steps. Purposes, models and recipients are names of the organisation's register.


@data_collection(purpose="contact_management", recipient="crm")
def read_contact(contact_id: Annotated[str, SubjectId]) -> Lead:
    """A lead from the contact form."""
    return Lead(**contact_fields(contact_id))


@data_collection(purpose="contact_management", recipient="crm")
def read_fair_form(contact_id: Annotated[str, SubjectId]) -> FairLead:
    """A lead from the trade fair."""
    record = crm.read(contact_id)
    return FairLead(
        **contact_fields(contact_id),
        birthday=record.get("date_of_birth"),
        marital_status=record.get("marital_status"),
    )


@data_collection(purpose="contact_management", recipient="crm")
def read_service_case(contact_id: Annotated[str, SubjectId]) -> ServiceLead:
    """A lead from customer service."""
    record = crm.read(contact_id)
    return ServiceLead(
        **contact_fields(contact_id),
        health_remark=record.get("health_remark"),
    )


@profiling(purpose="lead_scoring", model="propensity-3.1", facts=scored)
def score_lead(lead: Lead) -> Score:
    """How likely the lead is to buy. Your model goes here."""
    senior = ("head", "director", "founder")
    points = 40 if any(word in (lead.job or "").lower() for word in senior) else 20
    return Score(points=points + (30 if lead.company else 0))


@recommendation(
    purpose="direct_marketing",
    model="service-assistant",
    facts=contacted,
    result_facts=shown,
    disclose=tell,
)
def write_offer(
    lead: Lead, score: Score, channel: Annotated[Channel, pd.PrivacyPreference]
) -> Offer:
    """An offer that the assistant writes and sends. Your language model goes here."""
    suiting = sorted(CATALOGUE[lead.asks_for or "desk"], key=lambda item: item.price_minor)
    # A text message has room for one item only.
    items = suiting[:1] if channel == "sms" else suiting[:3]
    crm.send(", ".join(f"{item.id} {item.price_minor / 100:.2f} EUR" for item in items))
    return Offer(items=items, suitable=len(suiting))


@decision(purpose="order_handling", facts=decided)
def grant_terms(lead: Lead, pays_by: Annotated[str, pd.Transaction]) -> Terms:
    """How the person may pay."""
    return Terms(pays_by=pays_by)


def handle(contact_id: str) -> Terms:
    """Take one lead through all steps.

    Raises:
        StepStopped: a policy denied a step, or a human has to decide.
    """
    record = crm.read(contact_id)
    readers = {"fair_form": read_fair_form, "service_case": read_service_case}
    lead = readers.get(record.get("came_by", ""), read_contact)(contact_id)
    score = score_lead(lead)
    write_offer(lead, score, "sms" if record.get("preferred_channel") == "sms" else "email")
    return grant_terms(lead, record.get("payment_wish", "card"))


# 4. What stands in for your systems.


def contact_fields(contact_id: str) -> dict[str, Any]:
    """The fields of `Lead` out of a CRM record."""
    record = crm.read(contact_id)
    return {
        "id": contact_id,
        "name": f"{record['firstname']} {record['lastname']}",
        "email": record.get("email"),
        "phone": record.get("phone"),
        "job": record.get("jobtitle"),
        "company": record.get("company"),
        "country": record.get("hs_country_region_code"),
        "language": record.get("hs_language"),
        "asks_for": record.get("asks_for"),
    }


CATALOGUE = {
    "desk": [
        Item(id="desk-120", price_minor=29900),
        Item(id="desk-140", price_minor=39900),
        Item(id="desk-160", price_minor=49900),
    ],
    "chair": [
        Item(id="chair-a", price_minor=19900),
        Item(id="chair-b", price_minor=25900),
        Item(id="chair-c", price_minor=34900),
    ],
    "table": [
        Item(id="table-6", price_minor=59900),
        Item(id="table-8", price_minor=74900),
        Item(id="table-10", price_minor=89900),
    ],
}
