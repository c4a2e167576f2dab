package aboveboard.topic.acquisition_test

import future.keywords.not

cons_02_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.acquisition.findings, "R-CONS-02") with input as event
}

chosen := data.aboveboard.lib_test.chosen

cons_02_event(consents) := {
	"phase": "requested",
	"processing": {"legal_basis": "eu-gdpr:A6-1-a", "purposes": ["dpv:DirectMarketing"]},
	"contact": {"channel": "email"},
	"consent": consents,
}

spoilt := [
	{"granular": false}, {"preticked": true}, {"bundled_with_contract": true}, {"informed": false},
	{"dark_pattern": true},
]

overridden := {
	"phase": "requested",
	"processing": {"legal_basis": "eu-gdpr:A6-1-f", "purposes": ["dpv:TargetedAdvertising"]},
	"lia": {"outcome": "overridden"},
}

test_cons_02_compliant if cons_02_fired(cons_02_event([chosen])) == set()

test_cons_02_no_choice if {
	every change in spoilt {
		cons_02_fired(cons_02_event([object.union(chosen, change)])) == {["deny", ""]}

		# What is not known of it does not hide what is.
		cons_02_fired(cons_02_event([object.union(data.aboveboard.lib_test.given, change)])) == {["deny", ""]}
	}
}

test_cons_02_names_the_purpose if {
	some finding in data.aboveboard.topic.acquisition.findings with input as cons_02_event([object.union(chosen, {"preticked": true})])
	finding.args == {"purpose": "dpv:DirectMarketing"}
}

test_cons_02_another_consent_carries_it if {
	cons_02_fired(cons_02_event([object.union(chosen, {"preticked": true}), chosen])) == set()
	cons_02_fired(cons_02_event([data.aboveboard.lib_test.given, chosen])) == set()
}

test_cons_02_not_shown if {
	every part in [
		"granular", "preticked", "bundled_with_contract", "informed", "dark_pattern", "notice_version",
		"wording_language",
	] {
		cons_02_fired(cons_02_event([object.remove(chosen, [part])])) == {["deny", "unknown"]}
	}
}

test_cons_02_leaves_the_rest_to_others if {
	cons_02_fired(cons_02_event([])) == set()
	cons_02_fired(json.remove(cons_02_event([]), ["consent"])) == set()
	every change in [
		{"status": "dpv:ConsentRefused"}, {"withdrawn_at": "2026-03-02T08:00:00Z"}, {"channel": "sms"},
		{"purpose": "dpv:AcademicResearch"},
	] {
		cons_02_fired(cons_02_event([object.union(data.aboveboard.lib_test.given, change)])) == set()
	}

	# One that was a choice and has run out is another rule's.
	cons_02_fired(cons_02_event([object.union(chosen, {"expires_in_days": -1})])) == set()
}

test_cons_02_another_basis if {
	every consent in [object.union(chosen, {"preticked": true}), data.aboveboard.lib_test.given] {
		event := object.union(cons_02_event([consent]), {"processing": {"legal_basis": "eu-gdpr:A6-1-b"}})
		cons_02_fired(event) == set()
	}
}

test_cons_02_nothing_left_but_consent if {
	cons_02_fired(overridden) == {["deny", "left"]}
	cons_02_fired(object.union(overridden, {"lia": {"outcome": "passed"}})) == set()
	cons_02_fired(object.remove(overridden, ["lia"])) == set()
	cons_02_fired(object.union(overridden, {"processing": {"legal_basis": "eu-gdpr:A6-1-b"}})) == set()
	cons_02_fired(object.union(overridden, {"processing": {"purposes": ["dpv:CustomerRelationshipManagement"]}})) == set()
	consented := {"consent": [object.union(chosen, {"purpose": "dpv:Advertising"})]}
	cons_02_fired(object.union(overridden, consented)) == set()
}

test_cons_02_requested_only if {
	every event in [
		overridden, cons_02_event([object.union(chosen, {"preticked": true})]),
		cons_02_event([data.aboveboard.lib_test.given]),
	] {
		cons_02_fired(object.union(event, {"phase": "completed"})) == set()
	}
}
