"""Forms, notes, imports and visits."""

from __future__ import annotations

from datetime import timedelta

from tests.policies.everyday.event import (
    NO_REQUESTS,
    NOW,
    TOLD,
    Everyday,
    consent,
    datum,
    person,
)

_NEW = {"notice.delivered_at": NOW}
_CARE = "dpv:CommunicationForCustomerCare"
_RELATIONS = "dpv:CustomerRelationshipManagement"
_ORDERS = ("dpv:CustomerOrderManagement", "dpv:FulfilmentOfContractualObligation")

EVENTS = (
    Everyday(
        "A contact form is filled in, its free text scanned",
        "FI", "data_collection", "lumikoto", "customer_care",
        {**person("FI", "fi", "other"), **NO_REQUESTS, **_NEW, "fields": [
            datum("form.name", "pd:Name", _CARE, collected_at=NOW),
            datum("form.email", "pd:EmailAddressPersonal", _CARE, collected_at=NOW),
            datum("form.message", "pd:Communication", _CARE, collected_at=NOW, free_text=True,
                  text_scanned=True, detected_categories=[]),
        ]},
        change={"fields.2.text_scanned": False},
        requested={"R-SPEC-01:escalate:unscanned", "R-SPEC-02:escalate:unscanned"},
    ),
    Everyday(
        "Someone signs up for the newsletter",
        "SE", "data_collection", "lumikoto", "newsletter",
        {**person("SE", "sv", "lead"), **NO_REQUESTS, **_NEW,
         "consent": [consent("dpv:DirectMarketing", "email", "sv", given_at=NOW)],
         "fields": [
             datum("form.email", "pd:EmailAddressPersonal", "dpv:DirectMarketing",
                   collected_at=NOW),
         ]},
        change={"consent.0.preticked": True},
        requested={"R-CONS-02:deny"},
    ),
    Everyday(
        "An order form is filled in",
        "DE", "data_collection", "lumikoto", "orders",
        {**person("DE", "de"), **NO_REQUESTS, **_NEW, "fields": [
            datum("order.name", "pd:Name", *_ORDERS, collected_at=NOW),
            datum("order.address", "pd:PhysicalAddress", *_ORDERS, collected_at=NOW),
            datum("order.email", "pd:EmailAddressPersonal", *_ORDERS, collected_at=NOW),
        ]},
        recipient="shop_system",
        change={"fields.2.categories": ["pd:BirthDate"]},
        requested={"R-MIN-01:oblige"},
    ),
    Everyday(
        "A business card from a fair is typed into the CRM",
        "NL", "data_collection", "kadewerk", "prospects",
        {**person("NL", "nl", "prospect"), **NO_REQUESTS, **TOLD, "fields": [
            datum("card.name", "pd:Name", _RELATIONS),
            datum("card.email", "pd:EmailAddressWork", _RELATIONS),
            datum("card.job", "pd:Job", _RELATIONS),
        ]},
        recipient="crm",
        change={"rights_requests": [{"type": "erasure", "status": "open"}]},
        requested={"R-ERA-01:deny"},
    ),
    Everyday(
        "A partner hands over a lead, who has been told",
        "IE", "data_collection", "kadewerk", "prospects",
        {**person("IE", "en", "lead"), **NO_REQUESTS,
         "source.name": "Toolmakers of Cork", "source.partner_registered": True,
         "notice.art14_delivered_at": NOW - timedelta(days=3),
         "fields": [
             datum("lead.name", "pd:Name", _RELATIONS, source="third_party"),
             datum("lead.email", "pd:EmailAddressWork", _RELATIONS, source="third_party"),
         ]},
        recipient="crm",
        change={"source.partner_registered": False},
        requested={"R-COL-05:deny:partner"},
    ),
    Everyday(
        "A buyer's work address is read from his firm's own site",
        "FR", "data_collection", "kadewerk", "prospects",
        {**person("FR", "fr", "prospect"), **NO_REQUESTS,
         "source.name": "site of the firm", "source.visibility_restricted": False,
         "source.robots_allowed": True,
         "notice.art14_delivered_at": NOW - timedelta(days=1),
         "fields": [
             datum("lead.name", "pd:Name", _RELATIONS, source="public_web"),
             datum("lead.email", "pd:EmailAddressWork", _RELATIONS, source="public_web"),
         ]},
        recipient="crm",
        change={"source.visibility_restricted": True},
        requested={"R-COL-06:deny"},
    ),
    Everyday(
        "Someone shops without cookies but the basket's",
        "FI", "data_collection", "lumikoto", "shop_session",
        {"subject.country": "FI", **NO_REQUESTS, **_NEW,
         "device_access.strictly_necessary": True,
         "fields": [
             datum("session.pages", "pd:BrowsingBehaviour", "dpv:RequestedServiceProvision",
                   source="observed", collected_at=NOW),
         ]},
        change={"device_access.strictly_necessary": False},
        requested={"R-COOK-01:deny"},
    ),
    Everyday(
        "A visitor agrees to be counted",
        "DE", "data_collection", "lumikoto", "web_statistics",
        {"subject.country": "DE", **NO_REQUESTS, **_NEW,
         "consent": [consent("dpv:ServiceUsageAnalytics", "web", "de", given_at=NOW)],
         "fields": [
             datum("visit.pages", "pd:BrowsingBehaviour", "dpv:ServiceUsageAnalytics",
                   source="observed", collected_at=NOW),
         ]},
        change={"consent.0.dark_pattern": True},
        requested={"R-CONS-02:deny", "R-COOK-01:deny", "R-MAN-02:deny:pushed"},
    ),
    Everyday(
        "A salesman's note is scanned, and nothing found",
        "SE", "data_collection", "kadewerk", "prospects",
        {**person("SE", "sv"), **NO_REQUESTS, **TOLD, "fields": [
            datum("note", "pd:Communication", _RELATIONS, free_text=True, text_scanned=True,
                  detected_categories=[]),
        ]},
        recipient="crm",
        change={"fields.0.detected_categories": ["pd:Health"]},
        requested={"R-SPEC-02:oblige"},
    ),
    Everyday(
        "An order by telephone is written down",
        "SE", "data_collection", "lumikoto", "orders",
        {**person("SE", "sv"), **NO_REQUESTS, **_NEW, "contact.channel": "phone", "fields": [
            datum("order.name", "pd:Name", *_ORDERS, collected_at=NOW),
            datum("order.remarks", "pd:Communication", *_ORDERS, collected_at=NOW,
                  free_text=True, text_scanned=True, detected_categories=[]),
        ]},
        change={"fields.1.detected_categories": ["pd:OfficialID"]},
        requested={"R-ID-01:oblige"},
    ),
    Everyday(
        "A grown-up signs up on the pages for school starters",
        "FR", "data_collection", "lumikoto", "newsletter",
        {**person("FR", "fr", "lead"), **NO_REQUESTS, **_NEW,
         "subject.age_years": 34, "subject.age_assurance": "self_declared",
         "contact.child_facing": True,
         "consent": [consent("dpv:DirectMarketing", "email", "fr", given_at=NOW)],
         "fields": [
             datum("form.email", "pd:EmailAddressPersonal", "dpv:DirectMarketing",
                   collected_at=NOW),
         ]},
        change={"subject.age_years": 13},
        requested={"R-KID-01:deny"},
    ),
    Everyday(
        "A first order of somebody whom the CRM still calls a prospect",
        "IE", "data_collection", "kadewerk", "orders",
        {**person("IE", "en", "prospect"), **NO_REQUESTS, **TOLD, "fields": [
            datum("order.name", "pd:Name", *_ORDERS),
            datum("order.email", "pd:EmailAddressWork", *_ORDERS),
        ]},
        recipient="crm",
        change={"breach.detected_at": NOW - timedelta(hours=80)},
        requested={"R-SEC-01:deny:breach"},
    ),
    Everyday(
        "An old consent to invitations is renewed by a link",
        "IE", "data_collection", "kadewerk", "invitations",
        {**person("IE", "en"), **NO_REQUESTS, **TOLD,
         "consent": [consent("dpv:DirectMarketing", "email", "en",
                             expires_at=NOW + timedelta(days=700))],
         "fields": [datum("contact.email", "pd:EmailAddressWork", "dpv:DirectMarketing")]},
        recipient="crm",
        change={"consent.0.expires_at": NOW - timedelta(days=1)},
        requested={"R-CONS-01:deny", "R-CONS-04:deny:expired"},
    ),
    Everyday(
        "Someone hurt by a shelf claims, and says how",
        "DE", "data_collection", "lumikoto", "claims",
        {**person("DE", "de"), **NO_REQUESTS, **TOLD, "fields": [
            datum("claim.name", "pd:Name", "dpv:CustomerClaimsManagement"),
            datum("claim.injury", "pd:Health", "dpv:CustomerClaimsManagement"),
        ]},
        change={"fields.1.collected_at": NOW - timedelta(days=1500)},
        requested={"R-RET-01:deny"},
    ),
    Everyday(
        "A new customer's name also goes to an accountant in Switzerland",
        "NL", "data_collection", "kadewerk", "orders",
        {**person("NL", "nl"), **NO_REQUESTS, **TOLD,
         "transfer.leaves_organisation": True, "transfer.recipient": "accountant",
         "transfer.recipient_country": "CH", "transfer.mechanism": "adequacy",
         "recipient.role": "controller", "recipient.ropa_ref": "K-P9",
         "fields": [datum("order.name", "pd:Name", *_ORDERS)]},
        change={"transfer.recipient_country": "IN"},
        requested={"R-TRF-01:deny"},
    ),
)  # fmt: skip
