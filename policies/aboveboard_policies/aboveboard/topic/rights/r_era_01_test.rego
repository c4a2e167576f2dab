package aboveboard.topic.rights_test

import future.keywords.not

fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.rights.findings, "R-ERA-01") with input as event
}

event(requests) := {"phase": "requested", "rights_requests": requests}

erasure := {"type": "erasure", "status": "open", "due_in_days": 20}

access := {"type": "access", "status": "open", "due_in_days": 8}

args(requests) := [finding.args |
	some finding in data.aboveboard.topic.rights.findings with input as event(requests)
]

test_compliant if {
	fired(event([])) == set()
	fired(event([access])) == set()
}

test_open if {
	every type in ["erasure", "restriction"] {
		fired(event([object.union(erasure, {"type": type})])) == {["deny", ""]}
		args([object.union(erasure, {"type": type})]) == [{"types": [type]}]
	}
	every type in ["access", "objection", "portability", "rectification"] {
		fired(event([object.union(erasure, {"type": type})])) == set()
	}
}

test_answered if {
	every status in ["done", "refused"] {
		fired(event([object.union(erasure, {"status": status, "due_in_days": -9})])) == set()
	}
}

kept(operations) := fired(object.union(event([erasure]), {"processing": {"operations": operations}}))

test_only_kept if {
	kept(["dpv:Store"]) == set()
	kept(["dpv:Store", "dpv:Erase"]) == set()
	kept(["dpv:Delete", "dpv:Destruct", "dpv:Remove", "dpv:Restrict"]) == set()
	kept(["dpv:Store", "dpv:Use"]) == {["deny", ""]}
	kept([]) == {["deny", ""]}
}

test_due if {
	fired(event([object.union(access, {"due_in_days": 7})])) == {["warn", "due"]}
	fired(event([object.union(access, {"due_in_days": 0})])) == {["warn", "due"]}
	fired(event([object.union(erasure, {"due_in_days": 7})])) == {["deny", ""], ["warn", "due"]}
	args([access, object.union(access, {"due_in_days": 3})]) == [{"reason": "due", "days": 3}]
}

test_overdue if {
	fired(event([object.union(access, {"due_in_days": -1})])) == {["warn", "overdue"]}
	args([access, object.union(access, {"due_in_days": -2})]) == [{"reason": "overdue", "days": 2}]
}

received(days) := fired(event([{"type": "access", "status": "open", "received_age_days": days}]))

test_month_of_the_law_where_nobody_set_a_date if {
	received(22) == set()
	received(23) == {["warn", "due"]}
	received(30) == {["warn", "due"]}
	received(31) == {["warn", "overdue"]}
	fired(event([object.union(access, {"received_age_days": 60})])) == set()
}

test_unknown if {
	fired({"phase": "requested"}) == {["warn", "unknown"]}
	fired({"phase": "requested", "processing": {"personal_data": false}}) == set()
	fired(event([{"status": "open"}])) == set()
	fired(event([{}])) == set()
}

test_status_unknown_counts_as_open if {
	every type in ["erasure", "restriction"] {
		fired(event([{"type": type}])) == {["deny", ""]}
	}
	fired(event([{"type": "access"}])) == set()
	fired(event([{"type": "access", "due_in_days": -1}])) == {["warn", "overdue"]}
}

restricted := {"phase": "requested", "rights_requests": [], "restriction": {"active": true}}

test_restricted if {
	every step in ["data_collection", "recommendation"] {
		item := object.union(restricted, {"step": step})
		fired(item) == {["deny", "restricted"]}
		fired(object.union(item, {"processing": {"operations": ["dpv:Store"]}})) == set()
		fired(object.union(item, {"processing": {"operations": ["dpv:Use"]}})) == {["deny", "restricted"]}
		fired(object.union(item, {"restriction": {"active": false}})) == set()
		fired(json.remove(item, ["restriction/active"])) == set()
		fired(object.union(item, {"phase": "completed"})) == set()
	}

	# There R-ACCU-01 has a human look.
	every step in ["profiling", "decision"] {
		fired(object.union(restricted, {"step": step})) == set()
	}
}

objected(basis) := {
	"phase": "requested",
	"processing": {"legal_basis": basis},
	"rights_requests": [{"type": "objection", "status": "open", "due_in_days": 20}],
}

test_objection if {
	every basis in ["eu-gdpr:A6-1-e", "eu-gdpr:A6-1-f"] {
		fired(objected(basis)) == {["escalate", "objection"]}
		fired(object.union(objected(basis), {"processing": {"operations": ["dpv:Store"]}})) == set()
		fired(object.union(objected(basis), {"phase": "completed"})) == set()
	}

	# Nobody can object to what a contract or a law asks for; a consent is taken back.
	every basis in ["eu-gdpr:A6-1-a", "eu-gdpr:A6-1-b", "eu-gdpr:A6-1-c"] {
		fired(objected(basis)) == set()
	}
	fired(object.union(objected("eu-gdpr:A6-1-f"), {"rights_requests": [{"type": "objection"}]})) == {["escalate", "objection"]}
	fired(object.union(objected("eu-gdpr:A6-1-f"), {"rights_requests": [access]})) == set()
	every status in ["done", "refused"] {
		fired(object.union(objected("eu-gdpr:A6-1-f"), {"rights_requests": [{"type": "objection", "status": status}]})) == set()
	}
}

test_requested_only if {
	fired({"phase": "completed"}) == set()
	every days in [7, -1] {
		fired(object.union(event([object.union(erasure, {"due_in_days": days})]), {"phase": "completed"})) == set()
	}
}
