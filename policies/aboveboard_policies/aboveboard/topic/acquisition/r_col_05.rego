package aboveboard.topic.acquisition

import future.keywords.not

_r_col_05_bought contains field if {
	"third_party" in data.aboveboard.lib.field_sources
	some field in input.fields
	field.source == "third_party"
}

_r_col_05_untold contains field if {
	some field in _r_col_05_bought
	not data.aboveboard.lib.told_of_source(field)
}

_r_col_05_late if {
	some field in _r_col_05_untold
	not data.aboveboard.lib.time_to_tell_of_source(field)
}

# Of a profile R-PROF-01 asks for the balancing test.
_r_col_05_weighed if {
	input.step == "data_collection"
	input.processing.legal_basis == "eu-gdpr:A6-1-f"
	count(_r_col_05_bought) > 0
}

# METADATA
# title: Data had from others
# description: >-
#   Data bought or had from others has a named and registered source, a basis that was checked, and
#   the person is told within a month or at the first contact.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(1)(a), 6, 14, 28
# custom:
#   id: R-COL-05
#   steps: [data_collection, profiling]
#   phases: [requested]
#   severity: high
#   unknown: deny; data of others without a named source or a notice
#   applies_from: "2018-05-25"
#   demand: Data bought or added from others is as lawful as one's own.
#   message:
#     en: Data had from others is used, and nobody stated from whom.
#   remedy:
#     en: State source.name, or leave out the fields had from others (fields[].source).
#   person:
#     en: >-
#       We did not use data about you that came from somebody else, because nobody had written down
#       from whom. You can ask us what we have.
findings contains {
	"rule": "R-COL-05",
	"effect": "deny",
	"facts": ["fields[].source", "source.name"],
	"args": {},
} if {
	input.phase == "requested"
	count(_r_col_05_bought) > 0
	not input.source.name
}

# METADATA
# title: Source not registered
# custom:
#   id: R-COL-05
#   reason: partner
#   message:
#     en: Data was had from a source that is not among the organisation's registered partners.
#   remedy:
#     en: >-
#       Check the partner, close a contract, enter it in the register and state
#       source.partner_registered; or leave out the fields had from it (fields[].source).
#   person:
#     en: >-
#       We did not use data about you that came from somebody else, because we had not checked them.
#       You can ask us what we have.
findings contains {
	"rule": "R-COL-05",
	"effect": "deny",
	"facts": ["fields[].source", "source.partner_registered"],
	"args": {"reason": "partner"},
} if {
	input.phase == "requested"
	count(_r_col_05_bought) > 0
	not input.source.partner_registered == true
}

# METADATA
# title: Source's consent not proved
# custom:
#   id: R-COL-05
#   reason: proof
#   message:
#     en: The data came with a consent, and there is no proof of it from the source.
#   remedy:
#     en: >-
#       Have the partner hand over the proof and state source.consent_proof_ref, or leave out the
#       fields had from it (fields[].source).
#   person:
#     en: >-
#       We did not use data about you that came from somebody else, because they could not show that
#       you agreed. You need not do anything.
findings contains {
	"rule": "R-COL-05",
	"effect": "deny",
	"facts": ["processing.legal_basis", "source.consent_proof_ref"],
	"args": {"reason": "proof"},
} if {
	input.phase == "requested"
	input.processing.legal_basis == "eu-gdpr:A6-1-a"
	count(_r_col_05_bought) > 0
	not input.source.consent_proof_ref
}

# METADATA
# title: Balancing test went against it
# custom:
#   id: R-COL-05
#   reason: overridden
#   message:
#     en: The balancing test found that people's interests outweigh taking in data had from others.
#   remedy:
#     en: >-
#       Leave these fields out (fields[].source); a new test has to pass before any are taken in
#       (lia.outcome).
#   person:
#     en: >-
#       We did not use data about you that came from somebody else, because your interests come first
#       here. You need not do anything.
findings contains {
	"rule": "R-COL-05",
	"effect": "deny",
	"facts": ["fields[].source", "lia.outcome"],
	"args": {"reason": "overridden"},
} if {
	input.phase == "requested"
	_r_col_05_weighed
	input.lia.outcome == "overridden"
}

# METADATA
# title: No balancing test for data had from others
# custom:
#   id: R-COL-05
#   reason: untested
#   message:
#     en: >-
#       Data had from others is taken in under legitimate interest, and no balancing test for the
#       purpose is on record.
#   remedy:
#     en: >-
#       Do the test for every purpose and state it in the organisation profile (lia.outcome,
#       lia.done_at, lia.covers_purposes), or leave out the fields had from others (fields[].source).
#   person:
#     en: >-
#       Somebody here has to weigh first whether we may use data about you that came from somebody
#       else. You need not do anything.
findings contains {
	"rule": "R-COL-05",
	"effect": "escalate",
	"facts": ["lia.covers_purposes", "lia.done_at", "lia.outcome"],
	"args": {"reason": "untested"},
} if {
	input.phase == "requested"
	_r_col_05_weighed
	not input.lia.outcome == "overridden"
	not data.aboveboard.lib.balancing_test_passed(input.lia)
}

# METADATA
# title: Person not told of the source
# custom:
#   id: R-COL-05
#   reason: notice
#   message:
#     en: The person was not told within {days} days, or at the first contact, where the data came from.
#   remedy:
#     en: Give the notice on data had from others, and state notice.art14_delivered_at.
#   person:
#     en: >-
#       We did not use data about you that came from somebody else, because we had not told you of it
#       in time. You can ask us what we have and from whom.
findings contains {
	"rule": "R-COL-05",
	"effect": "deny",
	"facts": ["contact.attempts_30d", "fields[].collected_at", "notice.art14_delivered_at"],
	"args": {"reason": "notice", "days": data.reference.data_protection.source_notice_days},
} if {
	input.phase == "requested"
	_r_col_05_late
}

# METADATA
# title: Person to be told of the source
# custom:
#   id: R-COL-05
#   reason: tell
#   message:
#     en: The person has to be told within {days} days where the data came from.
#   remedy:
#     en: Give the notice on data had from others, and state notice.art14_delivered_at.
#   person:
#     en: >-
#       We have data about you that came from somebody else. We tell you from whom, what it is, and
#       how you can have it deleted.
findings contains {
	"rule": "R-COL-05",
	"effect": "oblige",
	"facts": ["fields[].source", "notice.art14_delivered_at"],
	"args": {"reason": "tell", "days": data.reference.data_protection.source_notice_days},
	"obligation": {"kind": "disclose", "notice": "data_from_others"},
} if {
	input.phase == "requested"
	count(_r_col_05_untold) > 0
	not _r_col_05_late
}
