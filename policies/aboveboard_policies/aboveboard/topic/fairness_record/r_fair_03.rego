package aboveboard.topic.fairness_record

import future.keywords.not

# A check of tomorrow is none today.
_r_fair_03_stale if input.fairness.evaluated_age_days > data.reference.fairness.check_max_age_days

_r_fair_03_stale if input.fairness.evaluated_age_days < 0

_r_fair_03_undated if not input.fairness.evaluated_age_days

_r_fair_03_undated if not input.fairness.model_version

_r_fair_03_undated if not input.ai.model_version

_r_fair_03_unknown if {
	data.aboveboard.lib.judges_people
	_r_fair_03_undated
}

# METADATA
# title: Fairness check fresh and of this model
# description: >-
#   The fairness check on record is at most 90 days old and was made on the version of the model that
#   is in use. The GDPR asks for fairness of all, now; the AI Act for these tests of high-risk systems,
#   from 2 December 2027.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(1)(a)
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 10, 15, 26(5)
# custom:
#   id: R-FAIR-03
#   steps: [profiling, decision]
#   phases: [requested]
#   severity: high
#   unknown: escalate in decision, warn in profiling
#   applies_from: "2018-05-25"
#   demand: The fairness check is fresh and of this model.
#   message:
#     en: The fairness check on record is too old, or dated in the future (age {age} days).
#   remedy:
#     en: Check the model anew and state fairness.evaluated_at.
#   person:
#     en: >-
#       It is too long since we tested whether this treats all groups of people alike, so a person
#       looks at your case. You can tell us your side.
findings contains {
	"rule": "R-FAIR-03",
	"effect": "escalate",
	"facts": ["fairness.evaluated_at"],
	"args": {"age": input.fairness.evaluated_age_days},
} if {
	input.phase == "requested"
	_r_fair_03_stale
}

# METADATA
# title: Fairness check of another version
# custom:
#   id: R-FAIR-03
#   reason: version
#   message:
#     en: "The fairness check was made on version {checked}; version {used} is in use."
#   remedy:
#     en: Check the version in use and state it as fairness.model_version, or use the version checked.
#   person:
#     en: >-
#       We changed the program that does this and have not tested yet whether it still treats all
#       groups of people alike, so a person looks at your case. You can tell us your side.
findings contains {
	"rule": "R-FAIR-03",
	"effect": "escalate",
	"facts": ["fairness.model_version", "ai.model_version"],
	"args": {
		"reason": "version",
		"checked": input.fairness.model_version,
		"used": input.ai.model_version,
	},
} if {
	input.phase == "requested"
	input.fairness.model_version != input.ai.model_version
}

# METADATA
# title: Date or version of the check unknown
# custom:
#   id: R-FAIR-03
#   reason: unknown
#   message:
#     en: It is unknown when fairness was last checked, on which version, or which version is in use.
#   remedy:
#     en: State fairness.evaluated_at, fairness.model_version and ai.model_version.
#   person:
#     en: >-
#       We cannot say when we last tested whether this treats all groups of people alike. You can ask
#       a person to look at your case.
findings contains {
	"rule": "R-FAIR-03",
	"effect": "warn",
	"facts": ["fairness.evaluated_at", "fairness.model_version", "ai.model_version"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	input.step == "profiling"
	_r_fair_03_unknown
}

# METADATA
# title: Decision on a model nobody checked
# custom:
#   id: R-FAIR-03
#   reason: unknown_decision
#   message:
#     en: >-
#       People are decided about, and it is unknown when fairness was last checked, on which version,
#       or which version is in use.
#   remedy:
#     en: >-
#       Let a human decide, or state fairness.evaluated_at, fairness.model_version and
#       ai.model_version.
#   person:
#     en: >-
#       We cannot say when we last tested whether decisions like this treat all groups of people
#       alike, so a person decides your case. You can tell us your side.
findings contains {
	"rule": "R-FAIR-03",
	"effect": "escalate",
	"facts": ["fairness.evaluated_at", "fairness.model_version", "ai.model_version"],
	"args": {"reason": "unknown_decision"},
} if {
	input.phase == "requested"
	input.step == "decision"
	_r_fair_03_unknown
}
