package aboveboard.topic.lawfulness_test

import future.keywords.not

lb_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.lawfulness.findings, "R-LB-01") with input as event
}

lb_compliant := {
	"phase": "requested",
	"processing": {"legal_basis": "eu-gdpr:A6-1-f", "purposes": ["dpv:CustomerRelationshipManagement"]},
}

test_lb_compliant if {
	every letter in ["a", "b", "c", "d", "e", "f"] {
		lb_fired(object.union(lb_compliant, {"processing": {"legal_basis": concat("", ["eu-gdpr:A6-1-", letter])}})) == set()
	}
}

test_lb_no_basis if {
	lb_fired(json.remove(lb_compliant, ["processing/legal_basis"])) == {["deny", ""]}
	lb_fired(object.union(lb_compliant, {"processing": {"legal_basis": "eu-gdpr:A9-2-a"}})) == {["deny", ""]}
}

test_lb_no_purpose if {
	lb_fired(json.remove(lb_compliant, ["processing/purposes"])) == {["deny", "purpose"]}
	lb_fired(object.union(lb_compliant, {"processing": {"purposes": []}})) == {["deny", "purpose"]}
}

test_lb_nothing_known if lb_fired({"phase": "requested"}) == {["deny", ""], ["deny", "purpose"]}

test_lb_no_personal_data if lb_fired({"phase": "requested", "processing": {"personal_data": false}}) == set()

test_lb_requested_only if lb_fired({"phase": "completed"}) == set()

lb_on_consent(consents) := {
	"step": "decision",
	"phase": "requested",
	"processing": {"legal_basis": "eu-gdpr:A6-1-a", "purposes": ["dpv:DirectMarketing"]},
	"consent": consents,
}

test_lb_decision_on_consent if {
	lb_fired(lb_on_consent([data.aboveboard.lib_test.given])) == set()
	lb_fired(lb_on_consent([])) == {["deny", "unproved"]}
	lb_fired(object.remove(lb_on_consent([]), ["consent"])) == {["deny", "unproved"]}
	every status in ["dpv:ConsentUnknown", "dpv:ConsentRefused", "dpv:ConsentExpired", "dpv:ConsentWithdrawn"] {
		consent := object.union(data.aboveboard.lib_test.given, {"status": status})
		lb_fired(lb_on_consent([consent])) == {["deny", "unproved"]}
	}
}

test_lb_decision_on_consent_to_every_purpose if {
	purposes := {"processing": {"purposes": ["dpv:DirectMarketing", "dpv:CustomerSolvencyMonitoring"]}}
	event := object.union(lb_on_consent([data.aboveboard.lib_test.given]), purposes)
	some finding in data.aboveboard.topic.lawfulness.findings with input as event
	finding.rule == "R-LB-01"
	finding.args == {"reason": "unproved", "purpose": "dpv:CustomerSolvencyMonitoring"}
}

test_lb_proof_is_asked_elsewhere_too if {
	every step in ["data_collection", "profiling", "recommendation"] {
		lb_fired(object.union(lb_on_consent([]), {"step": step})) == set()
	}
	lb_fired(object.union(lb_on_consent([]), {"processing": {"legal_basis": "eu-gdpr:A6-1-f"}})) == set()
	lb_fired(object.union(lb_on_consent([]), {"processing": {"personal_data": false}})) == set()
	lb_fired(object.union(lb_on_consent([]), {"phase": "completed"})) == set()
}
