package aboveboard.topic.scoring

import future.keywords.not

_r_cred_01_fields contains name if some name in data.aboveboard.lib.users_of(_r_cred_01_categories)

_r_cred_01_categories contains category if {
	some credit in data.reference.sensitive.credit_categories
	credit in data.aboveboard.lib.used_ancestors
	some category in data.aboveboard.lib.used_categories
	credit in data.reference.dpv.ancestors[category]
}

# One purpose that is none of credit is enough to bar it, and so is not to know the purpose.
_r_cred_01_beside_credit if not count(input.processing.purposes) > 0

_r_cred_01_beside_credit if {
	some purpose in input.processing.purposes
	not _r_cred_01_of_credit(purpose)
}

_r_cred_01_of_credit(purpose) if {
	some above in data.reference.dpv.purpose_ancestors[purpose]
	above in data.reference.sensitive.credit_purposes
}

_r_cred_01_permitted if input.processing.credit_permission_ref != ""

# An AI that judges whether a person is good for credit is of high risk; one that judges firms is not.
_r_cred_01_unclassed if {
	input.ai.model
	not input.subject.type == "legal_person"
	count(_r_cred_01_fields) > 0
	not _r_cred_01_beside_credit
	_r_cred_01_permitted
	not _r_cred_01_classed
}

_r_cred_01_classed if {
	input.ai.risk_class == "high"
	input.ai.annex_iii_point == "5(b)"
}

# METADATA
# title: Credit and income data
# description: >-
#   Data on credit and income serve only to judge whether a customer can pay, under a permission that
#   is named, and never to rank leads.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 6, 5(1)(c)
# - ref: http://data.finlex.fi/eli/sd/2007/527/alkup
#   description: FI Credit Information Act 527/2007
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Annex III 5(b)
# custom:
#   id: R-CRED-01
#   steps: [profiling, decision]
#   phases: [requested]
#   severity: high
#   unknown: deny when the purpose or the permission is unknown
#   applies_from: "2018-05-25"
#   demand: Credit and income data serve only credit, with a permission.
#   message:
#     en: "Credit or income data would be used for more than judging credit: {fields}."
#   remedy:
#     en: >-
#       Leave these fields out, in a decision also out of decision.inputs; or run the check of
#       solvency as a step of its own, with processing.purposes [dpv:CustomerSolvencyMonitoring] alone
#       and its permission in processing.credit_permission_ref.
#   person:
#     en: >-
#       Details about your money, such as your credit rating or income, would have been used for
#       something else than checking whether you can pay. We stopped that. You can ask us which of
#       these details we have.
findings contains {
	"rule": "R-CRED-01",
	"effect": "deny",
	"facts": ["fields[].categories", "decision.inputs[].categories", "processing.purposes"],
	"args": {"fields": sort(_r_cred_01_fields)},
} if {
	input.phase == "requested"
	count(_r_cred_01_fields) > 0
	_r_cred_01_beside_credit
}

# METADATA
# title: Credit data without a permission
# custom:
#   id: R-CRED-01
#   reason: permission
#   message:
#     en: "Credit or income data would be used without a permission on record: {fields}."
#   remedy:
#     en: >-
#       Name the law or contract that permits it in processing.credit_permission_ref, best once for
#       the purpose in the register; or leave these fields out.
#   person:
#     en: >-
#       Details about your money, such as your credit rating or income, would have been used, and we
#       could not show that we may. We stopped that. You can ask us which of these details we have.
findings contains {
	"rule": "R-CRED-01",
	"effect": "deny",
	"facts": ["fields[].categories", "decision.inputs[].categories", "processing.credit_permission_ref"],
	"args": {"reason": "permission", "fields": sort(_r_cred_01_fields)},
} if {
	input.phase == "requested"
	count(_r_cred_01_fields) > 0
	not _r_cred_01_beside_credit
	not _r_cred_01_permitted
}

# METADATA
# title: Credit scoring not known to be classed as high risk
# custom:
#   id: R-CRED-01
#   reason: class
#   message:
#     en: An AI judges a person's credit, and it is not registered as a system of high risk.
#   remedy:
#     en: >-
#       Have a human decide until the model is assessed, then state ai.risk_class high and
#       ai.annex_iii_point 5(b) in the organisation profile.
#   person:
#     en: >-
#       A computer would have judged whether you can get credit, and it has not been checked as it
#       should be. One of our staff looks at your case instead.
findings contains {
	"rule": "R-CRED-01",
	"effect": "escalate",
	"facts": ["ai.model", "ai.risk_class", "ai.annex_iii_point"],
	"args": {"reason": "class"},
} if {
	input.phase == "requested"
	_r_cred_01_unclassed
	input.time >= data.reference.dates.ai_act_annex_iii
}

# METADATA
# title: Credit scoring to be classed as high risk soon
# custom:
#   id: R-CRED-01
#   reason: class_soon
#   message:
#     en: >-
#       An AI judges a person's credit; soon it may do so only when registered as a system of high
#       risk.
#   remedy:
#     en: >-
#       Assess the model, then state ai.risk_class high and ai.annex_iii_point 5(b) in the
#       organisation profile.
#   person:
#     en: >-
#       A computer helps to judge whether you can get credit. You can ask us to have one of our staff
#       look at the result.
findings contains {
	"rule": "R-CRED-01",
	"effect": "warn",
	"facts": ["ai.model", "ai.risk_class", "ai.annex_iii_point"],
	"args": {"reason": "class_soon"},
} if {
	input.phase == "requested"
	_r_cred_01_unclassed
	input.time < data.reference.dates.ai_act_annex_iii
}
