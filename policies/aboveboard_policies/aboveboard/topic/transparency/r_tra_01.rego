package aboveboard.topic.transparency

import future.keywords.not

_r_tra_01_elsewhere := {"public_web", "third_party"}

# Unknown source counts as had from the person, and so do fields that nobody listed.
_r_tra_01_direct if not count(input.fields) > 0

_r_tra_01_direct if {
	some field in input.fields
	not field.source in _r_tra_01_elsewhere
}

# While such data come in, R-COL-05 and R-COL-06 see to it that the person is told of the source; the
# former also where data that were bought go into a profile.
_r_tra_01_asks_about := {"profiling": {"public_web"}, "recommendation": _r_tra_01_elsewhere}

_r_tra_01_indirect if {
	some source in _r_tra_01_asks_about[input.step]
	source in data.aboveboard.lib.field_sources
}

_r_tra_01_untold if {
	_r_tra_01_untold_direct
	_r_tra_01_direct
}

_r_tra_01_untold if _r_tra_01_untold_indirect

_r_tra_01_untold_direct if not input.notice.delivered_age_days >= 0

_r_tra_01_untold_indirect if {
	not input.notice.art14_delivered_age_days >= 0
	_r_tra_01_indirect
}

_r_tra_01_uncovered contains purpose if {
	some purpose in input.processing.purposes
	not _r_tra_01_covers(purpose)
}

_r_tra_01_covers(purpose) if {
	some above in data.reference.dpv.purpose_ancestors[purpose]
	above in input.notice.covers_purposes
}

# Whoever gives data is told then and there; of data had from others, people are told within a month
# and at the latest when they are first written to. Using it for a profile comes after.
_r_tra_01_can_be_told if {
	input.step in {"data_collection", "recommendation"}
	input.notice.id
	count(_r_tra_01_uncovered) == 0
	not _r_tra_01_too_late
}

# In a talk, data may be had and used in one go: told in it is told in time.
_r_tra_01_too_late if {
	input.step == "recommendation"
	_r_tra_01_untold_direct
	not _r_tra_01_just_had
}

_r_tra_01_just_had if {
	count(input.fields) > 0
	every field in input.fields {
		_r_tra_01_had_now(field)
	}
}

_r_tra_01_had_now(field) if field.source in _r_tra_01_elsewhere

_r_tra_01_had_now(field) if field.age_days <= 0

_r_tra_01_too_late if {
	_r_tra_01_untold_indirect
	some field in input.fields
	field.source in _r_tra_01_elsewhere
	not field.age_days <= data.reference.notices.art14_within_days
}

_r_tra_01_silent_on contains trim_prefix(part, "states_") if {
	some part in {
		"states_adm_logic",
		"states_recipients",
		"states_retention",
		"states_rights",
		"states_third_countries",
	}
	input.notice[part] == false
}

# METADATA
# title: People know what happens to their data
# description: >-
#   Before data are first used, the person was given a notice that covers the purpose, names
#   recipients, transfers, rights, periods of storage and the logic of automated decisions, and can be
#   understood.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 12-14, 5(1)(a)
# custom:
#   id: R-TRA-01
#   steps: [data_collection, profiling, recommendation]
#   phases: [requested]
#   severity: high
#   unknown: deny when the notice is not shown to be given; disclose where the step can still give it
#   applies_from: "2018-05-25"
#   demand: People know in clear words what is collected, why, who gets it, and their rights.
#   message:
#     en: The person was not told what happens to their data before it is used.
#   remedy:
#     en: >-
#       Give the person the notice and record it in notice.delivered_at, or in
#       notice.art14_delivered_at for data had from others.
#   person:
#     en: >-
#       Your data would have been used before anybody told you what for. We stopped that. You can ask
#       us what we store about you and why.
findings contains {
	"rule": "R-TRA-01",
	"effect": "deny",
	"facts": ["notice.delivered_at", "notice.art14_delivered_at", "fields[].source"],
	"args": {},
} if {
	input.phase == "requested"
	data.aboveboard.lib.personal_data
	_r_tra_01_untold
	not _r_tra_01_can_be_told
}

# METADATA
# title: To be told now
# custom:
#   id: R-TRA-01
#   reason: now
#   message:
#     en: The person has to be given the privacy notice with this step.
#   remedy:
#     en: >-
#       Show it, and record it in notice.delivered_at, or in notice.art14_delivered_at for data had
#       from others.
#   person:
#     en: >-
#       Before we use your data, you get to read what we do with it. You can ask us about it at any
#       time.
findings contains {
	"rule": "R-TRA-01",
	"effect": "oblige",
	"facts": ["notice.delivered_at", "notice.art14_delivered_at", "fields[].source"],
	"args": {"reason": "now"},
	"obligation": {"kind": "disclose", "notice": input.notice.id},
} if {
	input.phase == "requested"
	data.aboveboard.lib.personal_data
	_r_tra_01_untold
	_r_tra_01_can_be_told
}

# METADATA
# title: Notice that does not cover the purpose
# custom:
#   id: R-TRA-01
#   reason: purpose
#   message:
#     en: "The notice that the person was given is not known to name these purposes: {purposes}."
#   remedy:
#     en: >-
#       Give a notice that names them, and state them in notice.covers_purposes, best once for the
#       notice in the organisation profile.
#   person:
#     en: >-
#       Your data would have been used for something we have not told you about. We stopped that. You
#       can ask us what we use your data for.
findings contains {
	"rule": "R-TRA-01",
	"effect": "deny",
	"facts": ["notice.covers_purposes", "processing.purposes"],
	"args": {"reason": "purpose", "purposes": sort(_r_tra_01_uncovered)},
} if {
	input.phase == "requested"
	data.aboveboard.lib.personal_data
	not _r_tra_01_untold
	count(_r_tra_01_uncovered) > 0
}

# METADATA
# title: Notice with gaps
# custom:
#   id: R-TRA-01
#   reason: incomplete
#   message:
#     en: "The privacy notice does not tell people of everything it has to: {gaps}."
#   remedy:
#     en: >-
#       Put it in, also where the answer is "none", and state it in notice.states_recipients,
#       notice.states_third_countries, notice.states_rights, notice.states_retention and
#       notice.states_adm_logic.
#   person:
#     en: >-
#       What we told you about the use of your data leaves something out, so we do not use it yet. You
#       can ask us who gets your data, how long we keep it and what you can demand.
findings contains {
	"rule": "R-TRA-01",
	"effect": "deny",
	"facts": [
		"notice.states_recipients", "notice.states_third_countries", "notice.states_rights",
		"notice.states_retention", "notice.states_adm_logic",
	],
	"args": {"reason": "incomplete", "gaps": sort(_r_tra_01_silent_on)},
} if {
	input.phase == "requested"
	data.aboveboard.lib.personal_data
	count(_r_tra_01_silent_on) > 0
}

# METADATA
# title: Notice that is hard to read
# custom:
#   id: R-TRA-01
#   reason: hard
#   message:
#     en: The privacy notice asks for more schooling than most people have.
#   remedy:
#     en: >-
#       Write it in shorter sentences and everyday words, and state its grade in
#       notice.reading_grade_tenths.
#   person:
#     en: >-
#       What we told you about the use of your data is hard to read. You can ask us to explain it in
#       plain words.
findings contains {
	"rule": "R-TRA-01",
	"effect": "warn",
	"facts": ["notice.reading_grade_tenths"],
	"args": {"reason": "hard"},
} if {
	input.phase == "requested"
	data.aboveboard.lib.personal_data
	input.notice.reading_grade_tenths > data.reference.notices.reading_grade_max_tenths
}
