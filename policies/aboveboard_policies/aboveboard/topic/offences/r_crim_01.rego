package aboveboard.topic.offences

import future.keywords.not

_r_crim_01_used contains category if {
	some category in data.aboveboard.lib.used_categories
	category in data.reference.dpv.criminal
}

_r_crim_01_fields contains name if some name in data.aboveboard.lib.users_of(_r_crim_01_used)

# What a detector finds in a text is cut in the steps before; nothing cuts it from a decision.
_r_crim_01_found contains category if {
	input.step == "decision"
	some category in data.aboveboard.lib.found_categories
	category in data.reference.dpv.criminal
}

_r_crim_01_fields contains object.get(field, "name", "?") if {
	some field in data.aboveboard.lib.fields_finding(_r_crim_01_found)
	_r_crim_01_likely(field)
}

_r_crim_01_likely(field) if data.aboveboard.lib.surely_found(field)

_r_crim_01_likely(field) if data.aboveboard.lib.perhaps_found(field)

# METADATA
# title: Criminal convictions and offences
# description: >-
#   Data on convictions, charges and offences pass only where a national law allows it, and that law
#   is named.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 10
# - ref: http://data.finlex.fi/eli/sd/2018/1050/alkup
#   description: FI Data Protection Act 1050/2018 s. 7
# - ref: https://wetten.overheid.nl/BWBR0040940
#   description: NL UAVG Art. 31-33
# custom:
#   id: R-CRIM-01
#   steps: [data_collection, profiling, decision]
#   phases: [requested]
#   severity: high
#   unknown: deny when no law is named
#   applies_from: "2018-05-25"
#   demand: Data on crimes need a national law that allows them.
#   message:
#     en: "Data on offences would be used without a national law that allows it: {fields}."
#   remedy:
#     en: >-
#       Leave these fields out, in a decision also out of decision.inputs; or name the law in
#       processing.art10_authorisation, best once for the purpose in the register.
#   person:
#     en: >-
#       A detail about you that can tell of a conviction or an offence would have been used, and we
#       could not show that we may. We stopped it. You can ask us which such details we have, and have
#       them removed.
findings contains {
	"rule": "R-CRIM-01",
	"effect": "deny",
	"facts": [
		"fields[].categories", "fields[].detected_categories", "fields[].detected_spans",
		"processing.art10_authorisation",
	],
	"args": {"fields": sort(_r_crim_01_fields)},
} if {
	input.phase == "requested"
	count(_r_crim_01_fields) > 0
	not input.processing.art10_authorisation != ""
}
