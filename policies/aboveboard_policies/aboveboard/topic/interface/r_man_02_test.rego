package aboveboard.topic.interface_test

import future.keywords.not

fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.interface.findings, "R-MAN-02") with input as event
}

args(event) := {finding.args | some finding in data.aboveboard.topic.interface.findings with input as event}

steps := ["data_collection", "recommendation"]

compliant := {
	"step": "recommendation",
	"phase": "requested",
	"time": "2026-11-02T09:30:00Z",
	"processing": {"legal_basis": "eu-gdpr:A6-1-a"},
	"consent": [{"dark_pattern": false}, {}],
	"interface": {
		"accept_clicks": 1,
		"reject_clicks": 1,
		"signup_steps": 3,
		"cancel_steps": 3,
		"repeat_prompts_after_refusal": 0,
		"withdrawal_function_present": true,
	},
}

changed(step, interface) := object.union(compliant, {"step": step, "interface": interface})

without(step, names) := object.union(
	object.remove(compliant, ["interface"]),
	{"step": step, "interface": object.remove(compliant.interface, names)},
)

test_compliant if {
	every step in steps {
		fired(changed(step, {})) == set()
		fired(changed(step, {"reject_clicks": 0, "cancel_steps": 0})) == set()
		none := {"accept_clicks": 0, "reject_clicks": 0, "signup_steps": 0, "cancel_steps": 0}
		fired(changed(step, none)) == set()
	}
}

test_harder_to_refuse if {
	every step in steps {
		fired(changed(step, {"reject_clicks": 2})) == {["deny", ""]}
		args(changed(step, {"reject_clicks": 2})) == {{"reject": 2, "accept": 1}}
	}
}

test_harder_to_leave if {
	every step in steps {
		fired(changed(step, {"cancel_steps": 4})) == {["deny", "leaving"]}
		args(changed(step, {"cancel_steps": 4})) == {{"reason": "leaving", "cancel": 4, "signup": 3}}
	}
}

with_consents(consents) := object.union(compliant, {"consent": consents, "processing": {"purposes": ["dpv:DirectMarketing"]}})

consent := {
	"status": "dpv:ConsentGiven", "purpose": "dpv:Marketing", "channel": "email", "age_days": 9,
	"proof_ref": "form-1", "dark_pattern": false,
}

pushed := object.union(consent, {"dark_pattern": true})

test_pushed if {
	every step in steps {
		fired(object.union(compliant, {"step": step, "consent": [{}, {"dark_pattern": true}]})) == {["deny", "pushed"]}
		fired(object.union(with_consents([pushed]), {"step": step})) == {["deny", "pushed"]}
	}
	fired(with_consents([{"dark_pattern": true}])) == {["deny", "pushed"]}
	fired(with_consents([object.union(pushed, {"expires_in_days": 0})])) == {["deny", "pushed"]}
	fired(object.union(with_consents([pushed]), {"processing": {"purposes": []}})) == {["deny", "pushed"]}
	fired(object.union(with_consents([pushed]), {"contact": {"channel": "email"}})) == {["deny", "pushed"]}
	fired(object.union(with_consents([object.remove(pushed, ["channel"])]), {"contact": {"channel": "email"}})) == {["deny", "pushed"]}
}

test_pushed_for_one_of_the_purposes if {
	both := {"processing": {"purposes": ["dpv:CustomerOrderManagement", "dpv:DirectMarketing"]}}
	fired(object.union(with_consents([pushed]), both)) == {["deny", "pushed"]}
}

test_pushed_long_ago if {
	fired(with_consents([object.union(pushed, {"status": "dpv:ConsentWithdrawn"})])) == set()
	fired(with_consents([object.union(pushed, {"withdrawn_at": "2026-10-01T00:00:00Z"})])) == set()
	fired(with_consents([object.union(pushed, {"expires_in_days": -1})])) == set()
}

test_pushed_for_something_else if {
	fired(with_consents([object.union(pushed, {"purpose": "dpv:PersonnelHiring"})])) == set()
	fired(object.union(with_consents([pushed]), {"contact": {"channel": "phone"}})) == set()
}

test_pushed_and_asked_anew if {
	every old in [pushed, {"dark_pattern": true}] {
		fired(with_consents([old, consent])) == set()
		every change in [
			{"age_days": -1}, {"channel": "phone"}, {"purpose": "dpv:PersonnelHiring"},
			{"status": "dpv:ConsentRefused"}, {"dark_pattern": true},
		] {
			anew := object.union(with_consents([old, object.union(consent, change)]), {"contact": {"channel": "email"}})
			fired(anew) == {["deny", "pushed"]}
		}
		fired(with_consents([old, object.remove(consent, ["dark_pattern"])])) == {["deny", "pushed"]}
	}
}

test_asked_again if {
	every step in steps {
		fired(changed(step, {"repeat_prompts_after_refusal": 1})) == {["warn", "again"]}
	}
}

test_withdrawal_from_the_day if {
	missing := changed("recommendation", {"withdrawal_function_present": false})
	fired(missing) == {["deny", "withdrawal"]}
	fired(object.union(missing, {"time": "2026-06-19T00:00:00Z"})) == {["deny", "withdrawal"]}
	fired(object.union(missing, {"time": "2026-06-18T23:59:59Z"})) == set()
	fired(object.union(missing, {"subject": {"type": "natural_person"}})) == {["deny", "withdrawal"]}
	fired(object.union(missing, {"subject": {"type": "legal_person"}})) == set()
	fired(object.union(missing, {"step": "data_collection"})) == set()
	fired(object.union(missing, {"interface": {"orders_online": true}})) == {["deny", "withdrawal"]}
	fired(object.union(missing, {"interface": {"orders_online": false}})) == set()
}

test_unknown if {
	every name in ["accept_clicks", "reject_clicks"] {
		fired(without("data_collection", [name])) == {["warn", "unknown"]}
		fired(without("recommendation", [name])) == set()
	}
	every name in ["signup_steps", "cancel_steps", "withdrawal_function_present"] {
		fired(without("data_collection", [name])) == set()
		fired(without("recommendation", [name])) == {["warn", "unknown"]}
	}
	every step in steps {
		fired({"step": step, "phase": "requested", "time": "2026-11-02T09:30:00Z"}) == {["warn", "unknown"]}
	}
	by_phone := without("recommendation", ["withdrawal_function_present"])
	fired(object.union(by_phone, {"interface": {"orders_online": false}})) == set()
	early := object.union(without("recommendation", ["withdrawal_function_present"]), {"time": "2026-06-01T00:00:00Z"})
	fired(early) == set()
}

test_a_form_without_consent_has_nothing_to_refuse if {
	bare := {"step": "data_collection", "phase": "requested"}
	fired(object.union(bare, {"processing": {"legal_basis": "eu-gdpr:A6-1-b"}})) == set()
	fired(object.union(bare, {"processing": {"legal_basis": "eu-gdpr:A6-1-a"}})) == {["warn", "unknown"]}
	fired(object.union(bare, {"processing": {"personal_data": false}})) == set()
}

test_requested_only if {
	every step in steps {
		every interface in [
			{"reject_clicks": 2}, {"cancel_steps": 4}, {"repeat_prompts_after_refusal": 1},
			{"withdrawal_function_present": false},
		] {
			fired(object.union(changed(step, interface), {"phase": "completed"})) == set()
		}
		fired({"step": step, "phase": "completed", "consent": [{"dark_pattern": true}]}) == set()
	}
}
