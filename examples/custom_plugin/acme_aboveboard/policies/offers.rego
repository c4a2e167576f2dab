package organisation.acme.recommendation

import future.keywords.not

# METADATA
# title: No offers by text message
# description: Acme does not send offers by text message.
# related_resources:
# - ref: https://acme.example/handbook
#   description: Acme sales handbook, 2.4
# custom:
#   id: ACME-01
#   steps: [recommendation]
#   phases: [requested]
#   severity: medium
#   unknown: does not fire
#   message: {en: "Acme sends no offers by {channel}."}
#   remedy: {en: Write an e-mail.}
findings contains {
	"rule": "ACME-01",
	"effect": "deny",
	"facts": ["contact.channel"],
	"args": {"channel": input.contact.channel},
} if {
	input.phase == "requested"
	input.contact.channel == "sms"
}
