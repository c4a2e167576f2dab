"""A sales pipeline under policies: copy it, and put your CRM, models and offers in.

Nothing here says what is allowed. Annotations say what the data is, `facts=` says what the CRM
knows of this person, the organisation's file says the rest; the policies decide.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Annotated, Any, Literal

from pydantic import BaseModel

from aboveboard import (
    Disclosure,
    FreeText,
    NotPersonal,
    SubjectId,
    data_collection,
    decision,
    pd,
    profiling,
    recommendation,
)
from aboveboard.demo.crm import crm

__all__ = ["FairLead", "Item", "Lead", "Offer", "Score", "ServiceLead", "Terms", "handle"]

Channel = Literal["email", "sms"]


# --- What the data is -----------------------------------------------------------------------------
# A field with a default can be cut when a purpose does not need it; the function then gets the
# default. `SubjectId` says whom it is about, and leaves as a pseudonym only.


class Lead(BaseModel):
    """A person who may buy, as our contact form asks."""

    id: Annotated[str, SubjectId]
    name: Annotated[str | None, pd.Name] = None
    email: Annotated[str | None, pd.EmailAddressWork] = None
    phone: Annotated[str | None, pd.TelephoneNumber] = None
    job: Annotated[str | None, pd.Job] = None
    company: Annotated[str | None, pd.CurrentEmployment] = None
    country: Annotated[str | None, pd.Country] = None
    language: Annotated[str | None, pd.Language] = None
    asks_for: Annotated[str | None, pd.Interest] = None


class FairLead(Lead):
    """The organiser of a trade fair asks for more than a seller needs."""

    birthday: Annotated[str | None, pd.BirthDate] = None
    marital_status: Annotated[str | None, pd.MaritalStatus] = None


class ServiceLead(Lead):
    """A case of customer service: there, people tell why they need something, in free text."""

    notes: Annotated[str | None, pd.Communication, FreeText] = None


class Score(BaseModel):
    """How likely the person is to buy, 0 to 100, and how sure the model is in basis points."""

    points: Annotated[int, pd.IndividualProfile]
    sure_bp: Annotated[int, NotPersonal] = 9100


class Item(BaseModel):
    """One product; its price in cents, taxes included."""

    id: str
    price_minor: int


class Offer(BaseModel):
    """The items shown, the cheapest first, how many would suit, and whether a salesperson calls."""

    items: Annotated[list[Item], NotPersonal]
    suitable: Annotated[int, NotPersonal]
    follow_up: Annotated[bool, NotPersonal]

    def text(self) -> str:
        """The words of the message."""
        return ", ".join(f"{item.id} {item.price_minor / 100:.2f} EUR" for item in self.items)


class Terms(BaseModel):
    """How the person pays."""

    id: Annotated[str, SubjectId]
    pays_by: Annotated[str, pd.Transaction]


# --- What is known of this very case --------------------------------------------------------------
# A facts function takes those arguments of its step that it names. Unknown is not "no": what the CRM does not say
# is None, and each policy has its own answer to that.


def given(contact_id: str) -> dict[str, Any]:
    """What the CRM says of the data: when the person gave it, and what they were told then."""
    record = crm.read(contact_id)
    return {
        # What is said of `fields[]` holds of each field that the step reads.
        "fields[].source": "provided",
        "fields[].collected_at": record.get("createdate"),
        "fields[].collected_purposes": TOLD.get(record.get("privacy_notice", "")),
        "notice.delivered_at": record.get("privacy_notice_at"),
        # Requests to see, correct or erase the data that are still open; an empty list is "none".
        "rights_requests": [],
    }


def known(lead: Lead) -> dict[str, Any]:
    """What the CRM says of the person's consent and objections."""
    record = crm.read(lead.id)
    return {
        **given(lead.id),
        "subject.type": "natural_person",
        "subject.country": record.get("hs_country_region_code"),
        "subject.language": record.get("hs_language"),
        "consent": consents(record),
        "objections.profiling": flag(record.get("objects_to_profiling")),
        # HubSpot's own opt-out is an objection to direct marketing.
        "objections.direct_marketing": flag(record.get("hs_email_optout")),
    }


