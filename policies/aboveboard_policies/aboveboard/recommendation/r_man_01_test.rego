package aboveboard.recommendation_test

import future.keywords.not

claims_fired(recommendation) := claims_event_fired({"phase": "completed", "recommendation": recommendation})

claims_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.recommendation.findings, "R-MAN-01") with input as event
}

claims_args(recommendation) := {finding.args |
	some finding in data.aboveboard.recommendation.findings with input as {"phase": "completed", "recommendation": recommendation}
	finding.rule == "R-MAN-01"
}

honest := {
	"claims": [{"kind": "scarcity", "verifiable": true, "verified": true}, {"kind": "performance"}],
	"scarcity_claim": {"present": true, "claimed_stock": 3, "true_stock": 3},
	"countdown": {"present": true, "ends_in_s": 0, "real": true},
	"urgency_terms": 2,
	"confirmshaming": false,
	"fake_social_proof": false,
}

test_claims_compliant if {
	claims_fired(honest) == set()
	claims_fired({}) == set()
	claims_event_fired({"phase": "completed"}) == set()
	claims_fired({"claims": [], "urgency_terms": 0, "scarcity_claim": {"present": false}, "countdown": {"present": false}}) == set()
	claims_fired({"scarcity_claim": {"present": false, "claimed_stock": 1, "true_stock": 9}}) == set()
	claims_fired({"countdown": {"present": false, "real": false}}) == set()
}

test_claims_untrue if {
	claims_args({"claims": [{"kind": "health", "verified": false}, {"verified": false}]}) == {{"kinds": ["health", "other"]}}
	claims_fired({"claims": [{"kind": "time", "verified": false}]}) == {["deny", ""]}
	claims_fired({"claims": [{"kind": "health", "verified": false, "verifiable": false}]}) == {["deny", ""]}
}

test_claims_of_scarcity if {
	every claim in [{"present": true}, {}] {
		false_one := {"scarcity_claim": object.union(claim, {"claimed_stock": 2, "true_stock": 3})}
		claims_fired(false_one) == {["deny", "scarcity"]}
		claims_args(false_one) == {{"reason": "scarcity", "claimed": 2, "stock": 3}}
		claims_fired({"scarcity_claim": object.union(claim, {"claimed_stock": 3, "true_stock": 2})}) == set()
		claims_fired({"scarcity_claim": object.union(claim, {"claimed_stock": 2})}) == {["escalate", "unverified"]}
		claims_fired({"scarcity_claim": object.union(claim, {"true_stock": 2})}) == {["escalate", "unverified"]}
	}
	claims_args({"scarcity_claim": {"present": true}}) == {{"reason": "unverified", "kinds": ["scarcity"]}}
}

test_claims_of_time if {
	claims_fired({"countdown": {"present": true, "real": false}}) == {["deny", "timer"]}
	claims_fired({"countdown": {"real": false}}) == {["deny", "timer"]}
	claims_fired({"countdown": {"present": true, "real": true, "ends_in_s": -1}}) == {["deny", "timer"]}
	claims_fired({"countdown": {"present": true, "real": true}}) == set()
	claims_fired({"countdown": {"present": true, "ends_in_s": 60}}) == {["escalate", "unverified"]}
	claims_args({"countdown": {"present": true}}) == {{"reason": "unverified", "kinds": ["time"]}}
}

test_claims_shaming_and_made_up_proof if {
	claims_fired({"confirmshaming": true}) == {["deny", "shaming"]}
	claims_fired({"fake_social_proof": true}) == {["deny", "social_proof"]}
}

test_claims_that_press_unchecked if {
	data.reference.offers.pressing_claims == ["scarcity", "social", "time"]
	every kind in ["scarcity", "social", "time"] {
		claims_fired({"claims": [{"kind": kind, "verifiable": true}]}) == {["escalate", "unverified"]}
		claims_args({"claims": [{"kind": kind}]}) == {{"reason": "unverified", "kinds": [kind]}}
		claims_fired({"claims": [{"kind": kind, "verified": true}]}) == set()
	}
	claims_args({"claims": [{"verifiable": true}]}) == {{"reason": "unverified", "kinds": ["other"]}}
	claims_args({"claims": [{"kind": "time", "verifiable": false}]}) == {{"reason": "unverified", "kinds": ["time"]}}
	claims_fired({"claims": [{"kind": "performance", "verifiable": true}]}) == set()
}

test_claims_that_nobody_could_check if {
	claims_fired({"claims": [{"kind": "performance", "verifiable": false}]}) == {["escalate", "unproved"]}
	claims_args({"claims": [{"kind": "performance", "verifiable": false}]}) == {{"reason": "unproved", "kinds": ["performance"]}}
	claims_args({"claims": [{"verifiable": false}]}) == {{"reason": "unverified", "kinds": ["other"]}}
	claims_fired({"claims": [{"kind": "performance", "verifiable": false, "verified": true}]}) == set()
}

test_claims_that_need_proof if {
	every kind in ["environment", "health"] {
		claims_fired({"claims": [{"kind": kind, "verifiable": true}]}) == {["escalate", "unproved"]}
		claims_args({"claims": [{"kind": kind}]}) == {{"reason": "unproved", "kinds": [kind]}}
		claims_fired({"claims": [{"kind": kind, "verified": true}]}) == set()
		claims_fired({"claims": [{"kind": kind, "verified": false}]}) == {["deny", ""]}
		claims_event_fired({"phase": "requested", "recommendation": {"claims": [{"kind": kind}]}}) == set()
	}
}

test_claims_in_words_that_press if {
	claims_fired({"urgency_terms": 1}) == {["escalate", "unverified"]}
	claims_args({"urgency_terms": 1}) == {{"reason": "unverified", "kinds": ["time"]}}
	every backing in [
		{"claims": [{"kind": "time", "verified": true}]},
		{"claims": [{"kind": "scarcity", "verified": true}]},
		{"scarcity_claim": {"claimed_stock": 3, "true_stock": 3}},
		{"countdown": {"real": true}},
	] {
		claims_fired(object.union(backing, {"urgency_terms": 1})) == set()
	}
	every kind in ["price", "social"] {
		claims_fired({"urgency_terms": 1, "claims": [{"kind": kind, "verified": true}]}) == {["escalate", "unverified"]}
	}

	# What is itself untrue backs nothing.
	over := {"real": true, "ends_in_s": -1}
	claims_fired({"urgency_terms": 1, "countdown": over}) == {["deny", "timer"], ["escalate", "unverified"]}
	untrue := {"kind": "scarcity", "verified": false}
	claims_fired({"urgency_terms": 1, "claims": [untrue]}) == {["deny", ""], ["escalate", "unverified"]}
}

test_claims_completed_only if {
	every recommendation in [
		{"claims": [{"kind": "time", "verified": false}]}, {"confirmshaming": true},
		{"fake_social_proof": true}, {"urgency_terms": 1}, {"countdown": {"real": false}},
		{"scarcity_claim": {"claimed_stock": 2, "true_stock": 3}},
	] {
		claims_event_fired({"phase": "requested", "recommendation": recommendation}) == set()
	}
}
