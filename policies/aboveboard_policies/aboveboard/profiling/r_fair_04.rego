package aboveboard.profiling

import future.keywords.not

_r_fair_04_gaps contains input.dataset.representation_gap_max_bp

# What is stated has to agree with the lists.
_r_fair_04_gaps contains gap if {
	some trained in input.dataset.groups
	some people in input.population.groups
	trained.name == people.name
	gap := abs(trained.share_bp - people.share_bp)
}

# A group that nobody trained on is left out with the whole of its share.
_r_fair_04_gaps contains share if {
	names := {trained.name | some trained in input.dataset.groups}
	count(names) > 0
	some people in input.population.groups
	not people.name in names
	share := people.share_bp
}

_r_fair_04_wide contains gap if {
	some gap in _r_fair_04_gaps
	gap >= data.reference.fairness.representation_gap_max_bp
}

# From that day on; only a class that is known to be lower takes a model out.
_r_fair_04_bound if {
	not input.time < data.reference.dates.ai_act_annex_iii
	not input.ai.risk_class in {"minimal", "transparency"}
}

# METADATA
# title: Training data stand for all customers
# description: >-
#   No group's share in the training data is far from its share among the people the model is used
#   on. A duty for high-risk systems from 2 December 2027; good practice before.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 10(3)-(4)
# custom:
#   id: R-FAIR-04
#   steps: [profiling]
#   phases: [requested]
#   severity: medium
#   unknown: warn
#   applies_from: "2027-12-02"
#   demand: Training data stand for all customers.
#   message:
#     en: >-
#       A group's share in the training data is {gap} basis points away from its share among the
#       people.
#   remedy:
#     en: >-
#       Add or weight data of the group, train anew and state dataset.groups, population.groups and
#       dataset.representation_gap_max_bp.
#   person:
#     en: >-
#       The program that does this has learned from too few people of some groups and may be less
#       right about them. You can ask a person to look at your case.
findings contains {
	"rule": "R-FAIR-04",
	"effect": "warn",
	"facts": ["dataset.representation_gap_max_bp", "dataset.groups", "population.groups"],
	"args": {"gap": max(_r_fair_04_wide)},
} if {
	input.phase == "requested"
	count(_r_fair_04_wide) > 0
	not _r_fair_04_bound
}

# METADATA
# title: Training data of a high-risk model
# custom:
#   id: R-FAIR-04
#   reason: high_risk
#   message:
#     en: >-
#       A group's share in a high-risk model's training data is {gap} basis points away from its share
#       among the people.
#   remedy:
#     en: >-
#       Add or weight data of the group, train anew and state dataset.groups, population.groups and
#       dataset.representation_gap_max_bp; where the model is no high-risk system, state ai.risk_class.
#   person:
#     en: >-
#       The program that does this has learned from too few people of some groups and may be less
#       right about them, so a person looks at your case. You can tell us your side.
findings contains {
	"rule": "R-FAIR-04",
	"effect": "escalate",
	"facts": ["dataset.representation_gap_max_bp", "dataset.groups", "population.groups", "ai.risk_class"],
	"args": {
		"reason": "high_risk",
		"gap": max(_r_fair_04_wide),
	},
} if {
	input.phase == "requested"
	count(_r_fair_04_wide) > 0
	_r_fair_04_bound
}

# METADATA
# title: Make-up of the training data unknown
# custom:
#   id: R-FAIR-04
#   reason: unknown
#   message:
#     en: Nobody stated how far the training data's groups are from those of the people.
#   remedy:
#     en: >-
#       State dataset.representation_gap_max_bp, or dataset.groups and population.groups, best once
#       for the model in the organisation profile.
#   person:
#     en: >-
#       We cannot say whether the program that does this has learned from enough people like you. You
#       can ask a person to look at your case.
findings contains {
	"rule": "R-FAIR-04",
	"effect": "warn",
	"facts": ["dataset.representation_gap_max_bp", "dataset.groups", "population.groups"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	data.aboveboard.lib.judges_people
	count(_r_fair_04_gaps) == 0
}
