package aboveboard.topic.assurance

import future.keywords.not

# That verdicts are written down at all is asked by R-AUD-01.
# Unknown counts as automated.
_r_exp_02_applies if {
	data.aboveboard.lib.personal_data
	not _by_hand
}

_r_exp_02_missing contains "model" if not input.ai.model

_r_exp_02_missing contains "model_version" if not input.ai.model_version

_r_exp_02_missing contains "inputs_hash" if {
	not input.audit.inputs_hash
	not input.ai.prompt_hash
}

# METADATA
# title: Results can be run again
# description: >-
#   Model, version and a hash of the inputs are on record, beside the policies' revision and the
#   decision's id, which every verdict holds; so the result can be run again and checked.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(2), 24
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 12, 19, 26(6)
# custom:
#   id: R-EXP-02
#   steps: [profiling, decision]
#   phases: [requested]
#   severity: medium
#   unknown: deny
#   applies_from: "2018-05-25"
#   demand: Decisions can be verified.
#   message:
#     en: "The result could not be run again, for want of: {missing}."
#   remedy:
#     en: >-
#       State ai.model and ai.model_version, best once for the model in the organisation profile, and
#       audit.inputs_hash or ai.prompt_hash for this case; if no machine has a part in a decision,
#       decision.automation dpv:NotAutomated and no ai.model.
#   person:
#     en: >-
#       A machine was about to work on your data without our keeping track of how, so it was stopped.
#       Nothing was decided about you.
findings contains {
	"rule": "R-EXP-02",
	"effect": "deny",
	"facts": ["ai.model", "ai.model_version", "audit.inputs_hash", "ai.prompt_hash"],
	"args": {"missing": sort(_r_exp_02_missing)},
} if {
	input.phase == "requested"
	_r_exp_02_applies
	count(_r_exp_02_missing) > 0
}
