package aboveboard.topic.direct_marketing

import future.keywords.not

# METADATA
# title: Objection to direct marketing
# description: >-
#   An objection ends direct marketing, and profiling for it, at once; nothing is weighed against it.
#   Selling that is pushed on a person counts, whatever its purpose is called.
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
#     en: >-
#       Leave the person out of direct marketing; no ground outweighs the objection, and only the
#       person can take it back (objections.direct_marketing). Advice to buy is no marketing where
#       the person asked for it (contact.asked_for) or looks for it on the organisation's own pages
#       (contact.channel 'web').
#   person:
#     en: >-
#       You have asked us for no advertising. That is why you get none, and nobody may use your data
#       to choose advertising for you.
findings contains {
	"rule": "R-DM-01",
	"effect": "deny",
	"facts": ["objections.direct_marketing", "processing.purposes"],
	"args": {},
} if {
	input.phase == "requested"
	input.objections.direct_marketing == true
	data.aboveboard.lib.marketing
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
#       step's facts function. Advice to buy is no marketing where the person asked for it
#       (contact.asked_for) or looks for it on the organisation's own pages (contact.channel 'web').
#   person:
#     en: >-
#       We could not see whether you have asked us for no advertising. Until we know, we send you
#       none; tell us your choice at any time.
findings contains {
	"rule": "R-DM-01",
	"effect": "deny",
	"facts": ["objections.direct_marketing"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	not input.objections.direct_marketing == false
	not input.objections.direct_marketing == true
	data.aboveboard.lib.marketing
}
