package aboveboard.recommendation_test

import future.keywords.not

rec_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.recommendation.findings, "R-REC-01") with input as event
}

profiled := {
	"phase": "requested",
	"processing": {"operations": ["dpv:Use", "dpv:Profiling"]},
	"recommendation": {"option_without_profiling": true},
}

test_rec_compliant if rec_fired(profiled) == set()

test_rec_no_choice if {
	rec_fired(object.union(profiled, {"recommendation": {"option_without_profiling": false}})) == {["warn", ""]}
	rec_fired(object.remove(profiled, ["recommendation"])) == {["warn", ""]}
	rec_fired({"phase": "requested"}) == {["warn", ""]}
}

test_rec_not_profiled if {
	plain := {"phase": "requested", "processing": {"operations": ["dpv:Use"]}}
	rec_fired(plain) == set()
	rec_fired(object.union(plain, {"profile": {"individual_assessment": false}})) == set()
	rec_fired(object.union(plain, {"profile": {"individual_assessment": true}})) == {["warn", ""]}
	rec_fired({"phase": "requested", "processing": {"personal_data": false}}) == set()
}

test_rec_requested_only if rec_fired({"phase": "completed"}) == set()
