package aboveboard.recommendation

import future.keywords.not

_r_alt_02_paid contains object.get(item, "id", "unnamed") if {
	some item in input.recommendation.items
	item.paid_placement == true
	not item.advert_labelled == true
}

# Stated for this list, or for the model that made it: the higher one counts.
_r_alt_02_margins contains input.recommendation.margin_weight_bp

_r_alt_02_margins contains input.objective.margin_weight_bp

_r_alt_02_margin_led if {
	some weight in _r_alt_02_margins
	weight > data.reference.offers.margin_weight_max_bp
}

_r_alt_02_margin_untold if {
	_r_alt_02_margin_led
	not input.recommendation.ranking_parameters_disclosed == true
}

_r_alt_02_unknown if {
	some item in input.recommendation.items
	not item.paid_placement == true
	not item.paid_placement == false
	not item.advert_labelled == true
}

_r_alt_02_unknown if not input.recommendation.items

_r_alt_02_unknown if {
	count(_r_alt_02_margins) == 0
	not input.recommendation.ranking_parameters_disclosed == true
}

# METADATA
# title: Whose interest the advice serves
# description: A place that somebody paid for, and a ranking that margin leads, are told to be such.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/dir/2005/29/oj
#   description: UCPD Annex I no. 11a, Art. 7(4a)
# - ref: https://eur-lex.europa.eu/eli/reg/2022/2065/oj
#   description: DSA Art. 26, 27
# - ref: https://eur-lex.europa.eu/eli/reg/2019/1150/oj
#   description: P2B Regulation Art. 5
# custom:
#   id: R-ALT-02
#   steps: [recommendation]
#   phases: [completed]
#   severity: medium
#   unknown: disclose
#   applies_from: "2022-05-28"
#   demand: Paid or margin-led ranking is told.
#   message:
#     en: "Somebody paid for the place of items that are not labelled as adverts: {items}."
#   remedy:
#     en: >-
#       Label each of them where it is shown and state recommendation.items[].advert_labelled as true;
#       or take the payment out of the ranking (recommendation.items[].paid_placement false).
#   person:
#     en: >-
#       Some of these products stand here because somebody paid for it. You can ask us for a list
#       without paid places.
findings contains {
	"rule": "R-ALT-02",
	"effect": "oblige",
	"facts": ["recommendation.items[].paid_placement", "recommendation.items[].advert_labelled"],
	"args": {"items": sort(_r_alt_02_paid)},
	"obligation": {"kind": "disclose", "notice": "paid_placement"},
} if {
	input.phase == "completed"
	count(_r_alt_02_paid) > 0
}

# METADATA
# title: Ranking led by margin
# custom:
#   id: R-ALT-02
#   reason: margin
#   message:
#     en: Margin counts in the ranking, and the person is not told what the ranking rests on.
#   remedy:
#     en: >-
#       Say what the ranking rests on, margin among it, and state
#       recommendation.ranking_parameters_disclosed as true; or take margin out
#       (recommendation.margin_weight_bp and objective.margin_weight_bp 0).
#   person:
#     en: >-
#       What we earn on a product counted in the order of this list. You can ask us to sort it by
#       price or by what suits you.
findings contains {
	"rule": "R-ALT-02",
	"effect": "oblige",
	"facts": [
		"recommendation.margin_weight_bp",
		"objective.margin_weight_bp",
		"recommendation.ranking_parameters_disclosed",
	],
	"args": {"reason": "margin"},
	"obligation": {"kind": "disclose", "notice": "ranking"},
} if {
	input.phase == "completed"
	_ranks
	_r_alt_02_margin_untold
}

# METADATA
# title: What the ranking rests on is unknown
# custom:
#   id: R-ALT-02
#   reason: unknown
#   message:
#     en: Nobody stated whether places are paid for, or how much margin counts in the ranking.
#   remedy:
#     en: >-
#       State recommendation.items[].paid_placement of each item and recommendation.margin_weight_bp
#       (or objective.margin_weight_bp for the model).
#   person:
#     en: >-
#       We cannot say whether somebody paid for the order of this list. You can ask us what it rests
#       on, and to sort it by price.
findings contains {
	"rule": "R-ALT-02",
	"effect": "oblige",
	"facts": [
		"recommendation.items[].paid_placement",
		"recommendation.margin_weight_bp",
		"objective.margin_weight_bp",
	],
	"args": {"reason": "unknown"},
	"obligation": {"kind": "disclose", "notice": "ranking"},
} if {
	input.phase == "completed"
	_ranks
	_r_alt_02_unknown
	not _r_alt_02_margin_untold
}
