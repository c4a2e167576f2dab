package aboveboard.topic.lawfulness

import future.keywords.not

_r_cons_03_fits_channel(withdrawn) if not withdrawn.channel

_r_cons_03_fits_channel(withdrawn) if data.aboveboard.lib.consent_fits_channel(withdrawn)

# METADATA
# title: Consent withdrawn
# description: >-
#   After a withdrawal nothing more is done on that consent, and what was derived from it is dropped.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 7(3), 17(1)(b)
# custom:
#   id: R-CONS-03
#   steps: [data_collection, profiling, recommendation, decision]
#   phases: [requested]
#   severity: high
#   unknown: does not fire; without a withdrawal on record R-CONS-01 asks for the proof
#   applies_from: "2018-05-25"
#   demand: People can influence the use of their data, and take consent back.
#   message:
#     en: The consent for the purpose '{purpose}' was withdrawn.
#   remedy:
#     en: >-
#       Stop this use and erase what was derived from the consent; if it is needed, ask anew and give
#       the new consent as consent[].
#   person:
#     en: >-
#       You took back your consent, so we no longer use your data for this and delete what we worked
#       out from it. You can consent again whenever you like.
findings contains {
	"rule": "R-CONS-03",
	"effect": "deny",
	"facts": ["consent[].status", "consent[].withdrawn_at"],
	"args": {"purpose": purpose},
	"obligation": {
		"kind": "erase",
		"paths": object.get(object.get(input, "processing", {}), "derived_fields", []),
	},
} if {
	input.phase == "requested"
	input.processing.legal_basis == "eu-gdpr:A6-1-a"
	some withdrawn in data.aboveboard.lib.withdrawn_consents
	some purpose in input.processing.purposes
	data.aboveboard.lib.withdrawal_names(withdrawn, purpose)
	_r_cons_03_fits_channel(withdrawn)
	not data.aboveboard.lib.purpose_has_consent(purpose)
}
