package aboveboard.recommendation_test

import future.keywords.not

emo_02_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.recommendation.findings, "R-EMO-02") with input as event
}

emo_02_pushed := {
	"phase": "completed",
	"conversation": {"distress_score_bp": 5000},
	"recommendation": {"strategy_changed_by_mood": true},
}

test_emo_02_fires if emo_02_fired(emo_02_pushed) == {["deny", ""]}

test_emo_02_compliant if {
	emo_02_fired(object.union(emo_02_pushed, {"conversation": {"distress_score_bp": 4999}})) == set()
	emo_02_fired(object.union(emo_02_pushed, {"recommendation": {"strategy_changed_by_mood": false}})) == set()
}

test_emo_02_unknown if {
	emo_02_fired(object.remove(emo_02_pushed, ["conversation"])) == set()
	emo_02_fired(object.remove(emo_02_pushed, ["recommendation"])) == set()
}

test_emo_02_completed_only if emo_02_fired(object.union(emo_02_pushed, {"phase": "requested"})) == set()
