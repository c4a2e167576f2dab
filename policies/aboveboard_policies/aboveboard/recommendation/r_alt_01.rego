package aboveboard.recommendation

import future.keywords.not

_r_alt_01_priced(item) if {
	item.total_price_minor >= 0
	item.currency
	_r_alt_01_full(item)
}

_r_alt_01_full(item) if item.tax_included == true

# Firms are quoted without the tax that they get back.
_r_alt_01_full(_) if input.subject.type == "legal_person"

_r_alt_01_unpriced contains object.get(item, "id", "?") if {
	some item in input.recommendation.items
	not _r_alt_01_priced(item)
}

# The number stated has to agree with the list: the item itself and its alternatives.
_r_alt_01_compared if {
	input.recommendation.alternatives_count >= data.reference.decisions.alternatives_min
	count(input.recommendation.items) > data.reference.decisions.alternatives_min
	input.recommendation.cheapest_suitable_shown == true
	input.recommendation.comparable == true
}

_r_alt_01_compared if {
	input.recommendation.alternatives_exist == false
	not input.recommendation.cheapest_suitable_shown == false
}

# METADATA
# title: Alternatives with their prices
# description: >-
#   Advice to buy shows at least two other suitable items with their total prices, the cheapest
#   suitable one among them; where it does not, the person is told that others exist.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/dir/2005/29/oj
#   description: UCPD Art. 7(1), 7(4), 7(4a)
# - ref: https://eur-lex.europa.eu/eli/dir/2011/83/oj
#   description: CRD Art. 6a
# custom:
#   id: R-ALT-01
#   steps: [recommendation]
#   phases: [completed]
#   severity: medium
#   unknown: disclose; deny when a price is missing
#   applies_from: "2022-05-28"
#   demand: Show alternatives and their prices.
#   message:
#     en: The advice shows too few alternatives, or not the cheapest one that suits.
#   remedy:
#     en: >-
#       Show at least two other suitable items with total prices, the cheapest among them, and state
#       recommendation.alternatives_count and recommendation.cheapest_suitable_shown.
#   person:
#     en: >-
#       There may be other products that suit you, and cheaper ones. Ask us to show them with their
#       full prices before you decide.
findings contains {
	"rule": "R-ALT-01",
	"effect": "oblige",
	"facts": ["recommendation.alternatives_count", "recommendation.cheapest_suitable_shown"],
	"args": {},
	"obligation": {"kind": "disclose", "notice": "alternatives"},
} if {
	input.phase == "completed"
	_advises
	not _r_alt_01_compared
}

# METADATA
# title: Price missing
# custom:
#   id: R-ALT-01
#   reason: price
#   phases: [completed]
#   message:
#     en: "Items are recommended without a total price, to people with taxes included: {items}."
#   remedy:
#     en: >-
#       Give each item's recommendation.items[].total_price_minor and recommendation.items[].currency,
#       with recommendation.items[].tax_included true unless a firm is offered it (subject.type
#       legal_person).
#   person:
#     en: >-
#       We stopped this advice because it did not tell you the full price. You can ask us for the full
#       price.
findings contains {
	"rule": "R-ALT-01",
	"effect": "deny",
	"facts": ["recommendation.items[].total_price_minor"],
	"args": {
		"reason": "price",
		"items": sort(_r_alt_01_unpriced),
	},
} if {
	input.phase == "completed"
	_advises
	count(_r_alt_01_unpriced) > 0
}
