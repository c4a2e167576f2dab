package aboveboard.topic.objection_test

import future.keywords.not

fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.objection.findings, "R-OBJ-01") with input as event
}

compliant := {
	"phase": "requested",
	"objections": {"profiling": false, "channel": "https://example.com/object"},
}

test_compliant if fired(compliant) == set()

test_objected if {
	event := object.union(compliant, {"objections": {"profiling": true}})
	fired(event) == {["deny", ""]}
	fired(object.union(event, {"processing": {"personal_data": false}})) == {["deny", ""]}
	fired(object.union(event, {"objections": {"direct_marketing": false}})) == {["deny", ""]}
}

test_compelling_grounds if {
	event := object.union(compliant, {"objections": {"profiling": true, "compelling_grounds_ref": "CG-1"}})
	fired(event) == set()
	fired(object.union(event, {"processing": {"purposes": ["dpv:CustomerRelationshipManagement"]}})) == set()
}

test_no_grounds_for_marketing if {
	every purpose in ["dpv:DirectMarketing", "dpv:SellProductsToDataSubject"] {
		event := object.union(compliant, {
			"objections": {"profiling": true, "direct_marketing": false, "compelling_grounds_ref": "CG-1"},
			"processing": {"purposes": [purpose]},
		})
		fired(event) == {["deny", ""]}
		plain := {"processing": {"operations": ["dpv:Use", "dpv:Transmit"]}}
		fired(object.union(event, plain)) == set()
	}
}

test_unknown if {
	event := json.remove(compliant, ["objections/profiling"])
	fired(event) == {["deny", "unknown"]}
	fired(object.union(event, {"objections": {"direct_marketing": false}})) == {["deny", "unknown"]}
	fired(object.union(event, {"objections": {"compelling_grounds_ref": "CG-1"}})) == {["deny", "unknown"]}
	fired(object.union(event, {"processing": {"personal_data": false}})) == set()
	fired({"phase": "requested"}) == {["deny", "unknown"], ["warn", "channel"]}
}

test_nothing_profiled if {
	plain := {"processing": {"operations": ["dpv:Use", "dpv:Transmit"]}}
	objected := object.union(compliant, {"objections": {"profiling": true}})
	unknown := json.remove(compliant, ["objections/profiling"])
	fired(object.union(objected, plain)) == set()
	fired(object.union(unknown, plain)) == set()
	every more in [
		{"step": "profiling"},
		{"profile": {"features": []}},
		{"processing": {"operations": ["dpv:Use", "dpv:Profiling"]}},
		{"decision": {"automation": "dpv:FullAutomation"}},
	] {
		fired(object.union(object.union(objected, plain), more)) == {["deny", ""]}
		fired(object.union(object.union(unknown, plain), more)) == {["deny", "unknown"]}
	}
}

test_no_way_to_object if {
	event := json.remove(compliant, ["objections/channel"])
	fired(event) == {["warn", "channel"]}
	fired(object.union(event, {"processing": {"personal_data": false}})) == set()
}

test_requested_only if {
	fired({"phase": "completed"}) == set()
	fired({"phase": "completed", "objections": {"profiling": true}}) == set()
}
