package aboveboard.topic.storage_test

import future.keywords.not

fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.storage.findings, "R-RET-01") with input as event
}

event(field) := {
	"phase": "requested",
	"processing": {"retention_days": 365},
	"subject": {"relationship": "customer"},
	"fields": [object.union({"name": "email"}, field)],
}

test_compliant if {
	fired(event({"age_days": 365})) == set()
	fired(event({"age_days": 0})) == set()
	fired({"phase": "requested"}) == set()
	fired({"phase": "requested", "fields": []}) == set()
}

test_time_is_up if {
	fired(event({"age_days": 366})) == {["deny", ""]}
	some finding in data.aboveboard.topic.storage.findings with input as event({"age_days": 366})
	finding.args == {"fields": ["email"]}
	finding.obligation == {"kind": "erase", "paths": ["email"]}
}

test_neither_period_outlasts_the_other if {
	fired(event({"age_days": 366, "retention_days": 366})) == {["deny", "register"]}
	fired(event({"age_days": 366, "retention_days": 36500})) == {["deny", "register"]}
	fired(event({"age_days": 365, "retention_days": 36500})) == set()
	fired(event({"last_activity_age_days": 366, "retention_days": 36500})) == {["deny", "register"]}
	fired(event({"age_days": 400, "retention_days": 399})) == {["deny", ""]}
	fired(event({"age_days": 400, "retention_days": 10})) == {["deny", ""]}
	some finding in data.aboveboard.topic.storage.findings with input as event({"age_days": 366, "retention_days": 366})
	finding.args == {"reason": "register", "fields": ["email"]}
	not finding.obligation
}

test_own_period if {
	fired(event({"age_days": 10, "retention_days": 9})) == {["deny", ""]}
	fired(event({"age_days": 1, "retention_days": 0})) == {["deny", ""]}
	fired(json.remove(event({"age_days": 10, "retention_days": 10}), ["processing"])) == set()
}

test_counted_from_the_last_activity if {
	fired(event({"age_days": 900, "last_activity_age_days": 365})) == set()
	fired(event({"age_days": 900, "last_activity_age_days": 366})) == {["deny", ""]}

	# An old record that was imported lately.
	fired(event({"age_days": 10, "last_activity_age_days": 366})) == {["deny", ""]}
	every age in [0, 1] {
		fired(event({"last_activity_age_days": age})) == set()
	}
}

test_no_period if {
	fired(json.remove(event({"age_days": 1}), ["processing/retention_days"])) == {["deny", "period"]}
	fired(json.remove(event({"age_days": 1}), ["processing"])) == {["deny", "period"]}
}

test_no_date if {
	fired(event({})) == {["deny", "date"]}
	fired(event({"age_days": -1})) == {["deny", "date"]}
}

test_long_period if {
	prospect := {"subject": {"relationship": "prospect"}}
	every relationship in ["lead", "prospect"] {
		person := {"subject": {"relationship": relationship}}
		fired(object.union(event({"age_days": 1, "retention_days": 1096}), person)) == {["escalate", "long"]}
		fired(object.union(event({"age_days": 1, "retention_days": 1095}), person)) == set()
	}
	fired(event({"age_days": 1, "retention_days": 1096})) == set()
	fired(object.union(event({"age_days": 1, "retention_days": 36500}), {"subject": {"relationship": "customer"}})) == set()
	some finding in data.aboveboard.topic.storage.findings with input as object.union(event({"age_days": 1, "retention_days": 1096}), prospect)
	finding.args == {"reason": "long", "fields": ["email"]}
	register := object.union(prospect, {"processing": {"retention_days": 1096}})
	fired(object.union(event({"age_days": 1}), register)) == {["escalate", "long"]}
}

test_long_period_for_nobody_knows_whom if {
	every subject in [{}, {"subject": {"country": "FI"}}] {
		item := object.union(object.remove(event({"age_days": 1, "retention_days": 1096}), ["subject"]), subject)
		fired(item) == {["escalate", "long"]}
		shorter := [{"name": "email", "age_days": 1, "retention_days": 1095}]
		fired(object.union(item, {"fields": shorter})) == set()
		fired(item) == {["escalate", "long"]} with data.reference.retention.longest_days as {"lead": 1095, "prospect": 2000}
	}
}

test_long_period_of_a_contract_or_law if {
	person := {"subject": {"relationship": "prospect"}}
	long := object.union(event({"age_days": 1, "retention_days": 2555}), person)
	every basis in ["eu-gdpr:A6-1-b", "eu-gdpr:A6-1-c"] {
		fired(object.union(long, {"processing": {"legal_basis": basis}})) == set()
	}
	every basis in ["eu-gdpr:A6-1-a", "eu-gdpr:A6-1-f"] {
		fired(object.union(long, {"processing": {"legal_basis": basis}})) == {["escalate", "long"]}
	}
}

test_staff_by_the_second if {
	staff := {"subject": {"relationship": "employee"}}
	detail := {"age_days": 1, "granularity_s": 59, "retention_days": 8}
	fired(object.union(event(detail), staff)) == {["escalate", "long"]}
	some finding in data.aboveboard.topic.storage.findings with input as object.union(event(detail), staff)
	finding.args.fields == ["email"]
	fired(event(detail)) == set()
	fired(object.union(event(object.union(detail, {"granularity_s": 60})), staff)) == set()
	fired(object.union(event(object.union(detail, {"retention_days": 7})), staff)) == set()
	fired(object.union(event(object.remove(detail, ["granularity_s"])), staff)) == set()

	# The register's own period is no excuse, and neither is a contract.
	by_register := object.union(event(object.remove(detail, ["retention_days"])), staff)
	every basis in ["eu-gdpr:A6-1-b", "eu-gdpr:A6-1-f"] {
		on_basis := object.union(by_register, {"processing": {"legal_basis": basis}})
		fired(on_basis) == {["escalate", "long"]}
		fired(object.union(on_basis, {"processing": {"retention_days": 7}})) == set()
	}
}

bad := [
	event({"age_days": 366}), event({"age_days": 366, "retention_days": 400}), event({}),
	json.remove(event({"age_days": 1}), ["processing"]),
	object.union(event({"age_days": 1, "retention_days": 1096}), {"subject": {"relationship": "lead"}}),
]

test_no_personal_data if {
	every item in bad {
		fired(object.union(item, {"processing": {"personal_data": false}})) == set()
	}
}

test_requested_only if {
	every item in bad {
		count(fired(item)) == 1
		fired(object.union(item, {"phase": "completed"})) == set()
	}
}
