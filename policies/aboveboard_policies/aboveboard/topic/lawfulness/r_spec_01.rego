package aboveboard.topic.lawfulness

import future.keywords.not

_r_spec_01_conditions := {
	"eu-gdpr:A9-2-a",
	"eu-gdpr:A9-2-b",
	"eu-gdpr:A9-2-c",
	"eu-gdpr:A9-2-d",
	"eu-gdpr:A9-2-e",
	"eu-gdpr:A9-2-f",
	"eu-gdpr:A9-2-g",
	"eu-gdpr:A9-2-h",
	"eu-gdpr:A9-2-i",
	"eu-gdpr:A9-2-j",
}

# A category that DPV does not have could be anything, also a special one.
_r_spec_01_plain(category) if {
	data.reference.dpv.ancestors[category]
	not category in data.reference.dpv.special_categories
}

# A field without a name must not slip through for want of something to call it.
_r_spec_01_special contains object.get(field, "name", "?") if {
	count(_r_spec_01_categories) > 0
	some field in input.fields
	some category in field.categories
	category in _r_spec_01_categories
}

_r_spec_01_categories contains category if {
	some category in data.aboveboard.lib.field_categories
	not _r_spec_01_plain(category)
}

_r_spec_01_special contains object.get(field, "name", "?") if {
	_r_spec_01_reads_finds
	some field in input.fields
	some category in field.detected_categories
	not _r_spec_01_plain(category)
}

_r_spec_01_special contains object.get(field, "name", "?") if {
	_r_spec_01_reads_finds
	some field in input.fields
	some span in field.detected_spans
	not _r_spec_01_plain(span.category)
}

# What a detector finds while data are collected or scored is masked before use: see R-SPEC-02.
_r_spec_01_reads_finds if input.step in {"decision", "recommendation"}

_r_spec_01_permitted if {
	input.processing.art9_condition in _r_spec_01_conditions
	input.processing.art9_condition != "eu-gdpr:A9-2-a"
}

_r_spec_01_permitted if {
	input.processing.art9_condition == "eu-gdpr:A9-2-a"
	count(input.processing.purposes) > 0
	every purpose in input.processing.purposes {
		_r_spec_01_consented(purpose)
	}
}

_r_spec_01_consented(purpose) if {
	some consent in input.consent
	consent.explicit == true
	data.aboveboard.lib.consent_holds(consent, purpose)
}

_r_spec_01_unscanned contains object.get(field, "name", "?") if {
	some field in input.fields
	field.free_text == true
	not field.text_scanned == true
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
#       Leave these fields out; or state processing.art9_condition, and for explicit consent a
#       consent[] to each purpose with explicit true and its proof.
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
		"processing.art9_condition",
	],
	"args": {"fields": sort(_r_spec_01_special)},
} if {
	input.phase == "requested"
	count(_r_spec_01_special) > 0
	not _r_spec_01_permitted
}

# METADATA
# title: Free text not scanned
# custom:
#   id: R-SPEC-01
#   reason: unscanned
#   message:
#     en: "Nobody checked whether this free text holds specially protected data: {fields}."
#   remedy:
#     en: Scan the text before the step (fields[].text_scanned), or leave it out.
#   person:
#     en: >-
#       A note about you may hold very private details, and nobody has checked that yet. It is not used
#       before one of our staff has looked at it. You can ask us to show you the note.
findings contains {
	"rule": "R-SPEC-01",
	"effect": "escalate",
	"facts": ["fields[].text_scanned"],
	"args": {"reason": "unscanned", "fields": sort(_r_spec_01_unscanned)},
} if {
	input.phase == "requested"
	count(_r_spec_01_unscanned) > 0
}
