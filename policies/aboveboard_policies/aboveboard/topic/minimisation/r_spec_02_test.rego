package aboveboard.topic.minimisation_test

import future.keywords.not

spec_02_fired(field) := spec_02_event_fired({"phase": "requested", "fields": [object.union({"name": "note"}, field)]})

spec_02_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.minimisation.findings, "R-SPEC-02") with input as event
}

spec_02_with(processing, category) := spec_02_event_fired({
	"phase": "requested",
	"processing": processing,
	"fields": [{"name": "note", "detected_categories": [category]}],
})

test_spec_02_compliant if {
	spec_02_fired({"free_text": true, "text_scanned": true, "detected_categories": []}) == set()
	spec_02_fired({"free_text": true, "text_scanned": true, "detected_categories": ["pd:Name"]}) == set()
	spec_02_fired({"free_text": false}) == set()
	spec_02_fired({"categories": ["pd:Health"]}) == set()
	spec_02_event_fired({"phase": "requested"}) == set()
}

test_spec_02_finds_are_cut if {
	every category in ["pd:Health", "pd:Religion", "pd:TradeUnionMembership", "pd:CriminalOffence", "pd:Helth"] {
		spec_02_fired({"detected_categories": [category]}) == {["oblige", ""]}
		spec_02_fired({"detected_spans": [{"category": category}]}) == {["oblige", ""]}
	}
}

test_spec_02_names_what_is_cut if {
	fields := [
		{"name": "a", "detected_categories": ["pd:Health"]}, {"name": "b", "detected_categories": ["pd:Name"]},
		{"detected_categories": ["pd:Health"]},
	]
	some finding in data.aboveboard.topic.minimisation.findings with input as {"phase": "requested", "fields": fields}
	finding.rule == "R-SPEC-02"
	finding.args == {"fields": ["?", "a"]}
	finding.obligation == {"kind": "redact", "paths": ["?", "a"]}
}

test_spec_02_confidence if {
	find := {"detected_categories": ["pd:Health"]}
	every confidence in [7000, 10000] {
		spec_02_fired(object.union(find, {"detector_confidence_bp": confidence})) == {["oblige", ""]}
	}
	every confidence in [3000, 6999] {
		spec_02_fired(object.union(find, {"detector_confidence_bp": confidence})) == {["escalate", "unsure"]}
		spec_02_fired({"detected_categories": ["pd:Name"], "detector_confidence_bp": confidence}) == set()
	}
	spec_02_fired(object.union(find, {"detector_confidence_bp": 2999})) == set()
}

test_spec_02_names_what_a_human_looks_at if {
	find := {"detected_categories": ["pd:Health"], "detector_confidence_bp": 6999}
	fields := [object.union(find, {"name": "a"}), {"name": "b", "detected_categories": ["pd:Name"]}, find]
	some finding in data.aboveboard.topic.minimisation.findings with input as {"phase": "requested", "fields": fields}
	finding.rule == "R-SPEC-02"
	finding.args == {"reason": "unsure", "fields": ["?", "a"]}
}

test_spec_02_needed_for_the_purpose if {
	allowed := {"allowed_categories": ["pd:Health", "pd:Criminal"]}
	health := {"art9_condition": "eu-gdpr:A9-2-f"}
	offence := {"art10_authorisation": "Act 1050/2018, section 7"}
	spec_02_with(object.union(allowed, health), "pd:Health") == set()
	spec_02_with(object.union(allowed, health), "pd:MentalHealth") == set()
	spec_02_with(object.union(allowed, health), "pd:Religion") == {["oblige", ""]}
	spec_02_with(object.union(allowed, health), "pd:CriminalOffence") == {["oblige", ""]}
	spec_02_with(object.union(allowed, offence), "pd:CriminalOffence") == set()
	spec_02_with(object.union(allowed, offence), "pd:Health") == {["oblige", ""]}
	spec_02_with(allowed, "pd:Health") == {["oblige", ""]}
	spec_02_with(health, "pd:Health") == {["oblige", ""]}
	spec_02_with(object.union(allowed, {"art10_authorisation": ""}), "pd:Criminal") == {["oblige", ""]}
}

spec_02_health(more) := spec_02_event_fired(object.union(
	{
		"phase": "requested",
		"processing": {
			"purposes": ["dpv:DirectMarketing"],
			"allowed_categories": ["pd:Health"],
			"art9_condition": "eu-gdpr:A9-2-a",
		},
		"fields": [{"name": "note", "detected_categories": ["pd:Health"]}],
	},
	more,
))

test_spec_02_needed_with_consent if {
	spec_02_health({"consent": [data.aboveboard.lib_test.explicit]}) == set()
	every consents in [[], [data.aboveboard.lib_test.given]] {
		spec_02_health({"consent": consents}) == {["oblige", ""]}
	}
	spec_02_health({}) == {["oblige", ""]}
	spec_02_with({"art9_condition": "eu-gdpr:A6-1-a", "allowed_categories": ["pd:Health"]}, "pd:Health") == {["oblige", ""]}
}

test_spec_02_cuts_the_field_of_the_find if {
	fields := [
		{"name": "a", "detected_spans": [{"category": "pd:Health"}], "detector_confidence_bp": 100},
		{"name": "b", "detected_categories": ["pd:Name"]},
	]
	spec_02_event_fired({"phase": "requested", "fields": fields}) == set()
}

test_spec_02_not_scanned if {
	every field in [
		{"free_text": true}, {"free_text": true, "text_scanned": false},
		{"free_text": true, "text_scanned": true}, {"categories": ["pd:VoiceMail"]},
	] {
		spec_02_fired(field) == {["escalate", "unscanned"]}
	}
}

test_spec_02_requested_only if {
	every field in [
		{"free_text": true}, {"detected_categories": ["pd:Health"]},
		{"detected_categories": ["pd:Health"], "detector_confidence_bp": 5000},
	] {
		spec_02_event_fired({"phase": "completed", "fields": [field]}) == set()
	}
}
