package aboveboard.topic.inference

import future.keywords.not

_r_spec_03_guessed contains category if {
	some category in input.profile.inferred_categories
	data.aboveboard.lib.special_category(category)
}

# "lead.church_tax" is church_tax too.
# The words of all names at once: each name is looked at only where one of them matters.
_r_spec_03_words contains word if {
	some word in split(lower(concat(".", input.profile.features)), ".")
	data.reference.proxies.features[word]
}

_r_spec_03_proxies contains feature if {
	count(_r_spec_03_words) > 0
	some feature in input.profile.features
	some part in split(lower(feature), ".")
	part in _r_spec_03_words
}

# Who declares a proxy and did not measure it has said enough; one measured to be weak is none.
_r_spec_03_proxies contains object.get(proxy, "feature", "?") if {
	some proxy in input.profile.proxies
	data.aboveboard.lib.special_category(proxy.proxy_for)
	not proxy.corr_bp < data.reference.proxies.corr_min_bp
}

# METADATA
# title: No guessing of protected traits
# description: >-
#   A profile neither gives out a guess at health, belief, origin and the like, nor rests on one or on
#   a feature that stands in for it. What people said themselves is no guess.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 9
# - ref: https://curia.europa.eu/juris/liste.jsf?num=C-184/20
#   description: CJEU C-184/20
# - ref: https://curia.europa.eu/juris/liste.jsf?num=C-252/21
#   description: CJEU C-252/21
# - ref: https://curia.europa.eu/juris/liste.jsf?num=C-21/23
#   description: CJEU C-21/23
# custom:
#   id: R-SPEC-03
#   steps: [profiling, recommendation]
#   phases: [requested, completed]
#   severity: high
#   unknown: no finding
#   applies_from: "2018-05-25"
#   demand: Nobody guesses protected traits of people.
#   message:
#     en: "The profile holds guesses at specially protected traits: {categories}."
#   remedy:
#     en: >-
#       Have the model give out no such guess, drop those that are stored, and state what is left in
#       profile.inferred_categories.
#   person:
#     en: >-
#       A profile of you may have held a computer's guess at something very private, such as your
#       health, beliefs or origin. We do not use such guesses, so we stopped. You can ask us what we
#       store about you and have guesses removed.
findings contains {
	"rule": "R-SPEC-03",
	"effect": "deny",
	"facts": ["profile.inferred_categories"],
	"args": {"categories": sort(_r_spec_03_guessed)},
} if {
	count(_r_spec_03_guessed) > 0
}

# METADATA
# title: Features that stand in for protected traits
# custom:
#   id: R-SPEC-03
#   reason: proxy
#   message:
#     en: "The profile is keyed on features that stand in for specially protected traits: {features}."
#   remedy:
#     en: >-
#       Leave these features out of the model (profile.features, profile.proxies); of a declared
#       proxy that is weak, state the measured correlation in profile.proxies[].corr_bp.
#   person:
#     en: >-
#       A detail about you would have been used that can give away something very private, such as
#       your health, beliefs or origin. We stopped that. You can ask us which details we use about
#       you.
findings contains {
	"rule": "R-SPEC-03",
	"effect": "deny",
	"facts": ["profile.features", "profile.proxies"],
	"args": {"reason": "proxy", "features": sort(_r_spec_03_proxies)},
} if {
	count(_r_spec_03_proxies) > 0
}
