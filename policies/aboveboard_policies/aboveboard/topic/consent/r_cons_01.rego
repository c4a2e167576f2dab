package aboveboard.topic.consent

import future.keywords.not

# METADATA
# title: Consent given and provable
# description: >-
#   Where consent is the basis, a given, unexpired consent with a proof exists for each purpose, and
#   for the channel where one is used.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 7(1), 4(11)
# custom:
#   id: R-CONS-01
#   steps: [data_collection, profiling, recommendation]
#   phases: [requested]
#   severity: high
#   unknown: deny
#   applies_from: "2018-05-25"
#   demand: Consent is managed, and can be proved.
#   message:
#     en: There is no valid, provable consent for the purpose '{purpose}'.
#   remedy:
#     en: >-
#       Ask the person, record the consent with its purpose, channel and proof, and give it as
#       consent[]; or use a purpose whose basis is not consent.
#   person:
#     en: >-
#       We did not use your data for this, because we cannot show that you agreed to it. If you want
#       it, you can give us your consent.
findings contains {
	"rule": "R-CONS-01",
	"effect": "deny",
	"facts": ["consent", "processing.legal_basis"],
	"args": {"purpose": purpose},
} if {
	input.phase == "requested"
	input.processing.legal_basis == "eu-gdpr:A6-1-a"
	some purpose in input.processing.purposes
	input.consent
	not purpose in data.aboveboard.lib.consented_purposes
}

# METADATA
# title: Channel unknown
# custom:
#   id: R-CONS-01
#   reason: channel
#   message:
#     en: Consent holds for a channel, and nobody stated by which one the person is reached.
#   remedy:
#     en: State contact.channel, such as email or web.
#   person:
#     en: >-
#       We did not write to you or call you, because your consent is for certain ways of reaching
#       you and nobody had said which one would be used. You need not do anything.
findings contains {
	"rule": "R-CONS-01",
	"effect": "deny",
	"facts": ["contact.channel"],
	"args": {"reason": "channel"},
} if {
	input.phase == "requested"
	input.step == "recommendation"
	input.processing.legal_basis == "eu-gdpr:A6-1-a"
	not input.contact.channel
}

# METADATA
# title: Consent unknown
# custom:
#   id: R-CONS-01
#   reason: unknown
#   message:
#     en: Consent is the lawful basis, and nobody looked up whether it was given.
#   remedy:
#     en: >-
#       Have the CRM plugin or a facts function give consent[]; an empty list says that there is
#       none.
#   person:
#     en: >-
#       We did not use your data for this, because nobody had checked whether you agreed to it. You
#       can ask us which consents we have from you.
findings contains {
	"rule": "R-CONS-01",
	"effect": "deny",
	"facts": ["consent"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	input.processing.legal_basis == "eu-gdpr:A6-1-a"
	not input.consent
}
