"""Transfers to models, security, vendors, places, assessments, literacy, approval, log, watch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from aboveboard.facts import STEPS
from tests.policies.cases.case import NOW, C, Case, D, P, R

DAY = timedelta(days=1)

HOST = "eu.api.openai.com"
ASKS: dict[str, Any] = {
    "ai.base_url_host": HOST,
    "ai.retention_days": 0,
    "ai.trains_on_data": False,
    "prompt.pseudonymised": True,
    "transfer.recipient_country": "IE",
    "usage.inference_geo": "eu",
}
SALE = ["dpv:SellDataToThirdParties"]
WHERE: dict[str, Any] = {
    "processing.purposes": SALE,
    "fields.0.collected_purposes": SALE,
    "notice.covers_purposes": SALE,
    "processing.legal_basis": "eu-gdpr:A6-1-b",
    "signals.gpc": False,
    "ccpa.opt_out_sale_share": False,
}
CALIFORNIA = {"subject.country": "US", "subject.us_state": "CA"}
SELLS = {**WHERE, **CALIFORNIA}
SIGNIFICANT = {**CALIFORNIA, "decision.effect": "legal", "decision.automation": "dpv:FullAutomation",
               "decision.art22_exception": "contract", "admt.opt_out": False}  # fmt: skip
TOLD = datetime(2027, 1, 1, tzinfo=UTC)
ANNEX_III = datetime(2027, 12, 2, tzinfo=UTC)
HIGH = {"ai.risk_class": "high", "ai.annex_iii_point": "5(b)", "ai.conformity_ref": "DOC-1"}
MACHINE = {"decision.automation": "dpv:FullAutomation"}


def fresh(time: datetime) -> dict[str, Any]:
    """The organisation's dated statements, made anew so that they are not found to be old."""
    return {
        "policy.review_due_at": time + DAY,
        "audit.next_due_at": time + DAY,
        "actor.literacy_measures": [{"kind": "training", "at": time - DAY, "topics": ["legal"]}],
        "ai.last_evaluated_at": time - DAY,
    }


