package aboveboard.recommendation

import future.keywords.not

# Whoever states a stock or an end has made the claim, unless it is said that there is none.
_r_man_01_scarcity := claim if {
	claim := input.recommendation.scarcity_claim
	not claim.present == false
}

_r_man_01_timer := timer if {
	timer := input.recommendation.countdown
	not timer.present == false
}

_r_man_01_false_scarcity if _r_man_01_scarcity.true_stock > _r_man_01_scarcity.claimed_stock

_r_man_01_true_scarcity if _r_man_01_scarcity.true_stock <= _r_man_01_scarcity.claimed_stock

_r_man_01_false_timer if _r_man_01_timer.real == false

# A timer that has run out and is still shown never was one.
_r_man_01_false_timer if _r_man_01_timer.ends_in_s < 0

_r_man_01_true_timer if {
	_r_man_01_timer.real == true
	not _r_man_01_timer.ends_in_s < 0
}

_r_man_01_untrue contains object.get(claim, "kind", "other") if {
	some claim in input.recommendation.claims
	claim.verified == false
}

# Others who buy are no reason to hurry.
_r_man_01_checked if {
	some claim in input.recommendation.claims
	claim.kind in data.reference.offers.claims_of_haste
	claim.verified == true
}

_r_man_01_unverified contains "scarcity" if {
	_r_man_01_scarcity
	not _r_man_01_false_scarcity
	not _r_man_01_true_scarcity
}

_r_man_01_unverified contains "time" if {
	_r_man_01_timer
	not _r_man_01_false_timer
	not _r_man_01_true_timer
}

_r_man_01_open contains claim if {
	some claim in input.recommendation.claims
	not claim.verified == true
	not claim.verified == false
}

_r_man_01_presses(claim) if not claim.kind

_r_man_01_presses(claim) if claim.kind in data.reference.offers.pressing_claims

_r_man_01_unverified contains object.get(claim, "kind", "other") if {
	some claim in _r_man_01_open
	_r_man_01_presses(claim)
}

_r_man_01_unproved contains kind if {
	some claim in _r_man_01_open
	kind := claim.kind
	kind in data.reference.offers.claims_to_prove
}

# Nobody could ever check it: no claim to make in a sale.
_r_man_01_unproved contains kind if {
	some claim in _r_man_01_open
	kind := claim.kind
	claim.verifiable == false
	not _r_man_01_presses(claim)
}

# Words that press are a claim of their own, unless a checked one stands behind them.
_r_man_01_unverified contains "time" if {
	input.recommendation.urgency_terms > data.reference.offers.urgency_terms_max
	not _r_man_01_checked
	not _r_man_01_true_scarcity
	not _r_man_01_true_timer
}

# METADATA
# title: No misleading, no manipulation
# description: >-
#   False scarcity, unreal timers, untrue claims, made-up reviews and shaming are stopped; a claim
#   that presses, or that speaks of health or the environment, and that nobody checked goes to a human.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 5(1)(a)
# - ref: https://eur-lex.europa.eu/eli/dir/2005/29/oj
#   description: UCPD Art. 5-9, 12, Annex I
# - ref: https://eur-lex.europa.eu/eli/dir/2024/825/oj
#   description: Directive (EU) 2024/825 (UCPD Annex I, 4a)
# custom:
#   id: R-MAN-01
#   steps: [recommendation]
#   phases: [completed]
#   severity: high
#   unknown: "escalate: a claim of scarcity, time or proof that cannot be verified"
#   applies_from: "2007-12-12"
#   demand: AI does not mislead or manipulate.
#   message:
#     en: "Claims were checked against their sources and do not hold: {kinds}."
#   remedy:
#     en: Take the claims out of recommendation.claims, or put them right and have them checked anew.
#   person:
#     en: >-
#       We stopped this message because something it said was not true. You can ask us for the correct
#       facts.
findings contains {
	"rule": "R-MAN-01",
	"effect": "deny",
	"facts": ["recommendation.claims"],
	"args": {"kinds": sort(_r_man_01_untrue)},
} if {
	input.phase == "completed"
	count(_r_man_01_untrue) > 0
}

