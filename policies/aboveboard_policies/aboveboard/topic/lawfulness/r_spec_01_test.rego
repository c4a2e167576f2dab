package aboveboard.topic.lawfulness_test

import future.keywords.not

spec_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.lawfulness.findings, "R-SPEC-01") with input as event
}

spec_fields(event) := [finding.args.fields |
	some finding in data.aboveboard.topic.lawfulness.findings with input as event
	finding.rule == "R-SPEC-01"
]

spec_event(fields) := {
	"step": "decision",
	"phase": "requested",
	"processing": {"purposes": ["dpv:DirectMarketing"]},
	"fields": fields,
}

health := {"name": "note", "categories": ["pd:Health"]}

explicit := object.union(data.aboveboard.lib_test.given, {"explicit": true})

spec_condition(condition, consents) := object.union(spec_event([health]), {
	"processing": {"art9_condition": condition},
	"consent": consents,
})

test_spec_compliant if {
	spec_fired(spec_event([{"name": "email", "categories": ["pd:EmailAddressWork"]}])) == set()
	spec_fired(spec_event([{"name": "email", "detected_categories": ["pd:EmailAddressWork"]}])) == set()
	spec_fired(spec_event([{"name": "email", "detected_spans": [{"category": "pd:Name"}]}])) == set()
	spec_fired(spec_event([])) == set()
}

test_spec_special if {
	spec_fields(spec_event([health, {"name": "b", "categories": ["pd:Name", "pd:Ethnicity"]}])) == [["b", "note"]]
	spec_fired(spec_event([{"name": "a", "detected_categories": ["pd:Religion"]}])) == {["deny", ""]}
	spec_fired(spec_event([{"name": "a", "detected_spans": [{"category": "pd:Religion"}]}])) == {["deny", ""]}
	spec_fired(object.union(spec_event([health]), {"processing": {"personal_data": false}})) == {["deny", ""]}
}

test_spec_what_a_decision_rests_on if {
	inputs := [{"name": "claim", "categories": ["pd:Name", "pd:Health"]}, {"name": "b", "categories": ["pd:Name"]}]
	event := object.union(spec_event([]), {"decision": {"inputs": inputs}})
	spec_fields(event) == [["claim"]]
	spec_fields(object.union(event, {"fields": [{"name": "a", "categories": ["pd:Race"]}]})) == [["a", "claim"]]
	spec_fired(object.union(event, {"processing": {"art9_condition": "eu-gdpr:A9-2-f"}})) == set()
	spec_fired(object.union(event, {"decision": {"inputs": [{"name": "b", "categories": ["pd:Name"]}]}})) == set()
}

test_spec_confidence if {
	every find in [{"detected_categories": ["pd:Religion"]}, {"detected_spans": [{"category": "pd:Religion"}]}] {
		every confidence in [7000, 10000] {
			spec_fired(spec_event([object.union(find, {"detector_confidence_bp": confidence})])) == {["deny", ""]}
		}
		every confidence in [3000, 6999] {
			event := spec_event([object.union(find, {"name": "a", "detector_confidence_bp": confidence})])
			spec_fired(event) == {["escalate", "unsure"]}
			spec_fields(event) == [["a"]]
			spec_fired(object.union(event, {"processing": {"art9_condition": "eu-gdpr:A9-2-f"}})) == set()
			spec_fired(object.union(event, {"step": "profiling"})) == set()
			spec_fired(object.union(event, {"phase": "completed"})) == set()
		}
		spec_fired(spec_event([object.union(find, {"detector_confidence_bp": 2999})])) == set()
	}
	spec_fired(spec_event([{"detected_categories": ["pd:Name"], "detector_confidence_bp": 5000}])) == set()
	unlikely := {"name": "a", "detected_categories": ["pd:Health"], "detector_confidence_bp": 100}
	spec_fired(spec_event([unlikely, {"name": "b", "detected_categories": ["pd:Name"]}])) == set()
	spec_fields(spec_event([{"detected_categories": ["pd:Health"], "detector_confidence_bp": 5000}])) == [["?"]]
}

