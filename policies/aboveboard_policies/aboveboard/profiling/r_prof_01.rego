package aboveboard.profiling

import future.keywords.not

# The step is profiling unless its purpose says what else is done.
_r_prof_01_profiles if not count(input.processing.operations) > 0

_r_prof_01_profiles if {
	some operation in input.processing.operations
	operation in data.reference.fairness.judging_operations
}

_r_prof_01_adverts if count(data.aboveboard.lib.marketing_purposes) > 0

_r_prof_01_wide if input.profile.enriched_from_third_party == true

_r_prof_01_wide if input.processing.large_scale == true

_r_prof_01_wide if input.processing.records >= data.reference.data_protection.large_scale_records

# Whatever the profile is said to be: what somebody else gave is in it.
_r_prof_01_wide if {
	some field in input.fields
	field.source == "third_party"
}

_r_prof_01_counted if input.processing.large_scale == false

_r_prof_01_counted if input.processing.records

# Where only consent will do, no balancing helps.
_r_prof_01_consent_only if {
	_r_prof_01_adverts
	_r_prof_01_wide
}

_r_prof_01_agreed(purpose) if {
	input.processing.legal_basis == "eu-gdpr:A6-1-a"
	data.aboveboard.lib.purpose_has_chosen_consent(purpose)
}

# METADATA
# title: Profiling outweighs no one's interests
# description: >-
#   Profiling on legitimate interest needs a balancing test on record that was passed; advertising
#   profiles that are enriched from others or large need consent.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 4(4), 6(1)(f), 13(2)(f), 21
# - ref: https://curia.europa.eu/juris/liste.jsf?num=C-252/21
#   description: CJEU C-252/21
# custom:
#   id: R-PROF-01
#   steps: [profiling]
#   phases: [requested]
#   severity: high
#   unknown: escalate when the balancing test is missing, or the scale of an advertising profile unknown
#   applies_from: "2018-05-25"
#   demand: Profiles are not built to steer people against their interests.
#   message:
#     en: The balancing test found that people's interests outweigh this profiling.
#   remedy:
#     en: >-
#       Change what is done until a new test passes (lia.outcome), or ask for consent
#       (processing.legal_basis eu-gdpr:A6-1-a, consent[]).
#   person:
#     en: >-
#       We did not build a profile of you, because your interests come first here. You need not do
#       anything.
findings contains {
	"rule": "R-PROF-01",
	"effect": "deny",
	"facts": ["lia.outcome", "processing.legal_basis"],
	"args": {},
} if {
	input.phase == "requested"
	input.processing.legal_basis == "eu-gdpr:A6-1-f"
	input.lia.outcome == "overridden"
	_r_prof_01_profiles
}

# METADATA
# title: No balancing test for profiling
# custom:
#   id: R-PROF-01
#   reason: untested
#   message:
#     en: Profiling rests on legitimate interest, and no balancing test for its purposes is on record.
#   remedy:
#     en: >-
#       Do the test for every purpose and state it in the organisation profile (lia.outcome,
#       lia.done_at, lia.covers_purposes).
#   person:
#     en: >-
#       Somebody here has to weigh your interests against ours before a profile of you is built. You
#       can tell us that you do not want one.
findings contains {
	"rule": "R-PROF-01",
	"effect": "escalate",
	"facts": ["lia.covers_purposes", "lia.done_at", "lia.outcome", "processing.legal_basis"],
	"args": {"reason": "untested"},
} if {
	input.phase == "requested"
	input.processing.legal_basis == "eu-gdpr:A6-1-f"
	_r_prof_01_profiles
	not input.lia.outcome == "overridden"
	not _r_prof_01_consent_only
	not data.aboveboard.lib.balancing_test_passed(input.lia)
}

# METADATA
# title: Wide advertising profile without consent
# custom:
#   id: R-PROF-01
#   reason: consent
#   message:
#     en: >-
#       An advertising profile that is large, or enriched from others, serves '{purpose}' without a
#       consent that was a real choice.
#   remedy:
#     en: >-
#       Ask for consent (processing.legal_basis eu-gdpr:A6-1-a, with consent[].granular,
#       consent[].preticked, consent[].bundled_with_contract, consent[].informed,
#       consent[].dark_pattern, consent[].notice_version and consent[].wording_language), or do
#       without data of others and on a small scale (profile.enriched_from_third_party,
#       fields[].source, processing.large_scale, processing.records). Advice that people only find on
#       the organisation's own pages is no advertising: contact.channel 'web'.
#   person:
#     en: >-
#       We did not build a profile of you for advertising, because you have not agreed to it. If you
#       want it, you can give us your consent.
findings contains {
	"rule": "R-PROF-01",
	"effect": "deny",
	"facts": [
		"consent", "contact.channel", "fields[].source", "processing.large_scale",
		"processing.legal_basis", "processing.records", "profile.enriched_from_third_party",
	],
	"args": {"reason": "consent", "purpose": purpose},
} if {
	input.phase == "requested"
	count(data.aboveboard.lib.marketing_purposes) > 0
	_r_prof_01_profiles
	_r_prof_01_wide
	some purpose in data.aboveboard.lib.marketing_purposes
	not _r_prof_01_agreed(purpose)
}

# METADATA
# title: Scale of an advertising profile unknown
# custom:
#   id: R-PROF-01
#   reason: scale
#   message:
#     en: >-
#       It is not known whether the advertising profile for '{purpose}' is a large one, which only
#       consent can carry.
#   remedy:
#     en: >-
#       State processing.large_scale or processing.records in the register, or ask for consent
#       (processing.legal_basis eu-gdpr:A6-1-a, consent[]).
#   person:
#     en: >-
#       Before a profile of you is built for advertising, somebody here checks whether we have to ask
#       you first. You can tell us that you do not want one.
findings contains {
	"rule": "R-PROF-01",
	"effect": "escalate",
	"facts": ["processing.large_scale", "processing.legal_basis", "processing.records"],
	"args": {"reason": "scale", "purpose": purpose},
} if {
	input.phase == "requested"
	not _r_prof_01_counted
	count(data.aboveboard.lib.marketing_purposes) > 0
	_r_prof_01_profiles
	not _r_prof_01_wide
	some purpose in data.aboveboard.lib.marketing_purposes
	not _r_prof_01_agreed(purpose)
}
