package aboveboard.decision

import future.keywords.not

_r_adm_03_special if {
	some category in data.aboveboard.lib.used_categories
	data.aboveboard.lib.special_category(category)
}

_r_adm_03_special if {
	some field in _r_adm_03_finds
	data.aboveboard.lib.surely_found(field)
}

_r_adm_03_found contains category if {
	some category in data.aboveboard.lib.found_categories
	data.aboveboard.lib.special_category(category)
}

_r_adm_03_finds contains field if some field in data.aboveboard.lib.fields_finding(_r_adm_03_found)

_r_adm_03_applies if {
	data.aboveboard.lib.weighty_decision
	data.aboveboard.lib.decided_by_machine
}

_r_adm_03_permitted if input.processing.art9_condition == "eu-gdpr:A9-2-g"

_r_adm_03_permitted if {
	input.processing.art9_condition == "eu-gdpr:A9-2-a"
	data.aboveboard.lib.explicitly_consented
}

_r_adm_03_gap if {
	_r_adm_03_applies
	not input.decision.inputs
	not _r_adm_03_special
}

_r_adm_03_gap if {
	_r_adm_03_applies
	some item in input.decision.inputs
	not item.categories
	not _r_adm_03_special
}

_r_adm_03_gap if {
	_r_adm_03_applies
	some field in _r_adm_03_finds
	data.aboveboard.lib.perhaps_found(field)
	not _r_adm_03_special
}

_r_adm_03_gap if {
	_r_adm_03_special
	not input.decision.effect
	not input.decision.automation == "dpv:NotAutomated"
}

_r_adm_03_gap if {
	_r_adm_03_special
	data.aboveboard.lib.weighty_decision
	not input.decision.automation
	not data.aboveboard.lib.decided_by_machine
}

# METADATA
# title: No automated decision on special data
# description: >-
#   A machine alone decides on special categories of data only with explicit consent or for reasons
#   of substantial public interest in law.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 22(4)
# custom:
#   id: R-ADM-03
#   steps: [decision]
#   phases: [requested]
#   severity: high
#   unknown: escalate when the inputs, their categories or the weight of the decision are unknown
#   applies_from: "2018-05-25"
#   demand: Machines do not decide on special categories of data.
#   message:
#     en: A machine alone would decide on special categories of data.
#   remedy:
#     en: >-
#       Take the special data out of decision.inputs and fields, let a human decide
#       (decision.automation), or get explicit consent and state processing.art9_condition
#       eu-gdpr:A9-2-a and a consent[] to each purpose with explicit true and its proof.
#   person:
#     en: >-
#       A machine would have decided about you from very private information, such as on your health.
#       It was stopped. A person can decide instead, or you can allow it expressly.
findings contains {
	"rule": "R-ADM-03",
	"effect": "deny",
	"facts": [
		"decision.inputs[].categories",
		"fields[].categories",
		"fields[].detected_categories",
		"fields[].detected_spans",
		"decision.automation",
		"processing.art9_condition",
		"consent[].explicit",
	],
	"args": {},
} if {
	input.phase == "requested"
	_r_adm_03_applies
	_r_adm_03_special
	not _r_adm_03_permitted
}

# METADATA
# title: Data behind an automated decision unknown
# custom:
#   id: R-ADM-03
#   reason: unknown
#   message:
#     en: It is not known whether a machine alone would decide on special categories of data.
#   remedy:
#     en: >-
#       State decision.inputs with their categories, decision.effect and decision.automation; where a
#       detector is not sure of a field, have a human read it and state what is left in
#       fields[].detected_categories and detected_spans.
#   person:
#     en: >-
#       We could not tell whether a machine would decide about you from very private information. To
#       be safe, a person will look at your case.
findings contains {
	"rule": "R-ADM-03",
	"effect": "escalate",
	"facts": [
		"decision.inputs[].categories", "decision.effect", "decision.automation",
		"fields[].detected_categories", "fields[].detected_spans", "fields[].detector_confidence_bp",
	],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	_r_adm_03_gap
	not _r_adm_03_permitted
}
