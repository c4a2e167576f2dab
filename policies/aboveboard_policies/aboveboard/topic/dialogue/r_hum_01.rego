package aboveboard.topic.dialogue

import future.keywords.not

# METADATA
# title: A human on request
# description: A request for a human is honoured at once, or a time to be called back is given.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/dir/2023/2673/oj
#   description: Directive (EU) 2023/2673 (CRD Art. 16d)
# - ref: https://eur-lex.europa.eu/eli/reg/2022/2065/oj
#   description: DSA Art. 12
# custom:
#   id: R-HUM-01
#   steps: [recommendation, decision]
#   phases: [requested, completed]
#   severity: high
#   unknown: does not fire
#   applies_from: "2026-06-19"
#   demand: There is always a human option, and a way to switch inside the chat.
#   message:
#     en: >-
#       The person has asked for a human, and none has taken over, is on offer or is to call back.
#   remedy:
#     en: >-
#       Hand the conversation over (handover.taken_over), or offer a human who is free soon
#       (handover.offered_at) or a time to be called back (handover.callback_at).
#   person:
#     en: >-
#       You have asked for a human. The machine stops here until a person takes over or you are
#       given a time when somebody calls you back.
findings contains {
	"rule": "R-HUM-01",
	"effect": "escalate",
	"facts": [
		"conversation.user_requested_human",
		"handover.offered_at",
		"handover.callback_at",
		"handover.taken_over",
	],
	"args": {},
} if {
	input.conversation.user_requested_human == true
	not data.aboveboard.lib.human_offered

	# Who asked for a human has one, where a human decides.
	not data.aboveboard.lib.decided_by_hand
}
