package aboveboard.topic.dialogue

import future.keywords.not

# The step 'recommendation' has no such facts.
_r_hum_03_decision := object.get(input, "decision", {})

_r_hum_03_human if {
	_r_hum_03_decision.automation in {"dpv:AssistiveAutomation", "dpv:NotAutomated"}
}

# An offer of a human is not one: until somebody has taken over, the task runs without.
_r_hum_03_human if input.handover.taken_over == true

_r_hum_03_by_hand if {
	_r_hum_03_human
	not data.aboveboard.lib.decided_by_machine
}

# METADATA
# title: Only routine tasks run without a human
# description: >-
#   AI supports people and does not replace them: without a human it does only the tasks on the
#   house's list of routine tasks. The list that ships holds answers on orders and terms and, as a
#   choice of the house, advice, offers and newsletters: they bind nobody, and further rules judge them.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(1)(a) (house rule)
# custom:
#   id: R-HUM-03
#   steps: [recommendation, decision]
#   phases: [requested]
#   severity: medium
#   unknown: escalate; the task is not on the list of routine tasks
#   demand: AI supports people and does only routine tasks by itself.
#   message:
#     en: The task {task} is not among those that run without a human.
#   remedy:
#     en: >-
#       Let a human do it, and state handover.taken_over (of a decision decision.automation); if it
#       is a routine task, state which in task.type. The list is routine_tasks in
#       reference/humans.json.
#   person:
#     en: >-
#       A machine may not do this alone here, so one of our staff looks at it first.
findings contains {
	"rule": "R-HUM-03",
	"effect": "escalate",
	"facts": ["task.type", "handover.taken_over"],
	"args": {"task": input.task.type},
} if {
	input.phase == "requested"
	not input.task.type in data.reference.humans.routine_tasks
	not _r_hum_03_by_hand
}

# METADATA
# title: Task unknown
# custom:
#   id: R-HUM-03
#   reason: unknown
#   message:
#     en: It is not known which task would run without a human.
#   remedy:
#     en: >-
#       State task.type (the routine tasks are routine_tasks in reference/humans.json), or let a human
#       do it, and state handover.taken_over.
#   person:
#     en: >-
#       Not everything may be left to a machine here, so one of our staff looks at this first.
findings contains {
	"rule": "R-HUM-03",
	"effect": "escalate",
	"facts": ["task.type", "handover.taken_over"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	not input.task.type
	not _r_hum_03_by_hand
}
