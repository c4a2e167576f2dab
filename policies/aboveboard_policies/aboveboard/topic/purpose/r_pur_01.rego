package aboveboard.topic.purpose

import future.keywords.not

# A field may serve the purposes it was collected for, and those below them in DPV's tree.
# Fields share the purposes that they were collected for: each list once.
_r_pur_01_collected contains purposes if {
	some field in input.fields
	purposes := field.collected_purposes
}

_r_pur_01_covered(purposes, purpose) if {
	some collected in purposes
	collected in data.reference.dpv.purpose_ancestors[purpose]
}

_r_pur_01_consented(purpose) if {
	input.processing.legal_basis == "eu-gdpr:A6-1-a"
	purpose in data.aboveboard.lib.consented_purposes
}

_r_pur_01_asked contains purpose if {
	some purpose in input.processing.purposes
	not _r_pur_01_consented(purpose)
}

_r_pur_01_new contains purpose if {
	some purpose in _r_pur_01_asked
	some collected in _r_pur_01_collected
	not _r_pur_01_covered(collected, purpose)
}

_r_pur_01_untold contains object.get(field, "name", "?") if {
	some field in input.fields
	not field.collected_purposes
}

# An assessment settles the purposes that it names, and those below them.
_r_pur_01_compatible(purpose) if {
	input.compatibility.outcome == "compatible"
	input.compatibility.assessed_age_days >= 0
	_r_pur_01_covered(input.compatibility.covers_purposes, purpose)
}

_r_pur_01_unassessed contains purpose if {
	some purpose in _r_pur_01_new
	not _r_pur_01_compatible(purpose)
}

# METADATA
# title: Data serve the purpose they were collected for
# description: >-
#   A purpose that is not among those of collection needs an assessment that finds it compatible, or
#   new consent.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(1)(b), 6(4)
# custom:
#   id: R-PUR-01
#   steps: [profiling, recommendation, decision]
#   phases: [requested]
#   severity: high
#   unknown: escalate when the purpose of collection, or the assessment of a new one, is unknown
#   applies_from: "2018-05-25"
#   demand: Purposes are clear, and data are not used for something else than people thought.
#   message:
#     en: "The data were collected for something else, and these purposes do not go with it: {purposes}."
#   remedy:
#     en: >-
#       Use only fields whose fields[].collected_purposes hold the purpose, or ask for consent to
#       the new one (processing.legal_basis eu-gdpr:A6-1-a, consent[]).
#   person:
#     en: >-
#       We did not use your data for this, because you gave it to us for something else. You need not
#       do anything.
findings contains {
	"rule": "R-PUR-01",
	"effect": "deny",
	"facts": ["compatibility.outcome", "fields[].collected_purposes", "processing.purposes"],
	"args": {"purposes": sort(_r_pur_01_new)},
} if {
	input.phase == "requested"
	data.aboveboard.lib.personal_data
	input.compatibility.outcome == "incompatible"
	count(_r_pur_01_new) > 0
}

# METADATA
# title: New purpose not assessed
# custom:
#   id: R-PUR-01
#   reason: unassessed
#   message:
#     en: "The data were collected for something else, and nobody assessed these purposes: {purposes}."
#   remedy:
#     en: >-
#       Assess each new purpose and state compatibility.outcome, compatibility.assessed_at and
#       compatibility.covers_purposes in the organisation profile; use only fields whose fields[].collected_purposes hold the purpose; or
#       ask for consent to it (processing.legal_basis, consent[]).
#   person:
#     en: >-
#       You gave us your data for something else, so somebody here has to look first whether we may
#       use it for this. You need not do anything.
findings contains {
	"rule": "R-PUR-01",
	"effect": "escalate",
	"facts": [
		"compatibility.assessed_at", "compatibility.covers_purposes", "compatibility.outcome",
		"fields[].collected_purposes", "processing.purposes",
	],
	"args": {"reason": "unassessed", "purposes": sort(_r_pur_01_unassessed)},
} if {
	input.phase == "requested"
	data.aboveboard.lib.personal_data
	not input.compatibility.outcome == "incompatible"
	count(_r_pur_01_unassessed) > 0
}

# METADATA
# title: Purpose of collection unknown
# custom:
#   id: R-PUR-01
#   reason: unknown
#   message:
#     en: "Nobody knows what these fields were collected for: {fields}."
#   remedy:
#     en: State fields[].collected_purposes, as the notice at collection named them.
#   person:
#     en: >-
#       Nobody knows for certain what you gave us some of your data for, so somebody here has to look
#       first whether we may use it. You can ask us what we keep and why.
findings contains {
	"rule": "R-PUR-01",
	"effect": "escalate",
	"facts": ["fields[].collected_purposes"],
	"args": {"reason": "unknown", "fields": sort(_r_pur_01_untold)},
} if {
	input.phase == "requested"
	data.aboveboard.lib.personal_data
	count(_r_pur_01_untold) > 0
	count(_r_pur_01_asked) > 0
}
