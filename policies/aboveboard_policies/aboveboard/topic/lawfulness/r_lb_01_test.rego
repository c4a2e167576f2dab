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
