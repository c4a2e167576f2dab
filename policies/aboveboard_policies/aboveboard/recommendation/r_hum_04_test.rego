package aboveboard.recommendation_test

import future.keywords.not

hum04_fired(handover) := hum04_event_fired({"phase": "completed", "handover": handover})

hum04_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.recommendation.findings, "R-HUM-04") with input as event
}

handed := {"offered_age_s": 5, "summary_present": true, "context_fields": ["order.id"], "repeat_question_count": 0}

test_hum04_compliant if {
	hum04_fired(handed) == set()
	hum04_fired(object.union(object.remove(handed, ["offered_age_s"]), {"callback_at": "2026-04-02T08:00:00Z"})) == set()
	hum04_fired(object.union(handed, {"context_fields": []})) == set()
	hum04_fired({}) == set()
}

test_hum04_nothing_passed_on if {
	hum04_fired(object.union(handed, {"summary_present": false})) == {["warn", ""]}
	hum04_fired(object.remove(handed, ["summary_present"])) == {["warn", ""]}
	hum04_fired(object.remove(handed, ["context_fields"])) == {["warn", ""]}
	hum04_fired({"callback_at": "2026-04-02T08:00:00Z"}) == {["warn", ""]}
	hum04_fired({"taken_over": true}) == {["warn", ""]}
	hum04_fired({"offered_age_s": 0}) == {["warn", ""]}
	hum04_fired({"offered_age_s": -1}) == set()
	hum04_fired({"taken_over": false}) == set()
}

test_hum04_repeated if {
	most := data.reference.humans.repeat_questions_max
	hum04_fired(object.union(handed, {"repeat_question_count": most + 1})) == {["warn", "repeat"]}
	hum04_fired(object.remove(handed, ["repeat_question_count"])) == set()
	hum04_fired({"repeat_question_count": most + 1}) == set()
}

test_hum04_completed_only if {
	every handover in [{"offered_age_s": 5}, object.union(handed, {"repeat_question_count": 9})] {
		hum04_event_fired({"phase": "requested", "handover": handover}) == set()
	}
}