CASES: list[Case] = [
    # R-TRF-02
    Case((P, R), ASKS),
    Case((P, R), {**ASKS, "ai.base_url_host": "api.openai.com"}, {"R-TRF-02:deny"}),
    Case((P, R), {**ASKS, "ai.base_url_host": None, "ai.vendor": "openai"},
         {"R-TRF-02:deny:unknown"}),
    Case((P, R), {**ASKS, "ai.base_url_host": None, "ai.vendor": "deepseek", "ai.own": None},
         {"R-TRF-02:deny:unknown"}),
    Case((P, R), {**ASKS, "ai.base_url_host": None, "ai.vendor": None, "ai.own": None},
         {"R-TRF-02:deny:unknown"}),
    Case((P, R), {**ASKS, "ai.inference_region": "us"}, {"R-TRF-02:deny:region"}),
    Case((P, R), {**ASKS, "usage.inference_geo": "us"}, completed={"R-TRF-02:deny:answered"}),
    Case((P, R), {**ASKS, "usage.inference_geo": None}, completed={"R-TRF-02:warn:unreported"}),
    Case((P, R), {"ai.base_url_host": "llm.esimerkki.example",
                  "transfer.leaves_organisation": False}),
    Case((P, R), {**ASKS, "ai.base_url_host": "api.openai.com", "transfer.leaves_organisation": False},
         {"R-TRF-02:deny"}),
    # R-SEC-03
    Case((P,), {**ASKS, "prompt.pseudonymised": False}),
    Case((R,), {**ASKS, "prompt.pseudonymised": False}, {"R-SEC-03:oblige"}),
    Case((R,), {**ASKS, "prompt.pseudonymised": None}, {"R-SEC-03:oblige:unknown"}),
    Case((P,), {**ASKS, "prompt.pseudonymised": None, "fields.0.categories": ["pd:EmailAddressWork"]},
         {"R-SEC-03:oblige:unknown"}),
    Case((R,), {**ASKS, "prompt": {"text_scanned": True, "detected_categories": []}}),
    Case((P,), {**ASKS, "prompt": {"pseudonymised": False, "detected_categories": ["pd:Name"]}},
         {"R-SEC-03:deny:prompt"}),
    Case((R,), {**ASKS, "prompt.detected_categories": ["pd:Name"]}, {"R-SEC-03:oblige"}),
    Case((R,), {**ASKS, "prompt.detected_categories": ["pd:TelephoneNumber"]},
         {"R-SEC-03:oblige", "R-SEC-03:deny:prompt"}),
    Case((R,), {**ASKS, "prompt": None, "fields": None}, {"R-SEC-03:escalate:unlisted"}),
    Case((P, R), {**ASKS, "ai.trains_on_data": True}, {"R-SEC-03:deny:training"}),
    Case((P, R), {**ASKS, "ai.trains_on_data": None}, {"R-SEC-03:deny:terms"}),
    Case((P, R), {**ASKS, "ai.retention_days": None}, {"R-SEC-03:deny:terms"}),
    # R-SEC-01
    Case(STEPS, {"security.tls": False}, {"R-SEC-01:deny"}),
    Case(STEPS, {"security.encrypted_at_rest": False}, {"R-SEC-01:deny"}),
    Case(STEPS, {"security.actor_authenticated": False}, {"R-SEC-01:deny"}),
    Case(STEPS, {"security.pii_in_logs": True}, {"R-SEC-01:deny"}),
    Case(STEPS, {"security.least_privilege": None, "security.pii_in_logs": None}),
    Case(STEPS, {"security.actor_authenticated": None}, {"R-SEC-01:deny:unknown"}),
    Case(STEPS, {"breach.detected_at": NOW - timedelta(hours=72)}, {"R-SEC-01:warn:notify"}),
    Case(STEPS, {"breach.detected_at": NOW - timedelta(hours=73)}, {"R-SEC-01:deny:breach"}),
    Case(STEPS, {"breach.detected_at": NOW - timedelta(hours=73), "breach.notified_at": NOW}),
    Case(STEPS, {"breach.detected_at": NOW - timedelta(hours=73),
                 "breach.risk_unlikely_ref": "breach-2026-7"}),
    # R-SEC-02
    Case((R,), {"security.prompt_injection_score_bp": 7000}, {"R-SEC-02:deny"}, {"R-SEC-02:deny"}),
    Case((R,), {"security.prompt_injection_score_bp": 6999}),
    Case((R,), {"security.prompt_injection_score_bp": 4000, "security.untrusted_content": True},
         {"R-SEC-02:deny"}, {"R-SEC-02:deny"}),
    Case((R,), {"security.untrusted_content": True}),
    Case((R,), {"security.untrusted_content": True, "security.declared_scopes": ["orders.write"]},
         {"R-SEC-02:escalate:unread"}),
    Case((R,), {"security.cross_customer_data": True},
         {"R-SEC-02:deny:other_customers"}, {"R-SEC-02:deny:other_customers"}),
    Case((R,), {"security.tool_calls": [{"name": "refund", "scope": "orders.write"}],
                "security.declared_scopes": ["orders.read"]},
         {"R-SEC-02:deny:scope"}, {"R-SEC-02:deny:scope"}),
    Case((R,), {"security.tool_calls": [{"name": "refund", "scope": "orders.write"}],
                "security.declared_scopes": ["orders.write"]}),
    Case((R,), {"security.tool_calls": [{"name": "refund", "scope": "orders.write"}]},
         {"R-SEC-02:escalate:unknown"}, {"R-SEC-02:escalate:unknown"}),
    Case((R,), {"security.rate_per_min": 31}, {"R-SEC-02:deny:rate"}),
    Case((R,), {"security.rate_per_min": 30}),
    # R-PROC-01
    Case((C,), {"recipient.dpa_ref": None}, {"R-PROC-01:deny"}),
    Case((P, R), {**ASKS, "recipient.dpa_ref": None}, {"R-PROC-01:deny"}),
    Case((P, R), {"recipient.dpa_ref": None}),
    Case((C,), {"recipient.dpa_ref": None, "recipient.role": "controller"}),
    Case((C,), {"recipient.ropa_ref": None}, {"R-PROC-01:deny:record"}),
    Case((C,), {"recipient.role": None}, {"R-PROC-01:deny:unknown"}),
    Case((P, R), {**ASKS, "recipient": None}, {"R-PROC-01:deny:unknown"}),
    Case((C,), {"recipient": None, "transfer.leaves_organisation": False}),
    # R-TERR-01
    Case((C, P, D), SELLS),
    Case((C, P, D), {**SELLS, "signals.gpc": True}, {"R-TERR-01:deny"}),
    Case((C, P, D), {**SELLS, "ccpa.opt_out_sale_share": True}, {"R-TERR-01:deny"}),
    Case((C, P, D), {**SELLS, "signals.gpc": True, "subject.country": None,
                     "subject.us_state": None}, {"R-TERR-01:deny"}),
    Case((C, P, D), {**SELLS, "signals.gpc": None}, {"R-TERR-01:deny:unknown"}),
    Case((C, P, D), {**SELLS, "signals.gpc": True, "subject.us_state": "WY"}),
    Case((C, P, D), {**WHERE, "signals.gpc": True}),
    Case((D,), {"ccpa.limit_sensitive": True, "fields.0.categories": ["pd:GPSCoordinate"],
                "processing.purposes": ["dpv:ServicePersonalisation"],
                "fields.0.collected_purposes": ["dpv:ServicePersonalisation"]},
         {"R-TERR-01:deny:sensitive"}),
    Case((D,), {"ccpa.limit_sensitive": True, "fields.0.categories": ["pd:GPSCoordinate"]}),
    Case((D,), {**SIGNIFICANT, **fresh(TOLD)}, {"R-TERR-01:oblige:notice"}, time=TOLD),
    Case((D,), {**SIGNIFICANT, **fresh(TOLD), "admt.pre_use_notice_at": TOLD - DAY}, time=TOLD),
    Case((D,), {**SIGNIFICANT, **fresh(TOLD), "admt.pre_use_notice_at": TOLD - DAY,
                "admt.opt_out": True}, {"R-TERR-01:deny:automated"}, time=TOLD),
    Case((D,), {**SIGNIFICANT, **fresh(TOLD), "admt.pre_use_notice_at": TOLD - DAY,
                "admt.opt_out": None}, {"R-TERR-01:deny:automated_unknown"}, time=TOLD),
    Case((D,), {**fresh(TOLD), "decision.effect": "legal", "decision.score_decisive": True,
                "decision.art22_exception": "contract", "subject.country": None},
         {"R-TERR-01:deny:automated_unknown", "R-TERR-01:oblige:notice"}, time=TOLD),
    Case((D,), {**SIGNIFICANT, "admt.opt_out": True}),
    # R-DPIA-01
    Case((P, D), {"dpia.done_at": None}, {"R-DPIA-01:deny"}),
    Case((P, D), {"dpia.done_at": NOW + DAY}, {"R-DPIA-01:deny"}),
    Case((P,), {"dpia": {"required": False}, "processing.large_scale": True}, {"R-DPIA-01:deny"}),
    Case((P,), {"dpia": {"required": False}}),
    Case((P, D), {"dpia.outcome": "high_residual"}, {"R-DPIA-01:escalate:residual"}),
    Case((P, D), {"dpo": None}, {"R-DPIA-01:escalate:officer"}),
    Case((P, D), {"dpia": None}, {"R-DPIA-01:escalate:unknown"}),
    Case((D,), {"dpia": None, "profile": None}),
    Case((P, D), {"dpia": {"required": False}}),
    Case((P, D), {"dpia": {"required": False}, "processing.records": 10_000}, {"R-DPIA-01:deny"}),
    Case((D,), {"dpia": {"required": False}, "decision.effect": "legal",
                "decision.score_decisive": True, "decision.art22_exception": "contract"},
         {"R-DPIA-01:deny"}),
    # R-RISK-01
    Case((P, D), {**HIGH, "ai.fundamental_rights_doc_ref": "FRIA-1"}),
    Case((P, D), HIGH, {"R-RISK-01:warn:papers_soon"}),
    Case((D,), {**HIGH, **fresh(ANNEX_III)}, {"R-RISK-01:deny"}, time=ANNEX_III),
    Case((P,), {**HIGH, **fresh(ANNEX_III)}, {"R-RISK-01:deny"}, time=ANNEX_III),
    Case((P, D), {**HIGH, **fresh(ANNEX_III), "ai.fundamental_rights_doc_ref": "FRIA-1"},
         time=ANNEX_III),
    Case((P, D), {**HIGH, "ai.annex_iii_point": None}, {"R-RISK-01:warn:papers_soon"}),
    Case((P, D), {**HIGH, "ai.annex_iii_point": "5(d)"}),
    Case((P, D), {"ai.annex_iii_point": "5(b)"}, {"R-RISK-01:warn:papers_soon"}),
    Case((D,), {"ai.annex_iii_point": "5(b)", "profile": None}),
    Case((P, D), {"ai.risk_class": "prohibited"}, {"R-RISK-01:deny:prohibited"}),
    Case((P, D), {"ai.risk_class": None}, {"R-RISK-01:warn:class_soon"}),
    Case((P, D), {**fresh(ANNEX_III), "ai.risk_class": None}, {"R-RISK-01:deny:unknown"},
         time=ANNEX_III),
    Case((D,), {"ai.risk_class": None, "ai.model": None, "decision.automation": "dpv:NotAutomated"}),
    Case((D,), {"ai.risk_class": None, "decision.automation": "dpv:NotAutomated"},
         {"R-RISK-01:warn:class_soon"}),
    # R-LIT-01
    Case((P, R, D), {"actor.literacy_measures": None}, {"R-LIT-01:warn"}),
    Case((P, R, D), {"actor.literacy_measures": [{"at": NOW - 366 * DAY}]}, {"R-LIT-01:warn"}),
    Case((P, R, D), {"actor.literacy_measures": [{"at": NOW - 365 * DAY}]}),
    Case((P, R, D), {"actor.role": "reviewer"}),
    Case((P, R, D), {"actor.role": "reviewer", "actor.literacy_measures": []},
         {"R-LIT-01:escalate:reviewer"}),
    Case((D,), {"actor": {"role": "system"}}, {"R-LIT-01:escalate:reviewer"}),
    Case((P, R), {"actor": {"role": "system"}}),
    Case((P, R, D), {"actor.role": None}, {"R-LIT-01:warn:unknown"}),
    # R-ORG-01
    Case(STEPS, {"policy.approved_revision": "sha256:another"}, {"R-ORG-01:deny"}),
    Case(STEPS, {"policy.approved_by": None}, {"R-ORG-01:warn:unknown"}),
    Case(STEPS, {"policy.approved_at": NOW + DAY}, {"R-ORG-01:warn:unknown"}),
    Case(STEPS, {"policy.review_due_at": NOW - DAY}, {"R-ORG-01:warn:overdue"}),
    Case(STEPS, {"policy.review_due_at": NOW}),
    # R-AUD-01
    Case(STEPS, {"audit.log_enabled": False}, {"R-AUD-01:deny"}),
    Case(STEPS, {"audit.log_enabled": None}, {"R-AUD-01:deny:unknown"}),
    Case(STEPS, {"audit.chain_ok": False}, {"R-AUD-01:deny:chain"}),
    Case(STEPS, {"audit.chain_ok": True}),
    Case(STEPS, {"audit.next_due_at": NOW - DAY}, {"R-AUD-01:warn:overdue"}),
    Case((C, R), {"ai.risk_class": "high", "audit.retention_days": 182},
         {"R-AUD-01:warn:retention_soon"}),
    Case((C, R), {"ai.risk_class": "high", "audit.retention_days": 183}),
    Case((D,), {**HIGH, **fresh(ANNEX_III), "ai.fundamental_rights_doc_ref": "FRIA-1",
                "audit.retention_days": 182}, {"R-AUD-01:deny:retention"}, time=ANNEX_III),
    Case((P, D), {**HIGH, "ai.risk_class": "minimal", "ai.fundamental_rights_doc_ref": "FRIA-1",
                  "audit.retention_days": 182}, {"R-AUD-01:warn:retention_soon"}),
    # R-MON-01
    Case((P, R, D), {"ai.last_evaluated_at": NOW - 366 * DAY}, {"R-MON-01:warn:attended"}),
    Case((P, R, D), {"ai.last_evaluated_at": NOW - 365 * DAY}),
    Case((P, R, D), {"drift.psi_bp": 2501}, {"R-MON-01:warn:attended"}),
    Case((P, R, D), {"drift.psi_bp": 2501, "actor.role": "system"}, {"R-MON-01:escalate"}),
    Case((P, R, D), {"drift.psi_bp": 2500, "actor.role": "system"}),
    Case((P, R, D), {"ai.deprecated": True, "actor.role": None},
         {"R-LIT-01:warn:unknown", "R-MON-01:escalate"}),
    Case((P, R, D), {"kb.updated_at": NOW - 181 * DAY}, {"R-MON-01:warn:attended"}),
    Case((P, R, D), {"ai.error_rate_7d_bp": 501}, {"R-MON-01:warn:attended"}),
    Case((P, R, D), {"ai.deprecated": True}, {"R-MON-01:warn:attended"}),
    Case((P, R, D), {"ai.model": "m", "ai.last_evaluated_at": None}, {"R-MON-01:warn:unknown"}),
    # R-JOB-01
    Case((D,), {**MACHINE, "task.share_automated_7d_bp": 5001}, {"R-JOB-01:warn"}),
    Case((D,), {**MACHINE, "task.share_automated_7d_bp": 5000}),
    Case((D,), {**MACHINE, "rollout.phase": None}, {"R-JOB-01:warn:unknown"}),
    Case((D,), {**MACHINE, "rollout.workers_informed_at": None}, {"R-JOB-01:warn:workers"}),
    Case((D,), {"rollout": None, "task.share_automated_7d_bp": None}),
    Case((D,), {"decision.score_decisive": True, "task.share_automated_7d_bp": 5001},
         {"R-JOB-01:warn"}),
]  # fmt: skip
