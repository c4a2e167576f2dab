package aboveboard.topic.energy

import future.keywords.not

# What was measured or estimated; else what the tokens come to.
_r_ene_01_energy := input.energy.estimate_mwh if input.energy.estimate_mwh >= 0

_r_ene_01_energy := ceil((input.tokens.total * data.reference.energy.mwh_per_1000_tokens) / 1000) if {
	not input.energy.estimate_mwh
}

_r_ene_01_budget := data.reference.energy.budget_mwh[input.step]

# METADATA
# title: Energy within the budget
# description: >-
#   A call stays within the step's energy budget, and the smallest model that does the task is used.
#   No law sets a limit for one call; estimates differ widely between sources.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 95(2)(b), Annex XI (voluntary)
# custom:
#   id: R-ENE-01
#   steps: [profiling, recommendation]
#   phases: [requested, completed]
#   severity: low
#   unknown: warn
#   demand: AI does not use more energy than it saves.
#   message:
#     en: The call takes {energy} milliwatt-hours; the budget is {budget}.
#   remedy:
#     en: >-
#       Use a smaller model or a shorter prompt, and state energy.estimate_mwh or tokens.total of it.
#   person:
#     en: This took more energy than we plan for. It changes nothing for you; we look for a thriftier way.
findings contains {
	"rule": "R-ENE-01",
	"effect": "warn",
	"facts": ["energy.estimate_mwh", "tokens.total"],
	"args": {
		"energy": _r_ene_01_energy,
		"budget": _r_ene_01_budget,
	},
} if {
	_r_ene_01_energy > _r_ene_01_budget
}

# METADATA
# title: A smaller model would do
# custom:
#   id: R-ENE-01
#   reason: smaller
#   message:
#     en: A smaller model would do for the task.
#   remedy:
#     en: Use the smaller model; state ai.smaller_model_ok as false of the one then in use.
#   person:
#     en: A smaller program would have done this with less energy. It changes nothing for you.
findings contains {
	"rule": "R-ENE-01",
	"effect": "warn",
	"facts": ["ai.smaller_model_ok"],
	"args": {"reason": "smaller"},
} if {
	input.ai.smaller_model_ok == true
}

# METADATA
# title: Energy unknown
# custom:
#   id: R-ENE-01
#   reason: unknown
#   phases: [completed]
#   message:
#     en: A model is used, and nobody stated how much energy or how many tokens the call takes.
#   remedy:
#     en: >-
#       State energy.estimate_mwh or tokens.total, as the plugin of the model's vendor reports it or
#       as measured before.
#   person:
#     en: We do not know how much energy this takes. It changes nothing for you; we start to measure it.
findings contains {
	"rule": "R-ENE-01",
	"effect": "warn",
	"facts": ["energy.estimate_mwh", "tokens.total"],
	"args": {"reason": "unknown"},
} if {
	# Said once: before the call nobody can have counted its tokens.
	input.phase == "completed"
	input.ai.model
	not _r_ene_01_energy
}
