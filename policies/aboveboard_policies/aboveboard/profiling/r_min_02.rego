package aboveboard.profiling

import future.keywords.not

_r_min_02_inferred contains field if {
	some field in input.fields
	field.source == "inferred"
}

# What is written to a system by a model, and nobody said how it was come by, may well be inferred.
_r_min_02_inferred contains field if {
	some field in input.fields
	field.target_system
	not field.source
}

# What a model is named for is inferred, whatever else it is called: derived, or nothing.
_r_min_02_inferred contains field if {
	some field in input.fields
	field.inferred_by
}

_r_min_02_marked(field) if {
	field.marked_inferred == true
	field.inferred_at
	field.inferred_by
	field.confidence_bp >= 0
}

_r_min_02_surplus contains object.get(field, "name", "?") if {
	some field in _r_min_02_inferred
	not data.aboveboard.lib.field_allowed(field)
}

_r_min_02_unmarked contains object.get(field, "name", "?") if {
	some field in _r_min_02_inferred
	not _r_min_02_marked(field)
}

# METADATA
# title: What a model adds to the CRM
# description: >-
#   Inferred values are written back only if the purpose's list allows them, and marked as inferred,
#   with model, time and confidence.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(1)(c), 5(1)(d), 14
# custom:
#   id: R-MIN-02
#   steps: [profiling]
#   phases: [completed]
#   severity: medium
#   unknown: redact
#   applies_from: "2018-05-25"
#   demand: What AI suggests is not all written into the CRM.
#   message:
#     en: "The purpose does not need these inferred values, so they have to be cut: {fields}."
#   remedy:
#     en: >-
#       Leave them out, state their fields[].categories, or add the category to the purpose's
#       processing.allowed_categories in the register.
#   person:
#     en: >-
#       We did not store some guesses about you that a computer made, because we do not need them.
#       You can ask us what we keep about you.
findings contains {
	"rule": "R-MIN-02",
	"effect": "oblige",
	"facts": ["fields[].categories", "fields[].source", "processing.allowed_categories"],
	"args": {"fields": sort(_r_min_02_surplus)},
	"obligation": {"kind": "redact", "paths": sort(_r_min_02_surplus)},
} if {
	input.phase == "completed"
	data.aboveboard.lib.personal_data
	count(_r_min_02_surplus) > 0
}

# METADATA
# title: Inferred value not marked
# custom:
#   id: R-MIN-02
#   reason: unmarked
#   message:
#     en: "These inferred values would look like facts, so they have to be cut: {fields}."
#   remedy:
#     en: >-
#       State fields[].source, and for inferred values fields[].marked_inferred,
#       fields[].inferred_at, fields[].inferred_by and fields[].confidence_bp.
#   person:
#     en: >-
#       We did not store some guesses about you that a computer made, because they were not marked as
#       guesses. You can ask us what we keep about you.
findings contains {
	"rule": "R-MIN-02",
	"effect": "oblige",
	"facts": [
		"fields[].source", "fields[].marked_inferred", "fields[].inferred_at", "fields[].inferred_by",
		"fields[].confidence_bp",
	],
	"args": {"reason": "unmarked", "fields": sort(_r_min_02_unmarked)},
	"obligation": {"kind": "redact", "paths": sort(_r_min_02_unmarked)},
} if {
	input.phase == "completed"
	data.aboveboard.lib.personal_data
	count(_r_min_02_unmarked) > 0
}
