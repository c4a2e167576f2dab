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
	finding.effect == "deny"
	finding.args == {"reason": "derived", "purpose": "dpv:DirectMarketing"}
	not finding.obligation
}

test_cons_03_nothing_derived if {
	event := object.union(cons_03_event([withdrawn]), {"processing": {"derived_fields": []}})
	some finding in cons_03_findings(event)
	finding.args == {"purpose": "dpv:DirectMarketing"}
}

test_cons_03_no_after_a_yes if {
	refused := object.union(given, {"status": "dpv:ConsentRefused", "given_at": "2026-03-02T08:00:00Z", "age_days": 29})
	cons_03_fires(cons_03_event([given, refused]))
	cons_03_fires(cons_03_event([given, object.union(refused, {"purpose": "dpv:Marketing"})]))

	# Who never agreed, has agreed anew, or refused something else takes nothing back.
	cons_03_findings(cons_03_event([refused])) == set()
	cons_03_findings(cons_03_event([object.union(given, {"purpose": "dpv:AcademicResearch"}), refused])) == set()
	cons_03_findings(cons_03_event([object.union(given, {"given_at": "2026-03-03T08:00:00Z"}), refused])) == set()
	every other in [{"channel": "sms"}, {"purpose": "dpv:Advertising"}] {
		cons_03_findings(cons_03_event([given, object.union(refused, other)])) == set()
	}
	cons_03_findings(cons_03_event([object.remove(given, ["proof_ref"]), refused])) == set()

	# What was found invalid was not taken back; R-CONS-01 and R-LB-01 say that it carries nothing.
	cons_03_findings(cons_03_event([given, object.union(refused, {"status": "dpv:ConsentInvalidated"})])) == set()
}

on_interest(consents, notice) := object.union(cons_03_event(consents), {
	"processing": {"legal_basis": "eu-gdpr:A6-1-f"},
	"notice": notice,
})

test_cons_03_another_basis_for_the_same if {
	some finding in cons_03_findings(on_interest([withdrawn], {}))
	finding.effect == "escalate"
	finding.args == {"reason": "swapped", "purpose": "dpv:DirectMarketing"}
	every age in [-1, 29, 30] {
		cons_03_fires(on_interest([withdrawn], {"delivered_age_days": age}))
	}
	every age in [0, 28] {
		cons_03_findings(on_interest([withdrawn], {"delivered_age_days": age})) == set()
	}
	cons_03_fires(on_interest([object.remove(withdrawn, ["withdrawn_age_days"])], {"delivered_age_days": 0}))
	cons_03_fires(on_interest([object.remove(withdrawn, ["withdrawn_at", "withdrawn_age_days"])], {"delivered_age_days": 0}))
	cons_03_fires(json.remove(on_interest([withdrawn], {}), ["processing/derived_fields"]))
}

test_cons_03_another_basis_after_a_refusal if {
	refused := object.union(given, {"status": "dpv:ConsentRefused", "given_at": "2026-03-02T08:00:00Z", "age_days": 29})
	every age in [-1, 29] {
		cons_03_fires(on_interest([given, refused], {"delivered_age_days": age}))
	}
	every age in [0, 28] {
		cons_03_findings(on_interest([given, refused], {"delivered_age_days": age})) == set()
	}

	# The age of a consent says nothing of when it was taken back.
	undated := object.union(given, {"status": "dpv:ConsentWithdrawn"})
	cons_03_fires(on_interest([undated], {"delivered_age_days": 0}))
}

test_cons_03_another_basis_for_something_else if {
	anew := object.union(given, {"given_at": "2026-03-03T08:00:00Z"})
	cons_03_findings(on_interest([withdrawn, anew], {})) == set()
	cons_03_findings(on_interest([given], {})) == set()
	cons_03_findings(on_interest([object.union(withdrawn, {"channel": "sms"})], {})) == set()
	cons_03_findings(on_interest([object.union(withdrawn, {"purpose": "dpv:Advertising"})], {})) == set()
	cons_03_findings(object.union(on_interest([withdrawn], {}), {"phase": "completed"})) == set()
}

test_cons_03_requested_only if {
	cons_03_findings(object.union(cons_03_event([withdrawn]), {"phase": "completed"})) == set()
	unknown := json.remove(cons_03_event([withdrawn]), ["processing/derived_fields"])
	cons_03_findings(object.union(unknown, {"phase": "completed"})) == set()
}
