package aboveboard.topic.dialogue

import future.keywords.not

# The step 'recommendation' has no such facts.
_r_hum_03_decision := object.get(input, "decision", {})

_r_hum_03_by_hand if {
	_r_hum_03_decision.automation in {"dpv:AssistiveAutomation", "dpv:NotAutomated"}
}

_r_hum_03_by_hand if data.aboveboard.lib.human_offered

# METADATA
# title: Only routine tasks run without a human
# description: >-
#   AI supports people and does not replace them: without a human it does only the tasks on the
#   house's list of routine tasks.
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
#       Let a human do it, hand over (handover.offered_at), or name the routine task it is in
#       task.type; the list is routine_tasks in reference/humans.json.
#   person:
#     en: >-
#       What you asked for is not something that a machine does alone here. A person takes it over.
findings contains {
	"rule": "R-HUM-03",
	"effect": "escalate",
	"facts": ["task.type", "handover.offered_at"],
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
#     en: State task.type; the routine tasks are routine_tasks in reference/humans.json.
#   person:
#     en: >-
#       We could not tell whether a machine may deal with your matter alone. To be safe, a person
#       takes it over.
findings contains {
	"rule": "R-HUM-03",
	"effect": "escalate",
	"facts": ["task.type", "handover.offered_at"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	not input.task.type
	not _r_hum_03_by_hand
}
