package aboveboard.topic.consent_test

import future.keywords.not

fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.consent.findings, "R-CONS-01") with input as event
}

compliant := {
	"step": "recommendation",
	"phase": "requested",
	"processing": {"legal_basis": "eu-gdpr:A6-1-a", "purposes": ["dpv:DirectMarketing"]},
	"contact": {"channel": "email"},
	"consent": [data.aboveboard.lib_test.given],
}

test_compliant if fired(compliant) == set()

test_no_consent if {
	fired(object.union(compliant, {"consent": []})) == {["deny", ""]}
	fired(object.union(compliant, {"contact": {"channel": "sms"}})) == {["deny", ""]}
}

test_each_purpose_needs_its_own if {
	event := object.union(compliant, {"processing": {"purposes": ["dpv:DirectMarketing", "dpv:AcademicResearch"]}})
	some finding in data.aboveboard.topic.consent.findings with input as event
	finding.args == {"purpose": "dpv:AcademicResearch"}
	fired(event) == {["deny", ""]}
}

test_another_basis_needs_none if {
	every event in [object.union(compliant, {"consent": []}), object.remove(compliant, ["consent", "contact"])] {
		fired(object.union(event, {"processing": {"legal_basis": "eu-gdpr:A6-1-b"}})) == set()
	}
}

test_unknown if fired(object.remove(compliant, ["consent"])) == {["deny", "unknown"]}

test_unknown_channel if {
	event := object.remove(compliant, ["contact"])
	fired(event) == {["deny", "channel"]}
	fired(object.union(event, {"contact": {"attempts_7d": 0}})) == {["deny", "channel"]}

	# Where nobody is reached there is no channel.
	fired(object.union(event, {"step": "profiling"})) == set()
}

test_requested_only if {
	every event in [object.union(compliant, {"consent": []}), object.remove(compliant, ["consent", "contact"])] {
		fired(object.union(event, {"phase": "completed"})) == set()
	}
}
