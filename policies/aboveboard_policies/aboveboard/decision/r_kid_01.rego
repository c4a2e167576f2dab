package aboveboard.decision

import future.keywords.not

# METADATA
# title: A machine alone decides about a child
# custom:
#   id: R-KID-01
#   reason: decision
#   message:
#     en: A machine alone would decide about a child.
#   remedy:
#     en: >-
#       Let a person decide (decision.automation, decision.score_decisive); state decision.effect none
#       where nothing hangs on it.
#   person:
#     en: >-
#       You are under age, so no computer alone decides about you. A person has to look at it.
findings contains {
	"rule": "R-KID-01",
	"effect": "deny",
	"facts": ["decision.automation", "decision.effect", "subject.age_years", "subject.is_minor"],
	"args": {"reason": "decision"},
} if {
	input.phase == "requested"
	data.aboveboard.lib.child
	data.aboveboard.lib.decided_by_machine
	not input.decision.effect == "none"
}
