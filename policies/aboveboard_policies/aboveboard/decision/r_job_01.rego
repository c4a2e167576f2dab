package aboveboard.decision

import future.keywords.not

# METADATA
# title: Machines come in step by step
# description: >-
#   The share of cases that are decided without a human stays within the cap of the phase of the
#   introduction, and the workers were told. A choice of the house, now; the law asks for the
#   information where the system is high-risk, from 2 December 2027.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 26(7)
# custom:
#   id: R-JOB-01
#   steps: [decision]
#   phases: [requested]
#   severity: low
#   unknown: warn when phase, share or information is unknown
#   demand: AI is introduced gradually, with retraining and job security.
#   message:
#     en: >-
#       More cases are decided without a human ({share_bp} basis points) than the phase '{phase}' allows
#       ({cap_bp}).
#   remedy:
#     en: >-
#       Leave more cases to people, so that task.share_automated_7d_bp falls, or enter the next phase
#       with the workers and state rollout.phase.
#   person:
#     en: >-
#       More decisions than planned are made without a person at the moment. You can ask for a person
#       to look at yours.
findings contains {
	"rule": "R-JOB-01",
	"effect": "warn",
	"facts": ["task.share_automated_7d_bp", "rollout.phase"],
	"args": {"share_bp": input.task.share_automated_7d_bp, "phase": phase, "cap_bp": cap},
} if {
	input.phase == "requested"
	phase := input.rollout.phase
	cap := data.reference.oversight.rollout_share_max_bp[phase]
	input.task.share_automated_7d_bp > cap
	data.aboveboard.lib.decided_by_machine
}

# METADATA
# title: Introduction unknown
# custom:
#   id: R-JOB-01
#   reason: unknown
#   message:
#     en: A machine decides, and the phase of its introduction or its share of the cases is unknown.
#   remedy:
#     en: >-
#       State rollout.phase for the purpose in the register, and task.share_automated_7d_bp from your
#       figures.
#   person:
#     en: >-
#       We have not recorded how many decisions are made without a person. You can ask for a person to
#       look at yours.
findings contains {
	"rule": "R-JOB-01",
	"effect": "warn",
	"facts": ["rollout.phase", "task.share_automated_7d_bp"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	data.aboveboard.lib.decided_by_machine
	not _r_job_01_figures
}

_r_job_01_figures if {
	input.rollout.phase
	input.task.share_automated_7d_bp >= 0
}

# METADATA
# title: Workers not told
# custom:
#   id: R-JOB-01
#   reason: workers
#   message:
#     en: A machine decides, and nobody stated that the workers were told beforehand.
#   remedy:
#     en: >-
#       Tell the workers and their representatives, and state rollout.workers_informed_at for the
#       purpose in the register.
#   person:
#     en: >-
#       We have not recorded that the people who work here were told about the machine that decides.
#       That does not change anything for you now.
findings contains {
	"rule": "R-JOB-01",
	"effect": "warn",
	"facts": ["rollout.workers_informed_at"],
	"args": {"reason": "workers"},
} if {
	input.phase == "requested"
	data.aboveboard.lib.decided_by_machine
	not input.rollout.workers_informed_age_days >= 0
}
