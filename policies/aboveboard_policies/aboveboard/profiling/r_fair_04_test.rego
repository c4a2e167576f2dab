package aboveboard.profiling_test

import future.keywords.not

shares_fired(facts) := found if {
	event := object.union({"step": "profiling", "phase": "requested", "time": "2026-11-02T09:30:00Z"}, facts)
	found := data.aboveboard.lib_test.fired(data.aboveboard.profiling.findings, "R-FAIR-04") with input as event
}

shares(finnish, swedish) := {"groups": [
	{"name": "fi", "share_bp": finnish},
	{"name": "sv", "share_bp": swedish},
]}

test_shares_compliant if {
	shares_fired({"dataset": {"representation_gap_max_bp": 999}}) == set()
	shares_fired({"dataset": shares(8499, 1501), "population": shares(7500, 2500)}) == set()
}

test_shares_apart if {
	shares_fired({"dataset": {"representation_gap_max_bp": 1000}}) == {["warn", ""]}
	shares_fired({"dataset": shares(8500, 1500), "population": shares(7500, 2500)}) == {["warn", ""]}
	said := object.union(shares(8500, 1500), {"representation_gap_max_bp": 0})
	shares_fired({"dataset": said, "population": shares(7500, 2500)}) == {["warn", ""]}
}

test_shares_of_a_group_left_out if {
	left_out := {"dataset": {"groups": [{"name": "fi", "share_bp": 9999}]}}
	shares_fired(object.union(left_out, {"population": shares(9000, 1000)})) == {["warn", ""]}
	shares_fired(object.union(left_out, {"population": shares(9001, 999)})) == set()
}

test_shares_name_the_widest_gap if {
	event := {
		"step": "profiling", "phase": "requested", "time": "2026-11-02T09:30:00Z",
		"dataset": shares(9000, 1000), "population": shares(7500, 3000),
	}
	some finding in data.aboveboard.profiling.findings with input as event
	finding.rule == "R-FAIR-04"
	finding.args == {"gap": 2000}
}

test_shares_of_high_risk_models_from_the_day if {
	wide := {"dataset": {"representation_gap_max_bp": 1000}}
	high := object.union(wide, {"ai": {"risk_class": "high"}})
	shares_fired(object.union(high, {"time": "2027-12-01T23:59:59Z"})) == {["warn", ""]}
	shares_fired(object.union(high, {"time": "2027-12-02T00:00:00Z"})) == {["escalate", "high_risk"]}
	shares_fired(object.union(wide, {"time": "2027-12-02T00:00:00Z"})) == {["escalate", "high_risk"]}
	every class in ["minimal", "transparency"] {
		low := object.union(wide, {"ai": {"risk_class": class}})
		shares_fired(object.union(low, {"time": "2027-12-02T00:00:00Z"})) == {["warn", ""]}
	}
}

test_shares_unknown if {
	shares_fired({}) == {["warn", "unknown"]}
	shares_fired({"dataset": shares(8500, 1500)}) == {["warn", "unknown"]}
	shares_fired({"population": shares(8500, 1500)}) == {["warn", "unknown"]}
	shares_fired({"processing": {"personal_data": false}}) == set()
}

test_shares_requested_only if {
	every facts in [{}, {"dataset": {"representation_gap_max_bp": 9000}}] {
		shares_fired(object.union(facts, {"phase": "completed"})) == set()
		shares_fired(object.union(facts, {"phase": "completed", "time": "2028-01-01T00:00:00Z"})) == set()
	}
}
