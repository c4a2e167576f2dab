package aboveboard.recommendation_test

import future.keywords.not

cut_fired(discount) := cut_event_fired({"phase": "completed", "recommendation": {"discount": discount}})

cut_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.recommendation.findings, "R-ALT-04") with input as event
}

real_cut := {"percent_bp": 2000, "price_minor": 8000, "reference_minor": 10000, "prior_price_30d_minor": 10000}

test_cut_compliant if {
	cut_fired(real_cut) == set()
	cut_fired(object.union(real_cut, {"reference_minor": 9999})) == set()
	cut_fired(object.remove(real_cut, ["percent_bp"])) == set()
	cut_fired(object.remove(real_cut, ["percent_bp", "price_minor"])) == set()
	cut_fired(object.union(object.remove(real_cut, ["price_minor"]), {"percent_bp": 0})) == set()
	cut_fired(object.union(real_cut, {"price_minor": 0})) == set()
	cut_fired(object.union(real_cut, {"percent_bp": 10000, "price_minor": 0})) == set()
}

test_cut_percentage_too_high if {
	high := {"phase": "completed", "recommendation": {"discount": object.union(real_cut, {"percent_bp": 5000, "price_minor": 9900})}}
	cut_event_fired(high) == {["deny", "percent"]}
	some finding in data.aboveboard.recommendation.findings with input as high
	finding.args == {"reason": "percent", "percent": 5000, "price": 9900, "prior": 10000}
	cut_event_fired(object.union(high, {"subject": {"type": "legal_person"}})) == set()
	cut_event_fired(object.union(high, {"phase": "requested"})) == set()
	dearer := {"percent_bp": 100, "price_minor": 10100}
	cut_fired(object.union(real_cut, dearer)) == {["deny", "percent"]}
}

test_cut_percentage_rounded if {
	cut_fired(object.union(real_cut, {"percent_bp": 3300, "price_minor": 6750})) == set()
	cut_fired(object.union(real_cut, {"percent_bp": 3300, "price_minor": 6751})) == {["deny", "percent"]}
	dear := {"percent_bp": 3300, "reference_minor": 1000000, "prior_price_30d_minor": 1000000}
	cut_fired(object.union(dear, {"price_minor": 675000})) == set()
	cut_fired(object.union(dear, {"price_minor": 675001})) == {["deny", "percent"]}
}

test_cut_from_a_higher_price if {
	every discount in [object.union(real_cut, {"price_minor": 7900}), object.remove(real_cut, ["percent_bp"])] {
		event := {"phase": "completed", "recommendation": {"discount": object.union(discount, {"prior_price_30d_minor": 9999})}}
		cut_event_fired(event) == {["deny", ""]}
		some finding in data.aboveboard.recommendation.findings with input as event
		finding.rule == "R-ALT-04"
		finding.args == {"reference": 10000, "prior": 9999}
		cut_event_fired(object.union(event, {"subject": {"type": "natural_person"}})) == {["deny", ""]}
		cut_event_fired(object.union(event, {"subject": {"type": "legal_person"}})) == set()
		cut_event_fired(object.union(event, {"phase": "requested"})) == set()
	}
}

test_cut_none_stated if {
	cut_event_fired({"phase": "completed"}) == set()
	cut_fired({}) == set()
	cut_fired({"percent_bp": 0}) == set()
	cut_fired({"percent_bp": 0, "prior_price_30d_minor": 9999}) == set()
}

test_cut_unknown if {
	every part in ["reference_minor", "prior_price_30d_minor", "price_minor"] {
		cut_fired(object.remove(real_cut, [part])) == {["deny", "unknown"]}
	}
	cut_fired({"reference_minor": 10000}) == {["deny", "unknown"]}
	cut_fired({"percent_bp": 1}) == {["deny", "unknown"]}
	cut_fired(object.union(object.remove(real_cut, ["price_minor"]), {"percent_bp": 1})) == {["deny", "unknown"]}
	cut_event_fired({"phase": "requested", "recommendation": {"discount": {"percent_bp": 1}}}) == set()
}