def consents(record: Mapping[str, str]) -> list[dict[str, Any]]:
    """The consents on record. An empty list says: somebody looked, and there is none."""
    states = {"granted": "dpv:ConsentGiven", "withdrawn": "dpv:ConsentWithdrawn"}
    status = states.get(record.get("marketing_consent", ""))
    if status is None:
        return []
    return [
        {
            "status": status,
            "purpose": "dpv:DirectMarketing",
            "channel": record.get("marketing_consent_channel"),
            "given_at": record.get("marketing_consent_at"),
            "withdrawn_at": record.get("marketing_consent_withdrawn_at"),
            "proof_ref": record.get("marketing_consent_proof"),
            **CONSENT_FORM,
            "wording_language": record.get("hs_language"),
        }
    ]


def number(text: str | None) -> int | None:
    """A CRM's count; what it does not say is unknown."""
    return int(text) if text else None


def flag(text: str | None) -> bool | None:
    """A CRM's "true" or "false"; anything else is unknown."""
    return {"true": True, "false": False}.get(text or "")


def scanned(contact_id: str) -> dict[str, Any]:
    """What a detector found in the notes. What it was goes into the event, never the text."""
    found = detect(crm.read(contact_id).get("notes", ""))
    scan = {"name": "result.notes", "text_scanned": True, "detected_categories": found}
    return {**given(contact_id), "fields": [scan]}


def contacted(lead: Lead, channel: Channel) -> dict[str, Any]:
    """For the offer: also how the person is reached, and whether a human was asked for."""
    record = crm.read(lead.id)
    return {
        **known(lead),
        "contact.channel": channel,
        "contact.attempts_7d": number(record.get("contacted_7d")),
        "contact.attempts_30d": number(record.get("contacted_30d")),
        "suppression_list.hit": flag(record.get("suppressed")),
        # The list of those who want no mail is matched every night.
        "suppression_list.checked_at": datetime.combine(datetime.now(UTC), time(), UTC),
        "conversation.user_requested_human": flag(record.get("wants_human")),
        "message.language": lead.language,
        # The assistant is told what is asked for and the score, not who asks.
        "prompt.pseudonymised": True,
    }


def offered(offer: Offer) -> dict[str, Any]:
    """What came out: which items at which prices, and whether others were left out."""
    items = [
        {
            "id": item.id,
            "total_price_minor": item.price_minor,
            "currency": "EUR",
            "tax_included": True,
            "suitable": True,
            "paid_placement": False,
        }
        for item in offer.items
    ]
    return {
        "recommendation.purchase_advice": True,
        "recommendation.items": items,
        "recommendation.alternatives_count": len(items) - 1,
        "recommendation.alternatives_exist": offer.suitable > 1,
        "recommendation.cheapest_suitable_shown": True,
        "recommendation.comparable": True,
        "recommendation.personalised_price": False,
        "recommendation.margin_weight_bp": 0,
        "objective.fit_weight_bp": 10000,
        # The prices are those of the catalogue in force.
        "answer.grounded": True,
        "answer.sources": ["catalogue"],
        "answer.policy_claim": True,
        "answer.policy_source_version": "2026-11",
        "answer.policy_source_current": True,
        "answer.confidence_bp": 9500,
        "energy.estimate_mwh": 300,
        # Each message ends with where to give feedback.
        "feedback.channel_present": True,
    }


def scored(score: Score) -> dict[str, Any]:
    """What came out of the scoring: how sure the model is, and what it took."""
    return {
        "ai.confidence_bp": score.sure_bp,
        "ai.in_distribution": True,
        "energy.estimate_mwh": 40,
    }


def decided(lead: Lead, pays_by: str) -> dict[str, Any]:
    """For the terms: to get credit or not weighs on a person, and a machine alone says it here."""
    return {
        **known(lead),
        "ai.interacts_directly": False,
        "decision.effect": "similarly_significant" if pays_by == "instalments" else "none",
        "decision.automation": "dpv:FullAutomation",
        "decision.inputs": [{"name": "pays_by", "categories": [pd.Transaction.id]}],
        "message.language": lead.language,
    }


def checked(_: Terms) -> dict[str, Any]:
    """What came out of the check of the terms: how sure it is."""
    return {
        "ai.confidence_bp": 9700,
        "ai.in_distribution": True,
        "feedback.channel_present": True,
    }


def tell(notice: Disclosure) -> None:
    """Show the person a notice that a policy demands. If this raises, the step is denied."""
    crm.send(notice.notice, notice.text)


# --- The steps ------------------------------------------------------------------------------------
# Purposes, models and recipients are short names out of the organisation's file.


