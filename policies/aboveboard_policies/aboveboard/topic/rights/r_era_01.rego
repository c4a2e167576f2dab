package aboveboard.topic.rights

import future.keywords.not

# What may go on while a request is open: keeping the data, and doing what was asked.
_r_era_01_permitted := {"dpv:Delete", "dpv:Destruct", "dpv:Erase", "dpv:Remove", "dpv:Restrict", "dpv:Store"}

_r_era_01_only_kept if {
	count(input.processing.operations) > 0
	every operation in input.processing.operations {
		operation in _r_era_01_permitted
	}
}

_r_era_01_stopping contains kind if {
	some request in data.aboveboard.lib.open_requests
	kind := request.type
	kind in {"erasure", "restriction"}
}

_r_era_01_days_left(request) := request.due_in_days

_r_era_01_days_left(request) := data.reference.data_protection.rights_answer_days - request.received_age_days if {
	not request.due_in_days
}

_r_era_01_left contains days if {
	some request in data.aboveboard.lib.open_requests
	days := _r_era_01_days_left(request)
}

# METADATA
# title: Open request to erase or restrict
# description: >-
#   While a request to erase or to restrict is open, or the use is restricted, the person's data are
#   only kept; an open objection is looked at first. Requests that are due soon or overdue are called
#   out.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 12(3), 15-21
# custom:
#   id: R-ERA-01
#   steps: [data_collection, profiling, recommendation, decision]
#   phases: [requested]
#   severity: high
#   unknown: >-
#     does not fire; warns when the store of requests was not asked; a request whose status is unknown
#     counts as open
#   applies_from: "2018-05-25"
#   demand: People have rights over their own data, to see, erase, restrict and take them.
#   message:
#     en: "A request of this person is open, and stops all but storage: {types}."
#   remedy:
#     en: >-
#       Answer the request first (rights_requests[].status done or refused); until then leave the
#       person out of this step.
#   person:
#     en: >-
#       You asked us to delete your data or to stop using it, so we do not use it while we look into
#       that. You need not do anything.
findings contains {
	"rule": "R-ERA-01",
	"effect": "deny",
	"facts": ["rights_requests[].type", "rights_requests[].status"],
	"args": {"types": sort(_r_era_01_stopping)},
} if {
	input.phase == "requested"
	count(_r_era_01_stopping) > 0
	not _r_era_01_only_kept
}

# METADATA
# title: Use of the data is restricted
# custom:
#   id: R-ERA-01
#   reason: restricted
#   message:
#     en: The use of this person's data is restricted; they may only be stored.
#   remedy:
#     en: >-
#       Leave the person out until the restriction is lifted (restriction.active false), and tell
#       them before it is.
#   person:
#     en: >-
#       You asked us to use your data no further for now, so we only keep them. We tell you before we
#       use them again.
findings contains {
	"rule": "R-ERA-01",
	"effect": "deny",
	"facts": ["restriction.active"],
	"args": {"reason": "restricted"},
} if {
	input.phase == "requested"

	# In the other two R-ACCU-01 has a human look: Article 18(2) knows exceptions.
	input.step in {"data_collection", "recommendation"}
	input.restriction.active == true
	not _r_era_01_only_kept
}

# METADATA
# title: Open objection
# custom:
#   id: R-ERA-01
#   reason: objection
#   message:
#     en: An objection of this person is not answered yet, and the basis is one that can be objected to.
#   remedy:
#     en: >-
#       Look what the person objects to. Answer the objection (rights_requests[].status done or
#       refused); until then leave the person out of what it is about.
#   person:
#     en: >-
#       You objected to the use of your data, so a person looks at your objection before we go on. You
#       need not do anything.
findings contains {
	"rule": "R-ERA-01",
	"effect": "escalate",
	"facts": ["processing.legal_basis", "rights_requests[].type", "rights_requests[].status"],
	"args": {"reason": "objection"},
} if {
	input.phase == "requested"
	input.processing.legal_basis in {"eu-gdpr:A6-1-e", "eu-gdpr:A6-1-f"}
	data.aboveboard.lib.objection_open
	not _r_era_01_only_kept
}

# METADATA
# title: Request due soon
# custom:
#   id: R-ERA-01
#   reason: due
#   message:
#     en: A request of this person has to be answered within {days} days.
#   remedy:
#     en: >-
#       Answer it, or tell the person of the extension in time and set rights_requests[].due_at.
#   person:
#     en: We still owe you an answer to your request about your data. It is due within {days} days.
findings contains {
	"rule": "R-ERA-01",
	"effect": "warn",
	"facts": ["rights_requests[].due_at", "rights_requests[].received_at"],
	"args": {"reason": "due", "days": min(_r_era_01_left)},
} if {
	input.phase == "requested"
	count(_r_era_01_left) > 0
	min(_r_era_01_left) >= 0
	min(_r_era_01_left) <= data.reference.data_protection.rights_warning_days
}

# METADATA
# title: Request overdue
# custom:
#   id: R-ERA-01
#   reason: overdue
#   message:
#     en: A request of this person is overdue by {days} days.
#   remedy:
#     en: >-
#       Answer it now, say why it is late, and set rights_requests[].status; tell the data protection
#       officer.
#   person:
#     en: >-
#       We should have answered your request about your data by now and are sorry for the delay. You
#       can complain to the data protection authority.
findings contains {
	"rule": "R-ERA-01",
	"effect": "warn",
	"facts": ["rights_requests[].due_at", "rights_requests[].received_at"],
	"args": {"reason": "overdue", "days": 0 - min(_r_era_01_left)},
} if {
	input.phase == "requested"
	count(_r_era_01_left) > 0
	min(_r_era_01_left) < 0
}

# METADATA
# title: Requests not looked up
# custom:
#   id: R-ERA-01
#   reason: unknown
#   message:
#     en: Nobody looked up whether a request of this person is open.
#   remedy:
#     en: >-
#       Give rights_requests[] from where requests are kept; an empty list says that there is none.
#   person:
#     en: >-
#       You can ask us at any time which data we have of you, and have them corrected or deleted.
findings contains {
	"rule": "R-ERA-01",
	"effect": "warn",
	"facts": ["rights_requests"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	data.aboveboard.lib.personal_data
	not input.rights_requests
}
