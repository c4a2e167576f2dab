package aboveboard.topic.fairness_test

import future.keywords.not

two_fired(step, fairness) := two_event_fired({"step": step, "phase": "requested", "fairness": fairness})

two_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.fairness.findings, "R-FAIR-02") with input as event
}

check := {
	"groups": [{"name": "fi", "n": 2100, "selected": 651}, {"name": "sv", "n": 30, "selected": 9}],
	"impact_ratio_min_bp": 8000,
	"p_value_bp": 1,
	"ci95_low_bp": 7000,
	"ci95_high_bp": 8000,
}

elsewhere := ["profiling", "recommendation"]

test_two_compliant if {
	every step in ["profiling", "recommendation", "decision"] {
		two_fired(step, check) == set()
	}
}

test_two_unfair if {
	unfair := object.union(check, {"impact_ratio_min_bp": 5000, "ci95_high_bp": 7999})
	every step in ["profiling", "recommendation", "decision"] {
		two_fired(step, unfair) == {["deny", ""]}
	}
	some finding in data.aboveboard.topic.fairness.findings with input as {"phase": "requested", "fairness": unfair}
	finding.args == {"high": 7999}
}

test_two_gap if {
	gap := object.union(check, {"impact_ratio_min_bp": 7999, "p_value_bp": 500})
	every step in ["profiling", "recommendation", "decision"] {
		two_fired(step, gap) == {["escalate", "gap"]}
	}
	some finding in data.aboveboard.topic.fairness.findings with input as {"phase": "requested", "fairness": gap}
	finding.args == {"reason": "gap", "ratio": 7999}
}

test_two_chance if {
	chance := object.union(check, {"impact_ratio_min_bp": 7999, "p_value_bp": 501})
	every step in elsewhere {
		two_fired(step, chance) == {["warn", "thin"]}
	}
	two_fired("decision", chance) == {["escalate", "thin_decision"]}
}

test_two_chance_alone_says_nothing if {
	chance := {"p_value_bp": 501}
	unfair := {"impact_ratio_min_bp": 5000, "ci95_high_bp": 7999}
	every step in ["profiling", "recommendation", "decision"] {
		two_fired(step, object.union(check, chance)) == set()
		two_fired(step, object.union_n([check, chance, unfair])) == {["deny", ""]}
	}
}

test_two_nought_is_on_record if {
	every step in ["profiling", "recommendation", "decision"] {
		two_fired(step, object.union(check, {"p_value_bp": 0})) == set()
		two_fired(step, object.union(check, {"impact_ratio_min_bp": 0, "p_value_bp": 0})) == {["escalate", "gap"]}
		two_fired(step, object.union(check, {"impact_ratio_min_bp": 0, "ci95_high_bp": 0})) == {["deny", ""]}
	}
}

test_two_small_group if {
	every group in [{"name": "sv", "n": 29, "selected": 9}, {"name": "sv"}] {
		small := object.union(check, {"groups": [{"name": "fi", "n": 2100}, group]})
		every step in elsewhere {
			two_fired(step, small) == {["warn", "thin"]}
		}
		two_fired("decision", small) == {["escalate", "thin_decision"]}
	}
}

test_two_unknown if {
	every part in ["groups", "impact_ratio_min_bp", "p_value_bp", "ci95_high_bp"] {
		every step in elsewhere {
			two_fired(step, object.remove(check, [part])) == {["warn", "unknown"]}
		}
		two_fired("decision", object.remove(check, [part])) == {["escalate", "unknown_decision"]}
	}
	two_fired("profiling", object.union(check, {"groups": [{"name": "fi", "n": 2100}]})) == {["warn", "unknown"]}
	two_event_fired({"step": "profiling", "phase": "requested"}) == {["warn", "unknown"]}
	two_event_fired({"step": "decision", "phase": "requested"}) == {["escalate", "unknown_decision"]}
}

test_two_nobody_is_judged if {
	every step in ["recommendation", "decision"] {
		two_event_fired({"step": step, "phase": "requested", "processing": {"operations": ["dpv:Use"]}}) == set()
	}
}

test_two_gap_without_a_test_is_no_gap if {
	untested := object.union(object.remove(check, ["p_value_bp"]), {"impact_ratio_min_bp": 7000})
	two_fired("profiling", untested) == {["warn", "unknown"]}
}

test_two_requested_only if {
	every fairness in [{}, {"ci95_high_bp": 1}, {"impact_ratio_min_bp": 1, "p_value_bp": 1}, {"groups": [{"name": "sv"}]}] {
		every step in ["profiling", "decision"] {
			two_event_fired({"step": step, "phase": "completed", "fairness": fairness}) == set()
		}
	}
}
