package aboveboard.topic.minimisation_test

import future.keywords.not

findings(event) := found if {
	found := data.aboveboard.topic.minimisation.findings with input as event
}

event(fields) := {
	"phase": "requested",
	"processing": {
		"purposes": ["dpv:DirectMarketing"],
		"allowed_categories": ["pd:EmailAddress", "pd:Name"],
	},
	"fields": fields,
}

cut(fields) := cut_from(event(fields))

cut_from(whole) := [path |
	some finding in findings(whole)
	finding.rule == "R-MIN-01"
	finding.effect == "oblige"
	finding.obligation.kind == "redact"
	finding.obligation.paths == finding.args.fields
	some path in finding.obligation.paths
]

test_compliant if {
	findings(event([])) == set()
	findings(event([{"name": "a", "categories": ["pd:Name"]}])) == set()
	findings(event([{"name": "a", "categories": ["pd:EmailAddressWork", "pd:Name"]}])) == set()
}

test_off_the_list if {
	cut([{"name": "b", "categories": ["pd:Income"]}, {"name": "a", "categories": ["pd:Name", "pd:Income"]}]) == ["a", "b"]
	cut([{"name": "a", "categories": ["pd:Name"]}, {"name": "b", "categories": ["pd:Income"]}]) == ["b"]

	# The list names a category, not what is above it.
	cut([{"name": "a", "categories": ["pd:Contact"]}]) == ["a"]
}

test_twice_the_same_name_is_cut_once if {
	cut([{"name": "a", "categories": ["pd:Income"]}, {"name": "a"}]) == ["a"]
}

test_needless if {
	field := {"name": "a", "categories": ["pd:Name"]}
	cut([object.union(field, {"necessary_for": ["dpv:DirectMarketing"]})]) == []
	cut([object.union(field, {"necessary_for": ["dpv:Marketing", "dpv:AcademicResearch"]})]) == []
	cut([object.union(field, {"necessary_for": ["dpv:AcademicResearch"]})]) == ["a"]
	cut([object.union(field, {"necessary_for": []})]) == ["a"]
	cut_from(json.remove(event([object.union(field, {"necessary_for": ["dpv:DirectMarketing"]})]), ["processing/purposes"])) == ["a"]
}

test_unknown if {
	cut([{"name": "a"}]) == ["a"]
	cut([{"name": "a", "categories": []}]) == ["a"]
	cut([{"name": "a", "categories": ["pd:Nmae"]}]) == ["a"]
	cut_from(json.remove(event([{"name": "a", "categories": ["pd:Name"]}]), ["processing/allowed_categories"])) == ["a"]
	findings({"phase": "requested"}) == set()
}

test_field_without_name_stays_an_obligation if {
	cut([{"categories": ["pd:Income"]}]) == ["?"]
	cut([{"categories": ["pd:Name"], "necessary_for": []}]) == ["?"]
}

test_no_personal_data if {
	findings(object.union(event([{"name": "a"}]), {"processing": {"personal_data": false}})) == set()
}

test_requested_only if findings(object.union(event([{"name": "a"}]), {"phase": "completed"})) == set()
