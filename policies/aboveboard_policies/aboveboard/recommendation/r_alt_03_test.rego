package aboveboard.recommendation_test

import future.keywords.not

aimed_fired(facts) := found if {
	event := object.union({"phase": "completed"}, facts)
	found := data.aboveboard.lib_test.fired(data.aboveboard.recommendation.findings, "R-ALT-03") with input as event
}

test_aimed_at_fit if aimed_fired({"objective": {"fit_weight_bp": 5000}}) == set()

test_aimed_elsewhere if {
	aimed_fired({"objective": {"fit_weight_bp": 4999}}) == {["warn", ""]}
	aimed_fired({"objective": {"fit_weight_bp": 0}, "recommendation": {"purchase_advice": false}}) == set()
}

test_aimed_unknown if {
	aimed_fired({}) == {["warn", "unknown"]}
	aimed_fired({"recommendation": {"items": []}}) == set()
}

test_aimed_by_hand if {
	by_hand := {"processing": {"operations": ["dpv:Use", "dpv:Transmit"]}}
	aimed_fired(by_hand) == set()
	aimed_fired(object.union(by_hand, {"objective": {"fit_weight_bp": 0}})) == {["warn", ""]}
	aimed_fired(object.union(by_hand, {"ai": {"model": "recommender"}})) == {["warn", "unknown"]}
	aimed_fired({"processing": {"operations": ["dpv:Profiling", "dpv:Use"]}}) == {["warn", "unknown"]}
}

test_aimed_completed_only if {
	aimed_fired({"phase": "requested"}) == set()
	aimed_fired({"phase": "requested", "objective": {"fit_weight_bp": 0}}) == set()
}
