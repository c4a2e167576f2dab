package aboveboard.topic.accuracy_test

import future.keywords.not

fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.accuracy.findings, "R-ACCU-01") with input as event
}

fields(disputed) := {"phase": "requested", "fields": [{"name": "job"}, {"name": "city", "disputed": disputed}]}

restricted(active) := {"phase": "requested", "restriction": {"active": active}}

test_compliant if {
	fired(fields(false)) == set()
	fired(restricted(false)) == set()
}

test_disputed if {
	fired(fields(true)) == {["escalate", ""]}
	some finding in data.aboveboard.topic.accuracy.findings with input as fields(true)
	finding.args == {"fields": ["city"]}
}

test_restricted if fired(restricted(true)) == {["escalate", "restricted"]}

test_unknown if {
	fired({"phase": "requested"}) == set()
	fired({"phase": "requested", "fields": [{"name": "job"}], "restriction": {}}) == set()
}

test_requested_only if {
	every item in [fields(true), restricted(true)] {
		fired(object.union(item, {"phase": "completed"})) == set()
	}
}
