package aboveboard.decision

import future.keywords.not

_r_adm_02_applies if {
	data.aboveboard.lib.significant_decision
	not data.aboveboard.lib.decided_by_hand
}

_r_adm_02_open if {
	input.human_review.available == true
	input.human_review.authority_to_change == true
}

# Where a machine decides, the review follows on request; else somebody has looked at the case.
_r_adm_02_reviewed if data.aboveboard.lib.decided_by_machine

_r_adm_02_reviewed if {
	input.human_review.reviewer_id
	input.human_review.time_spent_s >= 0
}

# METADATA
# title: Human review that can change the result
# description: >-
#   A decision that weighs on a person can be reviewed by a named human who may change it and takes
#   time for it, and the person is told where to contest it.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 22(3)
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 14, 26(2)
# custom:
#   id: R-ADM-02
#   steps: [decision]
#   phases: [completed]
#   severity: high
#   unknown: deny
#   applies_from: "2018-05-25"
#   demand: People can have a decision reviewed by a human, give their view and contest it.
#   message:
#     en: Nobody who may change the result can review this decision.
#   remedy:
#     en: >-
#       Provide a review by people who may change the result, and state human_review.available and
#       human_review.authority_to_change, best once in the organisation profile.
#   person:
#     en: >-
#       A decision about you was stopped because no person could look at it again and change it. It
#       is taken up anew once somebody can.
findings contains {
	"rule": "R-ADM-02",
	"effect": "deny",
	"facts": ["human_review.available", "human_review.authority_to_change"],
	"args": {},
} if {
	input.phase == "completed"
	_r_adm_02_applies
	not _r_adm_02_open
}

# METADATA
# title: Reviewer not on record
# custom:
#   id: R-ADM-02
#   reason: reviewer
#   message:
#     en: It is not on record who looked at this decision and for how long.
#   remedy:
#     en: State human_review.reviewer_id, a staff id, and human_review.time_spent_s.
#   person:
#     en: >-
#       A decision about you was stopped because we cannot show that a person looked at it. Somebody
#       will look at your case first.
findings contains {
	"rule": "R-ADM-02",
	"effect": "deny",
	"facts": ["human_review.reviewer_id", "human_review.time_spent_s"],
	"args": {"reason": "reviewer"},
} if {
	input.phase == "completed"
	_r_adm_02_applies
	not _r_adm_02_reviewed
}

# METADATA
# title: No way to contest
# custom:
#   id: R-ADM-02
#   reason: contest
#   message:
#     en: It is not on record where the person can contest the decision.
#   remedy:
#     en: >-
#       State the address in decision.contest_channel, best as contest_channel in the organisation
#       profile, and put it into the message.
#   person:
#     en: >-
#       A decision about you was held back because it did not tell you where you can challenge it.
#       You will get it together with that address.
findings contains {
	"rule": "R-ADM-02",
	"effect": "deny",
	"facts": ["decision.contest_channel"],
	"args": {"reason": "contest"},
} if {
	input.phase == "completed"
	_r_adm_02_applies
	not input.decision.contest_channel
}

# METADATA
# title: Review in haste
# custom:
#   id: R-ADM-02
#   reason: hasty
#   message:
#     en: The review took {seconds} seconds, too short to look at the case.
#   remedy:
#     en: Let a human look at the case again and state the real human_review.time_spent_s.
#   person:
#     en: >-
#       A person looked at the decision about you, but too quickly to weigh it. Somebody will look at
#       it again before it counts.
findings contains {
	"rule": "R-ADM-02",
	"effect": "escalate",
	"facts": ["human_review.time_spent_s"],
	"args": {"reason": "hasty", "seconds": input.human_review.time_spent_s},
} if {
	input.phase == "completed"
	_r_adm_02_applies
	input.human_review.time_spent_s < data.reference.humans.review_time_min_s
}

# METADATA
# title: Reviews that change nothing
# custom:
#   id: R-ADM-02
#   reason: rubber_stamp
#   message:
#     en: Reviews have changed hardly any result in the last 90 days.
#   remedy:
#     en: >-
#       Look into why reviewers nearly always agree with the machine; human_review.overturn_rate_90d_bp
#       has the share of results that they changed.
#   person:
#     en: >-
#       A person looks at such decisions, but has hardly ever changed one lately. You can ask to have
#       yours looked at again.
findings contains {
	"rule": "R-ADM-02",
	"effect": "warn",
	"facts": ["human_review.overturn_rate_90d_bp"],
	"args": {"reason": "rubber_stamp"},
} if {
	input.phase == "completed"
	_r_adm_02_applies
	input.human_review.overturn_rate_90d_bp < data.reference.humans.overturn_min_bp
}
