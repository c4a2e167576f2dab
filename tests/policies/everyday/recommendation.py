"""Mails, calls, chats and product lists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.policies.everyday.event import (
    ASKED,
    MONTH_AGO,
    NO_REQUESTS,
    NOW,
    TOLD,
    Everyday,
    consent,
    datum,
    person,
)

_CASE = {**NO_REQUESTS, **TOLD}
_PROFILED = {**ASKED, **TOLD}
_ORDERS = ("dpv:CustomerOrderManagement", "dpv:FulfilmentOfContractualObligation")
_MARKETING = "dpv:DirectMarketing"
_CARE = "dpv:CommunicationForCustomerCare"
_SELDOM = {
    "objections.direct_marketing": False,
    "contact.attempts_7d": 0,
    "contact.attempts_30d": 1,
    "suppression_list.hit": False,
    "suppression_list.checked_at": NOW,
}
"""What marketing asks of lists and of the log of contacts."""
_BY_HAND = {"ai.interacts_directly": False}
"""Of a call: a human calls."""
_NO_ADVICE = {"recommendation.purchase_advice": False}


def _sent(language: str, **more: Any) -> dict[str, Any]:
    return {"message.language": language, "feedback.channel_present": True, **more}


def _items(*prices: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"lamp-{number}",
            "total_price_minor": price,
            "currency": "EUR",
            "tax_included": True,
            "paid_placement": False,
        }
        for number, price in enumerate(prices, 1)
    ]


_COMPARED = {
    "recommendation.purchase_advice": True,
    "recommendation.items": _items(8900, 5900, 4900),
    "recommendation.alternatives_count": 2,
    "recommendation.cheapest_suitable_shown": True,
    "recommendation.comparable": True,
    "recommendation.personalised_price": False,
}
_CHAT = {
    "contact.channel": "chat",
    "conversation.first_message_at": NOW - timedelta(minutes=2),
    "conversation.user_requested_human": False,
    "ai.disclosure_shown_at": NOW - timedelta(minutes=2),
    "prompt.pseudonymised": True,
}
_ANSWERED = {
    "answer.grounded": True,
    "answer.policy_claim": False,
    "energy.estimate_mwh": 300,
    "usage.inference_geo": "eu",
}

EVENTS = (
    Everyday(
        "An e-mail to a customer on soft opt-in, with a way out",
        "FI", "recommendation", "lumikoto", "customer_offers",
        {**person("FI", "fi"), **_CASE, **_SELDOM, "contact.channel": "email",
         "soft_opt_in.sale_at": MONTH_AGO, "soft_opt_in.similar_product": True,
         "soft_opt_in.optout_offered": True,
         "fields": [datum("email", "pd:EmailAddressPersonal", *_ORDERS, _MARKETING)]},
        after={**_sent("fi"), **_COMPARED, "recommendation.margin_weight_bp": 0},
        change={"soft_opt_in.optout_offered": False},
        requested={"R-DM-02:deny:unknown"},
    ),
    Everyday(
        "A newsletter in Swedish",
        "SE", "recommendation", "lumikoto", "newsletter",
        {**person("SE", "sv"), **_CASE, **_SELDOM, "contact.channel": "email",
         "consent": [consent(_MARKETING, "email", "sv")],
         "fields": [datum("email", "pd:EmailAddressPersonal", _MARKETING)]},
        after={**_sent("sv"), **_NO_ADVICE},
        change={"consent.0.status": "dpv:ConsentWithdrawn"},
        requested={"R-CONS-01:deny", "R-CONS-03:deny:derived", "R-DM-02:deny"},
    ),
    Everyday(
        "Mail to a work address about the work, which national law allows",
        "FI", "recommendation", "kadewerk", "business_mail",
        {**person("FI", "en", "prospect"), **_CASE, **_SELDOM, "contact.channel": "email",
         "offer.relates_to_profession": True,
         "fields": [datum("email", "pd:EmailAddressWork", _MARKETING)]},
        after={**_sent("en"), **_NO_ADVICE}, recipient="crm",
        change={"offer.relates_to_profession": False},
        requested={"R-DM-02:deny:unknown"},
    ),
    Everyday(
        "Mail to a work address, under a national law that nobody verified",
        "IE", "recommendation", "kadewerk", "business_mail",
        {**person("IE", "en", "prospect"), **_CASE, **_SELDOM, "contact.channel": "email",
         "offer.relates_to_profession": True,
         "fields": [datum("email", "pd:EmailAddressWork", _MARKETING)]},
        after={**_sent("en"), **_NO_ADVICE}, recipient="crm",
        warns={"R-DM-02:warn:unverified"},
        change={"suppression_list.hit": True},
        requested={"R-DM-04:deny:suppressed"},
    ),
    Everyday(
        "A call to somebody who asked to be called",
        "NL", "recommendation", "kadewerk", "calls",
        {**person("NL", "nl", "lead"), **_CASE, **_SELDOM, "contact.channel": "phone", **_BY_HAND,
         "consent": [consent(_MARKETING, "phone", "nl")],
         "fields": [datum("phone", "pd:TelephoneNumber", _MARKETING)]},
        after={**_sent("nl"), **_NO_ADVICE},
        change={"consent.0.channel": "email"},
        requested={"R-CONS-01:deny", "R-DM-03:deny"},
    ),
    Everyday(
        "A call to a customer within the hours that the law sets",
        "FR", "recommendation", "lumikoto", "customer_offers",
        {**person("FR", "fr"), **_CASE, **_SELDOM, "contact.channel": "phone", **_BY_HAND,
         "contact.local_weekday": 1, "contact.local_minute": 630,
         "contact.local_holiday": False,
         "fields": [datum("phone", "pd:TelephoneNumber", *_ORDERS, _MARKETING)]},
        after={**_sent("fr"), **_NO_ADVICE},
        change={"contact.local_minute": 800},
        requested={"R-DM-03:deny:hours"},
    ),
    Everyday(
        "A call to a firm's switchboard",
        "FR", "recommendation", "kadewerk", "business_mail",
        {"subject.type": "legal_person", "subject.country": "FR", "subject.language": "fr",
         "subject.relationship": "prospect", **_CASE, **_SELDOM, "contact.channel": "phone", **_BY_HAND,
         "fields": [datum("phone", "pd:TelephoneNumber", _MARKETING)]},
        after={**_sent("fr"), **_NO_ADVICE},
        change={"contact.attempts_7d": 2},
        requested={"R-DM-04:deny"},
    ),
    Everyday(
        "A discount from the lowest price of the last 30 days",
        "DE", "recommendation", "lumikoto", "advice",
        {**person("DE", "de"), **_PROFILED, "contact.channel": "web",
         "fields": [datum("orders", "pd:Purchase", *_ORDERS,
                          "dpv:ProvideProductRecommendations")]},
        after={**_sent("de"), **_COMPARED, "energy.estimate_mwh": 20,
               "recommendation.discount.percent_bp": 1000,
               "recommendation.discount.price_minor": 8900,
               "recommendation.discount.reference_minor": 9900,
               "recommendation.discount.prior_price_30d_minor": 9900},
        model="shop-models",
        change={"recommendation.discount.prior_price_30d_minor": 8900},
        completed={"R-ALT-04:deny", "R-ALT-04:deny:percent"},
    ),
    Everyday(
        "A member's own price, told beforehand",
        "FI", "recommendation", "lumikoto", "loyalty",
        {**person("FI", "fi"), **_PROFILED, "contact.channel": "web",
         "fields": [datum("orders", "pd:Purchase", *_ORDERS, "dpv:PersonalisedBenefits")]},
        after={**_sent("fi"), **_COMPARED, "energy.estimate_mwh": 20,
               "recommendation.personalised_price": True,
               "recommendation.personalised_price_disclosed": True},
        model="shop-models",
        change={"recommendation.personalised_price_disclosed": False},
        completed={"R-FAIR-05:oblige"},
    ),
    Everyday(
        "A chat with an AI that says so",
        "IE", "recommendation", "kadewerk", "service",
        {**person("IE", "en"), **_CASE, **_CHAT, "ai.disclosure_language": "en",
         "fields": [datum("chat", "pd:Communication", _CARE, collected_at=NOW, free_text=True,
                          text_scanned=True, detected_categories=[])]},
        after={**_sent("en"), **_NO_ADVICE, **_ANSWERED}, model="assistant",
        change={"ai.disclosure_shown_at": None},
        requested={"R-AID-01:oblige"}, completed={"R-AID-01:deny:undisclosed"},
    ),
    Everyday(
        "Somebody who wants no advertising asks in a chat which lamp fits",
        "FI", "recommendation", "lumikoto", "customer_care",
        {**person("FI", "fi"), **_CASE, **_CHAT, "ai.disclosure_language": "fi",
         "contact.asked_for": True, "objections.direct_marketing": True,
         "recommendation.purchase_advice": True, "objective.fit_weight_bp": 10_000,
         "objective.margin_weight_bp": 0, "objective.conversion_weight_bp": 0,
         "fields": [datum("orders", "pd:Purchase", *_ORDERS, _CARE)]},
        after={**_sent("fi"), **_ANSWERED, **_COMPARED, "recommendation.margin_weight_bp": 0},
        model="assistant",
        change={"contact.asked_for": False},
        requested={"R-DM-01:deny", "R-DM-02:deny:unknown"},
    ),
    Everyday(
        "A chat about where a delivery is",
        "NL", "recommendation", "kadewerk", "service",
        {**person("NL", "nl"), **_CASE, **_CHAT, "ai.disclosure_language": "nl",
         "conversation.topic": "delivery",
         "fields": [datum("order", "pd:Purchase", *_ORDERS, _CARE)]},
        after={**_sent("nl"), **_NO_ADVICE, **_ANSWERED}, model="assistant",
        change={"conversation.topic": "bereavement"},
        requested={"R-HUM-02:escalate"}, completed={"R-HUM-02:escalate"},
    ),
    Everyday(
        "Somebody asks for a human, and gets one",
        "FI", "recommendation", "lumikoto", "customer_care",
        {**person("FI", "fi"), **_CASE, **_CHAT, "ai.disclosure_language": "fi",
         "conversation.user_requested_human": True,
         "handover.offered_at": NOW, "human.wait_s": 60,
         "fields": [datum("chat", "pd:Communication", _CARE, collected_at=NOW, free_text=True,
                          text_scanned=True, detected_categories=[])]},
        after={**_sent("fi"), **_NO_ADVICE, **_ANSWERED,
               "handover.summary_present": True, "handover.context_fields": ["order.id"]},
        model="assistant",
        change={"handover.offered_at": None},
        requested={"R-HUM-01:escalate"}, completed={"R-HUM-01:escalate"},
    ),
    Everyday(
        "Somebody asks for a human while all are busy, and is called back tomorrow",
        "FR", "recommendation", "lumikoto", "customer_care",
        {**person("FR", "fr"), **_CASE, **_CHAT, "ai.disclosure_language": "fr",
         "conversation.user_requested_human": True, "human.available": False,
         "handover.callback_at": NOW + timedelta(days=1),
         "fields": [datum("chat", "pd:Communication", _CARE, collected_at=NOW, free_text=True,
                          text_scanned=True, detected_categories=[])]},
        after={**_sent("fr"), **_NO_ADVICE, **_ANSWERED,
               "handover.summary_present": True, "handover.context_fields": ["order.id"]},
        model="assistant",
        change={"handover.callback_at": None},
        requested={"R-HUM-01:escalate"}, completed={"R-HUM-01:escalate"},
    ),
    Everyday(
        "An assistant quotes the terms of return in force",
        "DE", "recommendation", "lumikoto", "customer_care",
        {**person("DE", "de"), **_CASE, **_CHAT, "ai.disclosure_language": "de",
         "fields": [datum("chat", "pd:Communication", _CARE, collected_at=NOW, free_text=True,
                          text_scanned=True, detected_categories=[])]},
        after={**_sent("de"), **_NO_ADVICE, **_ANSWERED, "answer.policy_claim": True,
               "answer.policy_source_version": "2026-10",
               "answer.policy_source_current": True},
        model="assistant",
        change={"answer.policy_source_current": False},
        completed={"R-ACC-01:deny"},
    ),
    Everyday(
        "The shop's product list, the same for everybody",
        "DE", "recommendation", "lumikoto", "shop_window",
        {"contact.channel": "web"},
        after={"recommendation.purchase_advice": False, "recommendation.items":
               _items(8900, 5900), "recommendation.ranking_parameters_disclosed": True},
        change={"recommendation.items.0.paid_placement": True},
        completed={"R-ALT-02:oblige"},
    ),
    Everyday(
        "Three lamps side by side, on an offer that does end on Sunday",
        "FR", "recommendation", "lumikoto", "advice",
        {**person("FR", "fr"), **_PROFILED, "contact.channel": "web",
         "fields": [datum("orders", "pd:Purchase", *_ORDERS,
                          "dpv:ProvideProductRecommendations")]},
        after={**_sent("fr"), **_COMPARED, "energy.estimate_mwh": 20,
               "recommendation.countdown.ends_at": NOW + timedelta(days=6),
               "recommendation.countdown.real": True},
        model="shop-models",
        change={"recommendation.countdown.real": False},
        completed={"R-MAN-01:deny:timer"},
    ),
    Everyday(
        "An e-mail says where a parcel is, to somebody who objects to profiling and advertising",
        "SE", "recommendation", "lumikoto", "delivery_news",
        {**person("SE", "sv"), **_CASE, "contact.channel": "email",
         "objections.profiling": True, "objections.direct_marketing": True,
         "fields": [datum("email", "pd:EmailAddressPersonal", *_ORDERS,
                          "dpv:DeliveryOfGoods")]},
        after={**_sent("sv"), **_NO_ADVICE},
        change={"security.cross_customer_data": True},
        requested={"R-SEC-02:deny:other_customers"}, completed={"R-SEC-02:deny:other_customers"},
    ),
    Everyday(
        "A catalogue by post to a customer",
        "DE", "recommendation", "lumikoto", "customer_offers",
        {**person("DE", "de"), **_CASE, **_SELDOM, "contact.channel": "post",
         "fields": [datum("address", "pd:PhysicalAddress", *_ORDERS, _MARKETING)]},
        after={**_sent("de"), **_NO_ADVICE},
        change={"objections.direct_marketing": True},
        requested={"R-DM-01:deny"},
    ),
)  # fmt: skip
