package aboveboard.topic.explanation_test

import future.keywords.not

fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.explanation.findings, "R-EXP-01") with input as event
}

explained := {
	"phase": "completed",
	"decision": {"effect": "legal", "automation": "dpv:FullAutomation"},
	"notice": {"states_adm_logic": true},
	"explanation": {
		"present": true,
		"case_specific": true,
		"factors": [{"name": "order_value"}],
		"data_used": ["pd:Purchase"],
		"reading_grade_tenths": 80,
	},
}

test_compliant if {
	fired(explained) == set()
	fired(json.remove(explained, ["explanation/reading_grade_tenths"])) == set()
}

test_missing if {
	fired(json.remove(explained, ["explanation"])) == {["deny", ""]}
	fired(json.remove(explained, ["explanation/present"])) == {["deny", ""]}
	fired(object.union(explained, {"explanation": {"present": false}})) == {["deny", ""]}
}

test_general if {
	every part in ["case_specific", "factors", "data_used"] {
		fired(json.remove(explained, [sprintf("explanation/%s", [part])])) == {["deny", "general"]}
	}
	fired(object.union(explained, {"explanation": {"case_specific": false}})) == {["deny", "general"]}
	fired(object.union(explained, {"explanation": {"factors": []}})) == {["deny", "general"]}
	fired(object.union(explained, {"explanation": {"data_used": []}})) == {["deny", "general"]}
}

test_plain if {
	most := data.reference.humans.reading_grade_max_tenths
	fired(object.union(explained, {"explanation": {"reading_grade_tenths": most}})) == set()
	fired(object.union(explained, {"explanation": {"reading_grade_tenths": most + 1}})) == {["warn", "plain"]}
	many := [{"name": "a"} | some _ in numbers.range(0, data.reference.humans.factors_max)]
	fired(object.union(explained, {"explanation": {"factors": many}})) == {["warn", "plain"]}
	few := [{"name": "a"} | some _ in numbers.range(1, data.reference.humans.factors_max)]
	fired(object.union(explained, {"explanation": {"factors": few}})) == set()
}

test_notice_silent_on_the_logic if {
	silent := object.union(explained, {"notice": {"states_adm_logic": false}})
	fired(silent) == {["deny", "logic"]}
	fired(object.union(silent, {"decision": {"automation": "dpv:PartialAutomation"}})) == set()
}

test_notice_unknown_on_the_logic if {
	unknown := json.remove(explained, ["notice"])
	fired(unknown) == {["escalate", "logic_unknown"]}
	fired(object.union(unknown, {"decision": {"automation": "dpv:PartialAutomation"}})) == set()
	fired(object.union(unknown, {"decision": {"effect": "none"}})) == set()
	fired(object.union(unknown, {"phase": "requested"})) == set()
}

test_weight_that_nobody_stated if {
	fired({"step": "decision", "phase": "completed"}) == {["deny", ""]}
	fired({"step": "decision", "phase": "completed", "decision": {"automation": "dpv:NotAutomated"}}) == set()
	every step in ["profiling", "recommendation"] {
		fired({"step": step, "phase": "completed"}) == set()
	}
}

test_where_it_is_due if {
	bare := json.remove(explained, ["explanation"])
	fired(object.union(bare, {"decision": {"effect": "none"}})) == set()
	asked := object.union(bare, {"decision": {"effect": "none"}, "explanation": {"requested_at": "2026-04-01T08:00:00Z"}})
	fired(asked) == {["deny", ""]}
	fired(object.union(bare, {"decision": {"automation": "dpv:PartialAutomation"}})) == {["deny", ""]}
	fired(json.remove(bare, ["decision/effect"])) == {["deny", ""]}
	fired(json.remove(bare, ["decision"])) == set()
	weightless := object.union(explained, {"decision": {"effect": "none"}, "notice": {"states_adm_logic": false}})
	fired(weightless) == set()
	every part in [{"case_specific": false}, {"reading_grade_tenths": 999}] {
		fired(object.union(weightless, {"explanation": part})) == set()
	}
}

test_completed_only if {
	silent := {"phase": "requested", "notice": {"states_adm_logic": false}}
	every event in [explained, json.remove(explained, ["explanation"]), json.remove(explained, ["explanation/factors"])] {
		fired(object.union(event, silent)) == set()
	}
	hard := {"phase": "requested", "explanation": {"reading_grade_tenths": 999}}
	fired(object.union(explained, hard)) == set()
}
