package aboveboard.topic.assessment_test

import future.keywords.not

dpia_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.assessment.findings, "R-DPIA-01") with input as event
}

assessed := {
	"step": "profiling",
	"phase": "requested",
	"dpia": {"required": true, "done_age_days": 0, "outcome": "mitigated"},
	"dpo": {"consulted_age_days": 0},
}

deciding := {
	"step": "decision",
	"phase": "requested",
	"decision": {"effect": "legal", "automation": "dpv:FullAutomation"},
}

test_dpia_done if {
	dpia_fired(assessed) == set()
	dpia_fired(object.union(assessed, {"dpia": {"outcome": "acceptable"}})) == set()
	done := object.remove(assessed, ["step"])
	dpia_fired(object.union(deciding, done)) == set()
}

test_dpia_not_done if {
	every part in ["done_age_days", "outcome"] {
		dpia := object.remove(assessed.dpia, [part])
		dpia_fired(object.union(object.remove(assessed, ["dpia"]), {"dpia": dpia})) == {["deny", ""]}
	}
	dpia_fired(object.union(assessed, {"dpia": {"done_age_days": -1}})) == {["deny", ""]}
}

test_dpia_needed_whatever_was_said if {
	dpia_fired(object.union(deciding, {"dpia": {"required": false}})) == {["deny", ""]}
	large := {"dpia": {"required": false}, "processing": {"large_scale": true}}
	dpia_fired(object.union({"step": "profiling", "phase": "requested"}, large)) == {["deny", ""]}
	dpia_fired(object.union({"step": "decision", "phase": "requested"}, large)) == {["deny", ""]}
	plain := object.union(large, {"step": "decision", "phase": "requested", "processing": {"operations": ["dpv:Use"]}})
	dpia_fired(plain) == set()
	dpia_fired(object.union(plain, {"processing": {"operations": ["dpv:Profiling"]}})) == {["deny", ""]}
}

test_dpia_many_records if {
	most := data.reference.data_protection.large_scale_records
	many := {"step": "profiling", "phase": "requested", "dpia": {"required": false}, "processing": {"large_scale": false, "records": most}}
	dpia_fired(many) == {["deny", ""]}
	dpia_fired(object.union(many, {"processing": {"records": most - 1}})) == set()
}

test_dpia_what_decides if {
	by_score := {"decision": {"automation": "dpv:PartialAutomation", "score_decisive": true}, "dpia": {"required": false}}
	dpia_fired(object.union(deciding, by_score)) == {["deny", ""]}
	unweighed := object.union(json.remove(deciding, ["decision/effect"]), {"dpia": {"required": false}})
	dpia_fired(unweighed) == {["deny", ""]}
	dpia_fired(object.union(unweighed, {"decision": {"automation": "dpv:PartialAutomation"}})) == set()
}

test_dpia_not_needed if {
	dpia_fired({"step": "profiling", "phase": "requested", "dpia": {"required": false}}) == set()
	nobody_judged := object.union(deciding, {"processing": {"operations": ["dpv:Use"]}})
	every change in [{"automation": "dpv:PartialAutomation"}, {"effect": "none"}] {
		dpia_fired(object.union(nobody_judged, {"decision": change})) == set()
	}
}

test_dpia_high_risk_left if {
	dpia_fired(object.union(assessed, {"dpia": {"outcome": "high_residual"}})) == {["escalate", "residual"]}
}

test_dpia_officer_not_asked if {
	dpia_fired(object.remove(assessed, ["dpo"])) == {["escalate", "officer"]}
	dpia_fired(object.union(assessed, {"dpo": {"consulted_age_days": -1}})) == {["escalate", "officer"]}
}

test_dpia_not_needed_whatever_it_found if {
	needless := object.union(object.remove(assessed, ["dpo"]), {"dpia": {"required": false, "outcome": "high_residual"}})
	dpia_fired(needless) == set()
	undated := json.remove(object.union(assessed, {"dpia": {"outcome": "high_residual"}}), ["dpia/done_age_days"])
	dpia_fired(undated) == {["deny", ""]}
}

test_dpia_unknown if {
	dpia_fired({"step": "profiling", "phase": "requested"}) == {["escalate", "unknown"]}
	dpia_fired({"step": "profiling", "phase": "requested", "processing": {"large_scale": false}}) == {["escalate", "unknown"]}
	dpia_fired({"step": "decision", "phase": "requested"}) == {["escalate", "unknown"]}
	dpia_fired({"step": "decision", "phase": "requested", "processing": {"operations": ["dpv:Screen"]}}) == {["escalate", "unknown"]}
	dpia_fired({"step": "profiling", "phase": "requested", "processing": {"personal_data": false}}) == set()
}

test_dpia_requested_only if {
	every event in [deciding, object.remove(assessed, ["dpo"]), {"step": "profiling"}] {
		dpia_fired(object.union(event, {"phase": "completed"})) == set()
	}
	dpia_fired(object.union(assessed, {"phase": "completed", "dpia": {"outcome": "high_residual"}})) == set()
}
