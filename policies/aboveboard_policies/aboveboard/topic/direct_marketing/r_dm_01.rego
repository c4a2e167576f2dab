package aboveboard.topic.direct_marketing

import future.keywords.not

# All marketing: what profiles or recommends with a person's data is aimed at that person, and a
# broader name for the purpose must not take the objection away.
_r_dm_01_applies if {
	some purpose in input.processing.purposes
	"dpv:Marketing" in data.reference.dpv.purpose_ancestors[purpose]
}

# A purpose that DPV does not have could be marketing.
_r_dm_01_applies if {
	some purpose in input.processing.purposes
	not data.reference.dpv.purpose_ancestors[purpose]
}

# METADATA
# title: Objection to direct marketing
# description: >-
#   An objection ends direct marketing, and profiling for it, at once; nothing is weighed against it.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 21(2)-(3)
# custom:
#   id: R-DM-01
#   steps: [profiling, recommendation]
#   phases: [requested]
#   severity: high
#   unknown: deny; the register of objections was not asked
#   applies_from: "2018-05-25"
#   demand: People may object to direct marketing.
#   message:
#     en: The person has objected to direct marketing.
#   remedy:
#     en: Leave the person out of direct marketing; there is no ground that outweighs the objection.
findings contains {
	"rule": "R-DM-01",
	"effect": "deny",
	"facts": ["objections.direct_marketing", "processing.purposes"],
	"args": {},
} if {
	input.phase == "requested"
	_r_dm_01_applies
	input.objections.direct_marketing == true
}

# METADATA
# title: Objections to marketing not looked up
# custom:
#   id: R-DM-01
#   reason: unknown
#   message:
#     en: Nobody looked up whether the person has objected to direct marketing.
#   remedy:
#     en: >-
#       Give objections.direct_marketing, true or false, from the CRM: by its plugin or by the
#       step's facts function.
findings contains {
	"rule": "R-DM-01",
	"effect": "deny",
	"facts": ["objections.direct_marketing"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	_r_dm_01_applies
	not input.objections.direct_marketing == true
	not input.objections.direct_marketing == false
}
