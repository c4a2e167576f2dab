package aboveboard.recommendation

import future.keywords.not

# Where nothing answers people itself and no answer is stated, there is none to judge.
_r_acc_01_answers if input.answer

# Of an AI it takes a plain "no": unknown counts as answering people.
_r_acc_01_answers if {
	input.ai
	not input.ai.interacts_directly == false
}

_r_acc_01_ungrounded if input.answer.grounded == false

_r_acc_01_ungrounded if input.answer.sources == []

_r_acc_01_commits_wrongly if {
	input.answer.policy_claim == true
	_r_acc_01_ungrounded
}

_r_acc_01_commits_wrongly if {
	input.answer.policy_claim == true
	input.answer.policy_source_current == false
}

_r_acc_01_known if {
	input.answer.grounded == true
	input.answer.policy_claim == false
}

_r_acc_01_known if {
	input.answer.grounded == true
	input.answer.policy_claim == true
	input.answer.policy_source_version
	input.answer.policy_source_current == true
}

# METADATA
# title: No wrong answers
# description: >-
#   A claim on price, terms or refunds matches a source that is in force; an answer that its sources
#   do not bear, or that is unsure, goes to a human.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/dir/2005/29/oj
#   description: UCPD Art. 6
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 15
# - ref: https://www.canlii.org/en/bc/bccrt/doc/2024/2024bccrt149/2024bccrt149.html
#   description: Moffatt v. Air Canada, 2024 BCCRT 149
# custom:
#   id: R-ACC-01
#   steps: [recommendation]
#   phases: [completed]
#   severity: high
#   unknown: escalate
#   applies_from: "2007-12-12"
#   demand: No answer is wrong or beside the point.
#   message:
#     en: The answer states a price, term or refund that no current source bears.
#   remedy:
#     en: >-
#       Answer from the terms in force and state answer.grounded, answer.sources,
#       answer.policy_source_version and answer.policy_source_current; or leave the commitment out
#       (answer.policy_claim false).
#   person:
#     en: >-
#       We stopped this answer because it said something about prices or terms that we could not
#       confirm. You can ask a person for the right answer.
findings contains {
	"rule": "R-ACC-01",
	"effect": "deny",
	"facts": ["answer.policy_claim", "answer.policy_source_current", "answer.grounded", "answer.sources"],
	"args": {},
} if {
	input.phase == "completed"
	_r_acc_01_commits_wrongly
}

# METADATA
# title: Answer without a source
# custom:
#   id: R-ACC-01
#   reason: ungrounded
#   message:
#     en: The answer says things that its sources do not bear.
#   remedy:
#     en: Answer from the sources, and state answer.grounded as true with answer.sources.
#   person:
#     en: >-
#       We are not sure that this answer is right, so a person looks at it first. You can ask a person
#       yourself.
findings contains {
	"rule": "R-ACC-01",
	"effect": "escalate",
	"facts": ["answer.grounded", "answer.sources"],
	"args": {"reason": "ungrounded"},
} if {
	input.phase == "completed"
	_r_acc_01_ungrounded
	not _r_acc_01_commits_wrongly
}

# METADATA
# title: Unsure answer
# custom:
#   id: R-ACC-01
#   reason: unsure
#   message:
#     en: The confidence that the answer is right is {confidence} basis points.
#   remedy:
#     en: Ask back, or let a human answer; state answer.confidence_bp of the new answer.
#   person:
#     en: >-
#       We are not sure that this answer is right, so a person looks at it first. It helps if you tell
#       us more about your question.
findings contains {
	"rule": "R-ACC-01",
	"effect": "escalate",
	"facts": ["answer.confidence_bp"],
	"args": {
		"reason": "unsure",
		"confidence": input.answer.confidence_bp,
	},
} if {
	input.phase == "completed"
	input.answer.confidence_bp < data.reference.offers.answer_confidence_min_bp
}

# METADATA
# title: Answer that nobody checked
# custom:
#   id: R-ACC-01
#   reason: unknown
#   message:
#     en: Nobody checked the answer against its sources, or its commitments against the terms in force.
#   remedy:
#     en: >-
#       State answer.grounded and answer.policy_claim; where it states a price, term or refund, state
#       answer.policy_source_version and answer.policy_source_current too. If no AI writes or talks to
#       the person, state ai.interacts_directly false.
#   person:
#     en: >-
#       This answer has to be checked, so a person looks at it first. You can ask a person yourself.
findings contains {
	"rule": "R-ACC-01",
	"effect": "escalate",
	"facts": [
		"answer.grounded",
		"answer.policy_claim",
		"answer.policy_source_version",
		"answer.policy_source_current",
		"ai.interacts_directly",
	],
	"args": {"reason": "unknown"},
} if {
	input.phase == "completed"
	_r_acc_01_answers
	not _r_acc_01_known
	not _r_acc_01_ungrounded
	not _r_acc_01_commits_wrongly
}
