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

small := {"step": "profiling", "phase": "requested", "processing": {"large_scale": false}}

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
	dpia_fired(object.union({"step": "decision", "phase": "requested"}, large)) == set()
	profiling := {"large_scale": true, "operations": ["dpv:Profiling"]}
	dpia_fired({"step": "decision", "phase": "requested", "processing": profiling}) == {["deny", ""]}
}

test_dpia_not_needed if {
	dpia_fired(small) == set()
	dpia_fired({"step": "profiling", "phase": "requested", "dpia": {"required": false}}) == set()
	dpia_fired({"step": "decision", "phase": "requested"}) == set()
	dpia_fired(object.union(deciding, {"decision": {"automation": "dpv:PartialAutomation"}})) == set()
	dpia_fired(object.union(deciding, {"decision": {"effect": "none"}})) == set()
}

test_dpia_high_risk_left if {
	dpia_fired(object.union(assessed, {"dpia": {"outcome": "high_residual"}})) == {["escalate", "residual"]}
}

test_dpia_officer_not_asked if {
	dpia_fired(object.remove(assessed, ["dpo"])) == {["escalate", "officer"]}
	dpia_fired(object.union(assessed, {"dpo": {"consulted_age_days": -1}})) == {["escalate", "officer"]}
}

test_dpia_unknown if {
	dpia_fired({"step": "profiling", "phase": "requested"}) == {["escalate", "unknown"]}
	dpia_fired({"step": "decision", "phase": "requested", "processing": {"operations": ["dpv:Profiling"]}}) == {["escalate", "unknown"]}
	dpia_fired({"step": "profiling", "phase": "requested", "processing": {"personal_data": false}}) == set()
}

test_dpia_requested_only if {
	every event in [deciding, object.remove(assessed, ["dpo"]), {"step": "profiling"}] {
		dpia_fired(object.union(event, {"phase": "completed"})) == set()
	}
	dpia_fired(object.union(assessed, {"phase": "completed", "dpia": {"outcome": "high_residual"}})) == set()
}
