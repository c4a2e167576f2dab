package aboveboard.recommendation_test

import future.keywords.not

paid_fired(facts) := found if {
	event := object.union({"phase": "completed"}, facts)
	found := data.aboveboard.lib_test.fired(data.aboveboard.recommendation.findings, "R-ALT-02") with input as event
}

unpaid := {"id": "a", "paid_placement": false}

told := {
	"items": [unpaid, {"id": "b", "paid_placement": true, "advert_labelled": true}],
	"margin_weight_bp": 1,
	"ranking_parameters_disclosed": true,
}

test_paid_compliant if {
	paid_fired({"recommendation": told}) == set()
	paid_fired({"recommendation": {"items": [unpaid], "margin_weight_bp": 0}}) == set()
	paid_fired({"recommendation": {"items": [unpaid]}, "objective": {"margin_weight_bp": 0}}) == set()
	paid_fired({"recommendation": {"items": [unpaid], "ranking_parameters_disclosed": true}}) == set()
}

test_paid_and_not_labelled if {
	every item in [{"id": "b", "paid_placement": true}, {"id": "b", "paid_placement": true, "advert_labelled": false}] {
		facts := {"phase": "completed", "recommendation": object.union(told, {"items": [unpaid, item]})}
		paid_fired(facts) == {["oblige", ""]}
		some finding in data.aboveboard.recommendation.findings with input as facts
		finding.rule == "R-ALT-02"
		finding.args == {"items": ["b"]}
		finding.obligation == {"kind": "disclose", "notice": "paid_placement"}
	}
}

test_paid_margin if {
	untold := object.remove(told, ["ranking_parameters_disclosed"])
	paid_fired({"recommendation": untold}) == {["oblige", "margin"]}
	paid_fired({"recommendation": {"items": [{"id": "b"}], "margin_weight_bp": 1}}) == {["oblige", "margin"]}
	paid_fired({"recommendation": {"items": [], "margin_weight_bp": 1}}) == set()
	unweighed := object.union(object.remove(untold, ["margin_weight_bp"]), {"purchase_advice": false})
	paid_fired({"recommendation": unweighed, "objective": {"margin_weight_bp": 1}}) == {["oblige", "margin"]}
	paid_fired({"recommendation": object.union(untold, {"margin_weight_bp": 0}), "objective": {"margin_weight_bp": 1}}) == {["oblige", "margin"]}
}

test_paid_unknown if {
	paid_fired({}) == {["oblige", "unknown"]}
	paid_fired({"recommendation": object.remove(told, ["items"])}) == {["oblige", "unknown"]}
	paid_fired({"recommendation": object.union(told, {"items": [unpaid, {"id": "b"}]})}) == {["oblige", "unknown"]}
	paid_fired({"recommendation": object.union(told, {"items": [{"id": "b", "advert_labelled": true}]})}) == set()
	paid_fired({"recommendation": {"items": [unpaid]}}) == {["oblige", "unknown"]}
	paid_fired({"recommendation": {"items": [unpaid], "purchase_advice": false}}) == {["oblige", "unknown"]}
	paid_fired({"recommendation": {"items": []}}) == set()
	paid_fired({"recommendation": {"purchase_advice": false}}) == set()
}

test_paid_completed_only if {
	every facts in [{}, {"recommendation": {"items": [{"paid_placement": true}], "margin_weight_bp": 1}}] {
		paid_fired(object.union(facts, {"phase": "requested"})) == set()
	}
}
