package aboveboard.topic.renewal_test

import future.keywords.not

fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.renewal.findings, "R-CONS-04") with input as event
}

given := data.aboveboard.lib_test.given

event(consents) := {
	"phase": "requested",
	"processing": {"legal_basis": "eu-gdpr:A6-1-a", "purposes": ["dpv:DirectMarketing"]},
	"contact": {"channel": "email"},
	"consent": consents,
}

old := object.union(given, {"age_days": 731})

expired := object.union(given, {"expires_in_days": -1})

undated := object.remove(given, ["age_days", "given_at"])

test_compliant if {
	fired(event([given])) == set()
	fired(event([object.union(given, {"age_days": 730, "expires_in_days": 0})])) == set()
}

test_old if {
	fired(event([old])) == {["warn", ""]}
	found := data.aboveboard.topic.renewal.findings with input as event([old])
	{finding.args | some finding in found} == {{"purpose": "dpv:DirectMarketing", "days": 730}}
	fired(event([old, given])) == set()
	fired(event([old, expired])) == {["warn", ""]}
}

test_expired if {
	fired(event([expired])) == {["deny", "expired"]}
	fired(event([expired, given])) == set()
}

test_unknown if {
	fired(event([undated])) == {["warn", "unknown"]}
	fired(event([undated, given])) == set()
	fired(event([undated, old])) == {["warn", ""]}
}

test_leaves_the_rest_to_others if {
	fired(event([])) == set()
	fired(json.remove(event([]), ["consent"])) == set()
	every change in [
		{"status": "dpv:ConsentRefused"}, {"status": "dpv:ConsentUnknown"},
		{"withdrawn_at": "2026-03-02T08:00:00Z"}, {"channel": "sms"}, {"purpose": "dpv:AcademicResearch"},
	] {
		fired(event([object.union(old, change)])) == set()
		fired(event([object.union(expired, change)])) == set()
	}
	fired(event([expired, data.aboveboard.lib_test.withdrawn])) == set()

	# A record that holds a withdrawal is no consent, though its date of giving is the later one.
	fired(event([object.union(old, {"withdrawn_at": "2026-02-01T08:00:00Z"})])) == set()
}

test_another_basis if {
	every consent in [old, expired, undated] {
		fired(object.union(event([consent]), {"processing": {"legal_basis": "eu-gdpr:A6-1-b"}})) == set()
	}
}

test_requested_only if {
	every consent in [old, expired, undated] {
		fired(object.union(event([consent]), {"phase": "completed"})) == set()
	}
}