@data_collection(purpose="contact_management", recipient="crm", facts=given)
def read_contact(contact_id: Annotated[str, SubjectId]) -> Lead:
    """A lead from the contact form."""
    return Lead.model_validate(fields_of(contact_id))


@data_collection(purpose="contact_management", recipient="crm", facts=given)
def read_fair_form(contact_id: Annotated[str, SubjectId]) -> FairLead:
    """A lead from a trade fair."""
    return FairLead.model_validate(fields_of(contact_id))


@data_collection(purpose="contact_management", recipient="crm", facts=scanned)
def read_service_case(contact_id: Annotated[str, SubjectId]) -> ServiceLead:
    """A lead from customer service."""
    return ServiceLead.model_validate(fields_of(contact_id))


@profiling(purpose="lead_scoring", model="propensity-3.1", facts=known, result_facts=scored)
def score_lead(lead: Lead) -> Score:
    """How likely the lead is to buy. Your model goes here."""
    senior = any(word in (lead.job or "").lower() for word in ("director", "founder", "head"))
    return Score(points=(50 if senior else 30) + (20 if lead.company else 0))


@recommendation(
    purpose="direct_marketing",
    model="service-assistant",
    facts=contacted,
    result_facts=offered,
    disclose=tell,
)
def write_offer(
    lead: Lead, score: Score, channel: Annotated[Channel, pd.PrivacyPreference]
) -> Offer:
    """An offer that an assistant writes. Your language model goes here."""
    suitable = sorted(CATALOGUE[lead.asks_for or "desk"], key=lambda item: item.price_minor)
    room = 1 if channel == "sms" else 3
    return Offer(items=suitable[:room], suitable=len(suitable), follow_up=score.points >= LIKELY)


@decision(
    purpose="order_handling", model="solvency-1", facts=decided, result_facts=checked, disclose=tell
)
def grant_terms(lead: Lead, pays_by: Annotated[str, pd.Transaction]) -> Terms:
    """How the person may pay. Your checks go here."""
    return Terms(id=lead.id, pays_by=pays_by)


READERS = {
    "contact_form": read_contact,
    "fair_form": read_fair_form,
    "service_case": read_service_case,
}


def handle(contact_id: str) -> Terms:
    """Take one person through the four steps.

    Raises:
        StepStopped: a policy denies a step, or a human has to decide first.
    """
    record = crm.read(contact_id)
    lead = READERS[record["came_by"]](contact_id)
    score = score_lead(lead)
    offer = write_offer(lead, score, "sms" if record["preferred_channel"] == "sms" else "email")
    # Send what a step returned, never inside it: a result that may not leave is not returned.
    crm.send("offer", offer.text())
    return grant_terms(lead, record["payment_wish"])


# --- What stands in for your systems --------------------------------------------------------------


def fields_of(contact_id: str) -> dict[str, Any]:
    """Our names for the CRM's properties. A model takes the ones that it has."""
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
        "birthday": record.get("date_of_birth"),
        "marital_status": record.get("marital_status"),
        "notes": record.get("notes"),
    }


def detect(text: str) -> list[str]:
    """Categories of data that a text holds. Your detector goes here; this one knows three words."""
    words = {"diabetes": pd.Health, "pregnant": pd.Health, "surgery": pd.Health}
    return sorted({found.id for word, found in words.items() if word in text.lower()})


# How every form of the firm asks for consent to marketing: by itself, with nothing ticked beforehand.
CONSENT_FORM = {
    "granular": True,
    "preticked": False,
    "bundled_with_contract": False,
    "informed": True,
    "dark_pattern": False,
    "notice_version": "2026-09",
}

TOLD = {
    "2026-09": [
        "dpv:CustomerRelationshipManagement",
        "dpv:DirectMarketing",
        "dpv:CustomerOrderManagement",
        "dpv:FulfilmentOfContractualObligation",
    ]
}
"""What each version of the form's privacy notice names the data to be for."""
LIKELY = 60
CATALOGUE = {
    kind: [Item(id=f"{kind}-{size}", price_minor=price) for size, price in prices.items()]
    for kind, prices in {
        "desk": {"120": 29900, "140": 39900, "160": 49900},
        "chair": {"basic": 19900, "plus": 25900, "pro": 34900},
        "table": {"6": 59900, "8": 74900, "10": 89900},
    }.items()
}
