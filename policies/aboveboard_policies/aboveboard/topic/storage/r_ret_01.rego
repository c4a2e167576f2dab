package aboveboard.topic.storage

import future.keywords.not

# A field's own period, or else the one of the purpose register.
_r_ret_01_period(field) := field.retention_days

_r_ret_01_period(field) := input.processing.retention_days if not field.retention_days

_r_ret_01_register := object.get(object.get(input, "processing", {}), "retention_days", null)

# The period of the register, where nothing is odd about it.
_r_ret_01_usual := input.processing.retention_days if {
	_r_ret_01_owed
	not input.subject.relationship == "employee"
}

_r_ret_01_usual := input.processing.retention_days if {
	not input.processing.retention_days > _r_ret_01_longest
	not input.subject.relationship == "employee"
}

# Mostly all fields are well within the usual period. One pass tells, and only else are they looked at
# one by one.
_r_ret_01_all_usual if {
	usual := _r_ret_01_usual
	every field in input.fields {
		field.age_days >= 0
		field.age_days <= usual
		not field.last_activity_age_days
		not field.retention_days
	}
}

# Name, age and period of each field, null where unknown: read once for all that is asked of them.
# The clock starts anew when the person is active.
_r_ret_01_dated contains [name, age, period] if {
	some field in input.fields
	name := object.get(field, "name", "?")
	age := object.get(field, "last_activity_age_days", object.get(field, "age_days", null))
	period := object.get(field, "retention_days", _r_ret_01_register)
}

_r_ret_01_expired contains name if {
	some [name, age, period] in _r_ret_01_dated
	period != null
	age > period
}

# What another purpose still needs is kept, and not used for this one after the register's period.
_r_ret_01_over contains name if {
	_r_ret_01_register != null
	some [name, age, period] in _r_ret_01_dated
	age > _r_ret_01_register
	age <= period
}

_r_ret_01_without_period contains name if {
	some [name, _, period] in _r_ret_01_dated
	period == null
}

# What was collected tomorrow has no date that anybody could count from.
_r_ret_01_undated contains name if {
	some [name, age, _] in _r_ret_01_dated
	not age >= 0
}

# Who orders is a prospect no more, whatever the CRM says yet: contracts and laws keep longer.
_r_ret_01_owed if input.processing.legal_basis in {"eu-gdpr:A6-1-b", "eu-gdpr:A6-1-c"}

_r_ret_01_longest := data.reference.retention.longest_days[input.subject.relationship]

# Whom nobody knows could be anybody.
_r_ret_01_longest := min({days | some days in data.reference.retention.longest_days}) if {
	not input.subject.relationship
}

_r_ret_01_long contains object.get(field, "name", "?") if {
	not _r_ret_01_owed
	some field in input.fields
	_r_ret_01_period(field) > _r_ret_01_longest
}

# Measurements of staff, second by second, are wanted for the day's work and not for the month's.
_r_ret_01_long contains object.get(field, "name", "?") if {
	input.subject.relationship == "employee"
	some field in input.fields
	field.granularity_s < data.reference.retention.staff_detail.below_s
	_r_ret_01_period(field) > data.reference.retention.staff_detail.longest_days
}

# METADATA
# title: Data go when their time is up
# description: >-
#   Each field has a set period of storage, counted from the last activity or else from collection,
#   and is not used after it, nor after that of the purpose register. No period is a breach in itself.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(1)(e), 13(2)(a), 17
# custom:
#   id: R-RET-01
#   steps: [data_collection, profiling, recommendation]
#   phases: [requested]
#   severity: high
#   unknown: deny; no period or no date is a breach in itself
#   applies_from: "2018-05-25"
#   demand: There are rules on how long data are kept, and they are kept to.
#   message:
#     en: "The period of storage is over for these fields: {fields}."
#   remedy:
#     en: >-
#       Erase them, and leave them out until that is done; if the person was active since, give
#       fields[].last_activity_at. A period that was entered wrongly is put right where it stands:
#       fields[].retention_days, or else processing.retention_days.
#   person:
#     en: >-
#       We did not use some of your data, because we have kept it for as long as we may. It has to
#       be deleted; you need not do anything.
findings contains {
	"rule": "R-RET-01",
	"effect": "deny",
	"facts": ["fields[].age_days", "fields[].last_activity_age_days", "fields[].retention_days"],
	"args": {"fields": sort(_r_ret_01_expired)},
	"obligation": {"kind": "erase", "paths": sort(_r_ret_01_expired)},
} if {
	input.phase == "requested"
	not _r_ret_01_all_usual
	data.aboveboard.lib.personal_data
	count(_r_ret_01_expired) > 0
}

