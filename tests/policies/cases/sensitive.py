"""Sensitive data, what is guessed of people, feelings, children, notices, banned uses of AI."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.policies.cases.case import (
    GIVEN,
    NOW,
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
    "consent": [GIVEN],
}
MOOD = {"ai.emotion_recognition": True, "ai.emotion_input": "text"}
ADVERT = {"controller.is_online_platform": True, "recommendation.is_advert": True}
MARKED = datetime(2026, 12, 2, tzinfo=UTC)

CASES: list[Case] = [
    # R-SPEC-02
    Case((C, P), FIND, {"R-SPEC-01:deny", "R-SPEC-02:oblige"}),
    Case((C, P), {**FIND, "fields.0.detector_confidence_bp": 7000},
         {"R-SPEC-01:deny", "R-SPEC-02:oblige"}),
    Case((C, P), {**FIND, "fields.0.detector_confidence_bp": 6999},
         {"R-SPEC-01:deny", "R-SPEC-02:escalate:unsure"}),
    Case((C, P), {**FIND, "fields.0.detector_confidence_bp": 2999}, {"R-SPEC-01:deny"}),
    Case((C, P), {**FIND, "processing.art9_condition": "eu-gdpr:A9-2-f"}, {"R-SPEC-02:oblige"}),
    Case((C, P), {**FIND, **NEEDED}),
    Case((C, P), {"fields.0.detected_categories": ["pd:CriminalOffence"]}, {"R-SPEC-02:oblige"}),
    Case((C, P), {"fields.0.detected_categories": ["pd:Name"], "fields.0.free_text": True,
                  "fields.0.text_scanned": True}),
    # R-SPEC-03
    Case((P, R), {"profile.inferred_categories": ["pd:Health"]},
         {"R-SPEC-03:deny"}, {"R-SPEC-03:deny"}),
    Case((P, R), {"profile.inferred_categories": ["pd:Interest"]}),
    Case((P, R), {"profile.inferred_categories": None, "profile.features": None}),
    Case((P, R), {"profile.features": ["lead.church_tax"]},
         {"R-SPEC-03:deny:proxy"}, {"R-SPEC-03:deny:proxy"}),
    Case((P, R), {"profile.features": ["lead.visits"]}),
    Case((P, R), {"profile.proxies": [{"feature": "area", "proxy_for": "pd:Race",
                                       "corr_bp": 5000}]},
         {"R-SPEC-03:deny:proxy"}, {"R-SPEC-03:deny:proxy"}),
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
    Case((P, R), {**VOICE, "subject.relationship": "employee", "ai.emotion_recognition": False}),
    Case((P,), {"ai.emotion_recognition": True}, {"R-EMO-01:deny", "R-EMO-01:oblige:untold"}),
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
    Case((R,), {"ai.output_type": None}, completed={"R-AID-02:oblige:unknown"}),
    Case((R,), {"ai.output_type": None, "ai.output_marked": True}),
    Case((R,), {"ai.deepfake": True}, completed={"R-AID-02:oblige:deepfake"}),
    Case((R,), {"ai.deepfake": True, "ai.deepfake_labelled": True}),
]  # fmt: skip
