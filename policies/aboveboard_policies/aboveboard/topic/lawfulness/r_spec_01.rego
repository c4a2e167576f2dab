package aboveboard.topic.lawfulness

import future.keywords.not

_r_spec_01_used contains category if {
	some category in data.aboveboard.lib.used_categories
	data.aboveboard.lib.special_category(category)
}

# What a detector finds while data are collected or scored is masked before use: see R-SPEC-02.
_r_spec_01_found contains category if {
	input.step in {"decision", "recommendation"}
	some category in data.aboveboard.lib.found_categories
	data.aboveboard.lib.special_category(category)
}

_r_spec_01_finds contains field if some field in data.aboveboard.lib.fields_finding(_r_spec_01_found)

_r_spec_01_special contains name if some name in data.aboveboard.lib.users_of(_r_spec_01_used)

# A field without a name must not slip through for want of something to call it.
_r_spec_01_special contains object.get(field, "name", "?") if {
	input.step in {"decision", "recommendation"}
	some field in _r_spec_01_finds
	data.aboveboard.lib.surely_found(field)
}

_r_spec_01_unsure contains object.get(field, "name", "?") if {
	some field in _r_spec_01_finds
	data.aboveboard.lib.perhaps_found(field)
}

# METADATA
# title: Special categories of data
# description: >-
#   Data on health, belief, union membership and the like passes only on a condition of Article 9(2),
#   in sales nearly always explicit consent.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 9(1)-(2)
# custom:
#   id: R-SPEC-01
#   steps: [data_collection, profiling, recommendation, decision]
#   phases: [requested]
#   severity: high
#   unknown: deny for a known special category without a condition; escalate for unscanned free text
#   applies_from: "2018-05-25"
#   demand: Special categories of data need a permission in law.
#   message:
#     en: "Specially protected data would be used without a permission in law: {fields}."
#   remedy:
#     en: >-
#       Leave these fields out, in a decision also out of decision.inputs; or state
#       processing.art9_condition, and for explicit consent a consent[] to each purpose with explicit
#       true and its proof.
#   person:
#     en: >-
#       Very private details about you, such as your health or beliefs, would have been used, and we
#       could not show that we may. We stopped that. You can ask us which of these details we have, and
#       have them removed.
findings contains {
	"rule": "R-SPEC-01",
	"effect": "deny",
	"facts": [
		"fields[].categories", "fields[].detected_categories", "fields[].detected_spans",
		"processing.art9_condition", "consent[].explicit",
	],
	"args": {"fields": sort(_r_spec_01_special)},
} if {
	input.phase == "requested"
	count(_r_spec_01_special) > 0
	not data.aboveboard.lib.special_data_permitted
}

# METADATA
# title: Perhaps special categories of data
# custom:
#   id: R-SPEC-01
#   reason: unsure
#   message:
#     en: "A detector is not sure whether these fields hold specially protected data: {fields}."
#   remedy:
#     en: >-
#       Have a human read the text and mask what is sensitive, then state what is left in
#       fields[].detected_categories and detected_spans; or leave the fields out.
#   person:
#     en: >-
#       A text about you may hold something very private, such as your health or your beliefs. One
#       of our staff checks it before it is used. You can ask us to show you the text.
findings contains {
	"rule": "R-SPEC-01",
	"effect": "escalate",
	"facts": [
		"fields[].detected_categories", "fields[].detected_spans", "fields[].detector_confidence_bp",
		"processing.art9_condition", "consent[].explicit",
	],
	"args": {"reason": "unsure", "fields": sort(_r_spec_01_unsure)},
} if {
	input.phase == "requested"
	input.step in {"decision", "recommendation"}
	count(data.aboveboard.lib.found_categories) > 0
	count(_r_spec_01_unsure) > 0
	not data.aboveboard.lib.special_data_permitted
}

# METADATA
# title: Free text not scanned
# custom:
#   id: R-SPEC-01
#   reason: unscanned
#   message:
#     en: "It is not known whether this free text holds specially protected data: {fields}."
#   remedy:
#     en: >-
#       Scan the text before the step, and state fields[].text_scanned true and what was found in
#       fields[].detected_categories ([] for nothing); or leave it out. Of a field that holds no
#       free text, such as a choice from a list, state fields[].free_text false.
#   person:
#     en: >-
#       A text about you may hold very private details. It is not used before one of our staff has
#       looked at it. You can ask us to show you the text.
findings contains {
	"rule": "R-SPEC-01",
	"effect": "escalate",
	"facts": [
		"fields[].free_text", "fields[].categories", "fields[].text_scanned",
		"fields[].detected_categories", "fields[].detected_spans",
	],
	"args": {"reason": "unscanned", "fields": sort(data.aboveboard.lib.unread_texts)},
} if {
	input.phase == "requested"
	count(data.aboveboard.lib.unread_texts) > 0
}
