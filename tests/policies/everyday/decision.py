"""Orders, refunds, credit and claims."""

from __future__ import annotations

from datetime import timedelta

from tests.policies.everyday.event import (
    ASKED,
    NO_REQUESTS,
    NOW,
    SURE,
    TO_RUN_AGAIN,
    Everyday,
    datum,
    person,
)

_CASE = {**NO_REQUESTS}
_PROFILED = {**ASKED}
_ORDERS = ("dpv:CustomerOrderManagement", "dpv:FulfilmentOfContractualObligation")
_CLAIMS = "dpv:CustomerClaimsManagement"
_BY_HAND = {"decision.automation": "dpv:NotAutomated"}
_ORDER = [datum("order", "pd:Purchase", *_ORDERS)]
_RETURN = [datum("order", "pd:Purchase", *_ORDERS, _CLAIMS)]
_NO_WEIGHT = {"decision.effect": "none"}
_WEIGHTY = {"decision.effect": "similarly_significant"}
_BY_MACHINE = {
    "decision.automation": "dpv:FullAutomation",
    "task.share_automated_7d_bp": 4000,
    **TO_RUN_AGAIN,
}
_REVIEWED = {"human_review.reviewer_id": "staff-17", "human_review.time_spent_s": 300}


def _sent(language: str) -> dict[str, object]:
    return {"message.language": language, "feedback.channel_present": True}


def _explained(language: str) -> dict[str, object]:
    return {
        "explanation.present": True,
        "explanation.case_specific": True,
        "explanation.factors": [
            {"name": "payment_history", "direction": "lowers", "weight_bp": 7000}
        ],
        "explanation.data_used": ["pd:CreditScore"],
        "explanation.language": language,
    }


