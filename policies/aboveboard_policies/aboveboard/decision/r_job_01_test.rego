package aboveboard.decision_test

import future.keywords.not

job_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.decision.findings, "R-JOB-01") with input as event
}

introduced(phase, share_bp) := {
	"phase": "requested",
	"decision": {"automation": "dpv:FullAutomation"},
	"rollout": {"phase": phase, "workers_informed_age_days": 0},
	"task": {"share_automated_7d_bp": share_bp},
}

test_job_caps if {
	every pair in [["pilot", 1000], ["partial", 5000], ["full", 9500]] {
		job_fired(introduced(pair[0], pair[1])) == set()
		job_fired(introduced(pair[0], pair[1] + 1)) == {["warn", ""]}
	}
}

test_job_unknown if {
	pilot := introduced("pilot", 0)
	job_fired(object.remove(pilot, ["task"])) == {["warn", "unknown"]}
	job_fired(object.union(object.remove(pilot, ["rollout"]), {"rollout": {"workers_informed_age_days": 0}})) == {["warn", "unknown"]}
}

test_job_workers if {
	pilot := introduced("pilot", 0)
	job_fired(object.union(object.remove(pilot, ["rollout"]), {"rollout": {"phase": "pilot"}})) == {["warn", "workers"]}
	job_fired(object.union(pilot, {"rollout": {"workers_informed_age_days": -1}})) == {["warn", "workers"]}
}

test_job_score_that_decides if {
	by_score := {"decision": {"automation": "dpv:PartialAutomation", "score_decisive": true}}
	job_fired(object.union(introduced("pilot", 1001), by_score)) == {["warn", ""]}
	job_fired(object.union({"phase": "requested"}, by_score)) == {["warn", "unknown"], ["warn", "workers"]}
}

test_job_only_where_machines_decide if {
	every event in [introduced("pilot", 9000), {"phase": "requested"}] {
		job_fired(object.union(event, {"decision": {"automation": "dpv:PartialAutomation"}})) == set()
	}
	job_fired(object.union(introduced("pilot", 9000), {"phase": "completed"})) == set()
	job_fired({"phase": "completed", "decision": {"automation": "dpv:FullAutomation"}}) == set()
}
