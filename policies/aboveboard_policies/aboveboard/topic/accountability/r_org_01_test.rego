package aboveboard.topic.accountability_test

import future.keywords.not

org_fired(policy) := org_event_fired({"phase": "requested", "policy": policy})

org_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.accountability.findings, "R-ORG-01") with input as event with data.catalogue.revision as "sha256:1"
}

approved := {"approved_by": "management_board", "approved_age_days": 0, "review_due_in_days": 0}

test_org_approved if {
	org_fired(approved) == set()
	org_fired(object.remove(approved, ["review_due_in_days"])) == set()
	org_fired(object.union(approved, {"approved_revision": "sha256:1"})) == set()
}

test_org_another_revision if {
	org_fired(object.union(approved, {"approved_revision": "sha256:2"})) == {["deny", ""]}
}

test_org_unknown if {
	org_event_fired({"phase": "requested"}) == {["warn", "unknown"]}
	every part in ["approved_by", "approved_age_days"] {
		org_fired(object.remove(approved, [part])) == {["warn", "unknown"]}
	}
	org_fired(object.union(approved, {"approved_age_days": -1})) == {["warn", "unknown"]}
}

test_org_review_overdue if org_fired(object.union(approved, {"review_due_in_days": -1})) == {["warn", "overdue"]}

test_org_requested_only if {
	policy := {"approved_revision": "sha256:2", "review_due_in_days": -1}
	org_event_fired({"phase": "completed", "policy": policy}) == set()
}
