"""Direct marketing, explanation, human review and the human option."""

from __future__ import annotations

from datetime import timedelta

from tests.policies.cases.case import ALONE, GIVEN, NOW, Case, D, P, R

CALL = {"contact.channel": "phone", "processing.legal_basis": "eu-gdpr:A6-1-f"}
MAIL = {"processing.legal_basis": "eu-gdpr:A6-1-f"}
BY_PHONE = {"consent": [{**GIVEN, "channel": "phone"}]}
SOLD = {
    "soft_opt_in.sale_at": NOW - timedelta(days=60),
    "soft_opt_in.similar_product": True,
    "soft_opt_in.optout_offered": True,
}
FRENCH_HOUR = {
    "contact.local_weekday": 1,
    "contact.local_minute": 630,
    "contact.local_holiday": False,
}
SALES = {
    **MAIL,
    "processing.purposes": ["dpv:SellProductsToDataSubject"],
    "notice.covers_purposes": ["dpv:SellProductsToDataSubject"],
    "fields.0.collected_purposes": ["dpv:SellProductsToDataSubject"],
    "fields.1.collected_purposes": ["dpv:SellProductsToDataSubject"],
}
ORDER = {
    "processing.legal_basis": "eu-gdpr:A6-1-b",
    "processing.purposes": ["dpv:CustomerOrderManagement"],
    "notice.covers_purposes": ["dpv:CustomerOrderManagement"],
}
LOOKED_UP = {"registers.do_not_call": False, "registers.checked_at": NOW}
WEIGHTY = {"decision.effect": "legal"}
AGREED = {**ALONE, "decision.art22_exception": "contract"}
EXPLAINED = {"decision.effect": "similarly_significant"}
HANDED_OVER = {
    "handover.offered_at": NOW,
    "handover.summary_present": True,
    "handover.context_fields": ["contact.name"],
    "handover.repeat_question_count": 0,
}

