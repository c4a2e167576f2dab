package aboveboard.topic.fairness_record_test

import future.keywords.not

fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.fairness_record.findings, "R-FAIR-03") with input as event
}

compliant := {
	"step": "decision",
	"phase": "requested",
	"ai": {"model_version": "3.1"},
	"fairness": {"evaluated_age_days": 90, "model_version": "3.1"},
}

scoring := {"step": "profiling"}

test_compliant if {
	every step in ["profiling", "decision"] {
		fired(object.union(compliant, {"step": step})) == set()
		fired(object.union(compliant, {"step": step, "fairness": {"evaluated_age_days": 0}})) == set()
	}
}

test_stale if {
	every step in ["profiling", "decision"] {
		every age in [91, -1] {
			event := object.union(compliant, {"step": step, "fairness": {"evaluated_age_days": age}})
			fired(event) == {["escalate", ""]}
			some finding in data.aboveboard.topic.fairness_record.findings with input as event
			finding.args == {"age": age}
		}
	}
}

test_another_version if {
	event := object.union(compliant, {"ai": {"model_version": "3.2"}})
	fired(event) == {["escalate", "version"]}
	fired(object.union(event, scoring)) == {["escalate", "version"]}
	some finding in data.aboveboard.topic.fairness_record.findings with input as event
	finding.args == {"reason": "version", "checked": "3.1", "used": "3.2"}
}

test_unknown if {
	every event in [
		object.union(object.remove(compliant, ["fairness"]), {"fairness": {"model_version": "3.1"}}),
		object.union(object.remove(compliant, ["fairness"]), {"fairness": {"evaluated_age_days": 1}}),
		object.remove(compliant, ["fairness"]), object.remove(compliant, ["ai"]),
	] {
		fired(event) == {["escalate", "unknown_decision"]}
		fired(object.union(event, scoring)) == {["warn", "unknown"]}
		fired(object.union(event, {"processing": {"operations": ["dpv:Use"]}})) == set()
	}
}

test_requested_only if {
	every step in ["profiling", "decision"] {
		every fairness in [{"evaluated_age_days": 99, "model_version": "1"}, {}] {
			event := {"step": step, "phase": "completed", "ai": {"model_version": "2"}, "fairness": fairness}
			fired(event) == set()
		}
	}
}
