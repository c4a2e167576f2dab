package aboveboard.decision

import future.keywords.not

# Significant decisions only: scoring a lead is outside (11 CCR 7001, 7200).
_r_terr_01_by_technology if {
	input.time >= data.reference.dates.ccpa_automated_decisions
	data.aboveboard.lib.significant_decision
	data.aboveboard.lib.decided_by_machine
	_r_terr_01_californian
}

_r_terr_01_californian if not input.subject.country

_r_terr_01_californian if {
	input.subject.country == "US"
	not input.subject.us_state
}

_r_terr_01_californian if {
	input.subject.country == "US"
	input.subject.us_state == "CA"
}

# METADATA
# title: Opted out of automated decisions
# custom:
#   id: R-TERR-01
#   reason: automated
#   message:
#     en: The person has opted out of automated decision-making.
#   remedy:
#     en: Let a person decide, and state decision.automation as it then is.
#   person:
#     en: >-
#       You told us that you do not want a machine to decide about you. That is why it did not. A person
#       can decide instead.
findings contains {
	"rule": "R-TERR-01",
	"effect": "deny",
	"facts": ["admt.opt_out", "decision.automation", "subject.us_state"],
	"args": {"reason": "automated"},
} if {
	input.phase == "requested"
	input.admt.opt_out == true
	_r_terr_01_by_technology
}

# METADATA
# title: Opt-out of automated decisions unknown
# custom:
#   id: R-TERR-01
#   reason: automated_unknown
#   message:
#     en: >-
#       A machine would decide, and nobody looked up whether the person opted out of automated
#       decision-making.
#   remedy:
#     en: >-
#       Look it up and state admt.opt_out, and where the person lives (subject.country,
#       subject.us_state); or let a person decide, and state decision.automation as it then is.
#   person:
#     en: >-
#       A machine would have taken part in a decision about you. We stopped to see first whether you
#       are against that; you can tell us so at any time.
findings contains {
	"rule": "R-TERR-01",
	"effect": "deny",
	"facts": ["admt.opt_out", "decision.automation", "subject.country", "subject.us_state"],
	"args": {"reason": "automated_unknown"},
} if {
	input.phase == "requested"
	_r_terr_01_by_technology
	not input.admt.opt_out == true
	not input.admt.opt_out == false
}

# METADATA
# title: Notice before automated decisions
# custom:
#   id: R-TERR-01
#   reason: notice
#   message:
#     en: A machine would decide, and the person was not told beforehand.
#   remedy:
#     en: >-
#       Give the person the notice before use, with the right to opt out, and state
#       admt.pre_use_notice_at.
#   person:
#     en: >-
#       A machine takes part in a decision about you. You have the right to know what it does, and to
#       say no to it.
findings contains {
	"rule": "R-TERR-01",
	"effect": "oblige",
	"facts": ["admt.pre_use_notice_at", "subject.us_state"],
	"args": {"reason": "notice"},
	"obligation": {"kind": "disclose", "notice": "automated_decision"},
} if {
	input.phase == "requested"
	_r_terr_01_by_technology
	not input.admt.pre_use_notice_age_days >= 0
}
