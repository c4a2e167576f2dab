package aboveboard.topic.processors

import future.keywords.not

# Somebody outside gets the data when somebody says so, when a vendor's model is asked, or when there
# is a recipient; a plain "no" overrules the latter.
_r_proc_01_shared if input.transfer.leaves_organisation == true

_r_proc_01_shared if data.aboveboard.lib.asks_vendor

_r_proc_01_shared if {
	not input.transfer.leaves_organisation == false
	_r_proc_01_has_recipient
}

_r_proc_01_has_recipient if input.transfer.recipient

_r_proc_01_has_recipient if input.recipient.id

# METADATA
# title: Vendors have a contract
# description: >-
#   Whoever gets personal data has a known role, a contract (with processors and joint controllers)
#   and a place in the record of processing.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 26, 28, 30
# custom:
#   id: R-PROC-01
#   steps: [data_collection, profiling, recommendation]
#   phases: [requested]
#   severity: high
#   unknown: deny when data goes to somebody whose role is unknown
#   applies_from: "2018-05-25"
#   demand: It is settled who is controller and who is processor.
#   message:
#     en: Data would go to a recipient (role {role}) without a contract.
#   remedy:
#     en: >-
#       Sign the contract that GDPR Art. 26 or 28 asks for, and state recipient.dpa_ref, best as
#       dpa_ref of the processor in the organisation profile.
#   person:
#     en: >-
#       We did not pass your data on to a company that we have no contract with about how it must
#       protect your data. You do not have to do anything.
findings contains {
	"rule": "R-PROC-01",
	"effect": "deny",
	"facts": ["recipient.role", "recipient.dpa_ref"],
	"args": {"role": role},
} if {
	input.phase == "requested"
	role := input.recipient.role
	role in {"processor", "joint"}
	not input.recipient.dpa_ref
	_r_proc_01_shared
	data.aboveboard.lib.personal_data
}

# METADATA
# title: Not in the record
# custom:
#   id: R-PROC-01
#   reason: record
#   message:
#     en: Data would go to a recipient that has no place in the record of processing.
#   remedy:
#     en: >-
#       Enter the recipient in the record of processing, and state recipient.ropa_ref, best as ropa_ref
#       of the processor in the organisation profile.
#   person:
#     en: >-
#       We did not pass your data on to a company that is missing from our list of who gets people's
#       data. You can ask us who is on it.
findings contains {
	"rule": "R-PROC-01",
	"effect": "deny",
	"facts": ["recipient.ropa_ref"],
	"args": {"reason": "record"},
} if {
	input.phase == "requested"
	input.recipient.role
	not input.recipient.ropa_ref
	_r_proc_01_shared
	data.aboveboard.lib.personal_data
}

# METADATA
# title: Recipient unknown
# custom:
#   id: R-PROC-01
#   reason: unknown
#   message:
#     en: Data would go to somebody whose role nobody stated.
#   remedy:
#     en: >-
#       State recipient.role, recipient.dpa_ref and recipient.ropa_ref, best once as a processor in the
#       organisation profile, and name it as the step's recipient. Where nobody else gets the data,
#       state transfer.leaves_organisation as false.
#   person:
#     en: >-
#       We stopped because we had not made sure who would get your data and on what terms. You do not
#       have to do anything.
findings contains {
	"rule": "R-PROC-01",
	"effect": "deny",
	"facts": ["recipient.role", "transfer.leaves_organisation"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	_r_proc_01_shared
	not input.recipient.role
	data.aboveboard.lib.personal_data
}
