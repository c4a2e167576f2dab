package aboveboard.topic.assessment_test

import future.keywords.not

before := {"step": "profiling", "phase": "requested", "time": "2027-12-01T23:59:59Z"}

after := {"step": "profiling", "phase": "requested", "time": "2027-12-02T00:00:00Z"}

risk_fired(base, ai) := risk_event_fired(object.union(base, {"ai": ai}))

risk_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.assessment.findings, "R-RISK-01") with input as event
}

test_risk_classed if {
	every class in ["minimal", "transparency"] {
		every base in [before, after] {
			risk_fired(base, {"risk_class": class}) == set()
		}
	}
}

test_risk_high if {
	every ai in [
		{"risk_class": "high", "annex_iii_point": "4(a)"}, {"risk_class": "minimal", "annex_iii_point": "4(a)"},
		{"annex_iii_point": "4(a)"},
	] {
		risk_fired(before, ai) == {["warn", "papers_soon"]}
		risk_fired(after, ai) == {["deny", ""]}
		risk_fired(after, object.union(ai, {"conformity_ref": "DOC-1"})) == set()
		every base in [before, after] {
			risk_fired(object.union(base, {"phase": "completed"}), ai) == set()
		}
	}
}

test_risk_fundamental_rights if {
	credit := {"risk_class": "high", "annex_iii_point": "5(b)", "conformity_ref": "DOC-1"}
	risk_fired(before, credit) == {["warn", "papers_soon"]}
	risk_fired(after, credit) == {["deny", ""]}
	risk_fired(after, object.union(credit, {"fundamental_rights_doc_ref": "FRIA-1"})) == set()
	papers := {"risk_class": "high", "annex_iii_point": "5(b)", "fundamental_rights_doc_ref": "FRIA-1"}
	risk_fired(after, papers) == {["deny", ""]}
}

test_risk_point_unknown if {
	somewhere := {"risk_class": "high", "conformity_ref": "DOC-1"}
	risk_fired(before, somewhere) == {["warn", "papers_soon"]}
	risk_fired(after, somewhere) == {["deny", ""]}
	risk_fired(after, object.union(somewhere, {"fundamental_rights_doc_ref": "FRIA-1"})) == set()
	risk_fired(after, object.union(somewhere, {"annex_iii_point": "5(d)"})) == set()
}

test_risk_narrow_tasks if {
	narrow := {"risk_class": "minimal", "annex_iii_point": "4(a)"}
	deciding_after := object.union(after, {"step": "decision", "processing": {"operations": ["dpv:Use"]}})
	risk_fired(deciding_after, narrow) == set()
	profiles := object.union(deciding_after, {"processing": {"operations": ["dpv:Profiling"]}})
	risk_fired(profiles, narrow) == {["deny", ""]}
	risk_fired(object.remove(deciding_after, ["processing"]), narrow) == {["deny", ""]}
}

test_risk_prohibited if {
	every base in [before, after] {
		risk_fired(base, {"risk_class": "prohibited"}) == {["deny", "prohibited"]}
	}
	risk_fired(object.union(before, {"phase": "completed"}), {"risk_class": "prohibited"}) == set()
}

test_risk_unknown if {
	risk_event_fired(before) == {["warn", "class_soon"]}
	risk_event_fired(after) == {["deny", "unknown"]}
	every base in [before, after] {
		risk_event_fired(object.union(base, {"phase": "completed"})) == set()
	}
}

test_risk_people_alone if {
	by_hand := object.union(after, {"step": "decision", "decision": {"automation": "dpv:NotAutomated"}})
	risk_event_fired(by_hand) == set()
	every change in [
		{"step": "profiling"}, {"ai": {"model": "scorer"}}, {"decision": {"score_decisive": true}},
		{"decision": {"automation": "dpv:AssistiveAutomation"}},
	] {
		risk_event_fired(object.union(by_hand, change)) == {["deny", "unknown"]}
		risk_event_fired(object.union(object.union(by_hand, change), {"time": "2027-12-01T23:59:59Z"})) == {["warn", "class_soon"]}
	}
}
