package aboveboard.topic.children_test

import future.keywords.not

fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.children.findings, "R-KID-01") with input as event
}

given := data.aboveboard.lib_test.given

consenting(subject, consents) := {
	"step": "data_collection",
	"phase": "requested",
	"processing": {"legal_basis": "eu-gdpr:A6-1-a", "purposes": ["dpv:DirectMarketing"]},
	"contact": {"channel": "email"},
	"subject": subject,
	"consent": consents,
}

profiled(subject) := {
	"step": "profiling",
	"phase": "requested",
	"processing": {"legal_basis": "eu-gdpr:A6-1-f", "purposes": ["dpv:DirectMarketing"]},
	"subject": subject,
}

facing(subject) := {"phase": "requested", "contact": {"child_facing": true}, "subject": subject}

test_consent_age_by_country if {
	every country, line in data.reference.children.consent_age {
		fired(consenting({"country": country, "age_years": line.years}, [given])) == set()
		fired(consenting({"country": country, "age_years": line.years - 1}, [given])) == {["deny", ""]}
	}
}

test_consent_age_elsewhere if {
	every subject in [{}, {"country": "US"}] {
		fired(consenting(object.union(subject, {"age_years": 16}), [given])) == set()
		fired(consenting(object.union(subject, {"age_years": 15}), [given])) == {["deny", ""]}
	}
}

test_minor_of_unknown_age if {
	fired(consenting({"country": "FI", "is_minor": true}, [given])) == {["deny", ""]}
	fired(consenting({"country": "FI", "is_minor": true, "age_years": 15}, [given])) == set()
	fired(consenting({"country": "FI", "is_minor": false}, [given])) == set()
}

test_parent_agreed if {
	child := {"country": "FI", "age_years": 12}
	parental := object.union(given, {"parental": true})
	fired(consenting(child, [parental])) == set()
	fired(consenting(child, [given, parental])) == set()
	fired(consenting(child, [object.union(given, {"parental": false})])) == {["deny", ""]}
	fired(consenting(child, [object.union(parental, {"channel": "sms"})])) == {["deny", ""]}
	fired(consenting(child, [object.union(parental, {"purpose": "dpv:AcademicResearch"})])) == {["deny", ""]}
	fired(consenting(child, [object.union(parental, {"status": "dpv:ConsentRefused"})])) == {["deny", ""]}
}

test_another_basis_asks_no_parent if {
	event := object.union(consenting({"age_years": 12}, []), {"processing": {"legal_basis": "eu-gdpr:A6-1-b"}})
	fired(event) == set()
}

test_marketing_profile if {
	fired(profiled({"age_years": 17})) == {["deny", "profile"]}
	fired(profiled({"is_minor": true})) == {["deny", "profile"]}
	fired(profiled({"age_years": 18})) == set()
	fired(profiled({})) == set()
	every step in ["data_collection", "decision"] {
		fired(object.union(profiled({"age_years": 17}), {"step": step})) == set()
	}
	fired(object.union(profiled({"age_years": 17}), {"processing": {"purposes": ["dpv:CustomerRelationshipManagement"]}})) == set()
	advised := object.union(profiled({"age_years": 9}), {"processing": {"purposes": ["dpv:ProvidePersonalisedRecommendations"]}})
	fired(advised) == {["deny", "profile"]}
	fired(object.union(advised, {"contact": {"channel": "web", "asked_for": true}})) == {["deny", "profile"]}
}

test_age_unknown_where_children_are if {
	fired(facing({})) == {["escalate", "unknown"]}
	fired(facing({"age_years": 30, "age_assurance": "none"})) == {["escalate", "unknown"]}
	fired(facing({"age_years": 30})) == {["escalate", "unknown"]}
	fired(facing({"is_minor": true})) == set()
	fired(facing({"is_minor": true, "age_assurance": "none"})) == {["escalate", "unknown"]}
	fired(facing({"age_years": 30, "age_assurance": "self_declared"})) == set()
	fired(object.union(facing({}), {"contact": {"child_facing": false}})) == set()
	fired({"phase": "requested", "contact": {}}) == set()
}

test_unknown if fired({"phase": "requested"}) == set()

test_requested_only if {
	every item in [consenting({"age_years": 12}, [given]), profiled({"age_years": 12}), facing({})] {
		count(fired(item)) == 1
		fired(object.union(item, {"phase": "completed"})) == set()
	}
}
