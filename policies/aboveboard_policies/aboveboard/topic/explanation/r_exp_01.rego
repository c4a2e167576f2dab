package aboveboard.topic.explanation

import future.keywords.not

_r_exp_01_due if data.aboveboard.lib.significant_decision

# Whoever asks is answered, however little weighs what was decided.
_r_exp_01_due if input.explanation.requested_at

_r_exp_01_of_the_case if {
	input.explanation.case_specific == true
	count(input.explanation.factors) > 0
	count(input.explanation.data_used) > 0
}

_r_exp_01_hard if count(input.explanation.factors) > data.reference.humans.factors_max

_r_exp_01_hard if {
	input.explanation.reading_grade_tenths > data.reference.humans.reading_grade_max_tenths
}

# METADATA
# title: Decisions are explained
# description: >-
#   A decision that weighs on a person, or that the person asks about, is told together with its main
#   factors and the data of this very case, in words that are easy to read. A recommendation decides
#   nothing: it is explained when the person asks.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 13(2)(f), 15(1)(h)
# - ref: https://curia.europa.eu/juris/liste.jsf?num=C-203/22
#   description: CJEU C-203/22
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 86
# custom:
#   id: R-EXP-01
#   steps: [profiling, recommendation, decision]
#   phases: [completed]
#   severity: high
#   unknown: deny when the explanation is not there; escalate when only the notice is unknown
#   applies_from: "2018-05-25"
#   demand: AI explains its decisions in words that people understand.
#   message:
#     en: The result is to be explained, and there is no explanation.
#   remedy:
#     en: >-
#       Make the explanation before the result is told and state explanation.present, with
#       explanation.case_specific, explanation.factors and explanation.data_used.
#   person:
#     en: >-
#       A result about you was held back because nobody could tell you how it came about. You will
#       get it together with the reasons.
findings contains {
	"rule": "R-EXP-01",
	"effect": "deny",
	"facts": ["explanation.present", "explanation.factors", "explanation.requested_at"],
	"args": {},
} if {
	input.phase == "completed"
	_r_exp_01_due
	not input.explanation.present == true
}

# METADATA
# title: Explained in general only
# custom:
#   id: R-EXP-01
#   reason: general
#   message:
#     en: The explanation does not name the main factors and the data of this very case.
#   remedy:
#     en: >-
#       Explain what was applied to this person: explanation.case_specific true,
#       explanation.factors and explanation.data_used with at least one entry each.
#   person:
#     en: >-
#       The reasons we had for a result about you were too general to be of use. It was held back
#       until we can tell you what counted in your own case.
findings contains {
	"rule": "R-EXP-01",
	"effect": "deny",
	"facts": ["explanation.case_specific", "explanation.factors", "explanation.data_used"],
	"args": {"reason": "general"},
} if {
	input.phase == "completed"
	_r_exp_01_due
	input.explanation.present == true
	not _r_exp_01_of_the_case
}

# METADATA
# title: Notice silent on the logic
# custom:
#   id: R-EXP-01
#   reason: logic
#   message:
#     en: The privacy notice does not explain automated decisions and their logic.
#   remedy:
#     en: >-
#       Say in the notice which decisions are automated and how they come about, and state
#       notice.states_adm_logic in the organisation profile.
#   person:
#     en: >-
#       We had not told you beforehand how machines help to decide about you. The result was held
#       back until we have told you.
findings contains {
	"rule": "R-EXP-01",
	"effect": "deny",
	"facts": ["notice.states_adm_logic"],
	"args": {"reason": "logic"},
} if {
	input.phase == "completed"
	data.aboveboard.lib.significant_decision
	data.aboveboard.lib.decided_by_machine
	input.notice.states_adm_logic == false
}

# METADATA
# title: Notice unknown on the logic
# custom:
#   id: R-EXP-01
#   reason: logic_unknown
#   message:
#     en: A machine decides, and nobody stated whether the privacy notice explains that.
#   remedy:
#     en: >-
#       Say in the notice which decisions are automated and how they come about, and state
#       notice.states_adm_logic in the organisation profile.
#   person:
#     en: >-
#       A person looks at this result before it is told. You can ask us how machines help to decide
#       about you.
findings contains {
	"rule": "R-EXP-01",
	"effect": "escalate",
	"facts": ["notice.states_adm_logic"],
	"args": {"reason": "logic_unknown"},
} if {
	input.phase == "completed"
	data.aboveboard.lib.significant_decision
	data.aboveboard.lib.decided_by_machine
	not input.notice.states_adm_logic == true
	not input.notice.states_adm_logic == false
}

# METADATA
# title: Explanation hard to follow
# custom:
#   id: R-EXP-01
#   reason: plain
#   message:
#     en: The explanation has too many factors, or is hard to read.
#   remedy:
#     en: >-
#       Keep explanation.factors to the main ones and use plain words, so that
#       explanation.reading_grade_tenths falls.
#   person:
#     en: >-
#       The reasons we gave you may be hard to follow. You can ask us to put them more simply.
findings contains {
	"rule": "R-EXP-01",
	"effect": "warn",
	"facts": ["explanation.factors", "explanation.reading_grade_tenths"],
	"args": {"reason": "plain"},
} if {
	input.phase == "completed"
	_r_exp_01_due
	_r_exp_01_hard
}