test_spec_finds_are_masked_before_use if {
	finds := [
		{"name": "a", "detected_categories": ["pd:Religion"]},
		{"name": "b", "detected_spans": [{"category": "pd:Religion"}]},
	]
	every step in ["data_collection", "profiling"] {
		spec_fired(object.union(spec_event(finds), {"step": step})) == set()
		spec_fired(object.union(spec_event([health]), {"step": step})) == {["deny", ""]}
	}
	spec_fields(object.union(spec_event(finds), {"step": "recommendation"})) == [["a", "b"]]
}

test_spec_category_that_dpv_does_not_have if {
	spec_fired(spec_event([{"name": "a", "categories": ["pd:Helth"]}])) == {["deny", ""]}
	spec_fired(spec_event([{"name": "a", "detected_spans": [{}]}])) == {["deny", ""]}
}

test_spec_field_without_name if {
	spec_fields(spec_event([{"categories": ["pd:Health"]}])) == [["?"]]
	spec_fields(spec_event([{"detected_categories": ["pd:Health"]}])) == [["?"]]
	spec_fields(spec_event([{"free_text": true}])) == [["?"]]
}

test_spec_condition if {
	every letter in ["b", "c", "d", "e", "f", "g", "h", "i", "j"] {
		spec_fired(spec_condition(concat("", ["eu-gdpr:A9-2-", letter]), [])) == set()
	}
	spec_fired(spec_condition("eu-gdpr:A6-1-a", [explicit])) == {["deny", ""]}
}

test_spec_explicit_consent if {
	spec_fired(spec_condition("eu-gdpr:A9-2-a", [explicit])) == set()
	spec_fired(spec_condition("eu-gdpr:A9-2-a", [])) == {["deny", ""]}
	spec_fired(object.remove(spec_condition("eu-gdpr:A9-2-a", []), ["consent"])) == {["deny", ""]}
	every consent in [
		data.aboveboard.lib_test.given,
		object.union(explicit, {"explicit": false}),
		object.union(explicit, {"age_days": -1}),
		object.union(explicit, {"withdrawn_at": "2026-03-02T08:00:00Z"}),
		object.union(explicit, {"purpose": "dpv:AcademicResearch"}),
		object.remove(explicit, ["proof_ref"]),
	] {
		spec_fired(spec_condition("eu-gdpr:A9-2-a", [consent])) == {["deny", ""]}
	}
}

test_spec_explicit_consent_to_every_purpose if {
	event := spec_condition("eu-gdpr:A9-2-a", [explicit])
	two := {"processing": {"purposes": ["dpv:DirectMarketing", "dpv:AcademicResearch"]}}
	spec_fired(object.union(event, two)) == {["deny", ""]}
	spec_fired(object.union(event, {"processing": {"purposes": []}})) == {["deny", ""]}
	spec_fired(json.remove(event, ["processing/purposes"])) == {["deny", ""]}
}

test_spec_unscanned if {
	spec_fields(spec_event([{"name": "note", "free_text": true}])) == [["note"]]
	spec_fired(spec_event([{"name": "note", "free_text": true}])) == {["escalate", "unscanned"]}
	spec_fired(spec_event([{"name": "note", "free_text": true, "text_scanned": false}])) == {["escalate", "unscanned"]}
	spec_fired(spec_event([{"name": "note", "free_text": true, "text_scanned": true}])) == {["escalate", "unscanned"]}
	spec_fired(spec_event([{"free_text": true, "text_scanned": true, "detected_categories": []}])) == set()
	spec_fired(spec_event([{"name": "note", "categories": ["pd:EmailContent"]}])) == {["escalate", "unscanned"]}
	spec_fired(spec_event([{"name": "note", "free_text": false}])) == set()
}

test_spec_unknown if {
	spec_fired({"phase": "requested"}) == set()
	spec_fired(spec_event([{"name": "note"}])) == set()
}

test_spec_requested_only if {
	event := spec_event([health, {"name": "note", "free_text": true}])
	spec_fired(event) == {["deny", ""], ["escalate", "unscanned"]}
	spec_fired(object.union(event, {"phase": "completed"})) == set()
}
