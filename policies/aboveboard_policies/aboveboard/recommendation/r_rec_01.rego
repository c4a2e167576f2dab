package aboveboard.recommendation

import future.keywords.not

# Unknown counts as profiling: only operations without it, by a model that does not judge the person,
# make a list that is the same for all.
_r_rec_01_profiles if not input.processing.operations

_r_rec_01_profiles if "dpv:Profiling" in input.processing.operations

_r_rec_01_profiles if input.profile.individual_assessment == true

# METADATA
# title: A choice without profiling
# description: >-
#   Whoever gets recommendations made for them can choose a plain list that is not. The law asks it of
#   very large platforms; the house asks it of all.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2022/2065/oj
#   description: DSA Art. 27(3), 38
# custom:
#   id: R-REC-01
#   steps: [recommendation]
#   phases: [requested]
#   severity: low
#   unknown: warn
#   applies_from: "2024-02-17"
#   demand: There is a choice without profiling.
#   message:
#     en: The person is offered no list without profiling.
#   remedy:
#     en: >-
#       Offer a plain list as well and state recommendation.option_without_profiling, best once for
#       the purpose in the register.
#   person:
#     en: >-
#       What we recommend is chosen by what we know of you, and you were not offered a list without
#       that. You can ask us for one.
findings contains {
	"rule": "R-REC-01",
	"effect": "warn",
	"facts": ["recommendation.option_without_profiling", "processing.operations"],
	"args": {},
} if {
	input.phase == "requested"
	data.aboveboard.lib.personal_data
	_r_rec_01_profiles
	not input.recommendation.option_without_profiling == true
}
