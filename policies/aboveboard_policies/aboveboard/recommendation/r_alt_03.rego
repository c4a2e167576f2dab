package aboveboard.recommendation

import future.keywords.not

# Where the register knows of no profiling and the event of no model, nothing maximises anything:
# somebody chose what is on the list.
_r_alt_03_chosen_by_hand if {
	not input.ai
	input.processing.operations
	not "dpv:Profiling" in input.processing.operations
}

# METADATA
# title: The customer's need first
# description: >-
#   What a recommender is set to maximise gives fit to the person's need at least half of the weight.
#   A choice of ours: no law sets the share.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(1)(a)
# custom:
#   id: R-ALT-03
#   steps: [recommendation]
#   phases: [completed]
#   severity: low
#   unknown: warn
#   demand: The customer's need counts, not only turnover.
#   message:
#     en: Fit to the person's need has {fit} basis points of the objective's weight, less than half.
#   remedy:
#     en: Give fit at least half of the weight and state objective.fit_weight_bp.
#   person:
#     en: >-
#       What suits you has less than half of the weight in this advice. You can tell us what you need
#       and ask a person for advice.
findings contains {
	"rule": "R-ALT-03",
	"effect": "warn",
	"facts": ["objective.fit_weight_bp"],
	"args": {"fit": input.objective.fit_weight_bp},
} if {
	input.phase == "completed"
	_advises
	input.objective.fit_weight_bp < data.reference.offers.fit_weight_min_bp
}

# METADATA
# title: Objective unknown
# custom:
#   id: R-ALT-03
#   reason: unknown
#   message:
#     en: Nobody stated what the recommender is set to maximise.
#   remedy:
#     en: State objective.fit_weight_bp, best once for the model in the organisation profile.
#   person:
#     en: >-
#       We cannot say how much your need counted in this advice. You can tell us what you need and ask
#       a person for advice.
findings contains {
	"rule": "R-ALT-03",
	"effect": "warn",
	"facts": ["objective.fit_weight_bp"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "completed"
	_advises
	not input.objective.fit_weight_bp
	not _r_alt_03_chosen_by_hand
}
