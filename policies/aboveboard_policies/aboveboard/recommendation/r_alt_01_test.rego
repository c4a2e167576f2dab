package aboveboard.recommendation_test

import future.keywords.not

alt_fired(recommendation) := alt_event_fired({"phase": "completed", "recommendation": recommendation})

alt_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.recommendation.findings, "R-ALT-01") with input as event
}

item(id) := {"id": id, "total_price_minor": 100, "currency": "EUR", "tax_included": true}

compared := {
	"purchase_advice": true,
	"items": [item("a"), item("b"), item("c")],
	"alternatives_count": 2,
	"alternatives_exist": true,
	"cheapest_suitable_shown": true,
	"comparable": true,
}

test_alt_compliant if {
	alt_fired(compared) == set()
	alt_fired(object.remove(compared, ["purchase_advice", "alternatives_exist"])) == set()
	free := object.union(item("a"), {"total_price_minor": 0})
	alt_fired(object.union(compared, {"items": [free, item("b"), item("c")]})) == set()
}

test_alt_too_few if {
	alt_fired(object.union(compared, {"alternatives_count": 1})) == {["oblige", ""]}
	alt_fired(object.union(compared, {"items": [item("a"), item("b")]})) == {["oblige", ""]}
	alt_fired(object.union(compared, {"cheapest_suitable_shown": false})) == {["oblige", ""]}
	alt_fired(object.union(compared, {"comparable": false})) == {["oblige", ""]}
	some finding in data.aboveboard.recommendation.findings with input as {"phase": "completed"}
	finding.obligation == {"kind": "disclose", "notice": "alternatives"}
}

test_alt_there_is_nothing_else if {
	only := {"items": [item("a")], "alternatives_exist": false}
	alt_fired(only) == set()
	alt_fired(object.union(only, {"cheapest_suitable_shown": false})) == {["oblige", ""]}
	alt_fired(object.union(only, {"alternatives_exist": true})) == {["oblige", ""]}
}

test_alt_no_advice if {
	alt_fired({"purchase_advice": false}) == set()
	alt_fired({"purchase_advice": false, "items": [{"id": "a"}]}) == set()
	alt_fired({"items": []}) == set()
	alt_fired({"purchase_advice": true, "items": []}) == {["oblige", ""]}
}

test_alt_unknown if {
	alt_event_fired({"phase": "completed"}) == {["oblige", ""]}
	every part in ["items", "alternatives_count", "cheapest_suitable_shown", "comparable"] {
		alt_fired(object.remove(compared, [part])) == {["oblige", ""]}
	}
}

test_alt_price_missing if {
	every part in ["total_price_minor", "currency", "tax_included"] {
		bare := object.remove(item("b"), [part])
		alt_fired(object.union(compared, {"items": [item("a"), bare, item("c")]})) == {["deny", "price"]}
	}
}

test_alt_firms_are_quoted_without_tax if {
	every net in [object.union(item("b"), {"tax_included": false}), object.remove(item("b"), ["tax_included"])] {
		quote := {"phase": "completed", "recommendation": object.union(compared, {"items": [item("a"), net, item("c")]})}
		alt_event_fired(quote) == {["deny", "price"]}
		alt_event_fired(object.union(quote, {"subject": {"type": "natural_person"}})) == {["deny", "price"]}
		alt_event_fired(object.union(quote, {"subject": {"type": "legal_person"}})) == set()
	}
	every part in ["total_price_minor", "currency"] {
		bare := object.union(compared, {"items": [item("a"), object.remove(item("b"), [part]), item("c")]})
		alt_event_fired({"phase": "completed", "subject": {"type": "legal_person"}, "recommendation": bare}) == {["deny", "price"]}
	}
}

test_alt_names_the_items if {
	recommendation := object.union(compared, {"items": [{"id": "b"}, {"id": "a"}, {}, item("c")]})
	some finding in data.aboveboard.recommendation.findings with input as {"phase": "completed", "recommendation": recommendation}
	finding.args == {"reason": "price", "items": ["?", "a", "b"]}
}

test_alt_completed_only if {
	event := {"phase": "requested", "recommendation": {"items": [{"id": "a"}]}}
	alt_event_fired(event) == set()
	alt_event_fired(object.union(event, {"phase": "completed"})) == {["deny", "price"], ["oblige", ""]}
}
