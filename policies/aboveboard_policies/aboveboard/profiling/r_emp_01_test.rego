package aboveboard.profiling_test

import future.keywords.not

staff_fired(facts) := found if {
	event := object.union(staff, facts)
	found := data.aboveboard.lib_test.fired(data.aboveboard.profiling.findings, "R-EMP-01") with input as event
}

staff := {
	"step": "profiling", "phase": "requested", "time": "2026-11-02T09:30:00Z",
	"subject": {"relationship": "employee"},
}

as_hr := {"purpose": "dpv:PersonnelPerformanceEvaluation", "risk_class": "high", "annex_iii_point": "4(b)"}

later := {"time": "2027-12-02T00:00:00Z"}

test_staff_in_a_system_for_it if {
	staff_fired({"ai": as_hr}) == set()
	staff_fired(object.union(later, {"ai": object.union(as_hr, {"conformity_ref": "DOC-1"})})) == set()
	staff_fired(object.union(later, {"ai": as_hr})) == {["escalate", ""]}
	staff_fired({"time": "2027-12-01T23:59:59Z", "ai": as_hr}) == set()
}

test_staff_scored if {
	staff_fired({}) == {["escalate", ""]}
	staff_fired({"ai": {"purpose": "dpv:CustomerRelationshipManagement"}}) == {["escalate", ""]}
	staff_fired(later) == {["escalate", ""]}
	every part in ["purpose", "risk_class", "annex_iii_point"] {
		staff_fired({"ai": object.remove(as_hr, [part])}) == {["escalate", ""]}
	}
	staff_fired({"ai": object.union(as_hr, {"annex_iii_point": "5(b)"})}) == {["escalate", ""]}
	staff_fired({"ai": object.union(as_hr, {"risk_class": "minimal"})}) == {["escalate", ""]}
}

test_staff_scored_by_a_sales_tool_from_the_day if {
	sales := {"ai": {"purpose": "dpv:CustomerRelationshipManagement"}}
	staff_fired(object.union(sales, later)) == {["deny", "sales_tool"]}
	some finding in data.aboveboard.profiling.findings with input as object.union_n([staff, sales, later])
	finding.args == {"reason": "sales_tool", "purpose": "dpv:CustomerRelationshipManagement"}
}

test_staff_emotions_are_left_to_r_emo_01 if {
	staff_fired({"ai": {"emotion_recognition": true}}) == set()
	staff_fired({"ai": {"emotion_recognition": true, "emotion_input": "biometric"}}) == set()
	staff_fired({"ai": {"emotion_recognition": true, "emotion_input": "text"}}) == {["escalate", ""]}
	staff_fired({"ai": object.union(as_hr, {"emotion_recognition": true})}) == set()
}

test_applicants_are_no_leads_either if {
	applicant := {"subject": {"relationship": "applicant"}}
	staff_fired(applicant) == {["escalate", ""]}
	staff_fired(object.union(applicant, {"ai": {"purpose": "dpv:PersonnelHiring", "risk_class": "high", "annex_iii_point": "4(a)"}})) == set()
	staff_fired(object.union_n([applicant, later, {"ai": {"purpose": "dpv:Marketing"}}])) == {["deny", "sales_tool"]}
}

test_others_than_staff if {
	sales := object.union(later, {"ai": {"purpose": "dpv:Marketing"}})
	every facts in [{}, {"ai": {"emotion_recognition": true}}, later, sales] {
		staff_fired(object.union(facts, {"subject": {"relationship": "customer"}})) == set()
	}
	found := data.aboveboard.lib_test.fired(data.aboveboard.profiling.findings, "R-EMP-01") with input as object.remove(staff, ["subject"])
	found == set()
}

test_staff_requested_only if {
	every facts in [{}, {"ai": {"emotion_recognition": true}}, object.union(later, {"ai": {"purpose": "dpv:Marketing"}})] {
		staff_fired(object.union(facts, {"phase": "completed"})) == set()
	}
}
