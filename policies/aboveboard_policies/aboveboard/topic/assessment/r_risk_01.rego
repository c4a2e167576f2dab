package aboveboard.topic.assessment

import future.keywords.not

_r_risk_01_in_force if input.time >= data.reference.dates.ai_act_annex_iii

# A point that nobody stated could be one of those that ask for the assessment.
_r_risk_01_papers if {
	input.ai.conformity_ref
	point := input.ai.annex_iii_point
	not point in data.reference.oversight.fundamental_rights_points
}

_r_risk_01_papers if {
	input.ai.conformity_ref
	input.ai.fundamental_rights_doc_ref
}

_r_risk_01_missing if {
	data.aboveboard.lib.high_risk
	not _r_risk_01_papers
}

_r_risk_01_unclassed if {
	not input.ai.risk_class
	not data.aboveboard.lib.high_risk
	not _r_risk_01_people_alone
}

# Where people alone decide there is no system to class. A profile is not made by hand because the
# decision on it will be.
_r_risk_01_people_alone if {
	input.step == "decision"
	data.aboveboard.lib.decided_by_hand
	not input.ai.model
}

# METADATA
# title: High-risk AI has its papers
# description: >-
#   High-risk AI runs with a declaration of conformity and, for credit and for life or health
#   insurance, an assessment of the impact on fundamental rights. Until 2 December 2027 what is missing
#   is a warning. Prohibited practices are stopped since 2 February 2025.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 5, 6, 27, 47, Annex III
# custom:
#   id: R-RISK-01
#   steps: [profiling, decision]
#   phases: [requested]
#   severity: high
#   unknown: warn when the risk class is unknown; deny from 2 December 2027
#   applies_from: "2025-02-02"
#   demand: Know the risk class.
#   message:
#     en: High-risk AI would run without its papers.
#   remedy:
#     en: >-
#       Have the conformity declared and, for points 5(b) and 5(c) of Annex III, the impact on
#       fundamental rights assessed; state ai.annex_iii_point, ai.conformity_ref and
#       ai.fundamental_rights_doc_ref for the model in the organisation profile.
#   person:
#     en: >-
#       We stopped because a computer system that can weigh heavily on people has not passed all the
#       checks that it needs. You do not have to do anything.
findings contains {
	"rule": "R-RISK-01",
	"effect": "deny",
	"facts": [
		"ai.risk_class", "ai.annex_iii_point", "ai.conformity_ref",
		"ai.fundamental_rights_doc_ref",
	],
	"args": {},
} if {
	input.phase == "requested"
	_r_risk_01_missing
	_r_risk_01_in_force
}

# METADATA
# title: High-risk AI will need its papers
# custom:
#   id: R-RISK-01
#   reason: papers_soon
#   message:
#     en: High-risk AI runs without its papers; that will stop this step from 2 December 2027.
#   remedy:
#     en: >-
#       Have the conformity declared and, for points 5(b) and 5(c) of Annex III, the impact on
#       fundamental rights assessed; state ai.annex_iii_point, ai.conformity_ref and
#       ai.fundamental_rights_doc_ref for the model in the organisation profile.
#   person:
#     en: >-
#       A computer system that can weigh heavily on people is at work here, and some of its checks are
#       still to come. You can ask us about it.
findings contains {
	"rule": "R-RISK-01",
	"effect": "warn",
	"facts": [
		"ai.risk_class", "ai.annex_iii_point", "ai.conformity_ref",
		"ai.fundamental_rights_doc_ref",
	],
	"args": {"reason": "papers_soon"},
} if {
	input.phase == "requested"
	_r_risk_01_missing
	not _r_risk_01_in_force
}

# METADATA
# title: Prohibited practice
# custom:
#   id: R-RISK-01
#   reason: prohibited
#   message:
#     en: The AI system is classed as a prohibited practice.
#   remedy:
#     en: >-
#       Take the system out of use. If it was classed wrongly, correct ai.risk_class for the model in
#       the organisation profile.
#   person:
#     en: >-
#       We stopped because this kind of computer system must not be used on people. You do not have to
#       do anything.
findings contains {
	"rule": "R-RISK-01",
	"effect": "deny",
	"facts": ["ai.risk_class"],
	"args": {"reason": "prohibited"},
} if {
	input.phase == "requested"
	input.ai.risk_class == "prohibited"
}

# METADATA
# title: Risk class unknown
# custom:
#   id: R-RISK-01
#   reason: unknown
#   message:
#     en: Nobody stated the risk class of the AI system.
#   remedy:
#     en: >-
#       Class the system, and state ai.risk_class, best once for the model in the organisation profile.
#       Where people alone decide, without a model, state decision.automation as dpv:NotAutomated.
#   person:
#     en: >-
#       We stopped because nobody had checked how much the computer system at work here can weigh on
#       people. You do not have to do anything.
findings contains {
	"rule": "R-RISK-01",
	"effect": "deny",
	"facts": ["ai.risk_class"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	_r_risk_01_unclassed
	_r_risk_01_in_force
}

# METADATA
# title: Risk class still unknown
# custom:
#   id: R-RISK-01
#   reason: class_soon
#   message:
#     en: >-
#       Nobody stated the risk class of the AI system; that will stop this step from 2 December 2027.
#   remedy:
#     en: >-
#       Class the system, and state ai.risk_class, best once for the model in the organisation profile.
#       Where people alone decide, without a model, state decision.automation as dpv:NotAutomated.
#   person:
#     en: >-
#       It is still to be checked how much the computer system at work here can weigh on people. You can
#       ask us about it.
findings contains {
	"rule": "R-RISK-01",
	"effect": "warn",
	"facts": ["ai.risk_class"],
	"args": {"reason": "class_soon"},
} if {
	input.phase == "requested"
	_r_risk_01_unclassed
	not _r_risk_01_in_force
}
