package aboveboard.topic.acquisition

import future.keywords.not

_r_cons_02_rests if input.processing.legal_basis == "eu-gdpr:A6-1-a"

# Where the balancing test went against the organisation, nothing but consent is left for advertising.
_r_cons_02_left(purpose) if {
	input.processing.legal_basis == "eu-gdpr:A6-1-f"
	input.lia.outcome == "overridden"
	purpose in data.aboveboard.lib.marketing_purposes
}

_r_cons_02_given(purpose) := [consent |
	some consent in input.consent
	consent.status in data.reference.dpv.valid_consent
	not consent.withdrawn_at
	data.aboveboard.lib.consent_names(consent, purpose)
	data.aboveboard.lib.consent_fits_channel(consent)
]

_r_cons_02_won(consent) if consent.granular == false

_r_cons_02_won(consent) if consent.preticked == true

_r_cons_02_won(consent) if consent.bundled_with_contract == true

_r_cons_02_won(consent) if consent.informed == false

_r_cons_02_won(consent) if consent.dark_pattern == true

_r_cons_02_no_choice(purpose) if {
	some consent in _r_cons_02_given(purpose)
	_r_cons_02_won(consent)
}

_r_cons_02_not_shown(purpose) if {
	some consent in _r_cons_02_given(purpose)
	not data.aboveboard.lib.consent_is_choice(consent)
}

# METADATA
# title: Consent is a real choice
# description: >-
#   Consent that was ticked beforehand, bundled, uninformed or won by a dark pattern counts as none.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 4(11), 7(2), 7(4), recitals 32 and 43
# - ref: https://www.edpb.europa.eu/our-work-tools/our-documents/guidelines/guidelines-052020-consent-under-regulation-2016679_en
#   description: EDPB Guidelines 05/2020
# - ref: https://curia.europa.eu/juris/liste.jsf?num=C-673/17
#   description: CJEU C-673/17
# custom:
#   id: R-CONS-02
#   steps: [data_collection, profiling]
#   phases: [requested]
#   severity: high
#   unknown: deny where the basis is consent; consent not shown to be a real choice counts as none
#   applies_from: "2018-05-25"
#   demand: Consent is a real choice, and matches what people thought they agreed to.
#   message:
#     en: The consent for the purpose '{purpose}' was no real choice, so it counts as none.
#   remedy:
#     en: >-
#       Ask anew, each purpose by itself, nothing ticked beforehand, not as a condition of the
#       contract, with the notice and without pressure; then record consent[].granular,
#       consent[].preticked, consent[].bundled_with_contract, consent[].informed,
#       consent[].dark_pattern, consent[].notice_version and consent[].wording_language.
#   person:
#     en: >-
#       We did not use your data for this, because the way you were asked for your consent left you
#       no free choice. We have to ask you again, and you are free to say no.
findings contains {
	"rule": "R-CONS-02",
	"effect": "deny",
	"facts": ["consent", "processing.legal_basis"],
	"args": {"purpose": purpose},
} if {
	input.phase == "requested"
	_r_cons_02_rests
	some purpose in input.processing.purposes
	_r_cons_02_no_choice(purpose)
	not data.aboveboard.lib.purpose_has_chosen_consent(purpose)
}

# METADATA
# title: Consent not shown to be a choice
# custom:
#   id: R-CONS-02
#   reason: unknown
#   message:
#     en: It is not on record how the consent for the purpose '{purpose}' was won.
#   remedy:
#     en: >-
#       Give consent[].granular, consent[].preticked, consent[].bundled_with_contract,
#       consent[].informed, consent[].dark_pattern, consent[].notice_version and
#       consent[].wording_language as the form was when the person agreed.
#   person:
#     en: >-
#       We did not use your data for this, because we cannot show that you were asked for your
#       consent in a fair way. You can ask us what we know of it.
findings contains {
	"rule": "R-CONS-02",
	"effect": "deny",
	"facts": ["consent"],
	"args": {"reason": "unknown", "purpose": purpose},
} if {
	input.phase == "requested"
	_r_cons_02_rests
	some purpose in input.processing.purposes
	_r_cons_02_not_shown(purpose)
	not _r_cons_02_no_choice(purpose)
	not data.aboveboard.lib.purpose_has_chosen_consent(purpose)
}

# METADATA
# title: Only consent is left
# custom:
#   id: R-CONS-02
#   reason: left
#   message:
#     en: >-
#       The balancing test went against the organisation, so only consent can carry the purpose
#       '{purpose}', and none that was a real choice is on record.
#   remedy:
#     en: >-
#       Ask the person, give their consent with consent[].granular, consent[].preticked,
#       consent[].bundled_with_contract, consent[].informed, consent[].dark_pattern,
#       consent[].notice_version and consent[].wording_language, and set processing.legal_basis to
#       eu-gdpr:A6-1-a; or leave the person out.
#   person:
#     en: >-
#       We did not use your data for advertising, because your interests come first here and you
#       have not agreed to it. If you want it, you can give us your consent.
findings contains {
	"rule": "R-CONS-02",
	"effect": "deny",
	"facts": ["consent", "lia.outcome", "processing.legal_basis"],
	"args": {"reason": "left", "purpose": purpose},
} if {
	input.phase == "requested"
	some purpose in input.processing.purposes
	_r_cons_02_left(purpose)
	not data.aboveboard.lib.purpose_has_chosen_consent(purpose)
}
