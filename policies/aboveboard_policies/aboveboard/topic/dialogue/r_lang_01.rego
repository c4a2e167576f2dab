package aboveboard.topic.dialogue

import future.keywords.not

_r_lang_01_foreign contains "message" if data.aboveboard.lib.foreign(input.message.language)

_r_lang_01_foreign contains "notice" if data.aboveboard.lib.foreign(input.notice.language)

_r_lang_01_foreign contains "explanation" if {
	data.aboveboard.lib.foreign(input.explanation.language)
}

_r_lang_01_gap if not data.aboveboard.lib.spoken

_r_lang_01_gap if not input.message.language

# METADATA
# title: In the person's language
# description: >-
#   Message, notice and explanation come in the person's language; legal text made by a machine is
#   reviewed, or said to be made by a machine.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 12(1)
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 50(5)
# - ref: https://eur-lex.europa.eu/eli/dir/2011/83/oj
#   description: CRD Art. 6(7)
# custom:
#   id: R-LANG-01
#   steps: [recommendation, decision]
#   phases: [completed]
#   severity: low
#   unknown: disclose when the person's language or the message's is unknown
#   applies_from: "2018-05-25"
#   demand: People are served in their language.
#   message:
#     en: "These are not in the person's language: {texts}."
#   remedy:
#     en: >-
#       Give them in the language of conversation.language or subject.language, and state
#       message.language, notice.language and explanation.language.
#   person:
#     en: >-
#       Part of what is meant for you is not in your language. You can ask us for it in your language.
findings contains {
	"rule": "R-LANG-01",
	"effect": "oblige",
	"facts": [
		"message.language",
		"notice.language",
		"explanation.language",
		"conversation.language",
		"subject.language",
	],
	"args": {"texts": sort(_r_lang_01_foreign)},
	"obligation": {"kind": "disclose", "notice": "language"},
} if {
	input.phase == "completed"
	count(_r_lang_01_foreign) > 0
}

# METADATA
# title: Language unknown
# custom:
#   id: R-LANG-01
#   reason: unknown
#   message:
#     en: It is not known whether the message is in the person's language.
#   remedy:
#     en: State subject.language or conversation.language, and message.language.
#   person:
#     en: If this is not in your language, you can ask us for it in your language.
findings contains {
	"rule": "R-LANG-01",
	"effect": "oblige",
	"facts": ["subject.language", "conversation.language", "message.language"],
	"args": {"reason": "unknown"},
	"obligation": {"kind": "disclose", "notice": "language"},
} if {
	input.phase == "completed"
	data.aboveboard.lib.personal_data
	_r_lang_01_gap
	count(_r_lang_01_foreign) == 0
}

# METADATA
# title: Legal text by a machine
# custom:
#   id: R-LANG-01
#   reason: machine
#   message:
#     en: Legal text was translated by a machine, and nobody reviewed it or says so.
#   remedy:
#     en: >-
#       Have it reviewed (translation.reviewed), or say that a machine made it (translation.stated);
#       if it has no legal effect, state translation.legal_text false.
#   person:
#     en: >-
#       A machine translated what we wanted to send you, so a person looks at it first. You can ask us
#       for the original.
findings contains {
	"rule": "R-LANG-01",
	"effect": "escalate",
	"facts": [
		"translation.machine",
		"translation.reviewed",
		"translation.stated",
		"translation.legal_text",
	],
	"args": {"reason": "machine"},
} if {
	input.phase == "completed"
	input.translation.machine == true
	not input.translation.legal_text == false
	not input.translation.reviewed == true
	not input.translation.stated == true
}
