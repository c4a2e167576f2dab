package aboveboard.topic.scoring_test

import future.keywords.not

proh_01_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.scoring.findings, "R-PROH-01") with input as event
}

proh_01_scored := {
	"phase": "requested",
	"score": {"context_collected": "social_media", "context_used": "sales"},
	"decision": {"detriment": true},
}

test_proh_01_fires if proh_01_fired(proh_01_scored) == {["deny", ""]}

test_proh_01_compliant if {
	proh_01_fired(object.union(proh_01_scored, {"score": {"context_collected": "sales"}})) == set()
	proh_01_fired(object.union(proh_01_scored, {"score": {"context_collected": "Sales"}})) == set()
	proh_01_fired(object.union(proh_01_scored, {"score": {"context_collected": "sales", "context_used": "SALES"}})) == set()
	proh_01_fired(object.union(proh_01_scored, {"decision": {"detriment": false}})) == set()
}

test_proh_01_unknown if {
	every group in ["score", "decision"] {
		proh_01_fired(object.remove(proh_01_scored, [group])) == set()
	}
	proh_01_fired(object.union(object.remove(proh_01_scored, ["score"]), {"score": {"context_used": "sales"}})) == set()
}

test_proh_01_requested_only if proh_01_fired(object.union(proh_01_scored, {"phase": "completed"})) == set()
