package aboveboard.topic.oversight_test

import future.keywords.not

mon_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.oversight.findings, "R-MON-01") with input as object.union({"phase": "requested"}, event)
}

fresh := {
	"ai": {"model": "m", "last_evaluated_age_days": 365, "error_rate_7d_bp": 500, "deprecated": false},
	"drift": {"psi_bp": 2500},
	"kb": {"updated_age_days": 180},
}

stale := [
	["evaluation", {"ai": {"last_evaluated_age_days": 366}}], ["drift", {"drift": {"psi_bp": 2501}}],
	["knowledge", {"kb": {"updated_age_days": 181}}], ["errors", {"ai": {"error_rate_7d_bp": 501}}],
	["deprecated", {"ai": {"deprecated": true}}],
]

test_mon_fresh if {
	mon_fired(fresh) == set()
	every role in ["operator", "system"] {
		mon_fired(object.union(fresh, {"actor": {"role": role}})) == set()
	}
	mon_fired({"ai": {"model": "m", "last_evaluated_age_days": 0}}) == set()
}

test_mon_stale if {
	every pair in stale {
		event := object.union(fresh, pair[1])
		attended := object.union(event, {"actor": {"role": "operator"}})
		mon_fired(attended) == {["warn", "attended"]}
		mon_fired(event) == {["escalate", ""]}
		mon_fired(object.union(event, {"actor": {"role": "system"}})) == {["escalate", ""]}
		mon_fired(object.union(attended, {"ai": {"interacts_directly": true}})) == {["escalate", ""]}
		mon_fired(object.union(attended, {"decision": {"automation": "dpv:FullAutomation"}})) == {["escalate", ""]}
		mon_fired(object.union(attended, {"decision": {"automation": "dpv:PartialAutomation"}})) == {["warn", "attended"]}
		mon_fired(object.union(event, {"phase": "completed"})) == set()
		mon_fired(object.union(attended, {"phase": "completed"})) == set()
	}
}

test_mon_names_the_signs if {
	every pair in stale {
		some finding in data.aboveboard.topic.oversight.findings with input as object.union_n([{"phase": "requested", "actor": {"role": "manager"}}, fresh, pair[1]])
		finding.args == {"reason": "attended", "signs": [pair[0]]}
	}
}

test_mon_unknown if {
	mon_fired({"ai": {"model": "m"}}) == {["warn", "unknown"]}
	mon_fired({"ai": {"model": "m", "last_evaluated_age_days": -1}}) == {["warn", "unknown"]}
	mon_fired({}) == set()
	mon_fired({"phase": "completed", "ai": {"model": "m"}}) == set()
}
