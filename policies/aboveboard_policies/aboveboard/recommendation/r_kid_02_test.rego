package aboveboard.recommendation_test

import future.keywords.not

kid_02_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.recommendation.findings, "R-KID-02") with input as event
}

kid_02_pressed := {
	"phase": "completed",
	"subject": {"is_minor": true},
	"recommendation": {"direct_exhortation": true},
}

test_kid_02_fires if {
	kid_02_fired(kid_02_pressed) == {["deny", ""]}
	kid_02_fired(object.union(object.remove(kid_02_pressed, ["subject"]), {"subject": {"age_years": 9}})) == {["deny", ""]}
}

test_kid_02_compliant if {
	kid_02_fired(object.union(kid_02_pressed, {"subject": {"is_minor": false}})) == set()
	kid_02_fired(object.union(kid_02_pressed, {"recommendation": {"direct_exhortation": false}})) == set()
}

test_kid_02_unknown if {
	kid_02_fired(object.remove(kid_02_pressed, ["subject"])) == set()
	kid_02_fired(object.remove(kid_02_pressed, ["recommendation"])) == set()
}

test_kid_02_completed_only if kid_02_fired(object.union(kid_02_pressed, {"phase": "requested"})) == set()
