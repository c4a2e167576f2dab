package aboveboard.topic.renewal

import future.keywords.not

# Mostly no consent is old, of an unknown age or over: then there is nothing to tell of any.
_r_cons_04_doubted if {
	some consent in input.consent
	not consent.age_days <= data.reference.data_protection.consent_max_age_days
}

_r_cons_04_doubted if {
	some consent in input.consent
	consent.expires_in_days < 0
}

# Consents that count but for their age.
_r_cons_04_given contains [purpose, consent] if {
	some purpose in input.processing.purposes
	some consent in input.consent
	consent.status in data.reference.dpv.valid_consent
	not consent.withdrawn_at
	data.aboveboard.lib.consent_names(consent, purpose)
	data.aboveboard.lib.consent_fits_channel(consent)
	not data.aboveboard.lib.consent_undone(consent, purpose)
}

_r_cons_04_live contains [purpose, consent] if {
	some [purpose, consent] in _r_cons_04_given
	not consent.expires_in_days < 0
}

_r_cons_04_renewable contains purpose if some [purpose, _] in _r_cons_04_live

_r_cons_04_fresh contains purpose if {
	some [purpose, consent] in _r_cons_04_live
	consent.age_days <= data.reference.data_protection.consent_max_age_days
}

_r_cons_04_dated contains purpose if {
	some [purpose, consent] in _r_cons_04_live
	consent.age_days
}

# METADATA
# title: Consent grows old
# description: >-
#   Consent older than the organisation's limit is renewed before it is used; one that has run out is
#   not used at all. The law sets no term; the limit is a choice.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(1)(a), 7
# - ref: https://www.edpb.europa.eu/our-work-tools/our-documents/guidelines/guidelines-052020-consent-under-regulation-2016679_en
#   description: EDPB Guidelines 05/2020, 110-111
# custom:
#   id: R-CONS-04
#   steps: [data_collection, recommendation]
#   phases: [requested]
#   severity: medium
#   unknown: warn when the age of the consent is unknown
#   applies_from: "2018-05-25"
#   demand: Consent does not last for ever.
#   message:
#     en: >-
#       The consent for the purpose '{purpose}' is older than {days} days and should be renewed.
#   remedy:
#     en: Ask the person again, and record the new consent with its consent[].given_at.
#   person:
#     en: >-
#       You agreed to this a long time ago, so we would like to ask you again. You are free to say
#       no.
findings contains {
	"rule": "R-CONS-04",
	"effect": "warn",
	"facts": ["consent[].age_days"],
	"args": {"purpose": purpose, "days": data.reference.data_protection.consent_max_age_days},
} if {
	input.phase == "requested"
	input.processing.legal_basis == "eu-gdpr:A6-1-a"
	_r_cons_04_doubted
	some purpose in _r_cons_04_dated
	not purpose in _r_cons_04_fresh
}

# METADATA
# title: Consent has run out
# custom:
#   id: R-CONS-04
#   reason: expired
#   message:
#     en: The consent for the purpose '{purpose}' has run out.
#   remedy:
#     en: >-
#       Ask the person again, and record the new consent with its consent[].given_at and
#       consent[].expires_at.
#   person:
#     en: >-
#       We did not use your data for this, because your consent has run out. If you still want it,
#       you can agree again.
findings contains {
	"rule": "R-CONS-04",
	"effect": "deny",
	"facts": ["consent[].expires_at"],
	"args": {"reason": "expired", "purpose": purpose},
} if {
	input.phase == "requested"
	input.processing.legal_basis == "eu-gdpr:A6-1-a"
	_r_cons_04_doubted
	some [purpose, _] in _r_cons_04_given
	not purpose in _r_cons_04_renewable
}

# METADATA
# title: Age of the consent unknown
# custom:
#   id: R-CONS-04
#   reason: unknown
#   message:
#     en: It is not known when the consent for the purpose '{purpose}' was given.
#   remedy:
#     en: Give consent[].given_at from the record of the consent.
#   person:
#     en: >-
#       We do not know when you agreed to this, so we should ask you again. You are free to say no.
findings contains {
	"rule": "R-CONS-04",
	"effect": "warn",
	"facts": ["consent[].given_at"],
	"args": {"reason": "unknown", "purpose": purpose},
} if {
	input.phase == "requested"
	input.processing.legal_basis == "eu-gdpr:A6-1-a"
	_r_cons_04_doubted
	some purpose in _r_cons_04_renewable
	not purpose in _r_cons_04_dated
}
