package aboveboard.data_collection

import future.keywords.not

_r_col_06_taken contains field if {
	"public_web" in data.aboveboard.lib.field_sources
	some field in input.fields
	field.source == "public_web"
}

_r_col_06_untold contains field if {
	some field in _r_col_06_taken
	not data.aboveboard.lib.told_of_source(field)
}

_r_col_06_late if {
	some field in _r_col_06_untold
	not data.aboveboard.lib.time_to_tell_of_source(field)
}

_r_col_06_untested if {
	not input.lia.outcome == "overridden"
	not data.aboveboard.lib.balancing_test_passed(input.lia)
}

_r_col_06_unclear if not input.source.visibility_restricted == false

_r_col_06_unclear if {
	not input.source.robots_allowed == true
	not input.source.robots_allowed == false
}

# METADATA
# title: Details hidden by their owner
# description: >-
#   Details that a person's own settings hide are never taken from the web; others only after a
#   balancing test that was passed, and the person is told.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(1)(a), 6(1)(f), 14
# custom:
#   id: R-COL-06
#   steps: [data_collection]
#   phases: [requested]
#   severity: high
#   unknown: escalate
#   applies_from: "2018-05-25"
#   demand: Contact data is not scraped behind people's backs.
#   message:
#     en: Details were taken from the web that the person's own settings hide from the public.
#   remedy:
#     en: >-
#       Erase them and leave them out; only what the person shows to everybody may be taken
#       (source.visibility_restricted false).
#   person:
#     en: >-
#       We did not take your details from the web, because your settings say that they are not for
#       everybody. You need not do anything.
findings contains {
	"rule": "R-COL-06",
	"effect": "deny",
	"facts": ["fields[].source", "source.visibility_restricted"],
	"args": {},
} if {
	input.phase == "requested"
	input.source.visibility_restricted == true
	count(_r_col_06_taken) > 0
}

# METADATA
# title: Visibility unknown
# custom:
#   id: R-COL-06
#   reason: unknown
#   message:
#     en: It is not known whether the person hid these details, or whether the site lets them be read.
#   remedy:
#     en: >-
#       State source.visibility_restricted and source.robots_allowed for the site, or leave these
#       fields out.
#   person:
#     en: >-
#       Somebody here has to look first whether you meant these details on the web for everybody. You
#       need not do anything.
findings contains {
	"rule": "R-COL-06",
	"effect": "escalate",
	"facts": ["source.robots_allowed", "source.visibility_restricted"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	count(_r_col_06_taken) > 0
	not input.source.visibility_restricted == true
	_r_col_06_unclear
}

# METADATA
# title: Site does not want to be read
# custom:
#   id: R-COL-06
#   reason: robots
#   message:
#     en: The site's rules for crawlers do not allow it to be read.
#   remedy:
#     en: >-
#       Leave the site out; only one whose rules allow it may be read (source.robots_allowed true).
#   person:
#     en: >-
#       Your details are on a web site that does not want to be read by machines, so somebody here
#       looks at it first. You need not do anything.
findings contains {
	"rule": "R-COL-06",
	"effect": "escalate",
	"facts": ["source.robots_allowed"],
	"args": {"reason": "robots"},
} if {
	input.phase == "requested"
	input.source.robots_allowed == false
	count(_r_col_06_taken) > 0
}

# METADATA
# title: Balancing test went against it
# custom:
#   id: R-COL-06
#   reason: overridden
#   message:
#     en: The balancing test found that people's interests outweigh taking these details from the web.
#   remedy:
#     en: >-
#       Leave these fields out; a new test has to pass before any are taken (lia.outcome).
#   person:
#     en: >-
#       We did not take your details from the web, because your interests come first here. You need
#       not do anything.
findings contains {
	"rule": "R-COL-06",
	"effect": "deny",
	"facts": ["fields[].source", "lia.outcome"],
	"args": {"reason": "overridden"},
} if {
	input.phase == "requested"
	input.lia.outcome == "overridden"
	count(_r_col_06_taken) > 0
}

# METADATA
# title: No balancing test for web data
# custom:
#   id: R-COL-06
#   reason: untested
#   message:
#     en: Details were taken from the web, and no balancing test for the purpose is on record.
#   remedy:
#     en: >-
#       Do the test for every purpose and state it in the organisation profile (lia.outcome,
#       lia.done_at, lia.covers_purposes), or leave these fields out.
#   person:
#     en: >-
#       Somebody here has to weigh first whether we may take your details from the web. You need not
#       do anything.
findings contains {
	"rule": "R-COL-06",
	"effect": "escalate",
	"facts": ["lia.covers_purposes", "lia.done_at", "lia.outcome"],
	"args": {"reason": "untested"},
} if {
	input.phase == "requested"
	count(_r_col_06_taken) > 0
	_r_col_06_untested
}

# METADATA
# title: Person not told of web data
# custom:
#   id: R-COL-06
#   reason: notice
#   message:
#     en: The person was not told within {days} days, or at the first contact, of the data from the web.
#   remedy:
#     en: Give the notice on data had from others, and state notice.art14_delivered_at.
#   person:
#     en: >-
#       We had not told you in time that we took your details from the web, so somebody here looks at
#       it first. You can ask us what we have.
findings contains {
	"rule": "R-COL-06",
	"effect": "escalate",
	"facts": ["contact.attempts_30d", "fields[].collected_at", "notice.art14_delivered_at"],
	"args": {"reason": "notice", "days": data.reference.data_protection.source_notice_days},
} if {
	input.phase == "requested"
	_r_col_06_late
}

# METADATA
# title: Person to be told of web data
# custom:
#   id: R-COL-06
#   reason: tell
#   message:
#     en: The person has to be told within {days} days that the data came from the web.
#   remedy:
#     en: Give the notice on data had from others, and state notice.art14_delivered_at.
#   person:
#     en: >-
#       We took details about you from the web. We tell you from where, what they are, and how you
#       can have them deleted.
findings contains {
	"rule": "R-COL-06",
	"effect": "oblige",
	"facts": ["fields[].source", "notice.art14_delivered_at"],
	"args": {"reason": "tell", "days": data.reference.data_protection.source_notice_days},
	"obligation": {"kind": "disclose", "notice": "data_from_others"},
} if {
	input.phase == "requested"
	count(_r_col_06_untold) > 0
	not _r_col_06_late
}
