package aboveboard.topic.dialogue

import future.keywords.not

# METADATA
# title: Feedback is gathered and used
# description: >-
#   Every message says where to give feedback and contest; while a contest is open the result has no
#   effect; feedback is answered in time.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 12(2), 21
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 85, 86
# - ref: https://eur-lex.europa.eu/eli/reg/2022/2065/oj
#   description: DSA Art. 20
# custom:
#   id: R-FB-01
#   steps: [recommendation, decision]
#   phases: [completed]
#   severity: low
#   unknown: disclose
#   demand: Feedback from customers is gathered and used.
#   message:
#     en: The message does not say where to give feedback and contest.
#   remedy:
#     en: Put the address into the message and state feedback.channel_present.
#   person:
#     en: This message did not tell you where you can give feedback or object. It has to be added.
findings contains {
	"rule": "R-FB-01",
	"effect": "oblige",
	"facts": ["feedback.channel_present"],
	"args": {},
	"obligation": {"kind": "disclose", "notice": "feedback"},
} if {
	input.phase == "completed"
	data.aboveboard.lib.personal_data
	not input.feedback.channel_present == true
}

# METADATA
# title: Contest open
# custom:
#   id: R-FB-01
#   reason: contest
#   message:
#     en: The person has contested the result and waits for an answer.
#   remedy:
#     en: Let a human answer the contest first; the result has no effect while contest.open is true.
#   person:
#     en: You have challenged a result, and we owe you an answer. Until you have it, the result does not count.
findings contains {
	"rule": "R-FB-01",
	"effect": "escalate",
	"facts": ["contest.open"],
	"args": {"reason": "contest"},
} if {
	input.phase == "completed"
	input.contest.open == true
}

# METADATA
# title: Feedback waits too long
# custom:
#   id: R-FB-01
#   reason: waiting
#   message:
#     en: Feedback has waited {days} days for an answer.
#   remedy:
#     en: Answer the oldest feedback first, so that feedback.oldest_open_days falls.
#   person:
#     en: We are late in answering what customers tell us. Ask us about yours if you wait for an answer.
findings contains {
	"rule": "R-FB-01",
	"effect": "warn",
	"facts": ["feedback.oldest_open_days"],
	"args": {"reason": "waiting", "days": input.feedback.oldest_open_days},
} if {
	input.phase == "completed"
	input.feedback.oldest_open_days > data.reference.humans.feedback_open_max_days
}
