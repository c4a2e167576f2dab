package aboveboard.topic.minimisation

import future.keywords.not

# Needed for a purpose of the step, or for one above it.
_r_min_01_purposes contains above if {
	some purpose in input.processing.purposes
	some above in data.reference.dpv.purpose_ancestors[purpose]
}

_r_min_01_needed(field) if {
	some needed in field.necessary_for
	needed in _r_min_01_purposes
}

# Mostly every field says what it holds, and no more: one pass tells.
_r_min_01_all_plain if {
	every field in input.fields {
		field.categories[0]
		not field.necessary_for
	}
}

_r_min_01_doubted if not _r_min_01_all_plain

_r_min_01_doubted if count(data.aboveboard.lib.unlisted_categories) > 0

# A field without a name cannot be cut; whoever carries the obligation out refuses "?".
_r_min_01_surplus contains object.get(field, "name", "?") if {
	count(data.aboveboard.lib.unlisted_categories) > 0
	some field in input.fields
	some category in field.categories
	category in data.aboveboard.lib.unlisted_categories
}

# Nobody knows what it holds.
_r_min_01_surplus contains object.get(field, "name", "?") if {
	some field in input.fields
	not field.categories[0]
}

_r_min_01_surplus contains object.get(field, "name", "?") if {
	some field in input.fields
	field.necessary_for
	not _r_min_01_needed(field)
}

# METADATA
# title: Only the data the purpose needs
# description: >-
#   Only fields on the purpose's list of allowed categories pass; the rest are cut out before the
#   step sees them.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(1)(c), 25(2)
# - ref: https://curia.europa.eu/juris/liste.jsf?num=C-446/21
#   description: CJEU C-446/21
# custom:
#   id: R-MIN-01
#   steps: [data_collection, profiling]
#   phases: [requested]
#   severity: medium
#   unknown: redact; a field of unknown category is not on the list
#   applies_from: "2018-05-25"
#   demand: Only necessary data; adding everything that AI finds to the CRM is not minimisation.
#   message:
#     en: "The purpose does not need these fields, so they have to be cut: {fields}."
#   remedy:
#     en: >-
#       Leave them out, mark what they are (fields[].categories, fields[].necessary_for), or add
#       their category to the purpose's allowed_categories in the register
#       (processing.allowed_categories).
#   person:
#     en: >-
#       We left out some details about you that we do not need for this. You can ask us which
#       details we keep.
findings contains {
	"rule": "R-MIN-01",
	"effect": "oblige",
	"facts": ["fields[].categories", "processing.allowed_categories"],
	"args": {"fields": sort(_r_min_01_surplus)},
	"obligation": {"kind": "redact", "paths": sort(_r_min_01_surplus)},
} if {
	input.phase == "requested"
	data.aboveboard.lib.personal_data
	_r_min_01_doubted
	count(_r_min_01_surplus) > 0
}
