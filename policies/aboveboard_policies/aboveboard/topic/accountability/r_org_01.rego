package aboveboard.topic.accountability

import future.keywords.not

_r_org_01_approved if {
	input.policy.approved_by
	input.policy.approved_age_days >= 0
}

# METADATA
# title: Approved policies only
# description: >-
#   The policies in use were approved by the organisation and their review is not overdue. Where the
#   approval names a revision, no other one decides; one that names none covers whatever is deployed.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 24, 40
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 95
# custom:
#   id: R-ORG-01
#   steps: [data_collection, profiling, recommendation, decision]
#   phases: [requested]
#   severity: medium
#   unknown: warn when no approval is known
#   applies_from: "2018-05-25"
#   demand: Ethics rules are written down, and followed.
#   message:
#     en: The policies in use are not the revision that was approved.
#   remedy:
#     en: >-
#       Deploy the approved revision, or have the one in use approved and state it as
#       policy.approved_revision in the organisation profile.
#   person:
#     en: >-
#       We have stopped until an internal check is done. You do not have to do anything.
findings contains {
	"rule": "R-ORG-01",
	"effect": "deny",
	"facts": ["policy.approved_revision"],
	"args": {},
} if {
	input.phase == "requested"
	input.policy.approved_revision != data.catalogue.revision
}

# METADATA
# title: Policies not approved
# custom:
#   id: R-ORG-01
#   reason: unknown
#   message:
#     en: Nobody stated that the organisation has approved its policies.
#   remedy:
#     en: >-
#       Have the policies approved, and state policy.approved_by and policy.approved_at under policies
#       in the organisation profile.
#   person:
#     en: >-
#       The rules that our systems go by are due for an internal check. They are applied all the same,
#       and you do not have to do anything.
findings contains {
	"rule": "R-ORG-01",
	"effect": "warn",
	"facts": ["policy.approved_by", "policy.approved_at"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	not _r_org_01_approved
}

# METADATA
# title: Review of the policies overdue
# custom:
#   id: R-ORG-01
#   reason: overdue
#   message:
#     en: The policies should have been reviewed by now (days until the review {days}).
#   remedy:
#     en: >-
#       Review the policies, and state the next date as policy.review_due_at in the organisation
#       profile.
#   person:
#     en: >-
#       The rules that our systems go by are due for an internal check. They are applied all the same,
#       and you do not have to do anything.
findings contains {
	"rule": "R-ORG-01",
	"effect": "warn",
	"facts": ["policy.review_due_at"],
	"args": {"reason": "overdue", "days": input.policy.review_due_in_days},
} if {
	input.phase == "requested"
	input.policy.review_due_in_days < 0
}
