package aboveboard.topic.accountability

import future.keywords.not

_r_sec_01_gaps contains concat(".", ["security", measure]) if {
	some measure in {"actor_authenticated", "encrypted_at_rest", "least_privilege", "tls"}
	input.security[measure] == false
}

_r_sec_01_gaps contains "security.pii_in_logs" if input.security.pii_in_logs == true

# Without these three nobody can say that the flow is closed to outsiders.
_r_sec_01_unstated contains concat(".", ["security", measure]) if {
	some measure in {"actor_authenticated", "encrypted_at_rest", "tls"}
	not input.security[measure] == true
	not input.security[measure] == false
}

_r_sec_01_breach if {
	input.breach.detected_age_hours >= 0
	not input.breach.notified_at
	not input.breach.risk_unlikely_ref
}

_r_sec_01_too_late if {
	input.breach.detected_age_hours > data.reference.accountability.breach_notify_hours
}

# METADATA
# title: Flows are closed to outsiders
# description: >-
#   Personal data flows only where it is encrypted on the way and at rest, whoever runs or feeds the
#   step is authenticated, rights are no wider than needed, and logs hold no personal data. A breach
#   that the authority was not told of in 72 hours stops the flow that it touches, unless it is on
#   record why a risk to people is unlikely.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(1)(f), 32, 33(1), 33(5)
# custom:
#   id: R-SEC-01
#   steps: [data_collection, profiling, recommendation, decision]
#   phases: [requested]
#   severity: high
#   unknown: deny when encryption or authentication is unknown
#   applies_from: "2018-05-25"
#   demand: Strong security, and no leaks.
#   message:
#     en: "The flow is not secured as it must be: {gaps}."
#   remedy:
#     en: >-
#       Close the gap, then state it under security in the organisation profile (security.tls,
#       security.encrypted_at_rest, security.actor_authenticated, security.least_privilege true,
#       security.pii_in_logs false).
#   person:
#     en: >-
#       We stopped because your data would not have been protected well enough on its way or where we
#       keep it. You do not have to do anything.
findings contains {
	"rule": "R-SEC-01",
	"effect": "deny",
	"facts": [
		"security.tls", "security.encrypted_at_rest", "security.actor_authenticated",
		"security.least_privilege", "security.pii_in_logs",
	],
	"args": {"gaps": sort(_r_sec_01_gaps)},
} if {
	input.phase == "requested"
	count(_r_sec_01_gaps) > 0
	data.aboveboard.lib.personal_data
}

# METADATA
# title: Security unknown
# custom:
#   id: R-SEC-01
#   reason: unknown
#   message:
#     en: "Nobody stated how the flow is secured: {facts}."
#   remedy:
#     en: >-
#       State security.tls, security.encrypted_at_rest and security.actor_authenticated, best once
#       under security in the organisation profile.
#   person:
#     en: >-
#       We stopped because we had not made sure that your data is well protected. You do not have to
#       do anything.
findings contains {
	"rule": "R-SEC-01",
	"effect": "deny",
	"facts": ["security.tls", "security.encrypted_at_rest", "security.actor_authenticated"],
	"args": {"reason": "unknown", "facts": sort(_r_sec_01_unstated)},
} if {
	input.phase == "requested"
	count(_r_sec_01_unstated) > 0
	data.aboveboard.lib.personal_data
}

# METADATA
# title: Breach not notified in time
# custom:
#   id: R-SEC-01
#   reason: breach
#   message:
#     en: A breach that touches this flow was found {hours} hours ago, and the authority was not told.
#   remedy:
#     en: >-
#       Notify the supervisory authority with the reasons for the delay and state breach.notified_at.
#       Where a risk to people is unlikely, put on record why, and state breach.risk_unlikely_ref.
#   person:
#     en: >-
#       We stopped because of a security problem that may have touched your data and that we are still
#       dealing with. You can ask us what happened.
findings contains {
	"rule": "R-SEC-01",
	"effect": "deny",
	"facts": ["breach.detected_at", "breach.notified_at", "breach.risk_unlikely_ref"],
	"args": {"reason": "breach", "hours": input.breach.detected_age_hours},
} if {
	input.phase == "requested"
	_r_sec_01_breach
	_r_sec_01_too_late
}

# METADATA
# title: Breach to be notified
# custom:
#   id: R-SEC-01
#   reason: notify
#   message:
#     en: A breach that touches this flow was found {hours} hours ago; the clock of 72 hours runs.
#   remedy:
#     en: >-
#       Notify the supervisory authority and state breach.notified_at. Where a risk to people is
#       unlikely, put on record why, and state breach.risk_unlikely_ref.
#   person:
#     en: >-
#       There was a security problem that may have touched your data, and we are dealing with it. You
#       can ask us what happened.
findings contains {
	"rule": "R-SEC-01",
	"effect": "warn",
	"facts": ["breach.detected_at", "breach.notified_at", "breach.risk_unlikely_ref"],
	"args": {"reason": "notify", "hours": input.breach.detected_age_hours},
} if {
	input.phase == "requested"
	_r_sec_01_breach
	not _r_sec_01_too_late
}
