package aboveboard.recommendation_test

import future.keywords.not

hum02_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.recommendation.findings, "R-HUM-02") with input as event
}

talk(conversation) := {"phase": "requested", "conversation": conversation}

test_hum02_numbers if {
	humans := data.reference.humans
	every pair in [
		["distress_score_bp", humans.distress_bp, humans.distress_bp - 1],
		["sentiment_bp", humans.sentiment_bp, humans.sentiment_bp + 1],
		["failed_turns", humans.failed_turns, humans.failed_turns - 1],
		["complexity_bp", humans.complexity_bp, humans.complexity_bp - 1],
	] {
		hum02_fired(talk({pair[0]: pair[1]})) == {["escalate", ""]}
		hum02_fired(talk({pair[0]: pair[2]})) == set()
	}
}

test_hum02_topics if {
	every topic in ["bereavement", "complaint", "debt", "health", "negotiation"] {
		hum02_fired(talk({"topic": topic})) == {["escalate", ""]}
	}
	hum02_fired(talk({"topic": "order"})) == set()
	hum02_fired(talk({"urgency": "urgent"})) == {["escalate", ""]}
	hum02_fired(talk({"urgency": "normal"})) == set()
}

test_hum02_names_the_signs if {
	some finding in data.aboveboard.recommendation.findings with input as talk({"topic": "debt", "failed_turns": 9})
	finding.args == {"signs": ["failed_turns", "topic"]}
}

test_hum02_names_every_sign if {
	humans := data.reference.humans
	some finding in data.aboveboard.recommendation.findings with input as talk({
		"complexity_bp": humans.complexity_bp,
		"distress_score_bp": humans.distress_bp,
		"failed_turns": humans.failed_turns,
		"sentiment_bp": humans.sentiment_bp,
		"topic": "debt",
		"urgency": "urgent",
	})
	finding.args == {"signs": ["complexity", "distress", "failed_turns", "sentiment", "topic", "urgency"]}
}

test_hum02_handed_over if {
	every handover in [{"offered_age_s": 0}, {"callback_in_s": 60}, {"taken_over": true}] {
		hum02_fired(object.union(talk({"topic": "debt"}), {"handover": handover})) == set()
	}
	hum02_fired(object.union(talk({"topic": "debt"}), {"handover": {"callback_in_s": -1}})) == {["escalate", ""]}
}

test_hum02_unknown if hum02_fired({"phase": "requested"}) == set()

test_hum02_in_both_phases if {
	hum02_fired(object.union(talk({"topic": "debt"}), {"phase": "completed"})) == {["escalate", ""]}
}
