package aboveboard.topic.accountability

import future.keywords.not

_r_aud_01_in_force if input.time >= data.reference.dates.ai_act_annex_iii

_r_aud_01_short if {
	data.aboveboard.lib.high_risk
	not input.audit.retention_days >= data.reference.accountability.high_risk_log_days_min
}

# METADATA
# title: Every decision is written down
# description: >-
#   No step without a log that can be written to and shows no sign of tampering. Logs of high-risk AI
#   are kept for six months at least; audits are made when they are due.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(2), 24, 30
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 12, 19, 26(6), 72
# custom:
#   id: R-AUD-01
#   steps: [data_collection, profiling, recommendation, decision]
#   phases: [requested]
#   severity: high
#   unknown: deny when it is not known that a log can be written
#   applies_from: "2018-05-25"
#   demand: Audits and reports at set times.
#   message:
#     en: Verdicts are not written down, so nobody could account for this step.
#   remedy:
#     en: Turn the log of verdicts on, and state audit.log_enabled as true.
#   person:
#     en: >-
#       We stopped because we could not have kept a record of what was done with your data. You do not
#       have to do anything.
findings contains {
	"rule": "R-AUD-01",
	"effect": "deny",
	"facts": ["audit.log_enabled"],
	"args": {},
} if {
	input.phase == "requested"
	input.audit.log_enabled == false
}

# METADATA
# title: Log unknown
# custom:
#   id: R-AUD-01
#   reason: unknown
#   message:
#     en: Nobody stated that verdicts are written down.
#   remedy:
#     en: >-
#       Make the event with a gate, which logs each verdict, or state audit.log_enabled under audit in
#       the organisation profile.
#   person:
#     en: >-
#       We stopped because we had not made sure that a record is kept of what is done with your data.
#       You do not have to do anything.
findings contains {
	"rule": "R-AUD-01",
	"effect": "deny",
	"facts": ["audit.log_enabled"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	not _r_aud_01_known
}

_r_aud_01_known if input.audit.log_enabled == true

_r_aud_01_known if input.audit.log_enabled == false

# METADATA
# title: Log tampered with
# custom:
#   id: R-AUD-01
#   reason: chain
#   message:
#     en: The log of verdicts shows signs of tampering.
#   remedy:
#     en: >-
#       Find out what was changed, keep the damaged log, begin a new one, and have audit.chain_ok say
#       that it is whole.
#   person:
#     en: >-
#       We have stopped until an internal check is done. You do not have to do anything.
findings contains {
	"rule": "R-AUD-01",
	"effect": "deny",
	"facts": ["audit.chain_ok"],
	"args": {"reason": "chain"},
} if {
	input.phase == "requested"
	input.audit.chain_ok == false
}

# METADATA
# title: Log of high-risk AI kept too short
# custom:
#   id: R-AUD-01
#   reason: retention
#   message:
#     en: The log of a high-risk AI system is kept for less than six months, or for an unknown time.
#   remedy:
#     en: Keep the log for at least 183 days, and state audit.retention_days.
#   person:
#     en: >-
#       We stopped because the record of what a computer system works out about you would not be kept
#       long enough to check it later. You do not have to do anything.
findings contains {
	"rule": "R-AUD-01",
	"effect": "deny",
	"facts": ["audit.retention_days", "ai.risk_class", "ai.annex_iii_point"],
	"args": {"reason": "retention"},
} if {
	input.phase == "requested"
	_r_aud_01_short
	_r_aud_01_in_force
}

# METADATA
# title: Log of high-risk AI will be kept too short
# custom:
#   id: R-AUD-01
#   reason: retention_soon
#   message:
#     en: >-
#       The log of a high-risk AI system is kept for less than six months, or for an unknown time; that
#       will stop this step when the duty begins.
#   remedy:
#     en: Keep the log for at least 183 days, and state audit.retention_days.
#   person:
#     en: >-
#       The record of what a computer system works out about you is not kept for long. We are working
#       on keeping it longer, so that it can be checked later.
findings contains {
	"rule": "R-AUD-01",
	"effect": "warn",
	"facts": ["audit.retention_days", "ai.risk_class", "ai.annex_iii_point"],
	"args": {"reason": "retention_soon"},
} if {
	input.phase == "requested"
	_r_aud_01_short
	not _r_aud_01_in_force
}

# METADATA
# title: Audit overdue
# custom:
#   id: R-AUD-01
#   reason: overdue
#   message:
#     en: The audit of the log is overdue (days until it was due {days}).
#   remedy:
#     en: >-
#       Make the audit, and state audit.last_report_at and the next audit.next_due_at in the
#       organisation profile.
#   person:
#     en: >-
#       It is time that we check again how our systems have treated people's data. That does not change
#       anything for you now.
findings contains {
	"rule": "R-AUD-01",
	"effect": "warn",
	"facts": ["audit.next_due_at"],
	"args": {"reason": "overdue", "days": input.audit.next_due_in_days},
} if {
	input.phase == "requested"
	input.audit.next_due_in_days < 0
}