CASES: list[Case] = [
    # R-DM-02
    Case((R,), {**MAIL, "consent": []}, {"R-DM-02:deny"}),
    Case((R,), {**MAIL, "consent": [], **SOLD}),
    Case((R,), {**MAIL, "consent": [], **SOLD, "soft_opt_in.optout_offered": False},
         {"R-DM-02:deny"}),
    Case((R,), {**MAIL, "consent": [], "offer.relates_to_profession": True}),
    Case((R,), {**MAIL, "consent": [], "offer.relates_to_profession": False}, {"R-DM-02:deny"}),
    Case((R,), {**MAIL, "consent": [], "offer.relates_to_profession": True,
                "subject.country": "FR"}, {"R-DM-02:warn:unverified"}),
    Case((R,), {**MAIL, "consent": None}, {"R-DM-02:deny:unknown"}),
    Case((R,), {**MAIL, "contact.channel": None}, {"R-DM-02:deny:channel"}),
    Case((R,), {**MAIL, "contact.channel": "web", "consent": []}),
    Case((R,), {**MAIL, "contact.channel": "automated_call"}, {"R-DM-02:deny"}),
    Case((R,), {**MAIL, "contact.channel": "chat"}, {"R-DM-02:deny"}),
    Case((R,), {**MAIL, "contact.channel": "chat", "contact.asked_for": True}),
    # Consent that was no choice is none, also where the basis is another.
    Case((R,), {**MAIL, "consent": [{**GIVEN, "preticked": True}]}, {"R-DM-02:deny"}),
    Case((R,), {**MAIL, "consent": [{**GIVEN, "granular": None}]}, {"R-DM-02:deny"}),
    # Who agreed to be called did not agree to be called by a machine.
    Case((R,), {**CALL, **BY_PHONE, "ai.interacts_directly": None},
         {"R-DM-02:deny", "R-AID-01:oblige"}, {"R-AID-01:deny:undisclosed"}),
    # Selling by another name: pushed on people, or asked for.
    Case((R,), {**SALES, "consent": []}, {"R-DM-02:deny"}),
    Case((R,), {**SALES, "consent": [GIVEN]}),
    Case((R,), {**SALES, "consent": [], "contact.asked_for": True}),
    Case((R,), {**SALES, "consent": [], "contact.channel": "web"}),
    Case((R,), {**SALES, "contact.channel": "phone", "consent": [], "subject.country": "NL",
                "objections.direct_marketing": True, "suppression_list.hit": True},
         {"R-DM-01:deny", "R-DM-03:deny", "R-DM-04:deny:suppressed"}),
    Case((R,), {**SALES, "contact.channel": "phone", "consent": [], "subject.country": "NL",
                "objections.direct_marketing": True, "suppression_list.hit": True,
                "contact.asked_for": True}),
    # Whatever its purpose is called, advice to buy by e-mail is marketing.
    Case((R,), {**ORDER, "consent": []}, {"R-DM-02:deny"}),
    Case((R,), {**ORDER, "consent": [], "recommendation.purchase_advice": False}),
    # R-DM-03
    Case((R,), CALL),
    Case((R,), {**CALL, "subject.country": "NL"}, {"R-DM-03:deny"}),
    Case((R,), {**CALL, "subject.country": "NL", "caller.sector": "charity"}),
    Case((R,), {**CALL, "subject.country": "NL", **BY_PHONE}),
    Case((R,), {**CALL, "subject.country": "GB"}, {"R-DM-03:deny:register"}),
    Case((R,), {**CALL, "subject.country": "GB", **LOOKED_UP}),
    Case((R,), {**CALL, "subject.country": "GB", **LOOKED_UP,
                "registers.checked_at": NOW - timedelta(days=31)}, {"R-DM-03:deny:register"}),
    Case((R,), {**CALL, "subject.country": "GB", **LOOKED_UP, "registers.do_not_call": True},
         {"R-DM-03:deny:registered"}),
    Case((R,), {**CALL, "subject.country": None}, {"R-DM-03:deny:unknown"}),
    Case((R,), {**CALL, "subject.country": "US"}, {"R-DM-03:deny:unknown"}),
    Case((R,), {**CALL, "subject.country": "FR", **BY_PHONE, **FRENCH_HOUR}),
    Case((R,), {**CALL, "subject.country": "FR", **BY_PHONE, **FRENCH_HOUR,
                "contact.local_minute": 1200}, {"R-DM-03:deny:hours"}),
    Case((R,), {**CALL, "subject.country": "FR", **BY_PHONE}, {"R-DM-03:deny:clock"}),
    Case((R,), {**CALL, "subject.country": "SE"}, {"R-DM-03:warn:unverified"}),
    # R-DM-04
    Case((R,), {"contact.attempts_7d": 2}, {"R-DM-04:deny"}),
    Case((R,), {"contact.attempts_7d": 1, "contact.attempts_30d": 3}),
    Case((R,), {"contact.attempts_30d": 155}, {"R-DM-04:deny"}),
    Case((R,), {"contact.attempts_30d": None}, {"R-DM-04:warn:unknown"}),
    Case((R,), {"suppression_list.hit": True}, {"R-DM-04:deny:suppressed"}),
    Case((R,), {"suppression_list.checked_at": NOW - timedelta(days=1)}, {"R-DM-04:warn:list"}),
    Case((R,), {"suppression_list": None}, {"R-DM-04:warn:list"}),
    Case((R,), {"subject.purchased_product_ids": ["press-150"]}, {"R-DM-04:warn:bought"}),
    # R-ADM-02
    Case((D,), WEIGHTY),
    Case((D,), {**WEIGHTY, "human_review.available": False}, completed={"R-ADM-02:deny"}),
    Case((D,), {**WEIGHTY, "human_review.authority_to_change": None},
         completed={"R-ADM-02:deny"}),
    Case((D,), {**WEIGHTY, "human_review.reviewer_id": None},
         completed={"R-ADM-02:deny:reviewer"}),
    Case((D,), {**WEIGHTY, "decision.contest_channel": None}, completed={"R-ADM-02:deny:contest"}),
    Case((D,), {**WEIGHTY, "human_review.time_spent_s": 59},
         completed={"R-ADM-02:escalate:hasty"}),
    Case((D,), {**WEIGHTY, "human_review.overturn_rate_90d_bp": 49},
         completed={"R-ADM-02:warn:rubber_stamp"}),
    Case((D,), {"human_review": None}),
    Case((D,), {"decision.effect": None, "human_review": None}, {"R-ADM-01:escalate:unknown"},
         {"R-ADM-01:escalate:unknown", "R-ADM-02:deny", "R-ADM-02:deny:reviewer"}),
    # R-ADM-03
    Case((D,), {**AGREED, "decision.inputs.0.categories": ["pd:Health"]},
         {"R-ADM-03:deny", "R-SPEC-01:deny"}),
    Case((D,), {**AGREED, "decision.inputs.0.categories": ["pd:Health"], "consent": [],
                "processing.art9_condition": "eu-gdpr:A9-2-a"},
         {"R-ADM-03:deny", "R-SPEC-01:deny"}),
    Case((D,), {**AGREED, "decision.inputs.0.categories": ["pd:Health"],
                "processing.art9_condition": "eu-gdpr:A9-2-f"}, {"R-ADM-03:deny"}),
    Case((D,), {**AGREED, "fields.0.detected_spans": [{"category": "pd:Health"}]},
         {"R-ADM-03:deny", "R-SPEC-01:deny"}),
    Case((D,), {**AGREED, "fields.0.detected_categories": ["pd:Health"],
                "fields.0.detector_confidence_bp": 5000},
         {"R-ADM-03:escalate:unknown", "R-SPEC-01:escalate:unsure"}),
    Case((D,), {**AGREED, "decision.inputs.0.categories": ["pd:Health"],
                "processing.art9_condition": "eu-gdpr:A9-2-g"}),
    Case((D,), {**WEIGHTY, "decision.inputs.0.categories": ["pd:Health"]}, {"R-SPEC-01:deny"}),
    Case((D,), {**WEIGHTY, "decision.inputs.0.categories": ["pd:Health"],
                "processing.art9_condition": "eu-gdpr:A9-2-f"}),
    Case((D,), {**AGREED, "decision.inputs": None}, {"R-ADM-03:escalate:unknown"}),
    # R-EXP-01
    Case((P, D), {**EXPLAINED, "explanation": None}, completed={"R-EXP-01:deny"}),
    Case((P, D), EXPLAINED),
    Case((P, R, D), {"explanation": {"requested_at": NOW}}, completed={"R-EXP-01:deny"}),
    Case((P, R, D), {"explanation": None}),
    Case((P, D), {**EXPLAINED, "explanation.case_specific": False},
         completed={"R-EXP-01:deny:general"}),
    Case((P, D), {**EXPLAINED, "explanation.factors": []}, completed={"R-EXP-01:deny:general"}),
    Case((P, D), {**EXPLAINED, "explanation.reading_grade_tenths": 91},
         completed={"R-EXP-01:warn:plain"}),
    Case((D,), {**AGREED, "notice.states_adm_logic": False}, completed={"R-EXP-01:deny:logic"}),
    Case((D,), {**WEIGHTY, "notice.states_adm_logic": False}),
    Case((D,), {**AGREED, "notice.states_adm_logic": None},
         completed={"R-EXP-01:escalate:logic_unknown"}),
    Case((D,), {**WEIGHTY, "notice.states_adm_logic": None}),
    Case((D,), {"decision.effect": None, "explanation": None}, {"R-ADM-01:escalate:unknown"},
         {"R-ADM-01:escalate:unknown", "R-EXP-01:deny"}),
    # R-EXP-02
    Case((P,), {"ai.model_version": None}, {"R-EXP-02:deny", "R-FAIR-03:warn:unknown"}),
    Case((D,), {"ai.model_version": None},
         {"R-EXP-02:deny", "R-FAIR-03:escalate:unknown_decision"}),
    Case((D,), {"ai.model": None, "decision.automation": "dpv:NotAutomated"}),
    Case((D,), {"ai.model_version": None, "decision.automation": "dpv:NotAutomated"},
         {"R-EXP-02:deny", "R-FAIR-03:escalate:unknown_decision"}),
    # R-LIM-01
    Case((P, D), {"ai.confidence_bp": 6999}, completed={"R-LIM-01:escalate"}),
    Case((P, D), {"ai.confidence_bp": 7000}),
    Case((P, D), {"ai.in_distribution": False}, completed={"R-LIM-01:escalate"}),
    Case((P, D), {"ai.in_distribution": None}, completed={"R-LIM-01:escalate:unknown"}),
    Case((D,), {"ai.model": None, "ai.confidence_bp": None,
                "decision.automation": "dpv:NotAutomated"}),
    Case((D,), {"ai.confidence_bp": None, "decision.automation": "dpv:NotAutomated"},
         completed={"R-LIM-01:escalate:unknown"}),
    # R-HUM-02
    Case((R,), {"conversation.distress_score_bp": 7000},
         {"R-HUM-02:escalate"}, {"R-HUM-02:escalate"}),
    Case((R,), {"conversation.distress_score_bp": 6999}),
    Case((R,), {"conversation.failed_turns": 2}, {"R-HUM-02:escalate"}, {"R-HUM-02:escalate"}),
    Case((R,), {"conversation.failed_turns": 1}),
    Case((R,), {"conversation.topic": "bereavement"},
         {"R-HUM-02:escalate"}, {"R-HUM-02:escalate"}),
    Case((R,), {"conversation.topic": "delivery"}),
    Case((R,), {"conversation.topic": "debt", **HANDED_OVER}),
    # R-HUM-03
    Case((R, D), {"task.type": "credit_limit"}, {"R-HUM-03:escalate"}),
    Case((R, D), {"task.type": "faq"}),
    Case((R, D), {"task.type": "credit_limit", **HANDED_OVER}, {"R-HUM-03:escalate"}),
    Case((R, D), {"task.type": "credit_limit", **HANDED_OVER, "handover.taken_over": True}),
    Case((R, D), {"task": None}, {"R-HUM-03:escalate:unknown"}),
    Case((D,), {"task": None, "decision.automation": "dpv:NotAutomated"}),
    # R-HUM-04
    Case((R,), HANDED_OVER),
    Case((R,), {**HANDED_OVER, "handover.summary_present": False}, completed={"R-HUM-04:warn"}),
    Case((R,), {**HANDED_OVER, "handover.context_fields": None}, completed={"R-HUM-04:warn"}),
    Case((R,), {**HANDED_OVER, "handover.repeat_question_count": 1},
         completed={"R-HUM-04:warn:repeat"}),
    # R-REC-01
    Case((R,), {"recommendation.option_without_profiling": False}, {"R-REC-01:warn"}),
    Case((R,), {"recommendation.option_without_profiling": None}, {"R-REC-01:warn"}),
    Case((R,), {"recommendation.option_without_profiling": False,
                "profile.individual_assessment": False}),
    # R-FB-01
    Case((R, D), {"feedback": None}, completed={"R-FB-01:oblige"}),
    Case((R, D), {"feedback.channel_present": False}, completed={"R-FB-01:oblige"}),
    Case((R, D), {"feedback.oldest_open_days": 30}),
    Case((R, D), {"feedback.oldest_open_days": 31}, completed={"R-FB-01:warn:waiting"}),
    Case((R, D), {"contest.open": True}, completed={"R-FB-01:escalate:contest"}),
    Case((R, D), {"contest": None}),
    # R-LANG-01
    Case((R, D), {"message.language": "fi-FI"}),
    Case((R, D), {"message.language": "en"}, completed={"R-LANG-01:oblige"}),
    Case((R, D), {"message.language": None}, completed={"R-LANG-01:oblige:unknown"}),
    Case((R, D), {"subject.language": None}, completed={"R-LANG-01:oblige:unknown"}),
    Case((R, D), {"translation.machine": True}, completed={"R-LANG-01:escalate:machine"}),
    Case((R, D), {"translation.machine": True, "translation.reviewed": True}),
]  # fmt: skip
