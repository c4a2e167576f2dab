"""Events that pass, to change one fact at a time.

The compliant event of each step passes every bundled rule without a finding, in either phase, with
the example organisation ("Esimerkki Oy"), so that one change shows one rule at work.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from aboveboard.errors import EventError
from aboveboard.events import StepEvent
from aboveboard.facts import Phase, Step
from aboveboard.facts.merging import merge
from aboveboard.facts.paths import set_path
from aboveboard.organisation import Organisation, example, facts_for

__all__ = ["PURPOSES", "compliant_event", "compliant_facts", "make_event"]

SUBJECT = "example:9f86d081884c7d659a2feaa0c55ad015"
"""Pseudonym of nobody."""

PURPOSES: Mapping[Step, tuple[str, str | None, str | None]] = {
    "data_collection": ("contact_management", None, "crm"),
    "profiling": ("lead_scoring", "propensity-3.1", None),
    "recommendation": ("direct_marketing", "recommender-2", None),
    "decision": ("order_handling", None, None),
}
"""Purpose, model and processor of the example organisation that a compliant event uses."""


def make_event(
    step: Step,
    phase: Phase = "requested",
    *,
    facts: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
    time: datetime | None = None,
) -> StepEvent:
    """An event of nothing but the facts given.

    Args:
        step: one of the four steps.
        phase: `requested` or `completed`.
        facts: nested facts to start from.
        changes: values by dotted path (`consent.0.status`); None makes a fact unknown.
        time: of the event; now when left out.

    Raises:
        EventError: a path or value is none of this step.
    """
    known = copy.deepcopy(dict(facts or {}))
    for path, value in (changes or {}).items():
        try:
            set_path(known, path, copy.deepcopy(value))
        except ValueError as error:
            raise EventError(str(error)) from None
    return StepEvent.create(
        step, phase, known, source="/aboveboard/example", subject=SUBJECT, time=time
    )


def compliant_event(
    step: Step,
    phase: Phase = "requested",
    *,
    changes: Mapping[str, Any] | None = None,
    organisation: Organisation | None = None,
    time: datetime | None = None,
) -> StepEvent:
    """An event that passes every bundled rule of its step, with some facts changed.

    Args:
        step: one of the four steps.
        phase: `requested` or `completed`.
        changes: values by dotted path; None makes a fact unknown.
        organisation: whose register and profile it is filled from; the example when left out.
        time: of the event; now when left out. Dates in the facts follow it.

    Raises:
        EventError: a path or value is none of this step.
    """
    now = datetime.now(UTC) if time is None else time
    facts = compliant_facts(step, organisation=organisation, time=now)
    return make_event(step, phase, facts=facts, changes=changes, time=now)


def compliant_facts(
    step: Step, *, organisation: Organisation | None = None, time: datetime | None = None
) -> dict[str, Any]:
    """The facts of `compliant_event`, as a nested mapping.

    The stories: a contact form is read into the CRM; a lead at a company is scored; a customer gets
    an e-mail with an offer; a person in the back office confirms an order.
    """
    now = datetime.now(UTC) if time is None else time
    purpose, model, recipient = PURPOSES[step]
    known = _stories(now)[step]
    # The example is looked at on the day of the event, or its checks would be of another time.
    organisation = organisation or example(now.astimezone(UTC).date())
    stated = facts_for(organisation, step, purpose=purpose, model=model, recipient=recipient)
    # The case comes first: where the profile says the same, nothing changes.
    merge(known, stated)
    return known


def _stories(now: datetime) -> dict[Step, dict[str, Any]]:
    month_ago = now - timedelta(days=30)
    person = {
        "type": "natural_person",
        "country": "FI",
        "language": "fi",
        "age_years": 41,
        "is_minor": False,
        "age_assurance": "self_declared",
        "relationship": "customer",
        "vulnerable_flags": [],
    }
    relations = "dpv:CustomerRelationshipManagement"
    orders = ("dpv:CustomerOrderManagement", "dpv:FulfilmentOfContractualObligation")
    told = (relations, "dpv:DirectMarketing", *orders)
    email = _field("contact.email", "pd:EmailAddressWork", month_ago, told)
    name = _field("contact.name", "pd:Name", month_ago, told)
    notice = {
        "delivered_at": month_ago,
        "art14_delivered_at": month_ago,
        "language": "fi",
        "shown_7d": 0,
    }
    objections = {"profiling": False, "direct_marketing": False}
    source = {
        "name": "Esimerkki Oy",
        "partner_registered": True,
        "visibility_restricted": False,
        "robots_allowed": True,
    }
    explanation = {
        "present": True,
        "factors": [{"name": "purchases", "direction": "raises", "weight_bp": 6000}],
        "case_specific": True,
        "counterfactual_present": True,
        "data_used": ["pd:Purchase"],
        "language": "fi",
        "reading_grade_tenths": 80,
    }
    sure = {"confidence_bp": 9100, "in_distribution": True}
    recorded = {"inputs_hash": "sha256:3f79bb7b435b05321651daefd374cdc6"}
    # On what terms somebody would get the data, should a change send it out.
    terms = {"role": "processor", "dpa_ref": "DPA-2026-001", "ropa_ref": "ROPA-P00"}
    return {
        "data_collection": {
            "subject": person,
            "fields": [name, email],
            "consent": [],
            "rights_requests": [],
            "notice": notice,
            "source": source,
        },
        "profiling": {
            "subject": {**person, "relationship": "prospect"},
            "fields": [
                _field("lead.job", "pd:Job", month_ago, (relations,)),
                _field("lead.purchases", "pd:Purchase", month_ago, (relations, *orders)),
            ],
            "consent": [],
            "rights_requests": [],
            "objections": objections,
            "notice": notice,
            "source": source,
            "ai": sure,
            "audit": recorded,
            "explanation": explanation,
            "energy": {"estimate_mwh": 40},
            "recipient": terms,
        },
        "recommendation": {
            "subject": {**person, "purchased_product_ids": ["press-100"]},
            "fields": [name, email],
            "consent": [
                {
                    "status": "dpv:ConsentGiven",
                    "purpose": "dpv:DirectMarketing",
                    "channel": "email",
                    "given_at": month_ago,
                    "expires_at": now + timedelta(days=335),
                    "proof_ref": "form-7716990",
                    "explicit": True,
                    "granular": True,
                    "preticked": False,
                    "bundled_with_contract": False,
                    "informed": True,
                    "dark_pattern": False,
                    "notice_version": "2026-09",
                    "wording_language": "fi",
                }
            ],
            "rights_requests": [],
            "objections": objections,
            "notice": notice,
            "contact": {
                "channel": "email",
                "child_facing": False,
                "attempts_7d": 0,
                "attempts_30d": 1,
            },
            "suppression_list": {"hit": False, "checked_at": now},
            "recommendation": {
                "purchase_advice": True,
                "items": [_item("press-200", 49900), _item("press-150", 39900),
                          _item("press-120", 29900)],
                "alternatives_count": 2,
                "alternatives_exist": True,
                "cheapest_suitable_shown": True,
                "comparable": True,
                "claims": [],
                "option_without_profiling": True,
                "personalised_price": False,
                "ranking_parameters_disclosed": True,
            },
            "answer": {
                "grounded": True,
                "sources": ["catalogue-2026-10"],
                "confidence_bp": 9500,
                "policy_claim": True,
                "policy_source_version": "2026-10",
                "policy_source_current": True,
            },
            "energy": {"estimate_mwh": 300},
            "offer": {"risk_class": "low"},
            "conversation": {"user_requested_human": False},
            "message": {"language": "fi"},
            "feedback": {"channel_present": True},
            "contest": {"open": False},
            "recipient": terms,
        },
        "decision": {
            "subject": person,
            "fields": [name],
            "consent": [],
            "rights_requests": [],
            "objections": objections,
            "notice": notice,
            "ai": {
                "interacts_directly": False,
                "risk_class": "minimal",
                "last_evaluated_at": month_ago,
                "model": "order-check",
                "own": True,
                "model_version": "1.4.0",
                **sure,
            },
            "audit": recorded,
            "profile": {
                "features": [],
                "protected_attributes": [],
                "proxies": [],
                "individual_assessment": True,
            },
            "fairness": {
                "evaluated_at": month_ago,
                "model_version": "1.4.0",
                "window_days": 90,
                "groups": [
                    {"name": "language:fi", "n": 1800, "selected": 1530},
                    {"name": "language:sv", "n": 520, "selected": 437},
                ],
                "impact_ratio_min_bp": 9887,
                "dp_difference_bp": 96,
                "p_value_bp": 5800,
                "ci95_low_bp": 9478,
                "ci95_high_bp": 10313,
            },
            "task": {"share_automated_7d_bp": 0},
            "decision": {
                "effect": "none",
                "automation": "dpv:PartialAutomation",
                "score_decisive": False,
                "inputs": [{"name": "order", "categories": ["pd:Purchase"]}],
            },
            "human_review": {"reviewer_id": "staff-17", "time_spent_s": 240},
            "explanation": explanation,
            "conversation": {"user_requested_human": False},
            "human": {"available": True},
            "message": {"language": "fi"},
            "feedback": {"channel_present": True},
            "contest": {"open": False},
        },
    }  # fmt: skip


def _field(
    name: str, category: str, collected_at: datetime, purposes: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "name": name,
        "categories": [category],
        "source": "provided",
        "collected_purposes": list(purposes),
        "collected_at": collected_at,
        "free_text": False,
    }


def _item(product: str, price_minor: int) -> dict[str, Any]:
    return {
        "id": product,
        "total_price_minor": price_minor,
        "currency": "EUR",
        "tax_included": True,
        "suitable": True,
        "paid_placement": False,
        "advert_labelled": False,
    }
