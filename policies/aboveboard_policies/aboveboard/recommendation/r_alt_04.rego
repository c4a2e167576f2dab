package aboveboard.recommendation

import future.keywords.not

# A percentage, or a former price beside the new one. To firms the law does not speak.
_r_alt_04_announced if {
	not input.subject.type == "legal_person"
	_r_alt_04_stated
}

_r_alt_04_stated if input.recommendation.discount.percent_bp > 0

_r_alt_04_stated if input.recommendation.discount.reference_minor

_r_alt_04_known if {
	input.recommendation.discount.reference_minor >= 0
	input.recommendation.discount.prior_price_30d_minor >= 0
	_r_alt_04_price_known
}

# A former price beside the new one says for itself how far it fell.
_r_alt_04_price_known if not input.recommendation.discount.percent_bp > 0

_r_alt_04_price_known if input.recommendation.discount.price_minor >= 0

# C-330/23: the percentage too is counted from the lowest price. Shops announce whole per cent.
_r_alt_04_overstated if {
	discount := input.recommendation.discount
	stated := discount.percent_bp - data.reference.offers.discount_rounding_bp
	prior := discount.prior_price_30d_minor
	stated * prior > (prior - discount.price_minor) * 10000
}

# METADATA
# title: Price cuts are real
# description: A stated price cut is counted from the lowest price of the last 30 days.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/dir/1998/6/oj
#   description: Directive 98/6/EC Art. 6a
# - ref: https://curia.europa.eu/juris/liste.jsf?num=C-330/23
#   description: CJEU C-330/23
# custom:
#   id: R-ALT-04
#   steps: [recommendation]
#   phases: [completed]
#   severity: high
#   unknown: "deny: prior price unknown under a stated discount"
#   applies_from: "2022-05-28"
#   demand: Price cuts are real.
#   message:
#     en: >-
#       The cut is counted from {reference} minor units; the lowest price of the last 30 days was
#       {prior}.
#   remedy:
#     en: >-
#       Count the cut from the lowest price of the last 30 days and state
#       recommendation.discount.reference_minor and recommendation.discount.percent_bp anew.
#   person:
#     en: >-
#       We stopped this offer because the price cut looked bigger than it is. You can ask us for the
#       lowest price of the last month.
findings contains {
	"rule": "R-ALT-04",
	"effect": "deny",
	"facts": [
		"recommendation.discount.reference_minor",
		"recommendation.discount.prior_price_30d_minor",
	],
	"args": {
		"reference": input.recommendation.discount.reference_minor,
		"prior": input.recommendation.discount.prior_price_30d_minor,
	},
} if {
	input.phase == "completed"
	_r_alt_04_announced
	input.recommendation.discount.reference_minor > input.recommendation.discount.prior_price_30d_minor
}

# METADATA
# title: Percentage too high
# custom:
#   id: R-ALT-04
#   reason: percent
#   message:
#     en: >-
#       The cut is stated as {percent} basis points; from {prior} minor units, the lowest price of the
#       last 30 days, to {price} it is less.
#   remedy:
#     en: >-
#       Count the percentage from the lowest price of the last 30 days, state it to the buyer, and give
#       it as recommendation.discount.percent_bp with recommendation.discount.price_minor, the price
#       after the cut.
#   person:
#     en: >-
#       We stopped this offer because the price cut looked bigger than it is. You can ask us for the
#       lowest price of the last month.
findings contains {
	"rule": "R-ALT-04",
	"effect": "deny",
	"facts": [
		"recommendation.discount.percent_bp", "recommendation.discount.price_minor",
		"recommendation.discount.prior_price_30d_minor",
	],
	"args": {
		"reason": "percent",
		"percent": input.recommendation.discount.percent_bp,
		"price": input.recommendation.discount.price_minor,
		"prior": input.recommendation.discount.prior_price_30d_minor,
	},
} if {
	input.phase == "completed"
	_r_alt_04_announced
	_r_alt_04_overstated
}

# METADATA
# title: Prior price unknown
# custom:
#   id: R-ALT-04
#   reason: unknown
#   message:
#     en: >-
#       A price cut is stated, and nobody stated from which price, to which, or the lowest one of the
#       last 30 days.
#   remedy:
#     en: >-
#       Look them up in the price history and state recommendation.discount.reference_minor,
#       recommendation.discount.prior_price_30d_minor and, beside a percentage,
#       recommendation.discount.price_minor; or announce no cut.
#   person:
#     en: >-
#       We stopped this offer because we could not check whether the price cut is real. You can ask us
#       for the lowest price of the last month.
findings contains {
	"rule": "R-ALT-04",
	"effect": "deny",
	"facts": [
		"recommendation.discount.reference_minor",
		"recommendation.discount.prior_price_30d_minor",
		"recommendation.discount.price_minor",
	],
	"args": {"reason": "unknown"},
} if {
	input.phase == "completed"
	_r_alt_04_announced
	not _r_alt_04_known
}
