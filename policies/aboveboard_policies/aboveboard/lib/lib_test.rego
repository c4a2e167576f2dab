package aboveboard.lib_test

import future.keywords.not

# Effects and reasons of one rule: what most tests compare.
fired(findings, rule) := {[finding.effect, object.get(finding.args, "reason", "")] |
	some finding in findings
	finding.rule == rule
}

given := {
	"status": "dpv:ConsentGiven",
	"purpose": "dpv:DirectMarketing",
	"channel": "email",
	"given_at": "2026-03-01T08:00:00Z",
	"age_days": 30,
	"proof_ref": "form-1",
}

withdrawn := {
	"status": "dpv:ConsentWithdrawn",
	"purpose": "dpv:DirectMarketing",
	"channel": "email",
	"withdrawn_at": "2026-03-02T08:00:00Z",
	"withdrawn_age_days": 29,
}

has_consent(consents) if {
	data.aboveboard.lib.purpose_has_consent("dpv:DirectMarketing") with input as {"consent": consents}
}

reached_by(channel, consents) if {
	data.aboveboard.lib.purpose_has_consent("dpv:DirectMarketing") with input as {
		"consent": consents,
		"contact": {"channel": channel},
	}
}

test_unknown_counts_as_personal if {
	data.aboveboard.lib.personal_data with input as {}
	data.aboveboard.lib.personal_data with input as {"processing": {"personal_data": true}}
	not data.aboveboard.lib.personal_data with input as {"processing": {"personal_data": false}}
}

test_consent_that_stands if {
	has_consent([given])
	has_consent([object.union(given, {"status": "dpv:RenewedConsentGiven"})])
	has_consent([object.union(given, {"expires_in_days": 0})])
	has_consent([object.union(given, {"age_days": 0})])
}

test_consent_that_does_not_stand if {
	not has_consent([])
	every status in [
		"dpv:ConsentUnknown", "dpv:ConsentRefused", "dpv:ConsentExpired", "dpv:ConsentRequested",
		"dpv:ConsentRequestDeferred", "dpv:ConsentInvalidated", "dpv:ConsentRevoked",
		"dpv:ConsentWithdrawn",
	] {
		not has_consent([object.union(given, {"status": status})])
	}
	not has_consent([object.union(given, {"expires_in_days": -1})])
	not has_consent([object.union(given, {"withdrawn_at": "2026-03-02T08:00:00Z"})])
	not has_consent([object.union(given, {"proof_ref": ""})])

	# Whatever the record says of its dates, one that was withdrawn has to be given anew.
	not has_consent([object.union(given, {"withdrawn_at": "2026-02-01T08:00:00Z"})])
}

test_consent_of_tomorrow_is_none_today if not has_consent([object.union(given, {"age_days": -1})])

test_consent_is_nothing_while_a_part_is_unknown if {
	every part in ["status", "purpose", "age_days", "proof_ref"] {
		not has_consent([object.remove(given, [part])])
	}
}

test_consent_covers_what_is_below_its_purpose_only if {
	has_consent([object.union(given, {"purpose": "dpv:Marketing"})])
	not has_consent([object.union(given, {"purpose": "dpv:Advertising"})])
	not data.aboveboard.lib.purpose_has_consent("dpv:Marketing") with input as {"consent": [given]}
	not data.aboveboard.lib.purpose_has_consent("dpv:NoSuch") with input as {"consent": [given]}
}

test_consent_is_for_its_channel if {
	reached_by("email", [given])
	not reached_by("sms", [given])
	not reached_by("email", [object.remove(given, ["channel"])])
	has_consent([object.remove(given, ["channel"])])
}

test_withdrawal_on_another_record_undoes if {
	not has_consent([given, withdrawn])
	not has_consent([given, object.remove(withdrawn, ["withdrawn_at", "withdrawn_age_days"])])
	not has_consent([given, object.union(withdrawn, {"status": "dpv:ConsentRevoked"})])
	not has_consent([given, object.union(withdrawn, {"status": "dpv:ConsentGiven"})])
	not has_consent([given, object.union(withdrawn, {"purpose": "dpv:Marketing"})])
	not has_consent([given, object.remove(withdrawn, ["purpose"])])
	not has_consent([given, object.remove(withdrawn, ["channel"])])
	not has_consent([object.remove(given, ["channel"]), withdrawn])
	not has_consent([object.remove(given, ["given_at"]), withdrawn])
}

test_withdrawal_of_a_part_undoes_the_whole if {
	broad := object.union(given, {"purpose": "dpv:Marketing"})
	not data.aboveboard.lib.purpose_has_consent("dpv:Marketing") with input as {"consent": [broad, withdrawn]}
}

test_withdrawal_leaves_what_it_is_not_about if {
	has_consent([given, object.union(withdrawn, {"channel": "sms"})])
	has_consent([given, object.union(withdrawn, {"purpose": "dpv:Advertising"})])
}

test_consent_given_anew_after_a_withdrawal if {
	has_consent([object.union(given, {"given_at": "2026-03-03T08:00:00Z"}), withdrawn])
	not has_consent([object.union(given, {"given_at": "2026-03-02T08:00:00Z"}), withdrawn])
}

judges(event) if data.aboveboard.lib.judges_people with input as event

registered := {"step": "decision", "processing": {"operations": ["dpv:Collect", "dpv:Use"]}}

test_judges_people if {
	judges({"step": "decision"})
	judges({"step": "recommendation", "processing": {"operations": ["dpv:Use", "dpv:Profiling"]}})
	judges(object.union(registered, {"step": "profiling"}))
	judges(object.union(registered, {"profile": {"proxies": []}}))
	judges(object.union(registered, {"decision": {"automation": "dpv:FullAutomation"}}))
	judges(object.union(registered, {"decision": {"score_decisive": true}}))
}

test_judges_nobody if {
	not judges(registered)
	not judges({"step": "decision", "processing": {"operations": []}})
	not judges(object.union(registered, {"decision": {"automation": "dpv:PartialAutomation", "score_decisive": false}}))
	not judges(object.union(registered, {"decision": {"automation": "dpv:FullAutomation", "effect": "none"}}))
	not judges({"step": "profiling", "processing": {"personal_data": false}})
}
