package aboveboard.topic.lawfulness

import future.keywords.not

_r_lb_01_bases := {
	"eu-gdpr:A6-1-a",
	"eu-gdpr:A6-1-b",
	"eu-gdpr:A6-1-c",
	"eu-gdpr:A6-1-d",
	"eu-gdpr:A6-1-e",
	"eu-gdpr:A6-1-f",
}

# METADATA
# title: Lawful basis
# description: >-
#   Every event on personal data names the purposes it serves and one basis of Article 6 for them. A
#   decision that names consent has it to show.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 6(1)
# custom:
#   id: R-LB-01
#   steps: [data_collection, profiling, recommendation, decision]
#   phases: [requested]
#   severity: high
#   unknown: deny
#   applies_from: "2018-05-25"
#   demand: Data is handled lawfully, on consent, contract, public task or another legal ground.
#   message:
#     en: No lawful basis is named for using this person's data.
#   remedy:
#     en: >-
#       State one basis of GDPR Art. 6(1) in processing.legal_basis, best once in the purpose
#       register.
#   person:
#     en: >-
#       We stopped before using your data, because nobody had settled what allows us to use it. You
#       need not do anything.
findings contains {
	"rule": "R-LB-01",
	"effect": "deny",
	"facts": ["processing.legal_basis"],
	"args": {},
} if {
	input.phase == "requested"
	data.aboveboard.lib.personal_data
	not input.processing.legal_basis in _r_lb_01_bases
}

# METADATA
# title: Purpose named
# custom:
#   id: R-LB-01
#   reason: purpose
#   message:
#     en: No purpose is named for using this person's data.
#   remedy:
#     en: >-
#       Give the step a purpose of the purpose register, or state processing.purposes with at
#       least one DPV purpose.
#   person:
#     en: >-
#       We stopped before using your data, because nobody had said what it would be used for. You
#       need not do anything.
findings contains {
	"rule": "R-LB-01",
	"effect": "deny",
	"facts": ["processing.purposes"],
	"args": {"reason": "purpose"},
} if {
	input.phase == "requested"
	data.aboveboard.lib.personal_data
	not count(input.processing.purposes) > 0
}

# In the other steps R-CONS-01 asks for the proof.
_r_lb_01_rests_on_consent if {
	input.step == "decision"
	input.processing.legal_basis == "eu-gdpr:A6-1-a"
}

# METADATA
# title: Consent as a basis, and none to show
# custom:
#   id: R-LB-01
#   reason: unproved
#   message:
#     en: >-
#       The decision rests on consent, and no valid, provable consent for the purpose '{purpose}' is
#       stated.
#   remedy:
#     en: >-
#       Give the consent that the person gave as consent[], with its purpose, date and proof, or ask
#       for one before the decision; or use a purpose whose basis is not consent.
#   person:
#     en: >-
#       We have not decided with your data, because we cannot show that you agreed to it. You can ask
#       us which consents we have from you, or give us one.
findings contains {
	"rule": "R-LB-01",
	"effect": "deny",
	"facts": ["consent", "processing.legal_basis"],
	"args": {"reason": "unproved", "purpose": purpose},
} if {
	input.phase == "requested"
	_r_lb_01_rests_on_consent
	data.aboveboard.lib.personal_data
	some purpose in input.processing.purposes
	not purpose in data.aboveboard.lib.consented_purposes
}
