package aboveboard.topic.oversight

import future.keywords.not

_r_lit_01_recent if {
	some measure in input.actor.literacy_measures
	measure.age_days >= 0
	measure.age_days <= data.reference.oversight.literacy_max_age_days
}

# Whoever reviews what a machine did is a reviewer, though nobody runs the machine.
_r_lit_01_reviewer if input.actor.role == "reviewer"

_r_lit_01_reviewer if {
	review := object.get(input, "human_review", {})
	review.reviewer_id
	not input.actor.role in {"developer", "manager", "operator"}
}

# METADATA
# title: Who works with AI understands it
# description: >-
#   Whoever runs an AI step had training, guidance or a briefing for that role within the last year.
#   The law asks for measures, not for a level: none is judged here.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 4, as replaced by Regulation (EU) 2026/1744
# custom:
#   id: R-LIT-01
#   steps: [profiling, recommendation, decision]
#   phases: [requested]
#   severity: medium
#   unknown: warn; escalate for reviewers
#   applies_from: "2025-02-02"
#   demand: Staff understand AI and its risks.
#   message:
#     en: For the role {role} no recent measure of AI literacy is on record.
#   remedy:
#     en: >-
#       Train, guide or brief those who have this role, and record it under literacy in the organisation
#       profile, so that actor.literacy_measures holds it.
#   person:
#     en: >-
#       The people who work with the computer system at work here are due to be trained in it again.
#       That does not change anything for you now.
findings contains {
	"rule": "R-LIT-01",
	"effect": "warn",
	"facts": ["actor.role", "actor.literacy_measures"],
	"args": {"role": role},
} if {
	input.phase == "requested"
	role := input.actor.role
	role in {"developer", "manager", "operator"}
	not _r_lit_01_recent
}

# METADATA
# title: Reviewers understand what they review
# custom:
#   id: R-LIT-01
#   reason: reviewer
#   message:
#     en: For those who review results of AI no recent measure of AI literacy is on record.
#   remedy:
#     en: >-
#       Train, guide or brief the reviewers, and record it under literacy in the organisation profile,
#       so that actor.literacy_measures holds it; where nobody but a reviewer (human_review.reviewer_id)
#       has a part in it, with reviewer as actor.role, best as run_by of the purpose in the register.
#   person:
#     en: >-
#       Another person has to look at this first, because whoever would have checked it has not been
#       trained for that lately. You do not have to do anything.
findings contains {
	"rule": "R-LIT-01",
	"effect": "escalate",
	"facts": ["actor.role", "actor.literacy_measures"],
	"args": {"reason": "reviewer"},
} if {
	input.phase == "requested"
	_r_lit_01_reviewer
	not _r_lit_01_recent
}

# METADATA
# title: Role unknown
# custom:
#   id: R-LIT-01
#   reason: unknown
#   message:
#     en: Nobody stated in which role the AI is run, so nobody can tell whether that role was trained.
#   remedy:
#     en: >-
#       State actor.role, best once as run_by of the purpose in the register; system where nobody runs
#       it.
#   person:
#     en: >-
#       We have not recorded who works with the computer system at work here. That does not change
#       anything for you now.
findings contains {
	"rule": "R-LIT-01",
	"effect": "warn",
	"facts": ["actor.role"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	not input.actor.role
}
