package aboveboard.topic.accuracy

import future.keywords.not

_r_accu_01_disputed contains object.get(field, "name", "?") if {
	some field in input.fields
	field.disputed == true
}

# METADATA
# title: Disputed data is not used
# description: >-
#   Data that the person says is wrong, or whose use is restricted, is not used to score or to decide
#   until a human has looked.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(1)(d), 16, 18
# custom:
#   id: R-ACCU-01
#   steps: [profiling, decision]
#   phases: [requested]
#   severity: high
#   unknown: does not fire
#   applies_from: "2018-05-25"
#   demand: Data and answers are right.
#   message:
#     en: "The person says that these fields are wrong: {fields}."
#   remedy:
#     en: >-
#       Check and correct them, then set fields[].disputed to false and fields[].verified_at; or
#       leave them out.
#   person:
#     en: >-
#       You told us that some of your data is wrong, so a person looks at it before we use it. You
#       can send us what shows how it should be.
findings contains {
	"rule": "R-ACCU-01",
	"effect": "escalate",
	"facts": ["fields[].disputed"],
	"args": {"fields": sort(_r_accu_01_disputed)},
} if {
	input.phase == "requested"
	count(_r_accu_01_disputed) > 0
}

# METADATA
# title: Use of the data is restricted
# custom:
#   id: R-ACCU-01
#   reason: restricted
#   message:
#     en: The use of this person's data is restricted; they may only be stored.
#   remedy:
#     en: >-
#       Leave the person out until the restriction is lifted (restriction.active false), and tell
#       them before it is.
#   person:
#     en: >-
#       You asked us to use your data no further for now, so a person looks at this first. We tell
#       you before we use it again.
findings contains {
	"rule": "R-ACCU-01",
	"effect": "escalate",
	"facts": ["restriction.active"],
	"args": {"reason": "restricted"},
} if {
	input.phase == "requested"
	input.restriction.active == true
}
