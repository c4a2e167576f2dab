package aboveboard.profiling

import future.keywords.not

# Whom one may hire is at work, as far as Annex III goes.
_r_emp_01_staff if input.subject.relationship in {"applicant", "employee"}

_r_emp_01_for_hr if "dpv:HumanResourceManagement" in data.reference.dpv.purpose_ancestors[input.ai.purpose]

# The ban speaks of emotions read from face, voice or body: only text is known not to be that.
_r_emp_01_banned if {
	input.ai.emotion_recognition == true
	not input.ai.emotion_input == "text"
}

_r_emp_01_due if not input.time < data.reference.dates.ai_act_annex_iii

_r_emp_01_conform if not _r_emp_01_due

_r_emp_01_conform if input.ai.conformity_ref

# Known as what it is: a system of Annex III, point 4.
_r_emp_01_as_hr if {
	_r_emp_01_for_hr
	input.ai.risk_class == "high"
	startswith(input.ai.annex_iii_point, "4")
	_r_emp_01_conform
}

_r_emp_01_sales_tool if {
	_r_emp_01_due
	input.ai.purpose
	not _r_emp_01_for_hr
}

# METADATA
# title: Staff are no leads
# description: >-
#   A tool that scores salespeople, or who wants to be one, is a system for human resources and
#   high-risk, not a sales tool; emotions of staff are not read from face, voice or body.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 5(1)(f), 26(7), Annex III 4
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 88
# custom:
#   id: R-EMP-01
#   steps: [profiling]
#   phases: [requested]
#   severity: high
#   unknown: no fire
#   applies_from: "2025-02-02"
#   demand: People who serve are supported, not scored by a sales tool.
#   message:
#     en: >-
#       An employee or applicant would be scored by a system that is not run as one for human resources.
#   remedy:
#     en: >-
#       Score no staff here; or run it as what it is, with the workers told, and state ai.purpose (a
#       purpose of human resources), ai.risk_class high, ai.annex_iii_point (4(b), or 4(a) for
#       applicants) and ai.conformity_ref.
#   person:
#     en: >-
#       This tool would have judged you as somebody who works for us or wants to, so a person looks at
#       it first. You can ask us, or your representative at work, what it is for.
findings contains {
	"rule": "R-EMP-01",
	"effect": "escalate",
	"facts": ["subject.relationship", "ai.purpose", "ai.risk_class", "ai.annex_iii_point", "ai.conformity_ref"],
	"args": {},
} if {
	input.phase == "requested"
	_r_emp_01_staff
	not _r_emp_01_as_hr
	not _r_emp_01_sales_tool
	not _r_emp_01_banned
}

# METADATA
# title: Sales tool on staff
# custom:
#   id: R-EMP-01
#   reason: sales_tool
#   message:
#     en: >-
#       An employee or applicant would be scored by a system that is for {purpose}, not for human
#       resources.
#   remedy:
#     en: >-
#       Score no staff here; or use a system whose ai.purpose is one of human resources, with
#       ai.risk_class high, ai.annex_iii_point (4(b), or 4(a) for applicants) and ai.conformity_ref.
#   person:
#     en: >-
#       We stopped this because a sales tool would have judged you as somebody who works for us or wants
#       to. You can ask us, or your representative at work, about it.
findings contains {
	"rule": "R-EMP-01",
	"effect": "deny",
	"facts": ["subject.relationship", "ai.purpose"],
	"args": {
		"reason": "sales_tool",
		"purpose": input.ai.purpose,
	},
} if {
	input.phase == "requested"
	_r_emp_01_staff
	_r_emp_01_sales_tool
}
