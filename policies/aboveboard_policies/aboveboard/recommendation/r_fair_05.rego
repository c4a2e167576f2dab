package aboveboard.recommendation

import future.keywords.not

_r_fair_05_told if input.recommendation.personalised_price_disclosed == true

# METADATA
# title: Personal prices are told
# description: >-
#   Where a machine set the price for this person, the person is told so before the order; and prices
#   do not drift apart between groups of people.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/dir/2011/83/oj
#   description: CRD Art. 6(1)(ea)
# - ref: https://eur-lex.europa.eu/eli/dir/2006/123/oj
#   description: Services Directive Art. 20
# custom:
#   id: R-FAIR-05
#   steps: [recommendation]
#   phases: [completed]
#   severity: medium
#   unknown: disclose
#   applies_from: "2022-05-28"
#   demand: A price set for one person by machine is told to be such.
#   message:
#     en: The price was set for this person by machine, and the person was not told.
#   remedy:
#     en: >-
#       Tell the person before the order and state recommendation.personalised_price_disclosed as
#       true; or give everybody the same price and state recommendation.personalised_price as false.
#   person:
#     en: >-
#       A computer set this price for you personally, from what it knows about you. Others may see
#       another price; you can ask us for the usual one.
findings contains {
	"rule": "R-FAIR-05",
	"effect": "oblige",
	"facts": ["recommendation.personalised_price", "recommendation.personalised_price_disclosed"],
	"args": {},
	"obligation": {"kind": "disclose", "notice": "personalised_price"},
} if {
	input.phase == "completed"
	input.recommendation.personalised_price == true
	not _r_fair_05_told
}

# METADATA
# title: Whether the price is personal is unknown
# custom:
#   id: R-FAIR-05
#   reason: unknown
#   message:
#     en: Nobody stated whether the price was set for this person by machine.
#   remedy:
#     en: >-
#       State recommendation.personalised_price; where it is true, tell the person and state
#       recommendation.personalised_price_disclosed.
#   person:
#     en: >-
#       This price may have been set for you personally by a computer. You can ask us whether it was,
#       and for the usual price.
findings contains {
	"rule": "R-FAIR-05",
	"effect": "oblige",
	"facts": ["recommendation.personalised_price", "recommendation.personalised_price_disclosed"],
	"args": {"reason": "unknown"},
	"obligation": {"kind": "disclose", "notice": "personalised_price"},
} if {
	input.phase == "completed"
	_advises
	not input.recommendation.personalised_price == true
	not input.recommendation.personalised_price == false
	not _r_fair_05_told
}

# METADATA
# title: Prices differ between groups
# custom:
#   id: R-FAIR-05
#   reason: gap
#   message:
#     en: Personal prices differ between groups of people by {gap} basis points on average.
#   remedy:
#     en: >-
#       Find the feature that drives the gap and take it out of pricing; measure again and state
#       recommendation.price_gap_by_group_bp.
#   person:
#     en: >-
#       Our personal prices differ between groups of people more than we want, and we look into it.
#       You can ask us for the usual price.
findings contains {
	"rule": "R-FAIR-05",
	"effect": "warn",
	"facts": ["recommendation.price_gap_by_group_bp"],
	"args": {
		"reason": "gap",
		"gap": input.recommendation.price_gap_by_group_bp,
	},
} if {
	input.phase == "completed"
	not input.recommendation.personalised_price == false
	input.recommendation.price_gap_by_group_bp >= data.reference.fairness.price_gap_max_bp
}
