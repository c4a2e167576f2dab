package aboveboard.topic.politics

import future.keywords.not

_r_pur_02_political contains category if {
	some category in input.profile.inferred_categories
	some above in data.reference.dpv.ancestors[category]
	above in {"pd:PoliticalAffiliation", "pd:PoliticalOpinion"}
}

# METADATA
# title: No political targeting
# description: Sales data never serves political targeting, and a sales profile holds no politics.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(1)(b), 9
# - ref: https://eur-lex.europa.eu/eli/reg/2024/900/oj
#   description: Regulation (EU) 2024/900 Art. 18
# custom:
#   id: R-PUR-02
#   steps: [profiling, recommendation]
#   phases: [requested]
#   severity: high
#   unknown: does not fire
#   applies_from: "2025-10-10"
#   demand: Data about customers are not reused for political targeting.
#   message:
#     en: "Sales data would serve political targeting, by the purpose '{purpose}'."
#   remedy:
#     en: Take the purpose out of processing.purposes; no consent given for sales carries it.
#   person:
#     en: >-
#       We did not use your data for political messages, because you gave it to us as a customer. You
#       need not do anything.
findings contains {
	"rule": "R-PUR-02",
	"effect": "deny",
	"facts": ["processing.purposes"],
	"args": {"purpose": purpose},
} if {
	input.phase == "requested"
	some purpose in input.processing.purposes
	"dpv:PoliticalCampaign" in data.reference.dpv.purpose_ancestors[purpose]
}

# METADATA
# title: Politics in a sales profile
# custom:
#   id: R-PUR-02
#   reason: inferred
#   message:
#     en: "The profile holds political views that were inferred: {categories}."
#   remedy:
#     en: Take them out of the profile (profile.inferred_categories), and erase what was inferred.
#   person:
#     en: >-
#       We did not use a profile of you, because it held guesses about your political views. They
#       have no place there; you can ask us to delete them.
findings contains {
	"rule": "R-PUR-02",
	"effect": "deny",
	"facts": ["profile.inferred_categories"],
	"args": {"reason": "inferred", "categories": sort(_r_pur_02_political)},
} if {
	input.phase == "requested"
	count(_r_pur_02_political) > 0
}
