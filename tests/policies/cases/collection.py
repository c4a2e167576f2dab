"""Rules on how data are had, what they may serve, and how long they stay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.policies.cases.case import GIVEN, NOT_PERSONAL, NOW, ON_CONSENT, C, Case, D, P, R

DAY = timedelta(days=1)
CHOICE_UNKNOWN = {
    name: value
    for name, value in GIVEN.items()
    if name not in ("granular", "preticked", "bundled_with_contract", "informed", "dark_pattern")
}
ADVERTS = {
    "processing.purposes": ["dpv:TargetedAdvertising"],
    "notice.covers_purposes": ["dpv:TargetedAdvertising"],
}
CAMPAIGN = {
    "processing.purposes": ["dpv:PoliticalCampaign"],
    "notice.covers_purposes": ["dpv:PoliticalCampaign"],
}
OVERRIDDEN = {**ADVERTS, "lia.outcome": "overridden"}
CHOSEN_WEB = {**GIVEN, "channel": "web", "purpose": "dpv:CustomerRelationshipManagement"}
ERASURE = {"type": "erasure", "status": "open", "due_at": NOW + 20 * DAY}
ACCESS = {"type": "access", "status": "open", "due_at": NOW + 20 * DAY}
OBJECTION = {"type": "objection", "status": "open", "due_at": NOW + 20 * DAY}
BOUGHT: dict[str, Any] = {
    "fields.0.source": "third_party",
    "source.name": "List Broker",
    "source.partner_registered": True,
    "notice.art14_delivered_at": NOW - DAY,
}
WEB: dict[str, Any] = {
    "fields.0.source": "public_web",
    "source.visibility_restricted": False,
    "source.robots_allowed": True,
    "notice.art14_delivered_at": NOW - DAY,
}
INFERRED: dict[str, Any] = {
    "fields.0.source": "inferred",
    "fields.0.target_system": "crm",
    "fields.0.marked_inferred": True,
    "fields.0.inferred_at": NOW,
    "fields.0.inferred_by": "propensity-3.1.4",
    "fields.0.confidence_bp": 8200,
}
FOURTEEN = {"subject.age_years": 14, "subject.is_minor": True}
MACHINE = {"decision.effect": None, "decision.automation": "dpv:FullAutomation"}

CASES: list[Case] = [
    # R-CONS-02
    *(
        Case((C, P), {**ON_CONSENT, "consent": [{**GIVEN, name: value}]}, {"R-CONS-02:deny"})
        for name, value in (
            ("granular", False),
            ("preticked", True),
            ("bundled_with_contract", True),
            ("informed", False),
        )
    ),
    Case((P,), {**ON_CONSENT, "consent": [{**GIVEN, "dark_pattern": True}]}, {"R-CONS-02:deny"}),
    # How it was won is unfair in itself, too.
    Case((C,), {**ON_CONSENT, "consent": [{**GIVEN, "dark_pattern": True}]},
         {"R-CONS-02:deny", "R-MAN-02:deny:pushed"}),
    Case((C, P), {**ON_CONSENT, "consent": [CHOICE_UNKNOWN]}, {"R-CONS-02:deny:unknown"}),
    Case((C, P), {**ON_CONSENT, "consent": [CHOICE_UNKNOWN, GIVEN]}),
    Case((C, P), {**ON_CONSENT, "consent": [{**GIVEN, "wording_language": None}]},
         {"R-CONS-02:deny:unknown"}),
    Case((C, P), {"consent": [{**GIVEN, "preticked": True}]}),
    Case((C,), OVERRIDDEN, {"R-CONS-02:deny:left"}),
    Case((P,), OVERRIDDEN, {"R-CONS-02:deny:left", "R-PROF-01:deny"}),
    Case((C,), {"lia.outcome": "overridden"}),
    # R-CONS-04
    Case((R,), {"consent.0.given_at": NOW - 731 * DAY}, {"R-CONS-04:warn"}),
    Case((R,), {"consent.0.given_at": NOW - 730 * DAY}),
    Case((C,), {**ON_CONSENT, "consent": [{**GIVEN, "given_at": NOW - 731 * DAY}]},
         {"R-CONS-04:warn"}),
    Case((C,), {**ON_CONSENT, "consent": [{**GIVEN, "given_at": NOW - 731 * DAY}, GIVEN]}),
    Case((C,), {**ON_CONSENT, "consent": [{**GIVEN, "expires_at": NOW - DAY}]},
         {"R-CONS-01:deny", "R-CONS-04:deny:expired"}),
    Case((C,), {**ON_CONSENT, "consent": [{**GIVEN, "given_at": None}]},
         {"R-CONS-01:deny", "R-CONS-04:warn:unknown"}),
    # R-PUR-01
    Case((P, R, D), {"fields.0.collected_purposes": ["dpv:ServiceProvision"], "compatibility": None,
                     "processing.legal_basis": "eu-gdpr:A6-1-b"},
         {"R-PUR-01:escalate:unassessed"}),
    Case((P, R, D), {"fields.0.collected_purposes": ["dpv:ServiceProvision"],
                     "compatibility.outcome": "incompatible",
                     "processing.legal_basis": "eu-gdpr:A6-1-b"}, {"R-PUR-01:deny"}),
    Case((P, R, D), {"fields.0.collected_purposes": ["dpv:ServiceProvision"],
                     "compatibility.outcome": "compatible",
                     "compatibility.assessed_at": NOW - DAY, "compatibility.covers_purposes":
                     ["dpv:Marketing", "dpv:CustomerManagement",
                      "dpv:FulfilmentOfContractualObligation"]}),
    Case((P, R, D), {"fields.0.collected_purposes": ["dpv:NonCommercialResearch"],
                     "processing.legal_basis": "eu-gdpr:A6-1-b",
                     "compatibility.outcome": "compatible",
                     "compatibility.assessed_at": NOW - DAY,
                     "compatibility.covers_purposes": ["dpv:NonCommercialResearch"]},
         {"R-PUR-01:escalate:unassessed"}),
    Case((P, R, D), {"fields.0.collected_purposes": None, "processing.legal_basis":
                     "eu-gdpr:A6-1-b"}, {"R-PUR-01:escalate:unknown"}),
    Case((R,), {"fields.0.collected_purposes": None}),
    Case((P,), {"fields.0.collected_purposes": ["dpv:CustomerManagement"], "compatibility": None}),
    # R-PUR-02
    Case((R,), {**CAMPAIGN, "consent.0.purpose": "dpv:PoliticalCampaign"}, {"R-PUR-02:deny"}),
    Case((R,), {"processing.purposes": ["dpv:Advertising"], "consent.0.purpose":
                "dpv:Advertising", "notice.covers_purposes": ["dpv:Advertising"]}),
    Case((P,), {**CAMPAIGN, "lia.covers_purposes": ["dpv:PoliticalCampaign"]}, {"R-PUR-02:deny"}),
    Case((P, R), {"profile.inferred_categories": ["pd:PoliticalOpinion"]},
         {"R-PUR-02:deny:inferred", "R-SPEC-03:deny"}, {"R-SPEC-03:deny"}),
    Case((P, R), {"profile.inferred_categories": ["pd:Interest"]}),
    # R-MIN-02
    Case((P,), INFERRED),
    Case((P,), {**INFERRED, "fields.0.categories": ["pd:Opinion"]}, {"R-MIN-01:oblige"},
         {"R-MIN-02:oblige"}),
    *(
        Case((P,), {**INFERRED, f"fields.0.{name}": None},
             completed={"R-MIN-02:oblige:unmarked"})
        for name in ("marked_inferred", "inferred_at", "inferred_by", "confidence_bp")
    ),
    Case((P,), {"fields.0.source": None, "fields.0.target_system": "crm"},
         completed={"R-MIN-02:oblige:unmarked"}),
    Case((P,), {"fields.0.source": None}),
    Case((P,), {"fields.0.source": "derived", "fields.0.inferred_by": "propensity-3"},
         completed={"R-MIN-02:oblige:unmarked"}),
    Case((P,), {"fields.0.source": "derived"}),
    # R-RET-01
    Case((C, P, R), {"fields.0.collected_at": NOW - 1000 * DAY}, {"R-RET-01:deny"}),
    Case((C, P, R), {"fields.0.collected_at": NOW - 1000 * DAY,
                     "fields.0.last_activity_at": NOW - DAY}),
    Case((C, P, R), {"fields.0.collected_at": NOW - 10 * DAY, "fields.0.retention_days": 9},
         {"R-RET-01:deny"}),
    Case((C, P, R), {"fields.0.collected_at": NOW - 9 * DAY, "fields.0.retention_days": 9}),
    Case((C, P, R), {"fields.0.collected_at": NOW - 1000 * DAY, "fields.0.retention_days": 1095},
         {"R-RET-01:deny:register"}),
    Case((C, P, R), {"subject.relationship": None, "fields.0.retention_days": 1096},
         {"R-RET-01:escalate:long"}),
    Case((C, P, R), {"processing.retention_days": None}, {"R-RET-01:deny:period"}),
    Case((C, P, R), {"processing.retention_days": None, "fields.0.retention_days": 90,
                     "fields.1.retention_days": 90}),
    Case((C, P, R), {"fields.0.collected_at": None, "fields.0.age_days": None},
         {"R-RET-01:deny:date"}),
    Case((C, P, R), {"processing.retention_days": None, **NOT_PERSONAL}),
    Case((C, P, R), {"subject.relationship": "lead", "fields.0.retention_days": 1096},
         {"R-RET-01:escalate:long"}),
    Case((C, P, R), {"subject.relationship": "lead", "fields.0.retention_days": 1095}),
    Case((P,), {"subject.relationship": "employee", "fields.0.granularity_s": 1,
                "fields.0.retention_days": 31}, {"R-EMP-01:escalate", "R-RET-01:escalate:long"}),
    Case((P,), {"subject.relationship": "employee", "fields.0.granularity_s": 60,
                "fields.0.retention_days": 31}, {"R-EMP-01:escalate"}),
    # R-ACCU-01
    Case((P, D), {"fields.0.disputed": True}, {"R-ACCU-01:escalate"}),
    Case((P, D), {"fields.0.disputed": False}),
    Case((P, D), {"restriction.active": True}, {"R-ACCU-01:escalate:restricted"}),
    Case((C, P, R, D), {"restriction.active": False}),
    # R-ERA-01
    Case((C, P, R, D), {"rights_requests": [ERASURE]}, {"R-ERA-01:deny"}),
    Case((C, P, R, D), {"rights_requests": [{**ERASURE, "type": "restriction"}]},
         {"R-ERA-01:deny"}),
    Case((C, P, R, D), {"rights_requests": [{**ERASURE, "status": "done"}]}),
    Case((C, P, R, D), {"rights_requests": [ACCESS]}),
    Case((C, P, R, D), {"rights_requests": [{**ACCESS, "due_at": NOW + 7 * DAY}]},
         {"R-ERA-01:warn:due"}),
    Case((C, P, R, D), {"rights_requests": [{**ACCESS, "due_at": NOW - DAY}]},
         {"R-ERA-01:warn:overdue"}),
    Case((C, P, R, D), {"rights_requests": [{"type": "access", "status": "open",
                                             "received_at": NOW - 31 * DAY}]},
         {"R-ERA-01:warn:overdue"}),
    Case((C, P, R, D), {"rights_requests": None}, {"R-ERA-01:warn:unknown"}),
    Case((C,), {"rights_requests": [ERASURE], "processing.operations": ["dpv:Store"]}),
    Case((C, P, R, D), {"rights_requests": [{**ERASURE, "status": None}]}, {"R-ERA-01:deny"}),
    Case((C, R), {"restriction.active": True}, {"R-ERA-01:deny:restricted"}),
    Case((C,), {"restriction.active": True, "processing.operations": ["dpv:Store"]}),
    Case((C, P), {"rights_requests": [OBJECTION]}, {"R-ERA-01:escalate:objection"}),
    Case((C, P), {"rights_requests": [{**OBJECTION, "status": "done"}]}),
    Case((D,), {"rights_requests": [OBJECTION], "processing.legal_basis": "eu-gdpr:A6-1-b"}),
    # R-COL-05
    Case((C, P), BOUGHT),
    Case((C, P), {**BOUGHT, "source.name": None}, {"R-COL-05:deny"}),
    Case((C, P), {**BOUGHT, "source.partner_registered": False}, {"R-COL-05:deny:partner"}),
    Case((C, P), {**BOUGHT, **ON_CONSENT, "consent": [GIVEN]}, {"R-COL-05:deny:proof"}),
    Case((C, P), {**BOUGHT, **ON_CONSENT, "consent": [GIVEN], "source.consent_proof_ref": "P-1"}),
    Case((C, P), {**BOUGHT, "notice.art14_delivered_at": None}, {"R-COL-05:oblige:tell"}),
    Case((C, P), {**BOUGHT, "notice.art14_delivered_at": None,
                  "fields.0.collected_at": NOW - 31 * DAY}, {"R-COL-05:deny:notice"}),
    Case((C, P), {**BOUGHT, "notice.art14_delivered_at": None, "contact.attempts_30d": 1},
         {"R-COL-05:deny:notice"}),
    Case((C, P), {**BOUGHT, "notice.art14_delivered_at": NOW - 60 * DAY}),
    Case((C, P), {**BOUGHT, "notice.art14_delivered_at": NOW - 61 * DAY}, {"R-COL-05:oblige:tell"}),
    Case((C,), {**BOUGHT, "lia.outcome": "overridden"}, {"R-COL-05:deny:overridden"}),
    Case((C,), {**BOUGHT, "lia.outcome": None}, {"R-COL-05:escalate:untested"}),
    Case((C,), {**BOUGHT, "lia.covers_purposes": []}, {"R-COL-05:escalate:untested"}),
    Case((C,), {**BOUGHT, "lia": None, "processing.legal_basis": "eu-gdpr:A6-1-b"}),
    Case((P,), {"profile.enriched_from_third_party": True, "source": None},
         {"R-COL-05:deny:profile"}),
    Case((P,), {"profile.enriched_from_third_party": True, "source.name": "List Broker",
                "source.partner_registered": True, "notice.art14_delivered_at": NOW - DAY}),
    # R-COL-06
    Case((C,), WEB),
    Case((C,), {**WEB, "source.visibility_restricted": True}, {"R-COL-06:deny"}),
    Case((C,), {**WEB, "source.visibility_restricted": None}, {"R-COL-06:escalate:unknown"}),
    Case((C,), {**WEB, "source.robots_allowed": None}, {"R-COL-06:escalate:unknown"}),
    Case((C,), {**WEB, "source.robots_allowed": False}, {"R-COL-06:escalate:robots"}),
    Case((C,), {**WEB, "lia.outcome": "overridden"}, {"R-COL-06:deny:overridden"}),
    Case((C,), {**WEB, "lia.outcome": None}, {"R-COL-06:escalate:untested"}),
    Case((C,), {**WEB, "lia.covers_purposes": []}, {"R-COL-06:escalate:untested"}),
    Case((C,), {**WEB, "notice.art14_delivered_at": None}, {"R-COL-06:oblige:tell"}),
    Case((C,), {**WEB, "notice.art14_delivered_at": None,
                "fields.0.collected_at": NOW - 31 * DAY}, {"R-COL-06:escalate:notice"}),
    # R-COOK-01
    Case((C,), {"fields.0.categories": ["pd:BrowsingReferral"],
                "processing.allowed_categories": ["pd:BrowsingBehaviour", "pd:EmailAddressWork"]},
         {"R-COOK-01:deny"}),
    Case((C,), {"fields.0.categories": ["pd:IPAddress"], "processing.allowed_categories":
                ["pd:IPAddress", "pd:EmailAddressWork"], "consent": None}, {"R-COOK-01:deny"}),
    Case((C,), {"fields.0.categories": ["pd:UserAgent"], "processing.allowed_categories":
                ["pd:Tracking"]}, {"R-COOK-01:deny"}),
    Case((C,), {"fields.0.categories": ["pd:Identifier"], "fields.0.source": "observed",
                "processing.allowed_categories": ["pd:Tracking"]}, {"R-COOK-01:deny"}),
    Case((C,), {"fields.0.categories": ["pd:Identifier"],
                "processing.allowed_categories": ["pd:Tracking"]}),
    Case((C,), {"device_access.strictly_necessary": False}, {"R-COOK-01:deny"}),
    Case((C,), {"device_access.strictly_necessary": False, "consent": [CHOSEN_WEB]}),
    Case((C,), {"device_access.strictly_necessary": False,
                "consent": [{**CHOSEN_WEB, "channel": "email"}]}, {"R-COOK-01:deny"}),
    Case((C,), {"device_access.strictly_necessary": False,
                "consent": [{**CHOSEN_WEB, "preticked": True}]}, {"R-COOK-01:deny"}),
    Case((C,), {"device_access.strictly_necessary": True}),
    # R-PROF-01
    Case((P,), {"lia.outcome": "overridden"}, {"R-PROF-01:deny"}),
    Case((P,), {"lia.outcome": "overridden", "processing.operations": ["dpv:Store"]}),
    Case((P,), {"lia.outcome": None}, {"R-PROF-01:escalate:untested"}),
    Case((P,), {"lia.covers_purposes": ["dpv:FraudPreventionAndDetection"]},
         {"R-PROF-01:escalate:untested"}),
    Case((P,), {"lia": None, "processing.legal_basis": "eu-gdpr:A6-1-b"}),
    Case((P,), {**ADVERTS, "lia.covers_purposes": ["dpv:Advertising"]}),
    *(
        Case((P,), {**ADVERTS, "lia.covers_purposes": ["dpv:Advertising"], **wide},
             {"R-PROF-01:deny:consent"})
        for wide in ({"profile.enriched_from_third_party": True},
                     {"processing.large_scale": True}, {"processing.records": 10_000})
    ),
    Case((P,), {**ON_CONSENT, "processing.large_scale": True, "consent": [GIVEN]}),
    Case((P,), {**ADVERTS, "lia.covers_purposes": ["dpv:Advertising"],
                "processing.large_scale": None, "processing.records": None},
         {"R-PROF-01:escalate:scale"}),
    Case((P,), {"processing.large_scale": True}),
    # R-KID-01
    Case((C, P, D), {**ON_CONSENT, "consent": [GIVEN], "subject.age_years": 12,
                     "processing.purposes": ["dpv:NonCommercialResearch"], "consent.0.purpose":
                     "dpv:NonCommercialResearch", "fields.0.collected_purposes":
                     ["dpv:NonCommercialResearch"],
                     "notice.covers_purposes": ["dpv:NonCommercialResearch"]},
         {"R-KID-01:deny"}),
    Case((C,), {**ON_CONSENT, "consent": [GIVEN], **FOURTEEN}),
    Case((C,), {**ON_CONSENT, "consent": [GIVEN], **FOURTEEN, "subject.country": "NL"},
         {"R-KID-01:deny"}),
    Case((C,), {**ON_CONSENT, "consent": [{**GIVEN, "parental": True}], **FOURTEEN,
                "subject.country": "NL"}),
    Case((P,), {**ADVERTS, "lia.covers_purposes": ["dpv:Advertising"], **FOURTEEN},
         {"R-KID-01:deny:profile"}),
    Case((P,), FOURTEEN),
    Case((D,), {**FOURTEEN, **MACHINE, "decision.effect": "legal", "decision.art22_exception":
                "contract"}, {"R-KID-01:deny:decision"}, set()),
    Case((D,), {"subject.age_years": 18, **MACHINE, "decision.effect": "legal",
                "decision.art22_exception": "contract"}),
    Case((D,), {**FOURTEEN, "decision.automation": "dpv:FullAutomation"}),
    Case((C, P, D), {"contact.child_facing": True, "subject.age_years": None,
                     "subject.is_minor": None}, {"R-KID-01:escalate:unknown"}),
    Case((C, P, D), {"contact.child_facing": True, "subject.age_assurance": "none"},
         {"R-KID-01:escalate:unknown"}),
    Case((C, P, D), {"contact.child_facing": True, "subject.age_assurance": None},
         {"R-KID-01:escalate:unknown"}),
    Case((C, P, D), {"contact.child_facing": True}),
    Case((C, P, D), {"subject.age_years": None, "subject.is_minor": None}),
]  # fmt: skip
