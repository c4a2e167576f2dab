package aboveboard.topic.assessment

import future.keywords.not

_r_dpia_01_large if input.processing.large_scale == true

_r_dpia_01_large if {
	input.processing.records >= data.reference.data_protection.large_scale_records
}

# Whether one is needed: stated, or plain from scale and weight; a plain "no" of the organisation
# does not stand against these two.
_r_dpia_01_needed if input.dpia.required == true

_r_dpia_01_needed if {
	_r_dpia_01_large
	data.aboveboard.lib.judges_people
}

# Art. 35(3)(a): decisions that weigh on people and rest on automated processing.
_r_dpia_01_needed if {
	data.aboveboard.lib.significant_decision
	data.aboveboard.lib.decided_by_machine
}

# A small scale alone settles nothing: profiling can be systematic on few people too.
_r_dpia_01_unsettled if {
	not input.dpia.required == false
	data.aboveboard.lib.judges_people
}

_r_dpia_01_done if {
	input.dpia.done_age_days >= 0
	input.dpia.outcome
}

# METADATA
# title: Risks are weighed beforehand
# description: >-
#   Profiling on a large scale, decisions by machines that weigh on people, and whatever else needs a
#   data protection impact assessment run only once it is done, with the data protection officer
#   asked. A high risk that is left goes to the authority first.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 35, 36, 39(1)(c)
# custom:
#   id: R-DPIA-01
#   steps: [profiling, decision]
#   phases: [requested]
#   severity: high
#   unknown: escalate when it is not known whether an assessment is needed
#   applies_from: "2018-05-25"
#   demand: Risks are weighed beforehand, with experts.
#   message:
#     en: This needs a data protection impact assessment, and none is done.
#   remedy:
#     en: >-
#       Do the assessment, enter it under assessments in the organisation profile and name it for the
#       purpose, so that dpia.done_at and dpia.outcome are known.
#   person:
#     en: >-
#       We stopped because we had not yet checked what this could mean for you and for others. You do
#       not have to do anything.
findings contains {
	"rule": "R-DPIA-01",
	"effect": "deny",
	"facts": [
		"dpia.required", "dpia.done_at", "dpia.outcome", "processing.large_scale",
		"processing.records", "decision.effect", "decision.automation", "decision.score_decisive",
	],
	"args": {},
} if {
	input.phase == "requested"
	_r_dpia_01_needed
	not _r_dpia_01_done
}

# METADATA
# title: High risk left
# custom:
#   id: R-DPIA-01
#   reason: residual
#   message:
#     en: The impact assessment found a high risk that is left after all measures.
#   remedy:
#     en: >-
#       Consult the supervisory authority (GDPR Art. 36), or lower the risk, do the assessment again and
#       state dpia.outcome.
#   person:
#     en: >-
#       A person has to look at this first, because it could have serious consequences for people like
#       you. You do not have to do anything.
findings contains {
	"rule": "R-DPIA-01",
	"effect": "escalate",
	"facts": ["dpia.outcome"],
	"args": {"reason": "residual"},
} if {
	input.phase == "requested"
	input.dpia.outcome == "high_residual"
	_r_dpia_01_needed
	_r_dpia_01_done
}

# METADATA
# title: Data protection officer not asked
# custom:
#   id: R-DPIA-01
#   reason: officer
#   message:
#     en: The impact assessment was done without the advice of the data protection officer.
#   remedy:
#     en: >-
#       Ask the data protection officer, and state dpo.consulted_at (dpo_consulted_at of the assessment
#       in the organisation profile).
#   person:
#     en: >-
#       A person has to look at this first, because an internal check is still to be done. You do not
#       have to do anything.
findings contains {
	"rule": "R-DPIA-01",
	"effect": "escalate",
	"facts": ["dpo.consulted_at"],
	"args": {"reason": "officer"},
} if {
	input.phase == "requested"
	_r_dpia_01_needed
	_r_dpia_01_done
	not input.dpo.consulted_age_days >= 0
}

# METADATA
# title: Need of an assessment unknown
# custom:
#   id: R-DPIA-01
#   reason: unknown
#   message:
#     en: People are judged, and nobody stated whether that needs an impact assessment.
#   remedy:
#     en: >-
#       Find out whether one is needed, and state dpia.required, best once for the purpose in the
#       register (dpia_required). Where nobody is judged, state what is done in processing.operations.
#   person:
#     en: >-
#       A person has to look at this first, because nobody had checked yet what it could mean for you.
#       You do not have to do anything.
findings contains {
	"rule": "R-DPIA-01",
	"effect": "escalate",
	"facts": ["dpia.required", "processing.operations"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	_r_dpia_01_unsettled
	not _r_dpia_01_needed
}
