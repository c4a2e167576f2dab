package aboveboard.topic.oversight

import future.keywords.not

_r_mon_01_signs contains "evaluation" if {
	input.ai.last_evaluated_age_days > data.reference.oversight.evaluation_max_age_days
}

_r_mon_01_signs contains "drift" if input.drift.psi_bp > data.reference.oversight.psi_max_bp

_r_mon_01_signs contains "knowledge" if {
	input.kb.updated_age_days > data.reference.oversight.knowledge_max_age_days
}

_r_mon_01_signs contains "errors" if {
	input.ai.error_rate_7d_bp > data.reference.oversight.error_rate_7d_max_bp
}

_r_mon_01_signs contains "deprecated" if input.ai.deprecated == true

# It works by itself when nobody runs it, when it decides or when it talks to people. Unknown counts
# as nobody.
_r_mon_01_alone if not input.actor.role

_r_mon_01_alone if input.actor.role == "system"

_r_mon_01_alone if data.aboveboard.lib.decided_by_machine

_r_mon_01_alone if input.ai.interacts_directly == true

# METADATA
# title: AI in use is watched
# description: >-
#   A model whose evaluation or knowledge is old, whose inputs have drifted, which errs too often or
#   which its vendor gives up works only under the eyes of a person.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 26(5), 72
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 32(1)(d)
# custom:
#   id: R-MON-01
#   steps: [profiling, recommendation, decision]
#   phases: [requested]
#   severity: medium
#   unknown: warn when it is not known when the model was evaluated
#   applies_from: "2018-05-25"
#   demand: AI in use is watched, and kept up to date.
#   message:
#     en: >-
#       The model is not up to date, and it works by itself or nobody stated who runs it: {signs}.
#   remedy:
#     en: >-
#       Let a person go through the result; or bring the model up to date and state what is then true of
#       ai.last_evaluated_at, drift.psi_bp, kb.updated_at, ai.error_rate_7d_bp and ai.deprecated. Where
#       a person runs it, and it neither decides nor talks to people by itself, state actor.role.
#   person:
#     en: >-
#       A person has to look at this first, because the computer system at work here is due for a check.
#       You do not have to do anything.
findings contains {
	"rule": "R-MON-01",
	"effect": "escalate",
	"facts": [
		"ai.last_evaluated_at", "drift.psi_bp", "kb.updated_at", "ai.error_rate_7d_bp",
		"ai.deprecated", "actor.role",
	],
	"args": {"signs": sort(_r_mon_01_signs)},
} if {
	input.phase == "requested"
	count(_r_mon_01_signs) > 0
	_r_mon_01_alone
}

# METADATA
# title: Model under the eyes of a person
# custom:
#   id: R-MON-01
#   reason: attended
#   message:
#     en: "The model is not up to date: {signs}."
#   remedy:
#     en: >-
#       Bring the model up to date, and state what is then true of ai.last_evaluated_at, drift.psi_bp,
#       kb.updated_at, ai.error_rate_7d_bp and ai.deprecated.
#   person:
#     en: >-
#       The computer system at work here is due for a check. One of our people works with it; you can
#       ask us about it.
findings contains {
	"rule": "R-MON-01",
	"effect": "warn",
	"facts": [
		"ai.last_evaluated_at", "drift.psi_bp", "kb.updated_at", "ai.error_rate_7d_bp",
		"ai.deprecated",
	],
	"args": {"reason": "attended", "signs": sort(_r_mon_01_signs)},
} if {
	input.phase == "requested"
	count(_r_mon_01_signs) > 0
	not _r_mon_01_alone
}

# METADATA
# title: Evaluation unknown
# custom:
#   id: R-MON-01
#   reason: unknown
#   message:
#     en: Nobody stated when the model was last evaluated.
#   remedy:
#     en: >-
#       Evaluate the model, and state ai.last_evaluated_at, best once for the model in the organisation
#       profile.
#   person:
#     en: >-
#       We have not recorded when the computer system at work here was last checked. You can ask us
#       about it.
findings contains {
	"rule": "R-MON-01",
	"effect": "warn",
	"facts": ["ai.last_evaluated_at", "ai.model"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	input.ai.model
	not input.ai.last_evaluated_age_days >= 0
}
