package aboveboard.topic.scoring

import future.keywords.not

# METADATA
# title: No social scoring
# description: >-
#   A score of how people behave in one context brings them no harm in another that has nothing to do
#   with it. The ban's other half, harm out of all proportion in the same context (Art. 5(1)(c)(ii)),
#   is for people to judge: no fact here shows it.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 5(1)(c)
# custom:
#   id: R-PROH-01
#   steps: [profiling, decision]
#   phases: [requested]
#   severity: high
#   unknown: no finding
#   applies_from: "2025-02-02"
#   demand: Nobody is treated worse for a score of behaviour from another context.
#   message:
#     en: A score of behaviour from '{collected}' would be held against the person in '{used}'.
#   remedy:
#     en: >-
#       Score only what was seen in the same context (score.context_collected, score.context_used),
#       or treat nobody worse for it (decision.detriment false).
#   person:
#     en: >-
#       How you behaved somewhere else would have been held against you here. Nobody may do that, so
#       we stopped it. You can ask us which details we use about you.
findings contains {
	"rule": "R-PROH-01",
	"effect": "deny",
	"facts": ["score.context_collected", "score.context_used", "decision.detriment"],
	"args": {"collected": input.score.context_collected, "used": input.score.context_used},
} if {
	input.phase == "requested"
	input.decision.detriment == true
	lower(input.score.context_collected) != lower(input.score.context_used)
}
