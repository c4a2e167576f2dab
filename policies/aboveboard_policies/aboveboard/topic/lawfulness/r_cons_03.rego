package aboveboard.topic.lawfulness

import future.keywords.not

_r_cons_03_fits_channel(withdrawn) if not withdrawn.channel

_r_cons_03_fits_channel(withdrawn) if data.aboveboard.lib.consent_fits_channel(withdrawn)

_r_cons_03_reaches(withdrawn, purpose) if {
	data.aboveboard.lib.withdrawal_names(withdrawn, purpose)
	_r_cons_03_fits_channel(withdrawn)
}

_r_cons_03_taken_back contains [withdrawn, purpose] if {
	some withdrawn in data.aboveboard.lib.withdrawn_consents
	some purpose in input.processing.purposes
	_r_cons_03_reaches(withdrawn, purpose)
}

# To say no after a yes is to take it back; who never agreed has nothing to take back.
_r_cons_03_taken_back contains [refused, purpose] if {
	some refused in data.aboveboard.lib.refused_consents
	refused.status == "dpv:ConsentRefused"
	some purpose in input.processing.purposes
	_r_cons_03_reaches(refused, purpose)
	some consent in input.consent
	data.aboveboard.lib.consent_stands(consent)
	data.aboveboard.lib.consent_names(consent, purpose)
}

_r_cons_03_ended contains purpose if {
	# Mostly nothing is, and what is consented to need not be looked for.
	count(_r_cons_03_taken_back) > 0
	some [_, purpose] in _r_cons_03_taken_back
	not purpose in data.aboveboard.lib.consented_purposes
}

# Whoever was told of the new ground after taking the consent back can object to it.
_r_cons_03_told_since(withdrawn) if {
	input.notice.delivered_age_days >= 0
	input.notice.delivered_age_days < withdrawn.withdrawn_age_days
}

_r_cons_03_told_since(refused) if {
	refused in data.aboveboard.lib.refused_consents
	input.notice.delivered_age_days >= 0
	input.notice.delivered_age_days < refused.age_days
}

_r_cons_03_swapped contains purpose if {
	# Mostly nothing is, and what is consented to need not be looked for.
	count(_r_cons_03_taken_back) > 0
	some [withdrawn, purpose] in _r_cons_03_taken_back
	not _r_cons_03_told_since(withdrawn)
	not purpose in data.aboveboard.lib.consented_purposes
}

# METADATA
# title: Consent withdrawn
# description: >-
#   After a withdrawal nothing more is done on that consent, what was derived from it is dropped, and
#   the same use does not go on under another ground unannounced. Saying no after a yes is one.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 7(3), 17(1)(b)
# - ref: https://www.edpb.europa.eu/our-work-tools/our-documents/guidelines/guidelines-052020-consent-under-regulation-2016679_en
#   description: EDPB Guidelines 05/2020, 117-123
# custom:
#   id: R-CONS-03
#   steps: [data_collection, profiling, recommendation, decision]
#   phases: [requested]
#   severity: high
#   unknown: does not fire; without a withdrawal on record R-CONS-01 asks for the proof
#   applies_from: "2018-05-25"
#   demand: People can influence the use of their data, and take consent back.
#   message:
#     en: The consent for the purpose '{purpose}' was withdrawn.
#   remedy:
#     en: >-
#       Stop this use and erase what was derived from the consent; if it is needed, ask anew and give
#       the new consent as consent[].
#   person:
#     en: >-
#       You took back your consent, so we no longer use your data for this and delete what we worked
#       out from it. You can consent again whenever you like.
findings contains {
	"rule": "R-CONS-03",
	"effect": "deny",
	"facts": ["consent[].status", "consent[].withdrawn_at"],
	"args": {"purpose": purpose},
	"obligation": {"kind": "erase", "paths": input.processing.derived_fields},
} if {
	input.phase == "requested"
	input.processing.legal_basis == "eu-gdpr:A6-1-a"
	some purpose in _r_cons_03_ended
}

# METADATA
# title: Consent withdrawn, and what was derived from it unknown
# custom:
#   id: R-CONS-03
#   reason: derived
#   message:
#     en: >-
#       The consent for the purpose '{purpose}' was withdrawn, and nobody stated what was derived from
#       it, so nothing can be erased.
#   remedy:
#     en: >-
#       Stop this use; find out what was derived from the consent, erase it, and state its fields in
#       processing.derived_fields (an empty list says that there are none). If the use is needed, ask
#       anew and give the new consent as consent[].
#   person:
#     en: >-
#       You took back your consent, so we no longer use your data for this. What we worked out from it
#       has to be deleted as well; you can ask us whether that was done.
findings contains {
	"rule": "R-CONS-03",
	"effect": "deny",
	"facts": ["consent[].status", "consent[].withdrawn_at", "processing.derived_fields"],
	"args": {"reason": "derived", "purpose": purpose},
} if {
	input.phase == "requested"
	input.processing.legal_basis == "eu-gdpr:A6-1-a"
	not input.processing.derived_fields
	some purpose in _r_cons_03_ended
}

# METADATA
# title: Another basis after a withdrawal
# custom:
#   id: R-CONS-03
#   reason: swapped
#   message:
#     en: >-
#       The consent for the purpose '{purpose}' was withdrawn, and the same use would go on under
#       legitimate interest, of which the person was not told since.
#   remedy:
#     en: >-
#       Leave the person out; or ask anew and give the new consent as consent[]. If another basis does
#       hold, tell the person of it and of the right to object before the data are used, and state
#       notice.delivered_at.
#   person:
#     en: >-
#       You took back your consent, and your data would have been used for the same thing on another
#       ground. A person looks at that first. You can object to it at any time.
findings contains {
	"rule": "R-CONS-03",
	"effect": "escalate",
	"facts": ["consent[].status", "consent[].withdrawn_at", "notice.delivered_at", "processing.legal_basis"],
	"args": {"reason": "swapped", "purpose": purpose},
} if {
	input.phase == "requested"
	input.processing.legal_basis == "eu-gdpr:A6-1-f"

	# Of no consent none is taken back.
	count(input.consent) > 0
	some purpose in _r_cons_03_swapped
}
