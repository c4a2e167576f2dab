package aboveboard.recommendation_test

import future.keywords.not

spec_04_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.recommendation.findings, "R-SPEC-04") with input as event
}

spec_04_advert := {
	"phase": "requested",
	"controller": {"is_online_platform": true},
	"recommendation": {"is_advert": true},
}

spec_04_health := object.union(spec_04_advert, {"profile": {"inferred_categories": ["pd:Interest", "pd:Health"]}})

spec_04_minor := object.union(spec_04_advert, {"subject": {"is_minor": true}})

test_spec_04_compliant if {
	spec_04_fired(spec_04_advert) == set()
	spec_04_fired(object.union(spec_04_health, {"profile": {"inferred_categories": ["pd:Interest"]}})) == set()
	spec_04_fired(object.union(spec_04_minor, {"subject": {"is_minor": false}})) == set()
	spec_04_fired(object.union(spec_04_minor, {"processing": {"operations": ["dpv:Use"]}})) == set()
	spec_04_fired(object.union(spec_04_minor, {"processing": {"operations": []}})) == set()
}

test_spec_04_special_categories if spec_04_fired(spec_04_health) == {["deny", ""]}

test_spec_04_special_categories_that_the_profile_is_made_with if {
	every field in [
		{"name": "a", "categories": ["pd:Interest", "pd:Health"]},
		{"name": "a", "categories": ["pd:Interest"], "detected_categories": ["pd:Interest", "pd:Health"]},
		{"name": "a", "detected_spans": [{"category": "pd:Interest"}, {"category": "pd:Health"}]},
		# What was found and nobody says of what kind is no harmless find.
		{"name": "a", "detected_spans": [{"start": 0}]},
	] {
		event := object.union(spec_04_advert, {"fields": [field]})
		spec_04_fired(event) == {["deny", ""]}
		spec_04_fired(object.union(event, {"processing": {"operations": ["dpv:Profiling"]}})) == {["deny", ""]}
		spec_04_fired(object.union(event, {"processing": {"operations": ["dpv:Use"]}})) == set()
		spec_04_fired(object.union(event, {"recommendation": {"is_advert": false}})) == set()
	}
	plain := [
		{"name": "a", "categories": ["pd:Interest"]}, {"name": "b", "detected_categories": ["pd:Interest"]},
		{"name": "c", "detected_spans": [{"category": "pd:Interest"}]},
	]
	spec_04_fired(object.union(spec_04_advert, {"fields": plain})) == set()
	inferred := object.union(spec_04_health, {"processing": {"operations": ["dpv:Use"]}})
	spec_04_fired(inferred) == {["deny", ""]}
}

test_spec_04_minors if {
	spec_04_fired(object.union(spec_04_advert, {"subject": {"age_years": 17}})) == {["deny", "minor"]}
	spec_04_fired(object.union(spec_04_advert, {"subject": {"age_years": 18}})) == set()
	spec_04_fired(spec_04_minor) == {["deny", "minor"]}
	spec_04_fired(object.union(spec_04_minor, {"processing": {"operations": ["dpv:Use", "dpv:Profiling"]}})) == {["deny", "minor"]}
}

test_spec_04_both if {
	spec_04_fired(object.union(spec_04_health, spec_04_minor)) == {["deny", ""], ["deny", "minor"]}
}

test_spec_04_unknown_or_no_platform_or_no_advert if {
	every event in [spec_04_health, spec_04_minor] {
		every group in ["controller", "recommendation"] {
			spec_04_fired(object.remove(event, [group])) == set()
		}
		spec_04_fired(object.union(event, {"controller": {"is_online_platform": false}})) == set()
		spec_04_fired(object.union(event, {"recommendation": {"is_advert": false}})) == set()
	}
}

test_spec_04_requested_only if {
	every event in [spec_04_health, spec_04_minor] {
		spec_04_fired(object.union(event, {"phase": "completed"})) == set()
	}
}
