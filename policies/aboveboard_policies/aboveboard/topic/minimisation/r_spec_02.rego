package aboveboard.topic.minimisation

import future.keywords.not

# Where the purpose needs such data and a ground for them holds, as for claims after an injury, a find
# is no stray remark.
_r_spec_02_sensitive contains category if {
	some category in data.aboveboard.lib.found_categories
	data.aboveboard.lib.special_category(category)
	not _r_spec_02_special_needed(category)
}

_r_spec_02_sensitive contains category if {
	some category in data.aboveboard.lib.found_categories
	category in data.reference.dpv.criminal
	not _r_spec_02_offence_needed(category)
}

_r_spec_02_special_needed(category) if {
	data.aboveboard.lib.special_data_permitted
	_r_spec_02_listed(category)
}

_r_spec_02_offence_needed(category) if {
	input.processing.art10_authorisation != ""
	_r_spec_02_listed(category)
}

_r_spec_02_listed(category) if {
	some allowed in data.reference.dpv.ancestors[category]
	allowed in input.processing.allowed_categories
}

_r_spec_02_finds contains field if some field in data.aboveboard.lib.fields_finding(_r_spec_02_sensitive)

_r_spec_02_sure contains object.get(field, "name", "?") if {
	some field in _r_spec_02_finds
	data.aboveboard.lib.surely_found(field)
}

_r_spec_02_unsure contains object.get(field, "name", "?") if {
	some field in _r_spec_02_finds
	data.aboveboard.lib.perhaps_found(field)
}

# METADATA
# title: Sensitive remarks in notes and transcripts
# description: >-
#   Free text is scanned before it is stored or used in a prompt; remarks on health, belief, union
#   membership, offences and the like are cut, and a human looks where the detector is not sure.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 9, 10, 5(1)(c)
# custom:
#   id: R-SPEC-02
#   steps: [data_collection, profiling]
#   phases: [requested]
#   severity: high
#   unknown: escalate when free text was not scanned; a find of unknown confidence is cut
#   applies_from: "2018-05-25"
#   demand: Remarks on health, belief or union membership do not stay in notes and transcripts.
#   message:
#     en: "A detector found sensitive remarks in free text, which have to be cut: {fields}."
#   remedy:
#     en: >-
#       Mask what was found, scan again and state fields[].detected_categories and detected_spans as
#       []; or leave the fields out.
#   person:
#     en: >-
#       A note about you held something very private, such as your health or your beliefs. We take
#       it out before anybody uses the note. You can ask us what else we have written down about you.
findings contains {
	"rule": "R-SPEC-02",
	"effect": "oblige",
	"facts": [
		"fields[].detected_categories", "fields[].detected_spans", "processing.art9_condition",
		"processing.art10_authorisation",
	],
	"args": {"fields": sort(_r_spec_02_sure)},
	"obligation": {"kind": "redact", "paths": sort(_r_spec_02_sure)},
} if {
	input.phase == "requested"
	count(data.aboveboard.lib.found_categories) > 0
	count(_r_spec_02_sure) > 0
}

# METADATA
# title: Perhaps a sensitive remark
# custom:
#   id: R-SPEC-02
#   reason: unsure
#   message:
#     en: "A detector is not sure whether this free text holds sensitive remarks: {fields}."
#   remedy:
#     en: >-
#       Have a human read the text and mask what is sensitive, then state what is left in
#       fields[].detected_categories and detected_spans.
#   person:
#     en: >-
#       A note about you may hold something very private, such as your health or your beliefs. One
#       of our staff checks it before it is used. You can ask us to show you the note.
findings contains {
	"rule": "R-SPEC-02",
	"effect": "escalate",
	"facts": [
		"fields[].detected_categories", "fields[].detected_spans", "fields[].detector_confidence_bp",
	],
	"args": {"reason": "unsure", "fields": sort(_r_spec_02_unsure)},
} if {
	input.phase == "requested"
	count(data.aboveboard.lib.found_categories) > 0
	count(_r_spec_02_unsure) > 0
}

# METADATA
# title: Free text to be scanned first
# custom:
#   id: R-SPEC-02
#   reason: unscanned
#   message:
#     en: "This free text would be stored or used before anybody knows what it holds: {fields}."
#   remedy:
#     en: >-
#       Run a detector over it, and state fields[].text_scanned true and what was found in
#       fields[].detected_categories ([] for nothing); or leave the fields out. Of a field that
#       holds no free text, such as a choice from a list, state fields[].free_text false.
#   person:
#     en: >-
#       A text about you may hold very private remarks, so it is not used before one of our staff has
#       looked at it. You can ask us to show you the text.
findings contains {
	"rule": "R-SPEC-02",
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
