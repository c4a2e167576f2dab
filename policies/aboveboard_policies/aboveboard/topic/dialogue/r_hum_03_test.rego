package aboveboard.topic.dialogue_test

import future.keywords.not

hum03_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.dialogue.findings, "R-HUM-03") with input as event
}

test_hum03_routine if {
	every task in data.reference.humans.routine_tasks {
		hum03_fired({"phase": "requested", "task": {"type": task}}) == set()
	}
}

test_hum03_not_routine if {
	event := {"phase": "requested", "task": {"type": "credit_limit"}}
	hum03_fired(event) == {["escalate", ""]}
	hum03_fired(object.union(event, {"decision": {"automation": "dpv:PartialAutomation"}})) == {["escalate", ""]}
	some finding in data.aboveboard.topic.dialogue.findings with input as event
	finding.args == {"task": "credit_limit"}
}

test_hum03_by_hand if {
	every task in [{"type": "credit_limit"}, {}] {
		event := {"phase": "requested", "task": task}
		hum03_fired(object.union(event, {"decision": {"automation": "dpv:NotAutomated"}})) == set()
		hum03_fired(object.union(event, {"decision": {"automation": "dpv:AssistiveAutomation"}})) == set()
		hum03_fired(object.union(event, {"handover": {"taken_over": true}})) == set()
	}
}

test_hum03_human_in_name_only if {
	event := {"phase": "requested", "task": {"type": "loan_approval"}}
	every facts in [
		{"handover": {"offered_age_s": 0}},
		{"handover": {"callback_in_s": 60}},
		{"handover": {"taken_over": false}},
		{"handover": {"taken_over": true}, "decision": {"automation": "dpv:FullAutomation"}},
		{"decision": {"automation": "dpv:AssistiveAutomation", "score_decisive": true}},
	] {
		hum03_fired(object.union(event, facts)) == {["escalate", ""]}
		hum03_fired(object.union({"phase": "requested"}, facts)) == {["escalate", "unknown"]}
	}
}

test_hum03_unknown if hum03_fired({"phase": "requested"}) == {["escalate", "unknown"]}

test_hum03_requested_only if {
	hum03_fired({"phase": "completed"}) == set()
	hum03_fired({"phase": "completed", "task": {"type": "credit_limit"}}) == set()
}
