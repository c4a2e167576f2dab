package aboveboard.recommendation

import future.keywords.not

_r_hum_02_signs contains "distress" if {
	input.conversation.distress_score_bp >= data.reference.humans.distress_bp
}

_r_hum_02_signs contains "sentiment" if {
	input.conversation.sentiment_bp <= data.reference.humans.sentiment_bp
}

_r_hum_02_signs contains "failed_turns" if {
	input.conversation.failed_turns >= data.reference.humans.failed_turns
}

_r_hum_02_signs contains "complexity" if {
	input.conversation.complexity_bp >= data.reference.humans.complexity_bp
}

_r_hum_02_signs contains "topic" if input.conversation.topic in data.reference.humans.topics

_r_hum_02_signs contains "urgency" if input.conversation.urgency in data.reference.humans.urgencies

# METADATA
# title: Hard matters go to people
# description: >-
#   Where a person is distressed, is not helped, or comes with a complaint, a death, an illness, debts
#   or an urgent or complex matter, a human takes over.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(1)(a)
# - ref: https://eur-lex.europa.eu/eli/dir/2005/29/oj
#   description: UCPD Art. 5(3)
# custom:
#   id: R-HUM-02
#   steps: [recommendation]
#   phases: [requested, completed]
#   severity: medium
#   unknown: does not fire
#   demand: Complex, urgent or emotional matters go to people.
#   message:
#     en: "The conversation needs a human, by these signs: {signs}."
#   remedy:
#     en: >-
#       Hand the conversation over (handover.taken_over), or offer a human who is free soon
#       (handover.offered_at) or a time to be called back (handover.callback_at).
#   person:
#     en: >-
#       Your matter is one for a person, not for a machine. Somebody takes over, or you are given a
#       time when you are called back.
findings contains {
	"rule": "R-HUM-02",
	"effect": "escalate",
	"facts": [
		"conversation.distress_score_bp",
		"conversation.sentiment_bp",
		"conversation.failed_turns",
		"conversation.complexity_bp",
		"conversation.topic",
		"conversation.urgency",
		"handover.offered_at",
		"handover.callback_at",
		"handover.taken_over",
	],
	"args": {"signs": sort(_r_hum_02_signs)},
} if {
	count(_r_hum_02_signs) > 0
	not data.aboveboard.lib.human_offered
}
