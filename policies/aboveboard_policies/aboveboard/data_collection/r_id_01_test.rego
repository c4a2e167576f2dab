package aboveboard.data_collection_test

import future.keywords.not

id_01_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.data_collection.findings, "R-ID-01") with input as event
}

id_01_event := {"phase": "requested", "fields": [{"name": "id", "categories": ["pd:OfficialID"]}]}

test_id_01_is_cut if {
	id_01_fired(id_01_event) == {["oblige", ""]}
	id_01_fired(object.union(id_01_event, {"fields": [{"categories": ["pd:Name", "pd:Passport"]}]})) == {["oblige", ""]}
	id_01_fired(object.union(id_01_event, {"fields": [{"detected_categories": ["pd:OfficialID"]}]})) == {["oblige", ""]}
	spans := [{"category": "pd:Name"}, {"category": "pd:Passport"}]
	id_01_fired(object.union(id_01_event, {"fields": [{"detected_spans": spans}]})) == {["oblige", ""]}
	id_01_fired(object.union(id_01_event, {"processing": {"national_id_ground": ""}})) == {["oblige", ""]}
}

test_id_01_names_what_is_cut if {
	fields := [
		{"name": "a", "categories": ["pd:Name"]}, {"name": "b", "categories": ["pd:Passport"]},
		{"name": "c", "detected_categories": ["pd:Passport"]}, {"detected_categories": ["pd:Passport"]},
	]
	some finding in data.aboveboard.data_collection.findings with input as {"phase": "requested", "fields": fields}
	finding.rule == "R-ID-01"
	finding.obligation == {"kind": "redact", "paths": ["?", "b", "c"]}
}

test_id_01_compliant if {
	id_01_fired(object.union(id_01_event, {"processing": {"national_id_ground": "Act 1050/2018 s. 29"}})) == set()
	id_01_fired(object.union(id_01_event, {"fields": [{"name": "a", "categories": ["pd:Identifying"]}]})) == set()
	id_01_fired(object.remove(id_01_event, ["fields"])) == set()
}

test_id_01_requested_only if id_01_fired(object.union(id_01_event, {"phase": "completed"})) == set()
