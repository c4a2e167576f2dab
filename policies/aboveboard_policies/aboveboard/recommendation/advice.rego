package aboveboard.recommendation

import future.keywords.not

# What several rules of this step ask. Unknown counts as advice to buy, unless nothing is recommended.
_advises if input.recommendation.purchase_advice == true

_advises if {
	not input.recommendation.purchase_advice == false
	not input.recommendation.items == []
}

# A list is a ranking, whether it advises or not.
_ranks if _advises

_ranks if count(input.recommendation.items) > 0
