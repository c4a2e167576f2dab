package aboveboard.topic.fairness_test

import future.keywords.not

one_fired(step, profile) := one_event_fired({"step": step, "phase": "requested", "profile": profile})

one_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.fairness.findings, "R-FAIR-01") with input as event
}

one_args(profile) := {finding.args |
	some finding in data.aboveboard.topic.fairness.findings with input as {"phase": "requested", "profile": profile}
	finding.rule == "R-FAIR-01"
}

card := {
	"features": ["purchases_12m", "postal_area"],
	"protected_attributes": [],
	"proxies": [{"feature": "postal_area", "proxy_for": "pd:Language", "corr_bp": 4999}],
	"individual_assessment": true,
}

test_one_compliant if {
	every step in ["profiling", "recommendation", "decision"] {
		one_fired(step, card) == set()
		one_fired(step, {"features": []}) == set()
		one_fired(step, object.union(card, {"proxies": [{"feature": "postal_area", "corr_bp": 0}]})) == set()
	}
}

test_one_protected if {
	one_args(object.union(card, {"protected_attributes": ["sex"]})) == {{"features": ["sex"]}}
	every feature in ["gender", "Gender", "lead.gender", "age", "nationality", "mother_tongue"] {
		one_args({"features": ["purchases", feature]}) == {{"features": [feature]}}
	}
	every feature in ["engagement", "language_school_orders", "gender.purchases", "pageviews"] {
		one_args({"features": [feature]}) == set()
	}
	one_fired("profiling", {"features": ["sex", "age"]}) == {["deny", ""]}
}

test_one_proxies if {
	strong := [{"feature": "postal_area", "proxy_for": "pd:Language", "corr_bp": 5000}]
	one_args(object.union(card, {"proxies": strong})) == {{"reason": "proxy", "features": ["postal_area"]}}
	one_args(object.union(card, {"proxies": [{"corr_bp": 9000}]})) == {{"reason": "proxy", "features": ["unnamed"]}}
	one_args({"features": ["contact.first_name"]}) == {{"reason": "proxy", "features": ["contact.first_name"]}}
	one_fired("decision", object.union(card, {"proxies": strong})) == {["deny", "proxy"]}
}

test_one_group_alone if {
	alone := object.union(card, {"individual_assessment": false})
	one_fired("decision", alone) == {["deny", "group"]}
	one_fired("profiling", alone) == set()
	one_fired("decision", object.remove(card, ["individual_assessment"])) == set()
}

test_one_unknown if {
	every step in ["profiling", "recommendation", "decision"] {
		one_fired(step, object.remove(card, ["features"])) == {["escalate", "unknown"]}
		one_fired(step, object.union(card, {"proxies": [{"feature": "postal_area"}]})) == {["escalate", "unknown"]}
		one_event_fired({"step": step, "phase": "requested"}) == {["escalate", "unknown"]}
	}
	orders := {"step": "decision", "phase": "requested", "processing": {"operations": ["dpv:Use"]}}
	one_event_fired(orders) == set()
}

test_one_requested_only if {
	every profile in [{}, {"features": ["sex"]}, {"features": ["surname"]}, {"features": [], "individual_assessment": false}] {
		one_event_fired({"step": "decision", "phase": "completed", "profile": profile}) == set()
	}
}
