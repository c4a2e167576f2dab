package aboveboard.topic.assurance

import future.keywords.not

_r_lim_01_beyond if input.ai.confidence_bp < data.reference.humans.confidence_min_bp

_r_lim_01_beyond if input.ai.in_distribution == false

_r_lim_01_gap if not input.ai.confidence_bp >= 0

_r_lim_01_gap if not input.ai.in_distribution == true

# METADATA
# title: AI knows its limits
# description: >-
#   A human decides where the model is less sure than the set confidence, or where the case is unlike
#   what it was trained on. The law asks it of high-risk AI from 2 December 2027; the house asks it of
#   all, now.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 13, 14
# custom:
#   id: R-LIM-01
#   steps: [profiling, decision]
#   phases: [completed]
#   severity: medium
#   unknown: escalate when the confidence or the range is unknown
#   demand: The limits of AI are known and kept.
#   message:
#     en: The model is not sure enough, or the case is unlike what it was trained on.
#   remedy:
#     en: >-
#       Let a human decide; a model that knows such cases gives a higher ai.confidence_bp and
#       ai.in_distribution true.
#   person:
#     en: >-
#       The machine was not sure about your case, so its result does not count. A person will look at
#       it.
findings contains {
	"rule": "R-LIM-01",
	"effect": "escalate",
	"facts": ["ai.confidence_bp", "ai.in_distribution"],
	"args": {},
} if {
	input.phase == "completed"
	_r_lim_01_beyond
	not _by_hand
}

# METADATA
# title: Limits of the AI unknown
# custom:
#   id: R-LIM-01
#   reason: unknown
#   message:
#     en: It is not known how sure the model is, or whether it knows such cases.
#   remedy:
#     en: >-
#       Give ai.confidence_bp and ai.in_distribution with the result; if no machine has a part in a
#       decision, state decision.automation dpv:NotAutomated and no ai.model.
#   person:
#     en: >-
#       We could not tell how sure the machine was about your case. To be safe, a person will look at
#       it.
findings contains {
	"rule": "R-LIM-01",
	"effect": "escalate",
	"facts": ["ai.confidence_bp", "ai.in_distribution"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "completed"
	_r_lim_01_gap
	not _r_lim_01_beyond
	not _by_hand
}
