package aboveboard.topic.purpose_test

import future.keywords.not

fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.purpose.findings, "R-PUR-01") with input as event
}

event(collected) := {
	"phase": "requested",
	"processing": {"legal_basis": "eu-gdpr:A6-1-f", "purposes": ["dpv:DirectMarketing"]},
	"fields": [{"name": "email", "collected_purposes": collected}],
}

untold := object.union(event([]), {"fields": [{"name": "email"}]})

assessed(outcome) := {"compatibility": {
	"outcome": outcome,
	"assessed_age_days": 0,
	"covers_purposes": ["dpv:AcademicResearch", "dpv:Marketing"],
}}

test_compliant if {
	fired(event(["dpv:DirectMarketing"])) == set()
	fired(event(["dpv:AcademicResearch", "dpv:Marketing"])) == set()
	fired({"phase": "requested"}) == set()
}

test_not_assessed if {
	fired(event(["dpv:CustomerRelationshipManagement"])) == {["escalate", "unassessed"]}
	fired(event(["dpv:Advertising"])) == {["escalate", "unassessed"]}
	fired(event([])) == {["escalate", "unassessed"]}
	found := data.aboveboard.topic.purpose.findings with input as event([])
	{finding.args | some finding in found} == {{"reason": "unassessed", "purposes": ["dpv:DirectMarketing"]}}
}

test_assessed if {
	fired(object.union(event([]), assessed("compatible"))) == set()
	fired(object.union(event([]), assessed("incompatible"))) == {["deny", ""]}
	fired(object.union(event(["dpv:DirectMarketing"]), assessed("incompatible"))) == set()
	every part in ["outcome", "assessed_age_days", "covers_purposes"] {
		test := {"compatibility": object.remove(assessed("compatible").compatibility, [part])}
		fired(object.union(event([]), test)) == {["escalate", "unassessed"]}
	}
	every change in [{"assessed_age_days": -1}, {"covers_purposes": []}, {"covers_purposes": ["dpv:AcademicResearch"]}] {
		test := object.union(assessed("compatible"), {"compatibility": change})
		fired(object.union(event([]), test)) == {["escalate", "unassessed"]}
	}
}

test_assessment_of_one_purpose_settles_no_other if {
	purposes := {"processing": {"purposes": ["dpv:DirectMarketing", "dpv:FraudPreventionAndDetection"]}}
	item := object.union(object.union(event([]), purposes), assessed("compatible"))
	fired(item) == {["escalate", "unassessed"]}
	found := data.aboveboard.topic.purpose.findings with input as item
	{finding.args | some finding in found} == {{"reason": "unassessed", "purposes": ["dpv:FraudPreventionAndDetection"]}}
}

test_every_purpose_and_field if {
	fired(object.union(event(["dpv:DirectMarketing"]), {"processing": {"purposes": ["dpv:DirectMarketing", "dpv:AcademicResearch"]}})) == {["escalate", "unassessed"]}
	fields := [{"name": "a", "collected_purposes": ["dpv:DirectMarketing"]}, {"name": "b", "collected_purposes": []}]
	fired(object.union(event([]), {"fields": fields})) == {["escalate", "unassessed"]}
}

test_new_consent if {
	consented := {"processing": {"legal_basis": "eu-gdpr:A6-1-a"}, "consent": [data.aboveboard.lib_test.given]}
	fired(object.union(event([]), consented)) == set()
	fired(object.union(untold, consented)) == set()
	fired(object.union(event([]), {"consent": consented.consent})) == {["escalate", "unassessed"]}
	fired(object.union(event([]), {"processing": consented.processing})) == {["escalate", "unassessed"]}
}

test_unknown if {
	fired(untold) == {["escalate", "unknown"]}
	found := data.aboveboard.topic.purpose.findings with input as untold
	{finding.args | some finding in found} == {{"reason": "unknown", "fields": ["email"]}}
	fired(object.union(untold, assessed("compatible"))) == {["escalate", "unknown"]}
	fired(json.remove(untold, ["processing/purposes"])) == set()
}

test_no_personal_data if {
	every item in [event([]), untold, object.union(event([]), assessed("incompatible"))] {
		fired(object.union(item, {"processing": {"personal_data": false}})) == set()
	}
}

test_requested_only if {
	every item in [event([]), untold, object.union(event([]), assessed("incompatible"))] {
		fired(object.union(item, {"phase": "completed"})) == set()
	}
}
