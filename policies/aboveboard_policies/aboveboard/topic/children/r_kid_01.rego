package aboveboard.topic.children

import future.keywords.not

_r_kid_01_consent_age := data.reference.children.consent_age[input.subject.country].years

_r_kid_01_too_young if input.subject.age_years < _r_kid_01_consent_age

_r_kid_01_too_young if {
	not _r_kid_01_consent_age
	input.subject.age_years < data.reference.children.consent_age_elsewhere
}

_r_kid_01_too_young if {
	input.subject.is_minor == true
	not input.subject.age_years
}

_r_kid_01_parent_agreed(purpose) if {
	some consent in input.consent
	consent.parental == true
	data.aboveboard.lib.consent_fits_channel(consent)
	data.aboveboard.lib.consent_holds(consent, purpose)
}

_r_kid_01_age_unsure if {
	not input.subject.age_years
	not input.subject.is_minor == true
}

_r_kid_01_age_unsure if input.subject.age_assurance == "none"

_r_kid_01_age_unsure if {
	input.subject.age_years
	not input.subject.age_assurance
}

# METADATA
# title: Children are looked after
# description: >-
#   Below the country's age, consent is the parents' to give; children are not profiled for marketing
#   or selling, and no machine alone decides about them.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 8, recitals 38 and 71
# custom:
#   id: R-KID-01
#   steps: [data_collection, profiling, decision]
#   phases: [requested]
#   severity: high
#   unknown: escalate when the age is unknown on a child-facing channel; else does not fire
#   applies_from: "2018-05-25"
#   demand: Children get the protection they need.
#   message:
#     en: The person is too young to consent alone to the purpose '{purpose}'.
#   remedy:
#     en: >-
#       Ask who has parental responsibility, and give their consent as consent[] with
#       consent[].parental true; or do without.
#   person:
#     en: >-
#       We did not use your data for this, because at your age a parent has to agree. You can ask
#       your parents whether they do.
findings contains {
	"rule": "R-KID-01",
	"effect": "deny",
	"facts": ["consent[].parental", "processing.legal_basis", "subject.age_years", "subject.country"],
	"args": {"purpose": purpose},
} if {
	input.phase == "requested"
	input.processing.legal_basis == "eu-gdpr:A6-1-a"
	_r_kid_01_too_young
	some purpose in input.processing.purposes
	not _r_kid_01_parent_agreed(purpose)
}

# METADATA
# title: Marketing profile of a child
# custom:
#   id: R-KID-01
#   reason: profile
#   message:
#     en: A child would be profiled for the purpose '{purpose}'.
#   remedy:
#     en: >-
#       Leave people under age out of profiling for marketing and selling; no consent makes up for it.
#       If the age on record is wrong, correct subject.age_years and subject.is_minor.
#   person:
#     en: >-
#       We did not build a profile of you to sell you something, because we do not do that with
#       anybody under age. You need not do anything.
findings contains {
	"rule": "R-KID-01",
	"effect": "deny",
	"facts": ["processing.purposes", "subject.age_years", "subject.is_minor"],
	"args": {"reason": "profile", "purpose": purpose},
} if {
	input.phase == "requested"
	input.step == "profiling"
	data.aboveboard.lib.child
	some purpose in data.aboveboard.lib.selling_purposes
}

# METADATA
# title: Age unknown where children are
# custom:
#   id: R-KID-01
#   reason: unknown
#   message:
#     en: Children use this channel, and it is not on record how the person's age is known.
#   remedy:
#     en: >-
#       Ask or check the age, and state subject.age_years and how it is known
#       (subject.age_assurance).
#   person:
#     en: >-
#       Many children use this, and we are not sure of your age, so somebody here looks at it first.
#       You can tell us how old you are.
findings contains {
	"rule": "R-KID-01",
	"effect": "escalate",
	"facts": ["contact.child_facing", "subject.age_assurance", "subject.age_years"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	input.contact.child_facing == true
	_r_kid_01_age_unsure
}
