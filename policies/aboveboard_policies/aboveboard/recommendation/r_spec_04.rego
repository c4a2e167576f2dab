package aboveboard.recommendation

import future.keywords.not

_r_spec_04_advert if {
	input.controller.is_online_platform == true
	input.recommendation.is_advert == true
}

_r_spec_04_special contains category if {
	some category in input.profile.inferred_categories
	data.aboveboard.lib.special_category(category)
}

# Chosen by a profile that is made with such data, not only by what was inferred.
_r_spec_04_special contains category if {
	not _r_spec_04_without_profile
	some category in data.aboveboard.lib.field_categories
	data.aboveboard.lib.special_category(category)
}

_r_spec_04_special contains category if {
	not _r_spec_04_without_profile
	some category in data.aboveboard.lib.found_categories
	data.aboveboard.lib.special_category(category)
}

# An advert chosen by what is on the page needs no profile. Unknown counts as profiling.
_r_spec_04_without_profile if {
	input.processing.operations
	not "dpv:Profiling" in input.processing.operations
}

# METADATA
# title: Platforms' adverts on special categories or to minors
# description: >-
#   An online platform shows no advert by profiling on health, belief and the like, and none by any
#   profiling to people it knows to be minors; consent changes neither.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2022/2065/oj
#   description: DSA Art. 26(3), 28(2)
# custom:
#   id: R-SPEC-04
#   steps: [recommendation]
#   phases: [requested]
#   severity: high
#   unknown: no finding
#   applies_from: "2024-02-17"
#   demand: Platforms show no advert by special categories of data or by profiles of minors.
#   message:
#     en: "The platform would show an advert by specially protected data: {categories}."
#   remedy:
#     en: >-
#       Choose the advert without these (profile.inferred_categories, fields[].categories,
#       fields[].detected_categories, fields[].detected_spans), or by the page and not by the person:
#       without profile.inferred_categories and without dpv:Profiling in processing.operations, by a
#       purpose of its own in the register.
#   person:
#     en: >-
#       An advert would have been chosen for you by something very private, such as your health or
#       beliefs. We stopped it. In your settings you can turn off adverts chosen for you.
findings contains {
	"rule": "R-SPEC-04",
	"effect": "deny",
	"facts": [
		"fields[].categories", "fields[].detected_categories", "fields[].detected_spans",
		"processing.operations", "profile.inferred_categories", "recommendation.is_advert",
	],
	"args": {"categories": sort(_r_spec_04_special)},
} if {
	input.phase == "requested"
	_r_spec_04_advert
	count(_r_spec_04_special) > 0
}

# METADATA
# title: Platforms' adverts by a minor's profile
# custom:
#   id: R-SPEC-04
#   reason: minor
#   message:
#     en: The platform would show a minor an advert chosen by profiling.
#   remedy:
#     en: >-
#       Choose the advert by the page and not by the person: leave dpv:Profiling out of
#       processing.operations, by a purpose of its own in the register.
#   person:
#     en: >-
#       You are not of age, so adverts must not be chosen by what we know of you. We stopped one that
#       would have been. You need not do anything.
findings contains {
	"rule": "R-SPEC-04",
	"effect": "deny",
	"facts": ["subject.age_years", "subject.is_minor", "recommendation.is_advert", "processing.operations"],
	"args": {"reason": "minor"},
} if {
	input.phase == "requested"
	_r_spec_04_advert
	data.aboveboard.lib.child
	not _r_spec_04_without_profile
}
