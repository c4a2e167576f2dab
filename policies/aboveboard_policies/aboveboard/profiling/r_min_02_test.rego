package aboveboard.profiling_test

import future.keywords.not

min_02_findings(event) := {finding |
	some finding in data.aboveboard.profiling.findings with input as event
	finding.rule == "R-MIN-02"
}

min_02_fired(field) := data.aboveboard.lib_test.fired(min_02_findings(min_02_event(field)), "R-MIN-02")

min_02_event(field) := {
	"phase": "completed",
	"processing": {"allowed_categories": ["pd:Interest"]},
	"fields": [object.union({"name": "likes"}, field)],
}

inferred := {
	"categories": ["pd:Interest"],
	"source": "inferred",
	"target_system": "crm",
	"marked_inferred": true,
	"inferred_at": "2026-03-01T08:00:00Z",
	"inferred_by": "propensity-3",
	"confidence_bp": 0,
}

test_min_02_compliant if {
	min_02_fired(inferred) == set()
	every source in ["provided", "observed", "derived", "third_party", "public_web"] {
		min_02_fired({"source": source, "target_system": "crm"}) == set()
	}
}

test_min_02_off_the_list if {
	min_02_fired(object.union(inferred, {"categories": ["pd:Income"]})) == {["oblige", ""]}
	min_02_fired(object.remove(inferred, ["categories"])) == {["oblige", ""]}
	some finding in min_02_findings(min_02_event(object.union(inferred, {"categories": []})))
	finding.obligation == {"kind": "redact", "paths": ["likes"]}
}

test_min_02_not_marked if {
	every part in ["marked_inferred", "inferred_at", "inferred_by", "confidence_bp"] {
		min_02_fired(object.remove(inferred, [part])) == {["oblige", "unmarked"]}
	}
	min_02_fired(object.union(inferred, {"marked_inferred": false})) == {["oblige", "unmarked"]}
	some finding in min_02_findings(min_02_event(object.union(inferred, {"marked_inferred": false})))
	finding.obligation == {"kind": "redact", "paths": ["likes"]}

	# Where it goes makes no difference: it may be stored by whoever gets it.
	min_02_fired({"categories": ["pd:Interest"], "source": "inferred"}) == {["oblige", "unmarked"]}
}

test_min_02_derived_by_a_model if {
	every source in ["derived", "provided"] {
		event := object.union(inferred, {"source": source})
		min_02_fired(event) == set()
		min_02_fired(object.remove(event, ["marked_inferred"])) == {["oblige", "unmarked"]}
		min_02_fired(object.union(event, {"categories": ["pd:Income"]})) == {["oblige", ""]}
		min_02_fired(object.remove(event, ["marked_inferred", "inferred_by"])) == set()
	}
	min_02_fired({"inferred_by": "propensity-3"}) == {["oblige", ""], ["oblige", "unmarked"]}
}

test_min_02_unknown if {
	min_02_fired({"target_system": "crm"}) == {["oblige", ""], ["oblige", "unmarked"]}
	min_02_fired({}) == set()
	min_02_findings({"phase": "completed"}) == set()
}

test_min_02_no_personal_data if {
	min_02_findings(object.union(min_02_event({"source": "inferred"}), {"processing": {"personal_data": false}})) == set()
}

test_min_02_completed_only if {
	min_02_findings(object.union(min_02_event({"source": "inferred"}), {"phase": "requested"})) == set()
}
