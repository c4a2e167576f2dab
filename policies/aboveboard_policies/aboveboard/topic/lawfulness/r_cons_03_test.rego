package aboveboard.topic.lawfulness_test

import future.keywords.not

cons_03_findings(event) := {finding |
	some finding in data.aboveboard.topic.lawfulness.findings with input as event
	finding.rule == "R-CONS-03"
}

cons_03_event(consents) := {
	"phase": "requested",
	"processing": {
		"legal_basis": "eu-gdpr:A6-1-a",
		"purposes": ["dpv:DirectMarketing"],
		"derived_fields": ["score"],
	},
	"contact": {"channel": "email"},
	"consent": consents,
}

cons_03_fires(event) if count(cons_03_findings(event)) == 1

given := data.aboveboard.lib_test.given

withdrawn := data.aboveboard.lib_test.withdrawn

test_cons_03_compliant if {
	cons_03_findings(cons_03_event([given])) == set()
	cons_03_findings(cons_03_event([])) == set()
}

test_cons_03_withdrawn if {
	some finding in cons_03_findings(cons_03_event([withdrawn]))
	finding.effect == "deny"
	finding.args == {"purpose": "dpv:DirectMarketing"}
	finding.obligation == {"kind": "erase", "paths": ["score"]}
	cons_03_fires(cons_03_event([object.union(given, {"withdrawn_at": "2026-03-02T08:00:00Z"})]))
	cons_03_fires(cons_03_event([object.union(given, {"status": "dpv:ConsentRevoked"})]))
	cons_03_fires(cons_03_event([object.union(withdrawn, {"purpose": "dpv:Marketing"})]))
	cons_03_fires(cons_03_event([object.remove(withdrawn, ["channel"])]))
	cons_03_fires(cons_03_event([object.remove(withdrawn, ["purpose"])]))
	cons_03_fires(json.remove(cons_03_event([withdrawn]), ["contact"]))
}

test_cons_03_old_consent_does_not_outlive_a_withdrawal if cons_03_fires(cons_03_event([given, withdrawn]))

test_cons_03_given_anew if {
	anew := object.union(given, {"given_at": "2026-03-03T08:00:00Z"})
	cons_03_findings(cons_03_event([withdrawn, anew])) == set()
}

test_cons_03_withdrawal_of_something_else if {
	cons_03_findings(cons_03_event([object.union(withdrawn, {"purpose": "dpv:Advertising"})])) == set()
	cons_03_findings(cons_03_event([object.union(withdrawn, {"channel": "sms"})])) == set()
}

test_cons_03_another_basis if {
	event := object.union(cons_03_event([withdrawn]), {"processing": {"legal_basis": "eu-gdpr:A6-1-b"}})
	cons_03_findings(event) == set()
}

test_cons_03_unknown if {
	cons_03_findings(object.remove(cons_03_event([]), ["consent"])) == set()
	some finding in cons_03_findings(json.remove(cons_03_event([withdrawn]), ["processing/derived_fields"]))
	finding.obligation.paths == []
}

test_cons_03_requested_only if {
	cons_03_findings(object.union(cons_03_event([withdrawn]), {"phase": "completed"})) == set()
}
