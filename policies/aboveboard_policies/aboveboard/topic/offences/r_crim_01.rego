package aboveboard.topic.offences

import future.keywords.not

_r_crim_01_fields contains object.get(field, "name", "?") if {
	some field in input.fields
	some category in field.categories
	category in data.reference.dpv.criminal
}

# What a detector finds in a text is cut in the steps before; nothing cuts it from a decision.
_r_crim_01_fields contains object.get(field, "name", "?") if {
	input.step == "decision"
	some field in input.fields
	some category in field.detected_categories
	category in data.reference.dpv.criminal
}

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
#       Leave these fields out; or name the law in processing.art10_authorisation, best once for the
#       purpose in the register.
#   person:
#     en: >-
#       Details about a conviction or an offence would have been used about you, and we have no right
#       to do that here. We stopped it. You can ask us to remove them.
findings contains {
	"rule": "R-CRIM-01",
	"effect": "deny",
	"facts": ["fields[].categories", "processing.art10_authorisation"],
	"args": {"fields": sort(_r_crim_01_fields)},
} if {
	input.phase == "requested"
	count(_r_crim_01_fields) > 0
	not input.processing.art10_authorisation != ""
}
