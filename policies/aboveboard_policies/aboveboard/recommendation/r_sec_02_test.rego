package aboveboard.recommendation_test

import future.keywords.not

sec_fired(security) := sec_phase_fired("requested", security)

sec_phase_fired(phase, security) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.recommendation.findings, "R-SEC-02") with input as {
		"phase": phase,
		"security": security,
	}
}

guarded := {
	"prompt_injection_score_bp": 3999,
	"untrusted_content": true,
	"cross_customer_data": false,
	"declared_scopes": ["orders.read"],
	"tool_calls": [{"name": "get_order", "scope": "orders.read"}],
	"rate_per_min": 30,
}

test_sec_guarded if {
	every phase in ["requested", "completed"] {
		sec_phase_fired(phase, guarded) == set()
		sec_phase_fired(phase, {}) == set()
		sec_phase_fired(phase, {"tool_calls": []}) == set()
	}
}

test_sec_injected if {
	sec_fired(object.union(guarded, {"prompt_injection_score_bp": 4000})) == {["deny", ""]}
	own := object.union(guarded, {"untrusted_content": false})
	sec_fired(object.union(own, {"prompt_injection_score_bp": 6999})) == set()
	sec_fired(object.union(own, {"prompt_injection_score_bp": 7000})) == {["deny", ""]}
}

test_sec_text_of_outsiders_unread if {
	unread := object.remove(guarded, ["prompt_injection_score_bp"])
	sec_fired(unread) == {["escalate", "unread"]}
	sec_phase_fired("completed", unread) == set()
	sec_fired(object.remove(unread, ["tool_calls"])) == {["escalate", "unread"]}
	sec_fired(object.union(unread, {"declared_scopes": []})) == {["escalate", "unread"], ["deny", "scope"]}
	sec_fired(object.union(unread, {"declared_scopes": [], "tool_calls": []})) == set()
	sec_fired(object.remove(unread, ["declared_scopes", "tool_calls"])) == set()
	sec_fired(object.union(unread, {"untrusted_content": false})) == set()
	sec_fired(object.remove(unread, ["untrusted_content"])) == set()
	sec_fired(object.union(unread, {"prompt_injection_score_bp": 0})) == set()
}

test_sec_other_customers if {
	sec_fired(object.union(guarded, {"cross_customer_data": true})) == {["deny", "other_customers"]}
}

test_sec_scope if {
	calls := [{"name": "refund", "scope": "orders.write"}, {"scope": "x"}, {"name": "get_order", "scope": "orders.read"}]
	beyond := object.union(guarded, {"tool_calls": calls})
	sec_fired(beyond) == {["deny", "scope"]}
	some finding in data.aboveboard.recommendation.findings with input as {"phase": "requested", "security": beyond}
	finding.args == {"reason": "scope", "calls": 2}
	sec_fired(object.union(guarded, {"declared_scopes": []})) == {["deny", "scope"]}
}

test_sec_scope_unknown if {
	sec_fired(object.remove(guarded, ["declared_scopes"])) == {["escalate", "unknown"]}
	sec_fired(object.union(guarded, {"tool_calls": [{"name": "get_order"}]})) == {["escalate", "unknown"]}
}

test_sec_rate if {
	many := object.union(guarded, {"rate_per_min": 31})
	sec_fired(many) == {["deny", "rate"]}
	sec_phase_fired("completed", many) == set()
}

test_sec_in_both_phases if {
	bad := {"prompt_injection_score_bp": 9000, "cross_customer_data": true, "tool_calls": [{}]}
	every phase in ["requested", "completed"] {
		sec_phase_fired(phase, bad) == {["deny", ""], ["deny", "other_customers"], ["escalate", "unknown"]}
	}
}
