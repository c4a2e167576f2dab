package aboveboard.recommendation

import future.keywords.not

_r_hum_04_handed_over if input.handover.offered_age_s >= 0

_r_hum_04_handed_over if input.handover.callback_at

_r_hum_04_handed_over if input.handover.taken_over == true

_r_hum_04_passed_on if {
	input.handover.summary_present == true
	input.handover.context_fields
}

# METADATA
# title: Handover without a break
# description: >-
#   The human who takes over gets a summary and the fields that the matter needs, so that the person
#   need not say it all again.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(1)(c)
# custom:
#   id: R-HUM-04
#   steps: [recommendation]
#   phases: [completed]
#   severity: low
#   unknown: warn
#   demand: The handover to a human is seamless.
#   message:
#     en: It is not on record what the human who takes over was given.
#   remedy:
#     en: >-
#       Give the human a summary and only the fields needed, and state handover.summary_present and
#       handover.context_fields.
#   person:
#     en: >-
#       If a person takes over from the machine, they may not know what you have said so far. You can
#       ask them to read it first.
findings contains {
	"rule": "R-HUM-04",
	"effect": "warn",
	"facts": ["handover.summary_present", "handover.context_fields"],
	"args": {},
} if {
	input.phase == "completed"
	_r_hum_04_handed_over
	not _r_hum_04_passed_on
}

# METADATA
# title: Asked the same again
# custom:
#   id: R-HUM-04
#   reason: repeat
#   message:
#     en: After the handover the person had to answer {count} questions again.
#   remedy:
#     en: >-
#       Put what the person was asked again into the summary, so that
#       handover.repeat_question_count falls.
#   person:
#     en: >-
#       When a person took over, we asked you things that you had told us before. You can ask us to
#       read those first.
findings contains {
	"rule": "R-HUM-04",
	"effect": "warn",
	"facts": ["handover.repeat_question_count"],
	"args": {"reason": "repeat", "count": input.handover.repeat_question_count},
} if {
	input.phase == "completed"
	_r_hum_04_handed_over
	input.handover.repeat_question_count > data.reference.humans.repeat_questions_max
}
