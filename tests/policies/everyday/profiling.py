"""Scores, segments and summaries."""

from __future__ import annotations

from datetime import timedelta

from tests.policies.everyday.event import (
    ASKED,
    NOW,
    SURE,
    TO_RUN_AGAIN,
    TOLD,
    Everyday,
    consent,
    datum,
    person,
)

_RELATIONS = "dpv:CustomerRelationshipManagement"
_ORDERS = ("dpv:CustomerOrderManagement", "dpv:FulfilmentOfContractualObligation")
_CASE = {**ASKED, **TOLD, **TO_RUN_AGAIN}
_DONE = {**SURE, "energy.estimate_mwh": 30}
_BUYS = datum("orders", "pd:Purchase", *_ORDERS, _RELATIONS)
_VISITS = datum("visits", "pd:Interaction", _RELATIONS, source="observed")
_JOB = datum("lead.job", "pd:Job", _RELATIONS)
_PSEUDONYMISED = {"prompt.pseudonymised": True}

EVENTS = (
    Everyday(
        "A customer is scored for churn, told of it, after a passed balancing test",
        "FI", "profiling", "lumikoto", "churn",
        {**person("FI", "fi"), **_CASE, "fields": [_BUYS, _VISITS]},
        after=_DONE, model="shop-models",
        change={"objections.profiling": True},
        requested={"R-OBJ-01:deny"},
    ),
    Everyday(
        "A member of the loyalty programme is scored for churn",
        "SE", "profiling", "lumikoto", "churn",
        {**person("SE", "sv"), **_CASE, "fields": [_BUYS]},
        after=_DONE, model="shop-models",
        change={"rights_requests": [{"type": "restriction", "status": "open"}]},
        requested={"R-ERA-01:deny"},
    ),
    Everyday(
        "A lead at a firm is scored",
        "NL", "profiling", "kadewerk", "lead_scoring",
        {**person("NL", "nl", "lead"), **_CASE, "fields": [_JOB, _VISITS]},
        after=_DONE, model="lead-model",
        change={"fields.0.collected_purposes": ["dpv:PersonnelHiring"]},
        requested={"R-PUR-01:escalate:unassessed"},
    ),
    Everyday(
        "A lead is scored by job and visits",
        "DE", "profiling", "kadewerk", "lead_scoring",
        {**person("DE", "de", "lead"), **_CASE, "fields": [_JOB, _VISITS]},
        after=_DONE, model="lead-model",
        change={"fields.0.categories": ["pd:CreditScore"]},
        requested={"R-CRED-01:deny", "R-MIN-01:oblige"},
    ),
    Everyday(
        "A partner's lead, who has been told, is scored",
        "IE", "profiling", "kadewerk", "lead_scoring",
        {**person("IE", "en", "lead"), **ASKED, **TO_RUN_AGAIN,
         "source.name": "Toolmakers of Cork", "source.partner_registered": True,
         "notice.art14_delivered_at": NOW - timedelta(days=20),
         "fields": [datum("lead.job", "pd:Job", _RELATIONS, source="third_party")]},
        after=_DONE, model="lead-model",
        change={"notice.art14_delivered_at": None},
        requested={"R-COL-05:oblige:tell"},
    ),
    Everyday(
        "Products are matched to what a customer bought",
        "FR", "profiling", "lumikoto", "advice",
        {**person("FR", "fr"), **_CASE, "contact.channel": "web", "fields": [
            datum("orders", "pd:Purchase", *_ORDERS, "dpv:ProvideProductRecommendations"),
        ]},
        after=_DONE, model="shop-models",
        change={"profile.inferred_categories": ["pd:Health"]},
        requested={"R-SPEC-03:deny"}, completed={"R-SPEC-03:deny"},
    ),
    Everyday(
        "An order is screened for fraud",
        "FI", "profiling", "lumikoto", "fraud",
        {**person("FI", "fi"), **_CASE, "fields": [
            datum("order.address", "pd:PhysicalAddress", *_ORDERS, "dpv:FraudPreventionAndDetection"),
            datum("order.payment", "pd:Transaction", *_ORDERS, "dpv:FraudPreventionAndDetection"),
        ]},
        after=_DONE, model="shop-models",
        change={"fields.0.disputed": True},
        requested={"R-ACCU-01:escalate"},
    ),
    Everyday(
        "A buyer on invoice is checked for credit, with permission",
        "FI", "profiling", "lumikoto", "credit",
        {**person("FI", "fi"), **_CASE, "fields": [
            datum("credit.score", "pd:CreditScore", "dpv:CustomerSolvencyMonitoring",
                  source="third_party", collected_at=NOW),
        ], "source.name": "Luottotieto", "source.partner_registered": True,
         "notice.art14_delivered_at": NOW},
        after=_DONE, model="credit-model",
        change={"ai.in_distribution": False},
        completed={"R-LIM-01:escalate"},
    ),
    Everyday(
        "Readers who agreed are sorted by what they clicked",
        "SE", "profiling", "lumikoto", "segments",
        {**person("SE", "sv"), **_CASE, "objections.direct_marketing": False,
         "consent": [consent("dpv:TargetedAdvertising", None, "sv")],
         "fields": [datum("clicks", "pd:LinkClicked", "dpv:TargetedAdvertising",
                          source="observed")]},
        after=_DONE, model="shop-models",
        change={"objections.direct_marketing": True},
        requested={"R-DM-01:deny"},
    ),
    Everyday(
        "A grown-up reader who agreed is sorted by interest",
        "FR", "profiling", "lumikoto", "segments",
        {**person("FR", "fr"), **_CASE, "subject.age_years": 29,
         "objections.direct_marketing": False,
         "consent": [consent("dpv:TargetedAdvertising", None, "fr")],
         "fields": [datum("interest", "pd:Interest", "dpv:TargetedAdvertising")]},
        after=_DONE, model="shop-models",
        change={"subject.age_years": 16},
        requested={"R-KID-01:deny:profile"},
    ),
    Everyday(
        "The mood of a letter brings it to a human sooner",
        "NL", "profiling", "kadewerk", "service",
        {**person("NL", "nl"), **_CASE, **_PSEUDONYMISED, "fields": [
            datum("letter", "pd:Communication", "dpv:CommunicationForCustomerCare",
                  free_text=True, text_scanned=True, detected_categories=["pd:Name"]),
        ]},
        after={**_DONE, "usage.inference_geo": "eu"}, model="summariser",
        change={"prompt.pseudonymised": False},
        requested={"R-SEC-03:oblige"},
    ),
    Everyday(
        "A summary of a call writes an interest back, marked as inferred",
        "DE", "profiling", "kadewerk", "lead_scoring",
        {**person("DE", "de"), **_CASE, **_PSEUDONYMISED, "fields": [
            datum("call", "pd:Communication", _RELATIONS, free_text=True, text_scanned=True,
                  detected_categories=[]),
            datum("interest", "pd:Interest", _RELATIONS, source="inferred", collected_at=NOW,
                  marked_inferred=True, inferred_at=NOW, inferred_by="summariser 2026-07-01",
                  confidence_bp=8100),
        ]},
        after={**_DONE, "usage.inference_geo": "eu"}, model="summariser",
        change={"fields.1.marked_inferred": False},
        completed={"R-MIN-02:oblige:unmarked"},
    ),
    Everyday(
        "A buyer is scored for whom to visit",
        "IE", "profiling", "kadewerk", "lead_scoring",
        {**person("IE", "en"), **_CASE, "fields": [_JOB, _VISITS],
         "restriction.active": False},
        after=_DONE, model="lead-model",
        change={"restriction.active": True},
        requested={"R-ACCU-01:escalate:restricted"},
    ),
)  # fmt: skip
