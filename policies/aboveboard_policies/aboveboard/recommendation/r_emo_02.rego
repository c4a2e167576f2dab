package aboveboard.recommendation

import future.keywords.not

# METADATA
# title: Mood is not used to sell
# description: >-
#   What a person in distress is offered does not change for it in price, urgency or persuasion.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 5(1)(a)-(b)
# - ref: https://eur-lex.europa.eu/eli/dir/2005/29/oj
#   description: UCPD Art. 8-9
# custom:
#   id: R-EMO-02
#   steps: [recommendation]
#   phases: [completed]
#   severity: high
#   unknown: no finding
#   applies_from: "2025-02-02"
#   demand: Mood must not be used to push sales.
#   message:
#     en: The offer's price, urgency or persuasion was changed by the mood of a person in distress.
#   remedy:
#     en: >-
#       Make the offer as it would be without the mood (recommendation.strategy_changed_by_mood
#       false), and offer a human instead.
#   person:
#     en: >-
#       An offer to you would have been shaped by how you seemed to feel. We do not sell that way, so
#       we stopped it. You can ask to talk to one of our staff.
findings contains {
	"rule": "R-EMO-02",
	"effect": "deny",
	"facts": ["conversation.distress_score_bp", "recommendation.strategy_changed_by_mood"],
	"args": {},
} if {
	input.phase == "completed"
	input.recommendation.strategy_changed_by_mood == true
	input.conversation.distress_score_bp >= data.reference.sensitive.distress_from_bp
}
