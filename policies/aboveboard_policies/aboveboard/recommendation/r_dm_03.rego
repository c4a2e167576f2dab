package aboveboard.recommendation

import future.keywords.not

# A call by a machine is R-DM-02's.
_r_dm_03_call if {
	input.contact.channel in {"phone", "voice"}
	not data.aboveboard.lib.called_by_machine
	data.aboveboard.lib.marketing
}

_r_dm_03_national := data.reference.telemarketing.countries[input.subject.country].calls

# Whoever is not known to be a firm is a person.
_r_dm_03_regimes contains regime if {
	input.subject.type == "legal_person"
	some regime in _r_dm_03_national.legal_person
	_r_dm_03_in_force(regime)
}

_r_dm_03_regimes contains regime if {
	not input.subject.type == "legal_person"
	some regime in _r_dm_03_national.natural_person
	_r_dm_03_in_force(regime)
}

# A day that nobody dated is neither come nor still ahead: what hangs on it allows nothing.
_r_dm_03_in_force(regime) if {
	_r_dm_03_begun(regime)
	_r_dm_03_lasts(regime)
}

_r_dm_03_begun(regime) if not regime.from

_r_dm_03_begun(regime) if input.time >= data.reference.dates[regime.from]

_r_dm_03_lasts(regime) if not regime.until

_r_dm_03_lasts(regime) if input.time < data.reference.dates[regime.until]

_r_dm_03_register if {
	some regime in _r_dm_03_regimes
	regime.allowed == "register"
}

_r_dm_03_allowed if data.aboveboard.lib.marketing_consented

_r_dm_03_allowed if {
	input.subject.relationship == "customer"
	some regime in _r_dm_03_regimes
	input.caller.sector in regime.customers_of
}

_r_dm_03_allowed if {
	some regime in _r_dm_03_regimes
	regime.allowed == "unless_objected"
}

_r_dm_03_allowed if {
	some regime in _r_dm_03_regimes
	regime.allowed == "at_work"
	input.offer.relates_to_profession == true
}

_r_dm_03_allowed if {
	_r_dm_03_register
	input.registers.do_not_call == false
	input.registers.checked_age_days >= 0
	input.registers.checked_age_days <= data.reference.marketing.register_max_age_days
}

_r_dm_03_hours := _r_dm_03_national.hours if not input.subject.type == "legal_person"

_r_dm_03_within if {
	_r_dm_03_day
	some span in _r_dm_03_hours.spans
	input.contact.local_weekday in span.weekdays
	input.contact.local_minute >= span.from_minute
	input.contact.local_minute < span.until_minute
}

_r_dm_03_day if input.contact.local_holiday == false

_r_dm_03_day if _r_dm_03_hours.holidays == true

_r_dm_03_clock if {
	input.contact.local_weekday >= 0
	input.contact.local_minute >= 0
	_r_dm_03_calendar
}

_r_dm_03_calendar if input.contact.local_holiday == true

_r_dm_03_calendar if _r_dm_03_day

# METADATA
# title: No unasked calls
# description: >-
#   By the law of the called person's country a marketing call needs consent, or a recent look into
#   the national register, and keeps to the hours that the country allows.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/dir/2002/58/oj
#   description: ePrivacy Directive Art. 13(3)
# - ref: https://wetten.overheid.nl/BWBR0009950
#   description: NL Telecommunicatiewet Art. 11.7
# - ref: https://www.legifrance.gouv.fr/jorf/id/JORFTEXT000051824477
#   description: FR Loi 2025-594 Art. 13
# - ref: https://www.finlex.fi/fi/laki/ajantasa/2014/20140917
#   description: FI Act 917/2014 s. 200
# custom:
#   id: R-DM-03
#   steps: [recommendation]
#   phases: [requested]
#   severity: high
#   unknown: deny when the country or the look into the register is unknown
#   applies_from: "2003-10-31"
#   demand: No marketing calls that nobody asked for.
#   message:
#     en: >-
#       A marketing call to a person in {country} needs consent, and none is shown that was a real
#       choice.
#   remedy:
#     en: >-
#       Do not call; ask for consent to calls first and record it in consent[], with
#       consent[].granular, consent[].preticked, consent[].bundled_with_contract, consent[].informed,
#       consent[].dark_pattern, consent[].notice_version and consent[].wording_language as the form
#       was; or use another contact.channel. Where the law excepts own customers or offers about
#       work, state subject.relationship, caller.sector and offer.relates_to_profession.
#   person:
#     en: >-
#       We wanted to call you with an offer but did not, because we cannot show that you have freely
#       asked for such calls. You can ask for them, or leave things as they are.
findings contains {
	"rule": "R-DM-03",
	"effect": "deny",
	"facts": [
		"contact.channel",
		"subject.country",
		"subject.relationship",
		"caller.sector",
		"consent",
	],
	"args": {"country": input.subject.country},
} if {
	input.phase == "requested"
	_r_dm_03_call
	_r_dm_03_national
	not _r_dm_03_register
	not _r_dm_03_allowed
}

