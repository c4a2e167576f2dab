"""Sensitive data, what is guessed of people, feelings, children, notices, banned uses of AI."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.policies.cases.case import (
    GIVEN,
    NOT_PERSONAL,
    NOW,
    TOLD,
    C,
    Case,
    D,
    P,
    R,
)

FIND = {"fields.0.text_scanned": True, "fields.0.detected_categories": ["pd:Health"]}
NEEDED = {
    "processing.art9_condition": "eu-gdpr:A9-2-f",
    "processing.allowed_categories": ["dpv:PersonalData", "pd:Health"],
}
VOICE = {
    "ai.emotion_recognition": True,
    "ai.emotion_input": "biometric",
    "ai.emotion_notice_at": NOW,
    "processing.purposes": ["dpv:DirectMarketing"],
    "notice.covers_purposes": ["dpv:DirectMarketing"],
    "processing.legal_basis": "eu-gdpr:A6-1-b",
    "consent": [GIVEN],
}
MOOD = {"ai.emotion_recognition": True, "ai.emotion_input": "text"}
ADVERT = {"controller.is_online_platform": True, "recommendation.is_advert": True}
MARKED = datetime(2026, 12, 2, tzinfo=UTC)
ANNEX_III = datetime(2027, 12, 2, tzinfo=UTC)
ANYTHING = {"processing.allowed_categories": ["dpv:PersonalData"]}
SOLVENCY = {
    **ANYTHING,
    "fields.0.categories": ["pd:CreditScore"],
    "processing.purposes": ["dpv:CustomerSolvencyMonitoring"],
    "processing.credit_permission_ref": "L-77",
    "notice.covers_purposes": ["dpv:CustomerSolvencyMonitoring"],
    "processing.legal_basis": "eu-gdpr:A6-1-b",
    "fields.0.collected_purposes": ["dpv:CustomerSolvencyMonitoring"],
}
AS_HR = {
    "ai.purpose": "dpv:PersonnelPerformanceEvaluation",
    "ai.risk_class": "high",
    "ai.annex_iii_point": "4(b)",
    "ai.conformity_ref": "DOC-1",
}
ELSEWHERE = {"score.context_collected": "social_media", "score.context_used": "sales"}
FACE = {
    **ANYTHING,
    "fields.0.categories": ["pd:FacialPrint"],
    "processing.art9_condition": "eu-gdpr:A9-2-f",
}
BOUGHT = {
    "fields.0.source": "third_party",
    "fields.0.collected_at": NOW - timedelta(days=30),
    "notice.art14_delivered_at": None,
}
TOLD_NOW = {
    "name": "chat.name",
    "categories": ["pd:Name"],
    "source": "provided",
    "collected_at": NOW,
}

CASES: list[Case] = [
    # R-SPEC-02
    Case((C, P), FIND, {"R-SPEC-02:oblige"}),
    Case((C, P), {**FIND, "fields.0.detector_confidence_bp": 7000},
         {"R-SPEC-02:oblige"}),
    Case((C, P), {**FIND, "fields.0.detector_confidence_bp": 6999},
         {"R-SPEC-02:escalate:unsure"}),
    Case((C, P), {**FIND, "fields.0.detector_confidence_bp": 2999}),
    Case((C, P), {**FIND, "processing.art9_condition": "eu-gdpr:A9-2-f"}, {"R-SPEC-02:oblige"}),
    Case((C, P), {**FIND, **NEEDED}),
    Case((C, P), {**FIND, **NEEDED, "processing.art9_condition": "eu-gdpr:A9-2-a", "consent": []},
         {"R-SPEC-02:oblige"}),
    Case((C, P), {"fields.0.detected_categories": ["pd:CriminalOffence"]}, {"R-SPEC-02:oblige"}),
    Case((C, P), {"fields.0.detected_categories": ["pd:Name"], "fields.0.free_text": True,
                  "fields.0.text_scanned": True}),
    # R-SPEC-03
    Case((P, R), {"profile.inferred_categories": ["pd:Health"]},
         {"R-SPEC-03:deny"}, {"R-SPEC-03:deny"}),
    Case((P, R), {"profile.inferred_categories": ["pd:Interest"]}),
    Case((P, R), {"profile.inferred_categories": None, "profile.features": None},
         {"R-FAIR-01:escalate:unknown"}),
    Case((P, R), {"profile.features": ["lead.church_tax"]},
         {"R-SPEC-03:deny:proxy"}, {"R-SPEC-03:deny:proxy"}),
    Case((P, R), {"profile.features": ["lead.visits"]}),
    Case((P, R), {"profile.proxies": [{"feature": "area", "proxy_for": "pd:Race",
                                       "corr_bp": 5000}]},
         {"R-FAIR-01:deny:proxy", "R-SPEC-03:deny:proxy"}, {"R-SPEC-03:deny:proxy"}),
    Case((P, R), {"profile.proxies": [{"feature": "area", "proxy_for": "pd:Race",
                                       "corr_bp": 4999}]}),
    # R-EMO-01
    Case((P, R), VOICE),
    Case((P, R), {**VOICE, "consent": [{**GIVEN, "explicit": None}]}, {"R-EMO-01:deny"}),
    Case((P,), {**VOICE, "consent": None}, {"R-EMO-01:deny"}),
    Case((P, R), {**VOICE, "ai.emotion_notice_at": None}, {"R-EMO-01:oblige:untold"}),
    Case((P, R), {**VOICE, "ai.emotion_notice_at": NOW + timedelta(days=1)},
         {"R-EMO-01:oblige:untold"}),
    Case((P, R), {**VOICE, "subject.relationship": "employee"}, {"R-EMO-01:deny:work"}),
    Case((P, R), {**VOICE, "subject.relationship": "employee", "ai.emotion_recognition": False,
                     **AS_HR}),
    Case((P,), {"ai.emotion_recognition": True}, {"R-EMO-01:deny", "R-EMO-01:oblige:untold"}),
    Case((P,), {**VOICE, "contact.channel": "phone", "consent.0.channel": None},
         {"R-EMO-01:deny:staff"}),
    Case((R,), {**VOICE, "contact.channel": "voice"}, {"R-EMO-01:deny:staff"}),
    Case((P,), {**VOICE, "contact.channel": "phone", "ai.emotion_customer_only": True}),
    Case((P, R), {**VOICE, "subject.relationship": None}, {"R-EMO-01:escalate:unknown"}),
    Case((P, R), MOOD, {"R-EMO-01:warn:text"}),
    Case((P, R), {**MOOD, "ai.purpose": "dpv:CommunicationForCustomerCare"}),
    Case((P, R), {"ai.emotion_recognition": None}),
    # R-SPEC-04
    Case((R,), {**ADVERT, "profile.inferred_categories": ["pd:Health"]},
         {"R-SPEC-03:deny", "R-SPEC-04:deny"}, {"R-SPEC-03:deny"}),
    Case((R,), {**ADVERT, "profile.inferred_categories": ["pd:Interest"]}),
    Case((R,), {**ADVERT, "subject.is_minor": True, "processing.operations": ["dpv:Profiling"]},
         {"R-SPEC-04:deny:minor"}),
    Case((R,), {**ADVERT, "subject.is_minor": True, "processing.operations": None},
         {"R-SPEC-04:deny:minor"}),
    Case((R,), {**ADVERT, "subject.is_minor": True}),
    Case((R,), {**ADVERT, "subject.age_years": 9, "subject.is_minor": None,
                "processing.operations": ["dpv:Profiling"]}, {"R-SPEC-04:deny:minor"}),
    Case((R,), {"recommendation.is_advert": True, "subject.is_minor": True,
                "processing.operations": ["dpv:Profiling"]}),
    # R-KID-02
    Case((R,), {"subject.is_minor": True, "recommendation.direct_exhortation": True},
         completed={"R-KID-02:deny"}),
    Case((R,), {"recommendation.direct_exhortation": True}),
    Case((R,), {"subject.is_minor": None, "recommendation.direct_exhortation": True}),
    # R-EMO-02
    Case((R,), {"conversation.distress_score_bp": 5000,
                "recommendation.strategy_changed_by_mood": True}, completed={"R-EMO-02:deny"}),
    Case((R,), {"conversation.distress_score_bp": 4999,
                "recommendation.strategy_changed_by_mood": True}),
    Case((R,), {"conversation.distress_score_bp": 5000}),
    # R-AID-02
    Case((R,), {"ai.output_type": "image"}, completed={"R-AID-02:oblige"}),
    Case((R,), {"ai.output_type": "image", "ai.output_marked": True}),
    Case((R,), {"ai.output_type": "image", "ai.output_marked": False},
         completed={"R-AID-02:oblige"}),
    Case((R,), {"ai.output_type": "image", "ai.output_marked": False},
         completed={"R-AID-02:deny:unmarked"}, time=MARKED),
    Case((R,), {**TOLD, "ai.output_marked": None}, completed={"R-AID-02:warn:text"}),
    Case((R,), {"ai.output_type": None}, completed={"R-AID-02:oblige:unknown"}),
    Case((R,), {"ai.output_type": None, "ai.output_marked": True}),
    Case((R,), {"ai.deepfake": True}, completed={"R-AID-02:oblige:deepfake"}),
    Case((R,), {"ai.deepfake": True, "ai.deepfake_labelled": True}),
    # R-CRIM-01
    Case((C, P), {"fields.0.categories": ["pd:CriminalOffence"]},
         {"R-CRIM-01:deny", "R-MIN-01:oblige"}),
    Case((D,), {"fields.0.categories": ["pd:CriminalOffence"]}, {"R-CRIM-01:deny"}),
    Case((D,), {"fields.0.detected_categories": ["pd:CriminalOffence"]}, {"R-CRIM-01:deny"}),
    Case((D,), {"fields.0.detected_spans": [{"category": "pd:CriminalOffence"}]},
         {"R-CRIM-01:deny"}),
    Case((D,), {"decision.inputs.0.categories": ["pd:CriminalOffence"]}, {"R-CRIM-01:deny"}),
    Case((D,), {"fields.0.categories": ["pd:CriminalOffence"],
                "processing.art10_authorisation": "Act 1050/2018, section 7"}),
    # R-CRED-01
    Case((P, D), {**SOLVENCY, "ai.model": None}, {"R-EXP-02:deny"}),
    Case((P, D), {**SOLVENCY, "processing.purposes": ["dpv:CustomerRelationshipManagement"],
                  "notice.covers_purposes": ["dpv:CustomerRelationshipManagement"],
                  "fields.0.collected_purposes": ["dpv:CustomerRelationshipManagement"]},
         {"R-CRED-01:deny"}),
    Case((D,), {"fields.0.categories": ["pd:Income"]}, {"R-CRED-01:deny"}),
    Case((D,), {"decision.inputs.0.categories": ["pd:Income"]}, {"R-CRED-01:deny"}),
    Case((P, D), {**SOLVENCY, "processing.credit_permission_ref": None},
         {"R-CRED-01:deny:permission"}),
    Case((P, D), {**SOLVENCY, "ai.model": "solvency-1"}, {"R-CRED-01:warn:class_soon"}),
    Case((P, D), {**SOLVENCY, "ai.model": "solvency-1"}, {"R-CRED-01:escalate:class"},
         time=ANNEX_III),
    Case((P, D), {**SOLVENCY, "ai.model": "solvency-1", "ai.risk_class": "high",
                  "ai.annex_iii_point": "5(b)", "ai.conformity_ref": "DOC-1",
                  "ai.fundamental_rights_doc_ref": "FRIA-1"}, time=ANNEX_III),
    # R-ID-01
    Case((C,), {"fields.0.categories": ["pd:Passport"], **ANYTHING}, {"R-ID-01:oblige"}),
    Case((C,), {"fields.0.detected_categories": ["pd:OfficialID"]}, {"R-ID-01:oblige"}),
    Case((C,), {"fields.0.detected_spans": [{"category": "pd:OfficialID"}]}, {"R-ID-01:oblige"}),
    Case((C,), {"fields.0.categories": ["pd:Passport"], **ANYTHING,
                "processing.national_id_ground": "Act 1050/2018, section 29"}),
    # R-PROH-01
    Case((P, D), {**ELSEWHERE, "decision.detriment": True}, {"R-PROH-01:deny"}),
    Case((P, D), {**ELSEWHERE, "decision.detriment": False}),
    Case((P, D), {**ELSEWHERE, "decision.detriment": True, "score.context_collected": "sales"}),
    # R-PROH-02
    Case((P,), {"ai.biometric_categorisation": True, "ai.outputs": ["pd:Religion"]},
         {"R-PROH-02:deny"}, {"R-PROH-02:deny"}),
    Case((P,), {"ai.biometric_categorisation": True, "ai.outputs": ["pd:Age"]}),
    Case((P,), {"ai.biometric_categorisation": False, "ai.outputs": ["pd:Religion"]}),
    # R-PROH-03
    Case((C,), {**FACE, "fields.0.source": "public_web"}, {"R-PROH-03:deny"}),
    Case((C,), {**FACE, "fields.0.source": "provided"}),
    Case((C,), {**FACE, "fields.0.categories": ["pd:Biometric"],
                "fields.0.source": "public_web"}, {"R-PROH-03:escalate:doubtful"}),
    Case((C,), {**FACE, "fields.0.source": "third_party"}, {"R-PROH-03:escalate:doubtful"}),
    Case((C,), {**FACE, "fields.0.source": "third_party",
                "source.consent_proof_ref": "proof-7"}),
    # R-TRA-01
    Case((P, R), {"notice.delivered_at": None}, {"R-TRA-01:deny"}),
    Case((P, R), {"notice.delivered_at": NOW + timedelta(days=1)}, {"R-TRA-01:deny"}),
    Case((C, P, R), {"notice.delivered_at": NOW}),
    Case((C,), {"notice.delivered_at": None}, {"R-TRA-01:oblige:now"}),
    Case((C,), {"notice.delivered_at": None, "notice.id": None}, {"R-TRA-01:deny"}),
    Case((C, P, R), {"notice": None}, {"R-TRA-01:deny"}),
    Case((C, P), BOUGHT, {"R-COL-05:oblige:tell"}),
    Case((R,), BOUGHT, {"R-TRA-01:oblige:now"}),
    Case((P,), {**BOUGHT, "fields.0.source": "public_web"}, {"R-TRA-01:deny"}),
    Case((R,), {"notice.delivered_at": None, "fields": [TOLD_NOW]}, {"R-TRA-01:oblige:now"}),
    Case((C, P), {**BOUGHT, "fields.0.collected_at": NOW - timedelta(days=31)},
         {"R-COL-05:deny:notice"}),
    Case((R,), {**BOUGHT, "fields.0.collected_at": NOW - timedelta(days=31)}, {"R-TRA-01:deny"}),
    Case((C, P, R), {**BOUGHT, "notice.art14_delivered_at": NOW}),
    Case((C, P, R), {"notice.covers_purposes": ["dpv:AcademicResearch"]},
         {"R-TRA-01:deny:purpose"}),
    Case((C, P, R), {"notice.covers_purposes": None}, {"R-TRA-01:deny:purpose"}),
    Case((C, P, R), {"notice.states_third_countries": False}, {"R-TRA-01:deny:incomplete"}),
    Case((C, P, R), {"notice.states_third_countries": None}),
    Case((C, P, R), {"notice.reading_grade_tenths": 101}, {"R-TRA-01:warn:hard"}),
    Case((C, P, R), {"notice.reading_grade_tenths": 100}),
    Case((C, P), {"notice": None, **NOT_PERSONAL}),
    # R-TRA-02
    Case((C, R), {"notice.layered": False, "notice.length_words": 301}, {"R-TRA-02:warn"}),
    Case((C, R), {"notice.layered": False, "notice.length_words": 300}),
    Case((C, R), {"notice.length_words": 301}, {"R-TRA-02:warn:first_layer"}),
    Case((C, R), {"notice.shown_7d": 4}, {"R-TRA-02:warn:repeated"}),
    Case((C, R), {"notice.shown_7d": 3}),
    Case((C, R), {"notice.layered": None, "notice.length_words": 9000, "notice.shown_7d": None}),
]  # fmt: skip
