package aboveboard.profiling

import future.keywords.not

_r_proh_02_deduced contains category if {
	some category in input.ai.outputs
	some above in data.reference.dpv.ancestors[category]
	above in data.reference.sensitive.biometric_deductions
}

# METADATA
# title: No sorting of people by face or voice
# description: >-
#   No AI deduces race, belief, union membership, political opinions, sex life or orientation from
#   what a face, a voice or a body is like.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 5(1)(g)
# custom:
#   id: R-PROH-02
#   steps: [profiling]
#   phases: [requested, completed]
#   severity: high
#   unknown: no finding
#   applies_from: "2025-02-02"
#   demand: Nobody is sorted by protected traits from face or voice.
#   message:
#     en: "AI would deduce from faces, voices or bodies what is banned: {categories}."
#   remedy:
#     en: >-
#       Take this use out of service: no such categories in ai.outputs, or no
#       ai.biometric_categorisation.
#   person:
#     en: >-
#       A computer would have guessed from your face or voice something like your origin or beliefs.
#       Nobody may do that, so we stopped it. You can ask us to delete recordings of you.
findings contains {
	"rule": "R-PROH-02",
	"effect": "deny",
	"facts": ["ai.biometric_categorisation", "ai.outputs"],
	"args": {"categories": sort(_r_proh_02_deduced)},
} if {
	input.ai.biometric_categorisation == true
	count(_r_proh_02_deduced) > 0
}