EVENTS = (
    Everyday(
        "An order is taken by hand while a request for access waits its turn",
        "FI", "decision", "lumikoto", "orders",
        {**person("FI", "fi"), **_BY_HAND, "rights_requests": [
            {"type": "access", "status": "open", "received_at": NOW - timedelta(days=5)},
        ], "fields": _ORDER},
        after=_sent("fi"),
        change={"rights_requests.0.type": "restriction"},
        requested={"R-ERA-01:deny"},
    ),
    Everyday(
        "A refund is decided by the human whom the customer asked for",
        "SE", "decision", "lumikoto", "claims",
        {**person("SE", "sv"), **_CASE, **_BY_HAND, "fields": _RETURN,
         "conversation.user_requested_human": True},
        after=_sent("sv"),
        change={"contest.open": True},
        completed={"R-FB-01:escalate:contest"},
    ),
    Everyday(
        "A clerk refuses sale on invoice, helped by a score",
        "FI", "decision", "lumikoto", "credit",
        {**person("FI", "fi"), **_PROFILED, **_WEIGHTY, **TO_RUN_AGAIN,
         "decision.automation": "dpv:AssistiveAutomation", "decision.score_decisive": False,
         "fields": [datum("credit.score", "pd:CreditScore", "dpv:CustomerSolvencyMonitoring")]},
        after={**_sent("fi"), **SURE, **_REVIEWED, **_explained("fi")},
        model="credit-model",
        change={"human_review.time_spent_s": 4},
        completed={"R-ADM-02:escalate:hasty"},
    ),
    Everyday(
        "A machine confirms an order",
        "DE", "decision", "lumikoto", "orders",
        {**person("DE", "de"), **_CASE, **_BY_MACHINE, **_NO_WEIGHT, "fields": _ORDER},
        after={**_sent("de"), **SURE}, model="order-check",
        change={"ai.confidence_bp": 4000},
        completed={"R-LIM-01:escalate"},
    ),
    Everyday(
        "A machine confirms a firm's order",
        "NL", "decision", "kadewerk", "orders",
        {**person("NL", "nl"), **_CASE, **_BY_MACHINE, **_NO_WEIGHT, "fields": _ORDER},
        after={**_sent("nl"), **SURE}, model="order-check",
        change={"fields.0.detected_categories": ["pd:TradeUnionMembership"]},
        requested={"R-SPEC-01:deny"},
    ),
    Everyday(
        "A machine takes a return within the terms",
        "FR", "decision", "lumikoto", "claims",
        {**person("FR", "fr"), **_CASE, **_BY_MACHINE, **_NO_WEIGHT, "fields": _RETURN},
        after={**_sent("fr"), **SURE}, model="order-check",
        change={"conversation.user_requested_human": True},
        requested={"R-HUM-01:escalate"}, completed={"R-HUM-01:escalate"},
    ),
    Everyday(
        "A machine gives a member the next level of the programme",
        "SE", "decision", "lumikoto", "loyalty",
        {**person("SE", "sv"), **_PROFILED, **_BY_MACHINE, **_NO_WEIGHT,
         "decision.inputs": [{"name": "orders", "categories": ["pd:Purchase"]}],
         "fields": [datum("orders", "pd:Purchase", *_ORDERS, "dpv:PersonalisedBenefits")]},
        after={**_sent("sv"), **SURE}, model="shop-models",
        change={"decision.effect": "similarly_significant"},
        requested={"R-ADM-01:escalate"}, completed={"R-ADM-01:escalate", "R-EXP-01:deny"},
    ),
    Everyday(
        "A clerk frees an order that a screen held back",
        "DE", "decision", "lumikoto", "fraud",
        {**person("DE", "de"), **_PROFILED, **_WEIGHTY, **TO_RUN_AGAIN,
         "decision.automation": "dpv:AssistiveAutomation", "decision.score_decisive": False,
         "decision.inputs": [{"name": "payment", "categories": ["pd:Transaction"]}],
         "fields": [datum("order.payment", "pd:Transaction", *_ORDERS,
                          "dpv:FraudPreventionAndDetection")]},
        after={**_sent("de"), **SURE, **_REVIEWED, **_explained("de")},
        model="shop-models",
        change={"decision.score_decisive": True},
        requested={"R-ADM-01:escalate", "R-HUM-03:escalate:unknown"},
        completed={"R-ADM-01:escalate"},
    ),
    Everyday(
        "A firm's credit is set by hand from a report on the firm",
        "NL", "decision", "kadewerk", "company_credit",
        {"subject.type": "legal_person", "subject.country": "NL", "subject.language": "nl",
         **_BY_HAND},
        after=_sent("nl"),
        change={"fields": [datum("director.score", "pd:CreditScore",
                                 "dpv:CustomerSolvencyMonitoring")]},
        requested={"R-CRED-01:deny:permission"},
    ),
    Everyday(
        "A clerk settles a claim for an injury",
        "IE", "decision", "lumikoto", "claims",
        {**person("IE", "en"), **_CASE, **_BY_HAND, "decision.effect": "legal",
         "fields": [datum("claim.injury", "pd:Health", _CLAIMS)]},
        after={**_sent("en"), **_explained("en")},
        change={"fields.0.disputed": True},
        requested={"R-ACCU-01:escalate"},
    ),
    Everyday(
        "A lead goes to the salesman of the region",
        "FR", "decision", "kadewerk", "prospects",
        {**person("FR", "fr", "lead"), **_CASE, **_BY_HAND,
         "fields": [datum("lead.job", "pd:Job", "dpv:CustomerRelationshipManagement")]},
        after=_sent("fr"),
        change={"fields.0.categories": ["pd:CriminalOffence"]},
        requested={"R-CRIM-01:deny"},
    ),
    Everyday(
        "A manager grants a longer time to pay",
        "IE", "decision", "kadewerk", "orders",
        {**person("IE", "en"), **_CASE, **_BY_HAND, "fields": _ORDER},
        after=_sent("en"),
        change={"message.language": "nl"},
        completed={"R-LANG-01:oblige"},
    ),
    Everyday(
        "A clerk lowers the price of a spoilt delivery",
        "NL", "decision", "kadewerk", "orders",
        {**person("NL", "nl"), **_CASE, **_BY_HAND, "fields": _ORDER},
        after=_sent("nl"),
        change={"fields.0.categories": ["pd:Religion"]},
        requested={"R-SPEC-01:deny"},
    ),
)  # fmt: skip
