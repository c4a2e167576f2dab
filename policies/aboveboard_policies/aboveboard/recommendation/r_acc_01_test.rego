package aboveboard.recommendation_test

import future.keywords.not

answer_fired(answer) := answer_event_fired({"phase": "completed", "answer": answer})

answer_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.recommendation.findings, "R-ACC-01") with input as event
}

sound := {
	"grounded": true,
	"sources": ["terms-7"],
	"confidence_bp": 6000,
	"policy_claim": true,
	"policy_source_version": "7",
	"policy_source_current": true,
}

test_answer_compliant if {
	answer_fired(sound) == set()
	answer_fired({"grounded": true, "policy_claim": false}) == set()
	answer_event_fired({"phase": "completed"}) == set()
	answer_event_fired({"phase": "completed", "ai": {"interacts_directly": false}}) == set()
}

test_answer_commits_wrongly if {
	answer_fired(object.union(sound, {"policy_source_current": false})) == {["deny", ""]}
	answer_fired(object.union(sound, {"grounded": false})) == {["deny", ""]}
	answer_fired(object.union(sound, {"sources": []})) == {["deny", ""]}
}

test_answer_ungrounded if {
	every answer in [
		{"grounded": false, "policy_claim": false},
		{"grounded": true, "policy_claim": false, "sources": []},
		{"grounded": false},
	] {
		answer_fired(answer) == {["escalate", "ungrounded"]}
	}
	answer_fired({"grounded": true, "policy_claim": false, "policy_source_current": false}) == set()
}

test_answer_unsure if {
	answer_fired(object.union(sound, {"confidence_bp": 5999})) == {["escalate", "unsure"]}
}

test_answer_unknown if {
	every part in ["grounded", "policy_claim", "policy_source_version", "policy_source_current"] {
		answer_fired(object.remove(sound, [part])) == {["escalate", "unknown"]}
	}
	answer_fired({"policy_claim": false}) == {["escalate", "unknown"]}
	every ai in [{"interacts_directly": true}, {"model": "writer"}, {}] {
		answer_event_fired({"phase": "completed", "ai": ai}) == {["escalate", "unknown"]}
	}
}

test_answer_completed_only if {
	every answer in [{}, {"grounded": false}, {"grounded": false, "policy_claim": true}, {"confidence_bp": 1}] {
		answer_event_fired({"phase": "requested", "answer": answer}) == set()
	}
}
