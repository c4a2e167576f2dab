package organisation.esimerkki.recommendation

import future.keywords.not

# METADATA
# title: Not too often
# description: Nobody hears from us more often in a week than the house allows.
# related_resources:
# - ref: https://esimerkki.example/handbook
#   description: Esimerkki's sales handbook, 4.7
# custom:
#   id: ESIMERKKI-02
#   steps: [recommendation]
#   phases: [requested]
#   severity: medium
#   unknown: escalate; nobody counted
#   message: {en: "The person heard from us {attempts} times this week; {limit} are allowed."}
#   remedy: {en: Wait for next week.}
findings contains {
	"rule": "ESIMERKKI-02",
	"effect": "deny",
	"facts": ["contact.attempts_7d"],
	"args": {"attempts": input.contact.attempts_7d, "limit": data.reference.esimerkki.attempts_7d},
} if {
	input.phase == "requested"
	input.contact.attempts_7d >= data.reference.esimerkki.attempts_7d
}

# METADATA
# title: Nobody counted
# custom:
#   id: ESIMERKKI-02
#   reason: unknown
#   message: {en: It is not known how often the person heard from us this week.}
#   remedy: {en: Give contact.attempts_7d from the CRM.}
findings contains {
	"rule": "ESIMERKKI-02",
	"effect": "escalate",
	"facts": ["contact.attempts_7d"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	not input.contact.attempts_7d
}
