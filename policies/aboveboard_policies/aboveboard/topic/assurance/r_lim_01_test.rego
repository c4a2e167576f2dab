package aboveboard.topic.assurance_test

import future.keywords.not

lim_fired(ai) := lim_event_fired({"phase": "completed", "ai": ai})

lim_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.assurance.findings, "R-LIM-01") with input as event
}

sure := {"confidence_bp": 9000, "in_distribution": true}

test_lim_compliant if {
	lim_fired(sure) == set()
	lim_fired(object.union(sure, {"confidence_bp": data.reference.humans.confidence_min_bp})) == set()
}

test_lim_beyond if {
	lim_fired(object.union(sure, {"confidence_bp": data.reference.humans.confidence_min_bp - 1})) == {["escalate", ""]}
	lim_fired(object.union(sure, {"in_distribution": false})) == {["escalate", ""]}
	lim_fired({"in_distribution": false}) == {["escalate", ""]}
}

test_lim_unknown if {
	lim_fired({}) == {["escalate", "unknown"]}
	lim_fired(object.remove(sure, ["confidence_bp"])) == {["escalate", "unknown"]}
	lim_fired(object.remove(sure, ["in_distribution"])) == {["escalate", "unknown"]}
}

test_lim_by_hand if {
	lim_event_fired(by_hand("completed")) == set()
	lim_event_fired(object.union(by_hand("completed"), {"ai": {"confidence_bp": 0}})) == set()
}

test_lim_by_hand_on_a_score if {
	lim_event_fired(object.union(by_hand("completed"), {"ai": {"model": "credit"}})) == {["escalate", "unknown"]}
	lim_event_fired(object.union(by_hand("completed"), {"ai": {"model": "credit", "confidence_bp": 0}})) == {["escalate", ""]}
	lim_event_fired(object.union(by_hand("completed"), {"step": "profiling"})) == {["escalate", "unknown"]}
}

test_lim_completed_only if {
	lim_event_fired({"phase": "requested"}) == set()
	lim_event_fired({"phase": "requested", "ai": {"confidence_bp": 0}}) == set()
}
