package aboveboard.data_collection

import future.keywords.not

_r_id_01_official(category) if "pd:OfficialID" in data.reference.dpv.ancestors[category]

_r_id_01_fields contains object.get(field, "name", "?") if {
	"pd:OfficialID" in data.aboveboard.lib.field_ancestors
	some field in input.fields
	some category in field.categories
	_r_id_01_official(category)
}

_r_id_01_fields contains object.get(field, "name", "?") if {
	count(data.aboveboard.lib.found_categories) > 0
	some field in input.fields
	some category in data.aboveboard.lib.found(field)
	_r_id_01_official(category)
}

# METADATA
# title: National identity and passport numbers
# description: >-
#   Numbers of identity cards, passports and population registers are cut out, unless a ground in
#   national law is named.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 87
# - ref: http://data.finlex.fi/eli/sd/2018/1050/alkup
#   description: FI Data Protection Act 1050/2018 s. 29
# - ref: https://wetten.overheid.nl/BWBR0040940
#   description: NL UAVG Art. 46
# custom:
#   id: R-ID-01
#   steps: [data_collection]
#   phases: [requested]
#   severity: high
#   unknown: redact when no ground is named
#   applies_from: "2018-05-25"
#   demand: National identity numbers need a ground in law.
#   message:
#     en: "Official identity numbers would be taken in without a ground, so they have to be cut: {fields}."
#   remedy:
#     en: >-
#       Leave them out; or name the law in processing.national_id_ground, best once for the purpose
#       in the register.
#   person:
#     en: >-
#       Your identity or passport number was about to be stored, and we do not need it here. We leave
#       it out. You need not do anything.
findings contains {
	"rule": "R-ID-01",
	"effect": "oblige",
	"facts": [
		"fields[].categories", "fields[].detected_categories", "fields[].detected_spans",
		"processing.national_id_ground",
	],
	"args": {"fields": sort(_r_id_01_fields)},
	"obligation": {"kind": "redact", "paths": sort(_r_id_01_fields)},
} if {
	input.phase == "requested"
	count(_r_id_01_fields) > 0
	not input.processing.national_id_ground != ""
}