# METADATA
# title: Period of the purpose is over
# custom:
#   id: R-RET-01
#   reason: register
#   message:
#     en: >-
#       These fields are older than the purpose register lets this purpose use them, though their own
#       period still runs: {fields}.
#   remedy:
#     en: >-
#       Leave them out of this purpose; erase them if no other purpose needs them. A period that was
#       entered wrongly is put right in the purpose register (processing.retention_days), and people
#       are told of it.
#   person:
#     en: >-
#       We did not use some of your data for this, because they have become too old for it. You can
#       ask us why we still keep them.
findings contains {
	"rule": "R-RET-01",
	"effect": "deny",
	"facts": [
		"fields[].age_days", "fields[].last_activity_age_days", "fields[].retention_days",
		"processing.retention_days",
	],
	"args": {"reason": "register", "fields": sort(_r_ret_01_over)},
} if {
	input.phase == "requested"
	not _r_ret_01_all_usual
	data.aboveboard.lib.personal_data
	count(_r_ret_01_over) > 0
}

# METADATA
# title: No period of storage
# custom:
#   id: R-RET-01
#   reason: period
#   message:
#     en: "Nobody has set how long these fields are kept: {fields}."
#   remedy:
#     en: >-
#       Set retention_days for the purpose in the register (processing.retention_days), or give
#       fields[].retention_days.
#   person:
#     en: >-
#       We did not use some of your data, because nobody had settled how long we keep it. You can
#       ask us to delete it.
findings contains {
	"rule": "R-RET-01",
	"effect": "deny",
	"facts": ["fields[].retention_days", "processing.retention_days"],
	"args": {"reason": "period", "fields": sort(_r_ret_01_without_period)},
} if {
	input.phase == "requested"
	not _r_ret_01_all_usual
	data.aboveboard.lib.personal_data
	count(_r_ret_01_without_period) > 0
}

# METADATA
# title: Date of collection unknown
# custom:
#   id: R-RET-01
#   reason: date
#   message:
#     en: "Nobody knows how old these fields are: {fields}."
#   remedy:
#     en: Give fields[].collected_at, or fields[].last_activity_at, as the CRM has them.
#   person:
#     en: >-
#       We did not use some of your data, because nobody knows how old it is. You can ask us to
#       delete it.
findings contains {
	"rule": "R-RET-01",
	"effect": "deny",
	"facts": ["fields[].collected_at", "fields[].last_activity_at"],
	"args": {"reason": "date", "fields": sort(_r_ret_01_undated)},
} if {
	input.phase == "requested"
	not _r_ret_01_all_usual
	data.aboveboard.lib.personal_data
	count(_r_ret_01_undated) > 0
}

# METADATA
# title: Long period of storage
# custom:
#   id: R-RET-01
#   reason: long
#   message:
#     en: "The period of storage is longer than such data are kept as a rule: {fields}."
#   remedy:
#     en: >-
#       Shorten fields[].retention_days or processing.retention_days; for measurements of staff,
#       widen fields[].granularity_s. If the period is needed, have a human confirm it, or set the
#       limit in reference/retention.json.
#   person:
#     en: >-
#       Your data would be kept for an unusually long time, so somebody here looks at it first. You
#       can ask us how long we keep your data and why.
findings contains {
	"rule": "R-RET-01",
	"effect": "escalate",
	"facts": ["fields[].retention_days", "processing.retention_days", "subject.relationship"],
	"args": {"reason": "long", "fields": sort(_r_ret_01_long)},
} if {
	input.phase == "requested"
	not _r_ret_01_all_usual
	data.aboveboard.lib.personal_data
	count(_r_ret_01_long) > 0
}
