package aboveboard.topic.dialogue

import future.keywords.not

# Unknown counts as talking: only a plain "no" means that no AI faces the person, or an event that
# names no AI where none can be: what is decided by hand, or sent one way and no talk.
_r_aid_01_talks if {
	not input.ai.interacts_directly == false
	not _r_aid_01_without_ai
}

_r_aid_01_without_ai if {
	not input.ai
	data.aboveboard.lib.decided_by_hand
}

_r_aid_01_without_ai if {
	not input.ai
	not input.conversation
	input.contact.channel in {"email", "post", "push", "sms", "web"}
}

_r_aid_01_disclosed if {
	input.ai.disclosure_shown_age_s >= 0
	not input.ai.disclosure_accessible == false
	not data.aboveboard.lib.foreign(input.ai.disclosure_language)
}

# METADATA
# title: Tell people that they talk to an AI
# description: >-
#   A person who talks to an AI is told so, at the latest at the first message and in their language;
#   an AI never claims to be human.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 50(1), 50(5)
# - ref: https://eur-lex.europa.eu/eli/dir/2005/29/oj
#   description: UCPD Art. 6
# custom:
#   id: R-AID-01
#   steps: [recommendation, decision]
#   phases: [requested, completed]
#   severity: high
#   unknown: disclose before the step; deny after it when it was still not disclosed
#   applies_from: "2026-08-02"
#   demand: Tell people when they talk to an AI.
#   message:
#     en: The person must be told that they are talking to an AI.
#   remedy:
#     en: >-
#       Show the notice and record it in ai.disclosure_shown_at; if no AI faces the person, state
#       ai.interacts_directly false.
#   person:
#     en: >-
#       You are talking to a computer, and we have to tell you so before it answers. You can ask for one
#       of our staff instead.
findings contains {
	"rule": "R-AID-01",
	"effect": "oblige",
	"facts": ["ai.disclosure_shown_at", "ai.interacts_directly"],
	"args": {},
	"obligation": {"kind": "disclose", "notice": "ai_disclosure"},
} if {
	input.phase == "requested"
	_r_aid_01_talks
	not _r_aid_01_disclosed
}

# METADATA
# title: Still not told of the AI
# custom:
#   id: R-AID-01
#   reason: undisclosed
#   phases: [completed]
#   message:
#     en: The person was not told that they are talking to an AI.
#   remedy:
#     en: >-
#       Show the notice before the answer leaves, in the person's language, and record it in
#       ai.disclosure_shown_at.
#   person:
#     en: >-
#       A computer wrote an answer to you before anybody told you that it is one, so we held the answer
#       back. You can ask for one of our staff instead.
findings contains {
	"rule": "R-AID-01",
	"effect": "deny",
	"facts": ["ai.disclosure_shown_at", "ai.interacts_directly"],
	"args": {"reason": "undisclosed"},
} if {
	input.phase == "completed"
	_r_aid_01_talks
	not _r_aid_01_disclosed
}

# METADATA
# title: AI that poses as a human
# custom:
#   id: R-AID-01
#   reason: persona
#   message:
#     en: The AI would present itself as a human.
#   remedy:
#     en: Drop the human persona (ai.human_persona) and say that it is an AI.
#   person:
#     en: >-
#       A computer would have passed itself off as a human being to you. We do not allow that, so we
#       stopped it. You can ask for one of our staff.
findings contains {
	"rule": "R-AID-01",
	"effect": "deny",
	"facts": ["ai.human_persona"],
	"args": {"reason": "persona"},
} if {
	_r_aid_01_talks
	input.ai.human_persona == true
}

# METADATA
# title: Told of the AI too late
# custom:
#   id: R-AID-01
#   reason: late
#   message:
#     en: The person was told that they talk to an AI only after the first message.
#   remedy:
#     en: Show the notice before or with the first message of a conversation.
#   person:
#     en: >-
#       You were told only after the first message that you are talking to a computer. You should have
#       known from the start. You can ask for one of our staff instead.
findings contains {
	"rule": "R-AID-01",
	"effect": "warn",
	"facts": ["ai.disclosure_shown_at", "conversation.first_message_at"],
	"args": {"reason": "late"},
} if {
	_r_aid_01_talks
	input.ai.disclosure_shown_age_s < input.conversation.first_message_age_s
}
