package aboveboard.topic.offences_test

import future.keywords.not

crim_01_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.offences.findings, "R-CRIM-01") with input as event
}

crim_01_event := {
	"step": "data_collection",
	"phase": "requested",
	"fields": [{"name": "note", "categories": ["pd:Name", "pd:CriminalOffence"]}],
}

crim_01_detected := object.union(crim_01_event, {"fields": [{"detected_categories": ["pd:Criminal"]}]})

test_crim_01_no_law if {
	crim_01_fired(crim_01_event) == {["deny", ""]}
	every category in ["pd:Criminal", "pd:CriminalCharge", "pd:CriminalConviction", "pd:CriminalPardon"] {
		crim_01_fired(object.union(crim_01_event, {"fields": [{"categories": [category]}]})) == {["deny", ""]}
	}
	crim_01_fired(object.union(crim_01_event, {"processing": {"art10_authorisation": ""}})) == {["deny", ""]}
}

test_crim_01_compliant if {
	crim_01_fired(object.union(crim_01_event, {"processing": {"art10_authorisation": "Act 1050/2018 s. 7"}})) == set()
	crim_01_fired(object.union(crim_01_event, {"fields": [{"categories": ["pd:Social"]}]})) == set()
	crim_01_fired(object.remove(crim_01_event, ["fields"])) == set()
}

test_crim_01_found_in_text if {
	crim_01_fired(crim_01_detected) == set()
	crim_01_fired(object.union(crim_01_detected, {"step": "decision"})) == {["deny", ""]}
}

test_crim_01_found_in_spans if {
	event := object.union(crim_01_event, {"step": "decision"})
	spans := {"detected_spans": [{"category": "pd:CriminalCharge"}]}
	crim_01_fired(object.union(event, {"fields": [spans]})) == {["deny", ""]}
	crim_01_fired(object.union(event, {"fields": [{"detected_spans": [{"category": "pd:Name"}]}]})) == set()
	every confidence in [3000, 6999, 7000] {
		find := object.union(spans, {"detector_confidence_bp": confidence})
		crim_01_fired(object.union(event, {"fields": [find]})) == {["deny", ""]}
	}
	unlikely := object.union(spans, {"name": "a", "detector_confidence_bp": 2999})
	crim_01_fired(object.union(event, {"fields": [unlikely, {"name": "b", "detected_categories": ["pd:Name"]}]})) == set()
}

test_crim_01_names_where_it_was_found if {
	find := {"detected_categories": ["pd:CriminalCharge"]}
	fields := [object.union(find, {"name": "a"}), {"name": "b", "detected_categories": ["pd:Name"]}, find]
	event := {"step": "decision", "phase": "requested", "fields": fields}
	some finding in data.aboveboard.topic.offences.findings with input as event
	finding.args == {"fields": ["?", "a"]}
}

test_crim_01_what_a_decision_rests_on if {
	event := object.union(crim_01_event, {
		"step": "decision",
		"fields": [{"name": "a", "categories": ["pd:Name"]}],
		"decision": {"inputs": [{"name": "record", "categories": ["pd:CriminalConviction"]}]},
	})
	some finding in data.aboveboard.topic.offences.findings with input as event
	finding.args == {"fields": ["record"]}
	crim_01_fired(object.union(event, {"processing": {"art10_authorisation": "Act 1050/2018 s. 7"}})) == set()
	crim_01_fired(object.union(event, {"decision": {"inputs": [{"categories": ["pd:Social"]}]}})) == set()
}

test_crim_01_requested_only if crim_01_fired(object.union(crim_01_event, {"phase": "completed"})) == set()
