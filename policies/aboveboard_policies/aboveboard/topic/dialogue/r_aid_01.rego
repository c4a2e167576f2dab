package aboveboard.topic.dialogue

import future.keywords.not

# Unknown counts as talking: only a plain "no" means that no AI faces the person, or an event that
# names no AI where none can be: what is decided by hand, or sent or shown one way, with no talk and
# no answer that was generated. A chat on a web page has a channel of its own.
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
	not object.get(input, "answer", false)
	input.contact.channel in {"email", "post", "push", "sms", "web"}
}

_r_aid_01_disclosed if {
	input.ai.disclosure_shown_age_s >= 0
	not input.ai.disclosure_accessible == false
	not data.aboveboard.lib.foreign(input.ai.disclosure_language)
}

_r_aid_01_language_unknown if not input.ai.disclosure_language

# After the step R-LANG-01 asks for the language of the talk.
_r_aid_01_language_unknown if {
	input.phase == "requested"
	not data.aboveboard.lib.spoken
}

# METADATA
# title: Tell people that they talk to an AI
# description: >-
#   A person who talks to an AI is told so, at the latest at the first message and in their language,
#   and for whom it acts; an AI never claims to be human.
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
#       Show the notice in the person's language and record it in ai.disclosure_shown_at and
#       ai.disclosure_language; if no AI faces the person, state ai.interacts_directly false.
#   person:
#     en: >-
#       Before a computer answers you, you have to be told that it is one. You can ask for one of our
#       staff instead.
findings contains {
	"rule": "R-AID-01",
	"effect": "oblige",
	"facts": [
		"ai.disclosure_shown_at",
		"ai.disclosure_language",
		"ai.disclosure_accessible",
		"ai.interacts_directly",
	],
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
#       ai.disclosure_shown_at and ai.disclosure_language; if no AI faces the person, state
#       ai.interacts_directly false.
#   person:
#     en: >-
#       Where a computer answers you, you have to be told so first, and so we held an answer back. You
#       can ask for one of our staff instead.
findings contains {
	"rule": "R-AID-01",
	"effect": "deny",
	"facts": [
		"ai.disclosure_shown_at",
		"ai.disclosure_language",
		"ai.disclosure_accessible",
		"ai.interacts_directly",
	],
	"args": {"reason": "undisclosed"},
} if {
	input.phase == "completed"
	_r_aid_01_talks
	not _r_aid_01_disclosed
}

# METADATA
# title: Told of the AI in a language that is not known
# custom:
#   id: R-AID-01
#   reason: language
#   message:
#     en: It is not known whether the person was told of the AI in their language.
#   remedy:
#     en: >-
#       State ai.disclosure_language, and conversation.language or subject.language; or show the notice
#       again in the person's language.
#   person:
#     en: >-
#       Where a computer answers you, you have to be told so in your language. You can ask for one of our
#       staff instead.
findings contains {
	"rule": "R-AID-01",
	"effect": "oblige",
	"facts": ["ai.disclosure_language", "conversation.language", "subject.language"],
	"args": {"reason": "language"},
	"obligation": {"kind": "disclose", "notice": "ai_disclosure"},
} if {
	_r_aid_01_talks
	_r_aid_01_disclosed
	_r_aid_01_language_unknown
}

# METADATA
# title: Not told for whom the AI acts
# custom:
#   id: R-AID-01
#   reason: agent
#   phases: [requested]
#   message:
#     en: It is not known that the AI says for whom it acts.
#   remedy:
#     en: >-
#       Have the AI name the organisation that it acts for, and state it in ai.agent_on_behalf_of, best
#       once for the model in the organisation profile.
#   person:
#     en: >-
#       You are talking to a computer, and you have to be told for whom it acts. You can ask us for whom.
findings contains {
	"rule": "R-AID-01",
	"effect": "oblige",
	"facts": ["ai.agent_on_behalf_of"],
	"args": {"reason": "agent"},
	"obligation": {"kind": "disclose", "notice": "ai_agent"},
} if {
	input.phase == "requested"
	input.ai.interacts_directly == true
	not input.ai.agent_on_behalf_of
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
