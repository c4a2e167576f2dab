package aboveboard.topic.energy_test

import future.keywords.not

fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.energy.findings, "R-ENE-01") with input as event
}

args(event) := {finding.args | some finding in data.aboveboard.topic.energy.findings with input as event}

scoring := {"step": "profiling", "phase": "completed", "ai": {"model": "m"}}

advice := {"step": "recommendation", "phase": "completed", "ai": {"model": "m"}}

test_compliant if {
	fired(object.union(scoring, {"energy": {"estimate_mwh": 1000}})) == set()
	fired(object.union(advice, {"energy": {"estimate_mwh": 3000}})) == set()
	fired(object.union(advice, {"energy": {"estimate_mwh": 0}})) == set()
	fired(object.union(scoring, {"tokens": {"total": 2000}})) == set()
	fired(object.union(scoring, {"energy": {"estimate_mwh": 1}, "tokens": {"total": 99999}})) == set()
}

test_above_the_budget if {
	args(object.union(scoring, {"energy": {"estimate_mwh": 1001}})) == {{"energy": 1001, "budget": 1000}}
	fired(object.union(advice, {"energy": {"estimate_mwh": 3001}})) == {["warn", ""]}
	args(object.union(scoring, {"tokens": {"total": 2001}})) == {{"energy": 1001, "budget": 1000}}
}

test_smaller_model if {
	event := object.union(advice, {"energy": {"estimate_mwh": 1}})
	fired(object.union(event, {"ai": {"smaller_model_ok": true}})) == {["warn", "smaller"]}
	fired(object.union(event, {"ai": {"smaller_model_ok": false}})) == set()
}

test_unknown if {
	fired(scoring) == {["warn", "unknown"]}
	fired(advice) == {["warn", "unknown"]}
}

test_unknown_before_the_call_is_no_finding if {
	every event in [scoring, advice] {
		fired(object.union(event, {"phase": "requested"})) == set()
	}
	above := {"phase": "requested", "energy": {"estimate_mwh": 3001}, "ai": {"smaller_model_ok": true}}
	fired(object.union(advice, above)) == {["warn", ""], ["warn", "smaller"]}
}

test_no_model_no_energy if fired({"step": "profiling", "phase": "completed"}) == set()
