"""Rules on fairness, persuasion, alternatives, answers, energy and staff."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.policies.cases.case import ALONE, GIVEN, NOW, ON_CONSENT, TOLD, C, Case, D, P, R

JUDGED = {"processing.operations": ["dpv:Profiling"]}
# From here on the AI Act binds high-risk systems of Annex III.
ANNEX_III = datetime(2027, 12, 2, tzinfo=UTC)
DAY_BEFORE = ANNEX_III - timedelta(seconds=1)
FRESH = {"fairness.evaluated_at": ANNEX_III - timedelta(days=9)}
# Whatever the organisation says of its interface.
NO_INTERFACE = {"interface": None}
DISCOUNT = {
    "recommendation.discount.percent_bp": 2000,
    "recommendation.discount.price_minor": 39900,
    "recommendation.discount.reference_minor": 49900,
    "recommendation.discount.prior_price_30d_minor": 49900,
}
FOR_CARE = {"purpose": "dpv:CommunicationForCustomerCare"}
CARE = {
    "processing.purposes": ["dpv:CommunicationForCustomerCare"],
    "processing.legal_basis": "eu-gdpr:A6-1-a",
    "notice.covers_purposes": ["dpv:CommunicationForCustomerCare"],
}
STAFF = {"subject.relationship": "employee"}
HR = {
    **STAFF,
    "ai.purpose": "dpv:PersonnelPerformanceEvaluation",
    "ai.risk_class": "high",
    "ai.annex_iii_point": "4(b)",
}
SMALL = [{"name": "language:fi", "n": 2000, "selected": 600}, {"name": "language:sv", "n": 29}]
LARGE = [{"name": "language:fi", "n": 2000}, {"name": "language:sv", "n": 30}]

CASES: list[Case] = [
    # R-FAIR-01
    Case((P, R, D), {"profile.features": ["gender"]}, {"R-FAIR-01:deny"}),
    Case((P, R, D), {"profile.features": ["engagement"]}),
    Case((P, R, D), {"profile.protected_attributes": ["origin_2"]}, {"R-FAIR-01:deny"}),
    Case((P, R, D), {"profile.features": ["lead.first_name"]}, {"R-FAIR-01:deny:proxy"}),
    Case((P, R, D), {"profile.proxies": [{"feature": "area", "corr_bp": 5000}]},
         {"R-FAIR-01:deny:proxy"}),
    Case((P, R, D), {"profile.proxies": [{"feature": "area", "corr_bp": 4999}]}),
    Case((P, R, D), {"profile.proxies": [{"feature": "area"}]}, {"R-FAIR-01:escalate:unknown"}),
    Case((D,), {"profile.individual_assessment": False}, {"R-FAIR-01:deny:group"}),
    Case((P, R), {"profile.individual_assessment": False}),
    Case((P, R, D), {"profile.features": None}, {"R-FAIR-01:escalate:unknown"}),
    Case((D,), {"profile": None}),
    Case((D,), {"profile": None, **JUDGED}, {"R-FAIR-01:escalate:unknown"}),
    # R-FAIR-02
    Case((P, R, D), {"fairness.impact_ratio_min_bp": 5000, "fairness.ci95_high_bp": 7999},
         {"R-FAIR-02:deny"}),
    Case((P, R, D), {"fairness.ci95_high_bp": 8000}),
    Case((P, R, D), {"fairness.impact_ratio_min_bp": 7999, "fairness.p_value_bp": 500},
         {"R-FAIR-02:escalate:gap"}),
    Case((P, R, D), {"fairness.impact_ratio_min_bp": 8000, "fairness.p_value_bp": 500}),
    Case((P, R), {"fairness.impact_ratio_min_bp": 7999, "fairness.p_value_bp": 501},
         {"R-FAIR-02:warn:thin"}),
    Case((D,), {"fairness.impact_ratio_min_bp": 7999, "fairness.p_value_bp": 501},
         {"R-FAIR-02:escalate:thin_decision"}),
    Case((P, R), {"fairness.groups": SMALL}, {"R-FAIR-02:warn:thin"}),
    Case((D,), {"fairness.groups": SMALL}, {"R-FAIR-02:escalate:thin_decision"}),
    Case((P, R, D), {"fairness.groups": LARGE}),
    Case((P, R), {"fairness.groups": None}, {"R-FAIR-02:warn:unknown"}),
    Case((R,), {"fairness": None}, {"R-FAIR-02:warn:unknown"}),
    Case((D,), {"fairness.p_value_bp": None}, {"R-FAIR-02:escalate:unknown_decision"}),
    # R-FAIR-03
    Case((P, D), {"fairness.evaluated_at": NOW - timedelta(days=91)}, {"R-FAIR-03:escalate"}),
    Case((P, D), {"fairness.evaluated_at": NOW - timedelta(days=90)}),
    Case((P, D), {"fairness.evaluated_at": NOW + timedelta(days=1)}, {"R-FAIR-03:escalate"}),
    Case((P, D), {"ai.model_version": "9"}, {"R-FAIR-03:escalate:version"}),
    Case((P,), {"fairness.evaluated_at": None}, {"R-FAIR-03:warn:unknown"}),
    Case((P,), {"ai.model_version": None}, {"R-EXP-02:deny", "R-FAIR-03:warn:unknown"}),
    Case((D,), {"fairness.evaluated_at": None}, {"R-FAIR-03:escalate:unknown_decision"}),
    Case((D,), {"profile": None, "fairness": None, "ai.model_version": None}, {"R-EXP-02:deny"}),
    Case((D,), {**ALONE, "fairness": None, "profile": None},
         {"R-ADM-01:escalate", "R-FAIR-01:escalate:unknown", "R-FAIR-02:escalate:unknown_decision",
          "R-FAIR-03:escalate:unknown_decision"}, {"R-ADM-01:escalate"}),
    # R-FAIR-04
    Case((P,), {"dataset.representation_gap_max_bp": 1000}, {"R-FAIR-04:warn"}),
    Case((P,), {"dataset.representation_gap_max_bp": 999}),
    Case((P,), {"dataset.groups": [{"name": "language:fi", "share_bp": 8600}]},
         {"R-FAIR-04:warn"}),
    Case((P,), {**FRESH, "dataset.representation_gap_max_bp": 1000, "ai.risk_class": "high"},
         {"R-FAIR-04:warn", "R-RISK-01:warn:papers_soon"}, time=DAY_BEFORE),
    Case((P,), {**FRESH, "dataset.representation_gap_max_bp": 1000, "ai.risk_class": "high"},
         {"R-FAIR-04:escalate:high_risk", "R-RISK-01:deny"}, time=ANNEX_III),
    Case((P,), {**FRESH, "dataset.representation_gap_max_bp": 1000}, {"R-FAIR-04:warn"},
         time=ANNEX_III),
    Case((P,), {"dataset": None}, {"R-FAIR-04:warn:unknown"}),
    # R-FAIR-05
    Case((R,), {"recommendation.personalised_price": True}, completed={"R-FAIR-05:oblige"}),
    Case((R,), {"recommendation.personalised_price": True,
                "recommendation.personalised_price_disclosed": True}),
    Case((R,), {"recommendation.personalised_price": True,
                "recommendation.personalised_price_disclosed": True,
                "recommendation.price_gap_by_group_bp": 500}, completed={"R-FAIR-05:warn:gap"}),
    Case((R,), {"recommendation.price_gap_by_group_bp": 500}),
    Case((R,), {"recommendation.personalised_price": None},
         completed={"R-FAIR-05:oblige:unknown"}),
    # R-MAN-01
    Case((R,), {"recommendation.claims": [{"kind": "price", "verified": False}]},
         completed={"R-MAN-01:deny"}),
    Case((R,), {"recommendation.claims": [{"kind": "price", "verified": True}]}),
    Case((R,), {"recommendation.scarcity_claim": {"claimed_stock": 2, "true_stock": 3}},
         completed={"R-MAN-01:deny:scarcity"}),
    Case((R,), {"recommendation.scarcity_claim": {"claimed_stock": 3, "true_stock": 3}}),
    Case((R,), {"recommendation.scarcity_claim": {"present": True, "true_stock": 3}},
         completed={"R-MAN-01:escalate:unverified"}),
    Case((R,), {"recommendation.countdown": {"present": True, "real": False}},
         completed={"R-MAN-01:deny:timer"}),
    Case((R,), {"recommendation.countdown": {"real": True, "ends_at": NOW - timedelta(seconds=1)}},
         completed={"R-MAN-01:deny:timer"}),
    Case((R,), {"recommendation.countdown": {"real": True, "ends_at": NOW}}),
    Case((R,), {"recommendation.countdown": {"present": True}},
         completed={"R-MAN-01:escalate:unverified"}),
    Case((R,), {"recommendation.confirmshaming": True}, completed={"R-MAN-01:deny:shaming"}),
    Case((R,), {"recommendation.fake_social_proof": True},
         completed={"R-MAN-01:deny:social_proof"}),
    Case((R,), {"recommendation.claims": [{"kind": "social"}]},
         completed={"R-MAN-01:escalate:unverified"}),
    Case((R,), {"recommendation.claims": [{"kind": "performance"}]}),
    Case((R,), {"recommendation.claims": [{"kind": "environment"}]},
         completed={"R-MAN-01:escalate:unproved"}),
    Case((R,), {"recommendation.claims": [{"kind": "health", "verified": True}]}),
    Case((R,), {"recommendation.urgency_terms": 1}, completed={"R-MAN-01:escalate:unverified"}),
    Case((R,), {"recommendation.urgency_terms": 1,
                "recommendation.claims": [{"kind": "time", "verified": True}]}),
    # R-MAN-02
    Case((C, R), {"interface.reject_clicks": 2}, {"R-MAN-02:deny"}),
    Case((C, R), {"interface.reject_clicks": 1}),
    Case((C, R), {"interface.cancel_steps": 4}, {"R-MAN-02:deny:leaving"}),
    Case((C, R), {"interface.cancel_steps": 3}),
    Case((C,), {**ON_CONSENT, "consent": [{**GIVEN, "dark_pattern": True}]},
         {"R-CONS-02:deny", "R-MAN-02:deny:pushed"}),
    Case((C,), {"consent": [{"dark_pattern": True}]}, {"R-MAN-02:deny:pushed"}),
    Case((R,), {**CARE, "consent": [{**GIVEN, **FOR_CARE, "dark_pattern": True}]},
         {"R-MAN-02:deny:pushed"}),
    Case((R,), {**CARE, "consent": [{**GIVEN, **FOR_CARE, "dark_pattern": True},
                                    {**GIVEN, **FOR_CARE}]}),
    Case((C,), {"consent": [{**GIVEN, "purpose": "dpv:PersonnelHiring", "dark_pattern": True}]}),
    Case((C, R), {"interface.repeat_prompts_after_refusal": 1}, {"R-MAN-02:warn:again"}),
    Case((R,), {"interface.withdrawal_function_present": False}, {"R-MAN-02:deny:withdrawal"}),
    Case((R,), {"interface.withdrawal_function_present": False, "interface.orders_online": False}),
    Case((C,), {"interface.withdrawal_function_present": False}),
    Case((R,), NO_INTERFACE, {"R-MAN-02:warn:unknown"}),
    Case((C,), NO_INTERFACE),
    Case((C,), {**NO_INTERFACE, **ON_CONSENT, "consent": [GIVEN]}, {"R-MAN-02:warn:unknown"}),
    # R-MAN-03
    Case((P, R), {"profile.uses_vulnerability": True}, {"R-MAN-03:deny"}, {"R-MAN-03:deny"}),
    Case((P, R), {"subject.vulnerable_flags": ["debt"], "offer.risk_class": "high"},
         {"R-MAN-03:escalate:risky_offer"}, {"R-MAN-03:escalate:risky_offer"}),
    Case((P, R), {"subject.vulnerable_flags": ["debt"], "offer.risk_class": "low"}),
    Case((P, R), {"subject.vulnerable_flags": None, "offer.risk_class": "high"}),
    # R-ALT-02
    Case((R,), {"recommendation.items.0.paid_placement": True}, completed={"R-ALT-02:oblige"}),
    Case((R,), {"recommendation.items.0.paid_placement": True,
                "recommendation.items.0.advert_labelled": True}),
    Case((R,), {"recommendation.ranking_parameters_disclosed": False},
         completed={"R-ALT-02:oblige:margin"}),
    Case((R,), {"recommendation.ranking_parameters_disclosed": False,
                "objective.margin_weight_bp": 0}),
    Case((R,), {"recommendation.items.0.paid_placement": None},
         completed={"R-ALT-02:oblige:unknown"}),
    # R-ALT-03
    Case((R,), {"objective.fit_weight_bp": 4999}, completed={"R-ALT-03:warn"}),
    Case((R,), {"objective.fit_weight_bp": 5000}),
    Case((R,), {"objective.fit_weight_bp": None}, completed={"R-ALT-03:warn:unknown"}),
    # R-ALT-04
    Case((R,), DISCOUNT),
    Case((R,), {**DISCOUNT, "recommendation.discount.prior_price_30d_minor": 49899},
         completed={"R-ALT-04:deny"}),
    Case((R,), {**DISCOUNT, "recommendation.discount.prior_price_30d_minor": None},
         completed={"R-ALT-04:deny:unknown"}),
    Case((R,), {**DISCOUNT, "recommendation.discount.price_minor": 40900},
         completed={"R-ALT-04:deny:percent"}),
    Case((R,), {**DISCOUNT, "recommendation.discount.price_minor": None},
         completed={"R-ALT-04:deny:unknown"}),
    # R-ACC-01
    Case((R,), {"answer.policy_source_current": False}, completed={"R-ACC-01:deny"}),
    Case((R,), {"answer.grounded": False}, completed={"R-ACC-01:deny"}),
    Case((R,), {"answer.grounded": False, "answer.policy_claim": False},
         completed={"R-ACC-01:escalate:ungrounded"}),
    Case((R,), {"answer.confidence_bp": 5999}, completed={"R-ACC-01:escalate:unsure"}),
    Case((R,), {"answer.confidence_bp": 6000}),
    Case((R,), {"answer.policy_source_version": None}, completed={"R-ACC-01:escalate:unknown"}),
    Case((R,), {"answer.policy_source_version": None, "answer.policy_source_current": None,
                "answer.policy_claim": False}),
    Case((R,), {"answer": None}),
    Case((R,), {"answer": None, **TOLD}, completed={"R-ACC-01:escalate:unknown"}),
    # R-ENE-01
    Case((P,), {"energy.estimate_mwh": 1001}, {"R-ENE-01:warn"}, {"R-ENE-01:warn"}),
    Case((P,), {"energy.estimate_mwh": 1000}),
    Case((R,), {"energy.estimate_mwh": 3001}, {"R-ENE-01:warn"}, {"R-ENE-01:warn"}),
    Case((R,), {"energy.estimate_mwh": None, "tokens.total": 6001},
         {"R-ENE-01:warn"}, {"R-ENE-01:warn"}),
    Case((R,), {"energy.estimate_mwh": None, "tokens.total": 6000}),
    Case((P, R), {"ai.smaller_model_ok": True}, {"R-ENE-01:warn:smaller"},
         {"R-ENE-01:warn:smaller"}),
    Case((P, R), {"energy": None}, completed={"R-ENE-01:warn:unknown"}),
    # R-EMP-01
    Case((P,), STAFF, {"R-EMP-01:escalate"}),
    Case((P,), {"subject.relationship": "applicant"}, {"R-EMP-01:escalate"}),
    Case((P,), {**STAFF, "ai.emotion_recognition": True}, {"R-EMO-01:deny:work"}),
    Case((P,), {**FRESH, **STAFF}, {"R-EMP-01:escalate"}, time=DAY_BEFORE),
    Case((P,), {**FRESH, **STAFF}, {"R-EMP-01:deny:sales_tool"}, time=ANNEX_III),
    Case((P,), HR, {"R-RISK-01:warn:papers_soon"}),
    Case((P,), {**FRESH, **HR}, {"R-EMP-01:escalate", "R-RISK-01:deny"}, time=ANNEX_III),
    Case((P,), {**FRESH, **HR, "ai.conformity_ref": "DOC-1"}, time=ANNEX_III),
    Case((P,), {"subject.relationship": None}),
]  # fmt: skip
