package aboveboard.topic.lawfulness

import future.keywords.not

# Data leaves the organisation when somebody says so, when a vendor's model is asked, or when there is
# a recipient or a ground for a transfer; a plain "no" overrules the latter.
_r_trf_01_leaves if input.transfer.leaves_organisation == true

_r_trf_01_leaves if data.aboveboard.lib.asks_vendor

_r_trf_01_leaves if {
	not input.transfer.leaves_organisation == false
	_r_trf_01_goes_out
}

_r_trf_01_goes_out if input.transfer.recipient

_r_trf_01_goes_out if input.transfer.recipient_country

_r_trf_01_goes_out if input.transfer.mechanism

_r_trf_01_goes_out if _r_trf_01_recipient.id

# Decisions have no recipient.
_r_trf_01_recipient := object.get(input, "recipient", {})

_r_trf_01_country := input.transfer.recipient_country

_r_trf_01_mechanism := object.get(object.get(input, "transfer", {}), "mechanism", "unknown")

_r_trf_01_covered if _r_trf_01_country in data.reference.adequacy.eea

_r_trf_01_covered if _r_trf_01_adequate

_r_trf_01_covered if _r_trf_01_certified

_r_trf_01_covered if _r_trf_01_safeguarded

# A derogation, such as consent under Art. 49, is for the single case.
_r_trf_01_covered if {
	input.transfer.mechanism == "derogation"
	input.transfer.routine == false
}

_r_trf_01_adequate if {
	decision := data.reference.adequacy.countries[_r_trf_01_country]
	_r_trf_01_in_scope(decision)
	not input.time < decision.since
	not input.time > decision.until
}

_r_trf_01_in_scope(decision) if decision.scope == "all"

# Of a decision on some recipients only, somebody has to say that this one is among them.
_r_trf_01_in_scope(_) if input.transfer.mechanism == "adequacy"

# The US decision covers only firms on the Data Privacy Framework's list, for the kind of data.
_r_trf_01_certified if {
	_r_trf_01_country == data.reference.adequacy.certified_only.country
	input.transfer.mechanism == "adequacy"
	input.transfer.dpf_certified == true
	_r_trf_01_kind in input.transfer.dpf_scope
}

_r_trf_01_kind := data.reference.adequacy.certified_only.scope if not _r_trf_01_staff

_r_trf_01_kind := data.reference.adequacy.certified_only.staff_scope if _r_trf_01_staff

_r_trf_01_staff if input.subject.relationship in data.reference.adequacy.certified_only.staff

_r_trf_01_safeguarded if {
	input.transfer.mechanism == "bcr"
	input.transfer.tia_done_age_days >= 0
}

_r_trf_01_safeguarded if _r_trf_01_clauses

_r_trf_01_clauses if {
	input.transfer.mechanism in {"scc", "adequacy"}
	input.transfer.scc_module
	input.transfer.tia_done_age_days >= 0
}

# METADATA
# title: Protection follows data out of the EU
# description: >-
#   Data goes to a country with an adequacy decision, to a certified US recipient, or under standard
#   clauses with an assessment of the transfer; never routinely on consent.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 44-49
# - ref: https://eur-lex.europa.eu/eli/dec_impl/2023/1795/oj
#   description: Decision (EU) 2023/1795
# - ref: https://eur-lex.europa.eu/eli/dec_impl/2021/914/oj
#   description: Decision (EU) 2021/914
# custom:
#   id: R-TRF-01
#   steps: [data_collection, profiling, recommendation, decision]
#   phases: [requested]
#   severity: high
#   unknown: deny when data leaves the organisation and the country or mechanism is unknown
#   applies_from: "2018-05-25"
#   demand: Protection follows data outside the EU.
#   message:
#     en: Data would go to a recipient in {country} without a valid safeguard (mechanism {mechanism}).
#   remedy:
#     en: >-
#       Use a recipient in the EEA or an adequate country (transfer.recipient_country), or sign
#       standard clauses, do a transfer impact assessment, and state both for the processor in the
#       organisation profile (transfer.mechanism, transfer.scc_module, transfer.tia_done_at). Where an
#       adequacy decision covers only some recipients in the country and this one is among them, state
#       transfer.mechanism as adequacy; of a US recipient transfer.dpf_certified and
#       transfer.dpf_scope too, which for data of staff has to hold hr.
#   person:
#     en: >-
#       We did not send your data to a company in a country where we could not be sure that your data
#       is protected as it is at home. You do not have to do anything, and you can ask us who gets
#       your data.
findings contains {
	"rule": "R-TRF-01",
	"effect": "deny",
	"facts": ["transfer.recipient_country", "transfer.mechanism", "transfer.dpf_scope"],
	"args": {"country": _r_trf_01_country, "mechanism": _r_trf_01_mechanism},
} if {
	input.phase == "requested"
	_r_trf_01_leaves
	not _r_trf_01_covered
	data.aboveboard.lib.personal_data
}

# METADATA
# title: Country of the recipient unknown
# custom:
#   id: R-TRF-01
#   reason: unknown
#   message:
#     en: Data would leave the organisation for a country that nobody stated.
#   remedy:
#     en: >-
#       State the recipient's country in transfer.recipient_country, best once for the processor in
#       the organisation profile. Where nobody else gets the data, state transfer.leaves_organisation
#       as false.
#   person:
#     en: >-
#       We stopped because we had not made sure in which country your data would end up. You do not
#       have to do anything, and you can ask us who gets your data.
findings contains {
	"rule": "R-TRF-01",
	"effect": "deny",
	"facts": ["transfer.recipient_country"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	_r_trf_01_leaves
	not _r_trf_01_country
	data.aboveboard.lib.personal_data
}

# METADATA
# title: US transfer on the framework alone
# custom:
#   id: R-TRF-01
#   reason: framework_alone
#   message:
#     en: The transfer to the US rests on the Data Privacy Framework alone, which is under challenge.
#   remedy:
#     en: >-
#       Sign standard clauses with the recipient as well and do a transfer impact assessment
#       (transfer.scc_module, transfer.tia_done_at).
#   person:
#     en: >-
#       Your data goes to a company in the United States under an agreement whose future is being
#       disputed in court. You can ask us how your data is protected there.
findings contains {
	"rule": "R-TRF-01",
	"effect": "warn",
	"facts": ["transfer.mechanism", "transfer.scc_module", "transfer.tia_done_at"],
	"args": {"reason": "framework_alone"},
} if {
	input.phase == "requested"
	_r_trf_01_leaves
	_r_trf_01_certified
	not _r_trf_01_clauses
	data.aboveboard.lib.personal_data
}
