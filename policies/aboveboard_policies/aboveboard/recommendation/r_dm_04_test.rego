package aboveboard.recommendation_test

import future.keywords.not

dm04_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.recommendation.findings, "R-DM-04") with input as event
}

seldom := {
	"phase": "requested",
	"processing": {"purposes": ["dpv:DirectMarketing"]},
	"contact": {"attempts_7d": 0, "attempts_30d": 0},
	"suppression_list": {"hit": false, "checked_age_days": 0},
	"subject": {"purchased_product_ids": ["press-1"]},
	"recommendation": {"items": [{"id": "press-2"}]},
}

test_dm04_compliant if {
	dm04_fired(seldom) == set()
	dm04_fired(object.remove(seldom, ["subject", "recommendation"])) == set()
}

test_dm04_too_often if {
	week := data.reference.marketing.attempts_7d_max
	dm04_fired(object.union(seldom, {"contact": {"attempts_7d": week - 1}})) == set()
	dm04_fired(object.union(seldom, {"contact": {"attempts_7d": week}})) == {["deny", ""]}
	month := data.reference.marketing.attempts_30d_max
	dm04_fired(object.union(seldom, {"contact": {"attempts_30d": month - 1}})) == set()
	dm04_fired(object.union(seldom, {"contact": {"attempts_30d": month}})) == {["deny", ""]}
}

test_dm04_suppressed if {
	listed := object.union(seldom, {"suppression_list": {"hit": true}})
	dm04_fired(listed) == {["deny", "suppressed"]}
	dm04_fired(json.remove(listed, ["suppression_list/checked_age_days"])) == {["deny", "suppressed"]}
}

test_dm04_list_of_the_day if {
	old := data.reference.marketing.suppression_max_age_days + 1
	dm04_fired(object.union(seldom, {"suppression_list": {"checked_age_days": old}})) == {["warn", "list"]}
	dm04_fired(object.union(seldom, {"suppression_list": {"checked_age_days": -1}})) == {["warn", "list"]}
	dm04_fired(json.remove(seldom, ["suppression_list/checked_age_days"])) == {["warn", "list"]}
	dm04_fired(json.remove(seldom, ["suppression_list/hit"])) == {["warn", "list"]}
	dm04_fired(json.remove(seldom, ["suppression_list"])) == {["warn", "list"]}
}

test_dm04_bought if {
	event := object.union(seldom, {"recommendation": {"items": [{"id": "press-2"}, {"id": "press-1"}, {}]}})
	dm04_fired(event) == {["warn", "bought"]}
	some finding in data.aboveboard.recommendation.findings with input as event
	finding.args == {"reason": "bought", "items": ["press-1"]}
}

test_dm04_unknown if {
	every part in ["contact/attempts_7d", "contact/attempts_30d", "contact"] {
		dm04_fired(json.remove(seldom, [part])) == {["warn", "unknown"]}
	}
}

loud := object.union(seldom, {
	"contact": {"attempts_7d": 99},
	"suppression_list": {"hit": true},
	"recommendation": {"items": [{"id": "press-1"}]},
})

test_dm04_marketing_only if {
	other := {"processing": {"purposes": ["dpv:CustomerOrderManagement"]}}
	dm04_fired(object.union(loud, other)) == set()
	dm04_fired(object.union(object.remove(seldom, ["contact", "suppression_list"]), other)) == set()
}

test_dm04_selling_by_another_name if {
	selling := object.union(loud, {"processing": {"purposes": ["dpv:SellProductsToDataSubject"]}})
	dm04_fired(selling) == {["deny", ""], ["deny", "suppressed"], ["warn", "bought"]}
	dm04_fired(object.union(selling, {"contact": {"asked_for": true}})) == set()
}

test_dm04_requested_only if {
	dm04_fired(object.union(loud, {"phase": "completed"})) == set()
	dm04_fired(object.union(object.remove(seldom, ["contact", "suppression_list"]), {"phase": "completed"})) == set()
}
