package aboveboard.recommendation_test

import future.keywords.not

priced_fired(recommendation) := priced_event_fired({"phase": "completed", "recommendation": recommendation})

priced_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.recommendation.findings, "R-FAIR-05") with input as event
}

test_priced_compliant if {
	priced_fired({"personalised_price": false}) == set()
	priced_fired({"personalised_price": true, "personalised_price_disclosed": true}) == set()
	priced_fired({"personalised_price_disclosed": true}) == set()
}

test_priced_untold if {
	every told in [{}, {"personalised_price_disclosed": false}] {
		event := {"phase": "completed", "recommendation": object.union(told, {"personalised_price": true})}
		priced_event_fired(event) == {["oblige", ""]}
		some finding in data.aboveboard.recommendation.findings with input as event
		finding.rule == "R-FAIR-05"
		finding.obligation == {"kind": "disclose", "notice": "personalised_price"}
	}
}

test_priced_unknown if {
	priced_event_fired({"phase": "completed"}) == {["oblige", "unknown"]}
	priced_fired({"purchase_advice": true, "personalised_price_disclosed": false}) == {["oblige", "unknown"]}
	priced_fired({"purchase_advice": false}) == set()
	priced_fired({"items": []}) == set()
}

test_priced_by_group if {
	told := {"personalised_price": true, "personalised_price_disclosed": true}
	priced_fired(object.union(told, {"price_gap_by_group_bp": 500})) == {["warn", "gap"]}
	priced_fired(object.union(told, {"price_gap_by_group_bp": 499})) == set()
	priced_fired({"personalised_price": false, "price_gap_by_group_bp": 500}) == set()
}

test_priced_completed_only if {
	every recommendation in [{}, {"personalised_price": true, "price_gap_by_group_bp": 9000}] {
		priced_event_fired({"phase": "requested", "recommendation": recommendation}) == set()
	}
}
