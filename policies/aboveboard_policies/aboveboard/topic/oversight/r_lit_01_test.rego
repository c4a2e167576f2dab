package aboveboard.topic.oversight_test

import future.keywords.not

lit_fired(actor) := lit_event_fired({"phase": "requested", "actor": actor})

lit_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.oversight.findings, "R-LIT-01") with input as event
}

measures(age_days) := [{"kind": "training", "age_days": age_days}]

test_lit_recent if {
	every role in ["developer", "manager", "operator", "reviewer"] {
		every age_days in [0, 365] {
			lit_fired({"role": role, "literacy_measures": measures(age_days)}) == set()
		}
	}
	several := array.concat(measures(900), measures(9))
	lit_fired({"role": "reviewer", "literacy_measures": several}) == set()
}

test_lit_none_or_past_or_planned if {
	every role in ["developer", "manager", "operator"] {
		lit_fired({"role": role}) == {["warn", ""]}
		lit_fired({"role": role, "literacy_measures": []}) == {["warn", ""]}
		lit_fired({"role": role, "literacy_measures": measures(366)}) == {["warn", ""]}
		lit_fired({"role": role, "literacy_measures": measures(-1)}) == {["warn", ""]}
		lit_fired({"role": role, "literacy_measures": [{"kind": "training"}]}) == {["warn", ""]}
	}
}

test_lit_reviewers if {
	lit_fired({"role": "reviewer"}) == {["escalate", "reviewer"]}
	lit_fired({"role": "reviewer", "literacy_measures": measures(366)}) == {["escalate", "reviewer"]}
}

test_lit_reviewers_of_what_nobody_runs if {
	reviewed := {"phase": "requested", "human_review": {"reviewer_id": "staff-17"}, "actor": {"role": "system"}}
	lit_event_fired(reviewed) == {["escalate", "reviewer"]}
	lit_event_fired(object.union(reviewed, {"actor": {"literacy_measures": measures(9)}})) == set()
	lit_event_fired(object.remove(reviewed, ["actor"])) == {["escalate", "reviewer"], ["warn", "unknown"]}
	lit_event_fired(object.union(reviewed, {"phase": "completed"})) == set()
	lit_event_fired({"phase": "requested", "human_review": {"available": true}, "actor": {"role": "system"}}) == set()
	every role in ["developer", "manager", "operator"] {
		lit_event_fired(object.union(reviewed, {"actor": {"role": role}})) == {["warn", ""]}
	}
}

test_lit_nobody_runs_it if lit_fired({"role": "system"}) == set()

test_lit_unknown if {
	lit_fired({}) == {["warn", "unknown"]}
	lit_event_fired({"phase": "requested"}) == {["warn", "unknown"]}
}

test_lit_requested_only if {
	every actor in [{}, {"role": "operator"}, {"role": "reviewer"}] {
		lit_event_fired({"phase": "completed", "actor": actor}) == set()
	}
}