# METADATA
# title: Number in the do-not-call register
# custom:
#   id: R-DM-03
#   reason: registered
#   message:
#     en: The number stands in the do-not-call register of {country}.
#   remedy:
#     en: >-
#       Do not call; use another contact.channel, or record consent to calls in consent[] if the
#       person gave it.
#   person:
#     en: Your number is on the list of those who want no sales calls. That is why we did not call you.
findings contains {
	"rule": "R-DM-03",
	"effect": "deny",
	"facts": ["registers.do_not_call", "subject.country", "consent[].channel"],
	"args": {"reason": "registered", "country": input.subject.country},
} if {
	input.phase == "requested"
	_r_dm_03_call
	_r_dm_03_register
	input.registers.do_not_call == true
	not _r_dm_03_allowed
}

# METADATA
# title: Do-not-call register not looked up
# custom:
#   id: R-DM-03
#   reason: register
#   message:
#     en: Nobody looked into the do-not-call register of {country}, or it was too long ago.
#   remedy:
#     en: >-
#       Look the number up and give registers.do_not_call and registers.checked_at; how long a look
#       counts stands in reference/marketing.json.
#   person:
#     en: >-
#       We had not checked whether you are on the list of those who want no sales calls, so we did
#       not call you. You need not do anything.
findings contains {
	"rule": "R-DM-03",
	"effect": "deny",
	"facts": ["registers.do_not_call", "registers.checked_at", "subject.country"],
	"args": {"reason": "register", "country": input.subject.country},
} if {
	input.phase == "requested"
	_r_dm_03_call
	_r_dm_03_register
	not input.registers.do_not_call == true
	not _r_dm_03_allowed
}

# METADATA
# title: Law on calls unknown
# custom:
#   id: R-DM-03
#   reason: unknown
#   message:
#     en: The law on marketing calls is not known, for want of the person's country or of its entry.
#   remedy:
#     en: >-
#       State subject.country; a country that the table lacks is added, with its source, in
#       reference/telemarketing.json.
#   person:
#     en: >-
#       We did not know which country's rules on sales calls hold for you, so we did not call you.
#       You need not do anything.
findings contains {
	"rule": "R-DM-03",
	"effect": "deny",
	"facts": ["subject.country"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	_r_dm_03_call
	not _r_dm_03_national
}

# METADATA
# title: Outside the hours for calls
# custom:
#   id: R-DM-03
#   reason: hours
#   message:
#     en: At this hour, or on this day, marketing calls to people in {country} are not allowed.
#   remedy:
#     en: >-
#       Call within the country's hours, as contact.local_minute, contact.local_weekday and
#       contact.local_holiday have the person's own time.
#   person:
#     en: >-
#       We did not call you, because it was outside the hours when sales calls are allowed where you
#       live. You need not do anything.
findings contains {
	"rule": "R-DM-03",
	"effect": "deny",
	"facts": ["contact.local_minute", "contact.local_weekday", "contact.local_holiday"],
	"args": {"reason": "hours", "country": input.subject.country},
} if {
	input.phase == "requested"
	_r_dm_03_call
	_r_dm_03_hours
	_r_dm_03_clock
	not _r_dm_03_within
}

# METADATA
# title: Hour of the call unknown
# custom:
#   id: R-DM-03
#   reason: clock
#   message:
#     en: "{country} allows marketing calls at certain hours, and the person's own time is not known."
#   remedy:
#     en: >-
#       State contact.local_minute, contact.local_weekday and contact.local_holiday, in the person's
#       own time.
#   person:
#     en: >-
#       We did not know what time it was where you live, so we did not call you. You need not do
#       anything.
findings contains {
	"rule": "R-DM-03",
	"effect": "deny",
	"facts": ["contact.local_minute", "contact.local_weekday", "contact.local_holiday"],
	"args": {"reason": "clock", "country": input.subject.country},
} if {
	input.phase == "requested"
	_r_dm_03_call
	_r_dm_03_hours
	not _r_dm_03_clock
}

# METADATA
# title: National law on calls not verified
# custom:
#   id: R-DM-03
#   reason: unverified
#   message:
#     en: The call rests on the law of {country}, whose entry in the table nobody has verified.
#   remedy:
#     en: >-
#       Have the entry in reference/telemarketing.json checked and set its 'verified', or get consent
#       and record it in consent[].
#   person:
#     en: >-
#       This is a sales call. You can stop such calls at any time; tell us, and you get no more of
#       them.
findings contains {
	"rule": "R-DM-03",
	"effect": "warn",
	"facts": ["subject.country", "consent"],
	"args": {"reason": "unverified", "country": input.subject.country},
} if {
	input.phase == "requested"
	_r_dm_03_call
	_r_dm_03_national.verified == false
	_r_dm_03_allowed
	not data.aboveboard.lib.marketing_consented
}