# METADATA
# title: False scarcity
# custom:
#   id: R-MAN-01
#   reason: scarcity
#   message:
#     en: The offer claims that {claimed} pieces are left, and there are {stock}.
#   remedy:
#     en: >-
#       State the true stock in recommendation.scarcity_claim.claimed_stock, or leave the claim out
#       and state recommendation.scarcity_claim.present as false.
#   person:
#     en: >-
#       We stopped this message because it said that little is left, and there is more. You need not
#       hurry.
findings contains {
	"rule": "R-MAN-01",
	"effect": "deny",
	"facts": ["recommendation.scarcity_claim.claimed_stock", "recommendation.scarcity_claim.true_stock"],
	"args": {
		"reason": "scarcity",
		"claimed": _r_man_01_scarcity.claimed_stock,
		"stock": _r_man_01_scarcity.true_stock,
	},
} if {
	input.phase == "completed"
	_r_man_01_false_scarcity
}

# METADATA
# title: Unreal timer
# custom:
#   id: R-MAN-01
#   reason: timer
#   message:
#     en: A timer is shown, and the offer does not end when it says.
#   remedy:
#     en: >-
#       Take the timer away and state recommendation.countdown.present as false; or let the offer end
#       then, and state recommendation.countdown.real and recommendation.countdown.ends_at.
#   person:
#     en: >-
#       We stopped this message because it showed a clock that means nothing. The offer does not end
#       when it says; take your time.
findings contains {
	"rule": "R-MAN-01",
	"effect": "deny",
	"facts": ["recommendation.countdown.real", "recommendation.countdown.ends_at"],
	"args": {"reason": "timer"},
} if {
	input.phase == "completed"
	_r_man_01_false_timer
}

# METADATA
# title: Shaming
# custom:
#   id: R-MAN-01
#   reason: shaming
#   message:
#     en: The choice to decline is worded to shame the person.
#   remedy:
#     en: Word it neutrally, such as 'No, thank you', and state recommendation.confirmshaming as false.
#   person:
#     en: >-
#       We stopped this message because it tried to make you feel bad about saying no. You are free to
#       say no.
findings contains {
	"rule": "R-MAN-01",
	"effect": "deny",
	"facts": ["recommendation.confirmshaming"],
	"args": {"reason": "shaming"},
} if {
	input.phase == "completed"
	input.recommendation.confirmshaming == true
}

# METADATA
# title: Made-up reviews or buyers
# custom:
#   id: R-MAN-01
#   reason: social_proof
#   message:
#     en: Reviews or numbers of buyers are made up.
#   remedy:
#     en: Take them out and state recommendation.fake_social_proof as false.
#   person:
#     en: >-
#       We stopped this message because its reviews or numbers of buyers were not real. You can ask us
#       for real ones.
findings contains {
	"rule": "R-MAN-01",
	"effect": "deny",
	"facts": ["recommendation.fake_social_proof"],
	"args": {"reason": "social_proof"},
} if {
	input.phase == "completed"
	input.recommendation.fake_social_proof == true
}

# METADATA
# title: Pressing claim that nobody checked
# custom:
#   id: R-MAN-01
#   reason: unverified
#   message:
#     en: "The offer presses with claims that nobody checked: {kinds}."
#   remedy:
#     en: >-
#       Check each claim and state recommendation.claims[].verified,
#       recommendation.scarcity_claim.true_stock with recommendation.scarcity_claim.claimed_stock, or
#       recommendation.countdown.real; or take the claims and the words that press out, and bring
#       recommendation.urgency_terms to 0.
#   person:
#     en: >-
#       This message says that you should hurry, or that others buy, and we have not checked whether
#       that is true. A person looks at it first; you need not hurry.
findings contains {
	"rule": "R-MAN-01",
	"effect": "escalate",
	"facts": [
		"recommendation.claims",
		"recommendation.scarcity_claim",
		"recommendation.countdown",
		"recommendation.urgency_terms",
	],
	"args": {
		"reason": "unverified",
		"kinds": sort(_r_man_01_unverified),
	},
} if {
	input.phase == "completed"
	count(_r_man_01_unverified) > 0
}

# METADATA
# title: Claim that needs proof
# custom:
#   id: R-MAN-01
#   reason: unproved
#   message:
#     en: "The offer makes claims that need proof, and nobody checked them or could: {kinds}."
#   remedy:
#     en: >-
#       Check each claim against its source and state recommendation.claims[].verified; take out what
#       nobody can check.
#   person:
#     en: >-
#       This message makes a claim, such as one about health or the environment, that we have not
#       checked yet. A person looks at it first; you can ask us what it rests on.
findings contains {
	"rule": "R-MAN-01",
	"effect": "escalate",
	"facts": ["recommendation.claims"],
	"args": {
		"reason": "unproved",
		"kinds": sort(_r_man_01_unproved),
	},
} if {
	input.phase == "completed"
	count(_r_man_01_unproved) > 0
}
