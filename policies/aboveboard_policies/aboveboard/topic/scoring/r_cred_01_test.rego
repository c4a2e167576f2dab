package aboveboard.topic.scoring_test

import future.keywords.not

cred_01_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.scoring.findings, "R-CRED-01") with input as event
}

cred_01_check := {
	"phase": "requested",
	"time": "2026-11-02T09:30:00Z",
	"fields": [{"name": "score", "categories": ["pd:CreditScore"]}],
	"processing": {"purposes": ["dpv:CustomerSolvencyMonitoring"], "credit_permission_ref": "L-77"},
}

cred_01_by_ai := object.union(cred_01_check, {"ai": {"model": "solvency-1"}})

test_cred_01_compliant if {
	cred_01_fired(cred_01_check) == set()
	cred_01_fired(object.union(cred_01_check, {"time": "2028-01-01T00:00:00Z"})) == set()
	cred_01_fired({"phase": "requested"}) == set()
	every category in ["pd:Financial", "pd:CreditCardNumber", "pd:Purchase"] {
		cred_01_fired({"phase": "requested", "fields": [{"name": "a", "categories": [category]}]}) == set()
	}
}

test_cred_01_other_purposes if {
	every purposes in [
		["dpv:CustomerRelationshipManagement"], [],
		["dpv:CustomerSolvencyMonitoring", "dpv:DirectMarketing"],
	] {
		cred_01_fired(object.union(cred_01_check, {"processing": {"purposes": purposes}})) == {["deny", ""]}
	}
	cred_01_fired(object.remove(cred_01_check, ["processing"])) == {["deny", ""]}
	every category in ["pd:Credit", "pd:CreditRecord", "pd:Income", "pd:IncomeBracket", "pd:Salary"] {
		event := {"phase": "requested", "fields": [{"categories": [category]}]}
		cred_01_fired(event) == {["deny", ""]}
	}
}

test_cred_01_what_a_decision_rests_on if {
	event := {
		"phase": "requested",
		"fields": [{"name": "a", "categories": ["pd:Name"]}],
		"decision": {"inputs": [{"name": "score", "categories": ["pd:CreditScore"]}]},
	}
	cred_01_fired(event) == {["deny", ""]}
	some finding in data.aboveboard.topic.scoring.findings with input as event
	finding.args == {"fields": ["score"]}
	cred_01_fired(object.union(event, {"decision": {"inputs": [{"categories": ["pd:Purchase"]}]}})) == set()
	cred_01_fired(object.union(event, {"processing": cred_01_check.processing})) == set()
}

test_cred_01_permission if {
	bare := object.union(object.remove(cred_01_check, ["processing"]), {"processing": {"purposes": ["dpv:CustomerSolvencyMonitoring"]}})
	cred_01_fired(bare) == {["deny", "permission"]}
	cred_01_fired(object.union(bare, {"fields": []})) == set()
	cred_01_fired(object.union(bare, {"processing": {"credit_permission_ref": ""}})) == {["deny", "permission"]}
}

test_cred_01_ai_of_high_risk if {
	cred_01_fired(cred_01_by_ai) == {["warn", "class_soon"]}
	cred_01_fired(object.union(cred_01_by_ai, {"time": "2027-12-01T23:59:59Z"})) == {["warn", "class_soon"]}
	cred_01_fired(object.union(cred_01_by_ai, {"time": "2027-12-02T00:00:00Z"})) == {["escalate", "class"]}
	every ai in [{"risk_class": "high"}, {"annex_iii_point": "5(b)"}, {"risk_class": "high", "annex_iii_point": "4"}] {
		cred_01_fired(object.union(cred_01_by_ai, {"ai": ai})) == {["warn", "class_soon"]}
	}
	cred_01_fired(object.union(cred_01_by_ai, {"ai": {"risk_class": "high", "annex_iii_point": "5(b)"}})) == set()
	cred_01_fired(object.union(cred_01_by_ai, {"subject": {"type": "legal_person"}})) == set()
	cred_01_fired(object.union(cred_01_by_ai, {"subject": {"type": "natural_person"}})) == {["warn", "class_soon"]}
	cred_01_fired(object.union(cred_01_by_ai, {"fields": []})) == set()
}

test_cred_01_class_is_of_checks_that_are_permitted if {
	every processing, reason in {{"purposes": ["dpv:DirectMarketing"]}: "", {"credit_permission_ref": ""}: "permission"} {
		cred_01_fired(object.union(cred_01_by_ai, {"processing": processing})) == {["deny", reason]}
	}
}

test_cred_01_requested_only if {
	every event in [
		cred_01_by_ai, object.union(cred_01_by_ai, {"time": "2028-01-01T00:00:00Z"}),
		object.remove(cred_01_check, ["processing"]),
		object.union(cred_01_check, {"processing": {"credit_permission_ref": ""}}),
	] {
		cred_01_fired(object.union(event, {"phase": "completed"})) == set()
	}
}
