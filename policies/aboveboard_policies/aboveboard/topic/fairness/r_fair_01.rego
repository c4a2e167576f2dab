package aboveboard.topic.fairness

import future.keywords.not

# A feature may be named with its record, as in lead.gender.
_r_fair_01_bare(feature) := name if {
	parts := split(lower(feature), ".")
	name := parts[count(parts) - 1]
}

# The words of all names at once: each name is looked at only where one of them matters.
_r_fair_01_words := split(lower(concat(".", input.profile.features)), ".")

_r_fair_01_suspect if {
	some word in _r_fair_01_words
	data.reference.fairness.protected_features[word]
}

_r_fair_01_suspect if {
	some word in _r_fair_01_words
	data.reference.fairness.strong_proxies[word]
}

_r_fair_01_protected contains feature if some feature in input.profile.protected_attributes

_r_fair_01_protected contains feature if {
	_r_fair_01_suspect
	some feature in input.profile.features
	data.reference.fairness.protected_features[_r_fair_01_bare(feature)]
}

_r_fair_01_proxies contains object.get(proxy, "feature", "unnamed") if {
	some proxy in input.profile.proxies
	proxy.corr_bp >= data.reference.fairness.proxy_corr_max_bp
}

_r_fair_01_proxies contains feature if {
	_r_fair_01_suspect
	some feature in input.profile.features
	data.reference.fairness.strong_proxies[_r_fair_01_bare(feature)]
}

_r_fair_01_undeclared if not input.profile.features

_r_fair_01_undeclared if {
	some proxy in input.profile.proxies
	not proxy.corr_bp >= 0
}

# METADATA
# title: No discrimination
# description: >-
#   Protected traits and features that stand in for them are no inputs of a model that judges people,
#   and nobody is decided about on the statistics of a group alone.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/treaty/char_2012/oj
#   description: Charter Art. 21
# - ref: https://eur-lex.europa.eu/eli/dir/2000/43/oj
#   description: Directive 2000/43/EC Art. 3(1)(h)
# - ref: https://eur-lex.europa.eu/eli/dir/2004/113/oj
#   description: Directive 2004/113/EC
# - ref: https://www.finlex.fi/fi/lainsaadanto/2014/1325
#   description: FI Non-Discrimination Act 1325/2014 s. 8
# - ref: https://wetten.overheid.nl/BWBR0006502
#   description: NL Equal Treatment Act (AWGB)
# custom:
#   id: R-FAIR-01
#   steps: [profiling, recommendation, decision]
#   phases: [requested]
#   severity: high
#   unknown: "escalate: features not declared"
#   applies_from: "2003-07-19"
#   demand: Nobody is treated worse for race, sex, age, social standing or the like.
#   message:
#     en: "The model takes protected traits as inputs: {features}."
#   remedy:
#     en: >-
#       Train and run the model without these features, and leave them out of profile.features and
#       profile.protected_attributes.
#   person:
#     en: >-
#       We stopped this because it would have judged you by a personal trait such as your sex, age or
#       origin. You can ask us to look at your case ourselves.
findings contains {
	"rule": "R-FAIR-01",
	"effect": "deny",
	"facts": ["profile.features", "profile.protected_attributes"],
	"args": {"features": sort(_r_fair_01_protected)},
} if {
	input.phase == "requested"
	count(_r_fair_01_protected) > 0
}

# METADATA
# title: Strong proxy of a protected trait
# custom:
#   id: R-FAIR-01
#   reason: proxy
#   message:
#     en: "The model takes features that stand in for protected traits: {features}."
#   remedy:
#     en: >-
#       Train and run the model without these features, and leave them out of profile.features and
#       profile.proxies; or lower what they give away and state the new profile.proxies[].corr_bp.
#   person:
#     en: >-
#       We stopped this because it would have used details that give away a personal trait such as
#       your sex, age or origin. You can ask us to look at your case ourselves.
findings contains {
	"rule": "R-FAIR-01",
	"effect": "deny",
	"facts": ["profile.features", "profile.proxies"],
	"args": {
		"reason": "proxy",
		"features": sort(_r_fair_01_proxies),
	},
} if {
	input.phase == "requested"
	count(_r_fair_01_proxies) > 0
}

# METADATA
# title: Decided on a group alone
# custom:
#   id: R-FAIR-01
#   reason: group
#   message:
#     en: The person would be decided about on the statistics of a group alone.
#   remedy:
#     en: Judge the person's own circumstances too, and state profile.individual_assessment as true.
#   person:
#     en: >-
#       We stopped this decision because it rested on what people like you do, and not on you. You
#       can tell us about your own situation and have it looked at.
findings contains {
	"rule": "R-FAIR-01",
	"effect": "deny",
	"facts": ["profile.individual_assessment"],
	"args": {"reason": "group"},
} if {
	input.phase == "requested"
	input.step == "decision"
	input.profile.individual_assessment == false
}

# METADATA
# title: Features unknown
# custom:
#   id: R-FAIR-01
#   reason: unknown
#   message:
#     en: Nobody declared which features the model uses, or how strongly they stand in for protected traits.
#   remedy:
#     en: >-
#       List the features in profile.features and the strength of each proxy in
#       profile.proxies[].corr_bp, best once for the model in the organisation profile; an empty list
#       says that there are none.
#   person:
#     en: >-
#       We do not know yet which of your details this would use to judge you, so a person looks at it
#       first. You can ask us which details they are.
findings contains {
	"rule": "R-FAIR-01",
	"effect": "escalate",
	"facts": ["profile.features", "profile.proxies"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	data.aboveboard.lib.judges_people
	_r_fair_01_undeclared
}
