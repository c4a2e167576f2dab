package aboveboard.recommendation

import future.keywords.not

# METADATA
# title: No call to buy aimed at children
# description: Nothing that is shown to a minor calls on them to buy, or to make their parents buy.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/dir/2005/29/oj
#   description: UCPD Annex I no. 28
# - ref: https://eur-lex.europa.eu/eli/reg/2022/2065/oj
#   description: DSA Art. 28(1)
# custom:
#   id: R-KID-02
#   steps: [recommendation]
#   phases: [completed]
#   severity: high
#   unknown: no finding
#   applies_from: "2007-12-12"
#   demand: Children are not pressed to buy.
#   message:
#     en: The text calls directly on a minor to buy.
#   remedy:
#     en: >-
#       Inform and do not urge ("costs 20 euros", not "get it now"), and state
#       recommendation.direct_exhortation false; or do not show it to minors.
#   person:
#     en: >-
#       A message told you to buy something. Nobody may say that to children and young people, so we
#       did not send it. You need not do anything.
findings contains {
	"rule": "R-KID-02",
	"effect": "deny",
	"facts": ["subject.age_years", "subject.is_minor", "recommendation.direct_exhortation"],
	"args": {},
} if {
	input.phase == "completed"
	input.recommendation.direct_exhortation == true
	data.aboveboard.lib.child
}
