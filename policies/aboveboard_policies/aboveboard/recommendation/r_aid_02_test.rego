package aboveboard.recommendation_test

import future.keywords.not

aid_02_fired(ai) := aid_02_at("2026-11-02T09:30:00Z", ai)

aid_02_at(time, ai) := aid_02_event_fired({"phase": "completed", "time": time, "ai": ai})

aid_02_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.recommendation.findings, "R-AID-02") with input as event
}

test_aid_02_compliant if {
	aid_02_fired({"model": "writer", "output_type": "text"}) == set()
	aid_02_fired({"model": "painter", "output_type": "image", "output_marked": true}) == set()
	aid_02_fired({"output_marked": false}) == set()
	aid_02_fired({}) == set()
}

test_aid_02_unmarked if {
	every kind in ["image", "audio", "video"] {
		aid_02_fired({"output_type": kind}) == {["oblige", ""]}
		aid_02_fired({"output_type": kind, "output_marked": false, "provider_role": "provider"}) == {["oblige", ""]}
	}
}

test_aid_02_from_the_day_on if {
	own := {"output_type": "image", "output_marked": false, "provider_role": "provider"}
	aid_02_at("2026-12-01T23:59:59Z", own) == {["oblige", ""]}
	aid_02_at("2026-12-02T00:00:00Z", own) == {["deny", "unmarked"]}
	aid_02_at("2026-12-02T00:00:00Z", object.union(own, {"provider_role": "deployer"})) == {["oblige", ""]}
	aid_02_at("2026-12-02T00:00:00Z", object.remove(own, ["output_marked"])) == {["oblige", ""]}
	aid_02_at("2026-12-02T00:00:00Z", object.union(own, {"output_type": "text"})) == set()
	aid_02_at("2026-12-02T00:00:00Z", object.union(own, {"output_type": "text", "interacts_directly": true})) == {["warn", "text"]}
	aid_02_at("2026-12-02T00:00:00Z", object.union(own, {"output_marked": true})) == set()
}

aid_02_text := {"output_type": "text", "provider_role": "provider", "interacts_directly": true}

test_aid_02_text_of_ones_own_ai if {
	aid_02_fired(aid_02_text) == {["warn", "text"]}
	aid_02_fired(object.union(aid_02_text, {"output_marked": false})) == {["warn", "text"]}
	aid_02_fired(object.union(aid_02_text, {"output_marked": true})) == set()
	aid_02_fired(object.union(aid_02_text, {"provider_role": "deployer"})) == set()
	aid_02_fired(object.union(aid_02_text, {"output_type": "image"})) == {["oblige", ""]}
	aid_02_fired(object.union(aid_02_text, {"interacts_directly": false})) == set()
	aid_02_fired(object.remove(aid_02_text, ["provider_role"])) == set()
	aid_02_fired(object.remove(aid_02_text, ["interacts_directly"])) == set()
}

test_aid_02_not_before_the_law if {
	every ai in [{"output_type": "image"}, {"model": "painter"}, {"deepfake": true}, aid_02_text] {
		aid_02_at("2026-08-01T23:59:59Z", ai) == set()
		count(aid_02_at("2026-08-02T00:00:00Z", ai)) == 1
	}
}

test_aid_02_unknown_output if {
	aid_02_fired({"model": "painter"}) == {["oblige", "unknown"]}
	aid_02_fired({"model": "painter", "output_marked": false}) == {["oblige", "unknown"]}
	aid_02_fired({"model": "painter", "output_marked": true}) == set()
}

test_aid_02_deep_fake if {
	aid_02_fired({"output_type": "video", "output_marked": true, "deepfake": true}) == {["oblige", "deepfake"]}
	aid_02_fired({"deepfake": true, "deepfake_labelled": false}) == {["oblige", "deepfake"]}
	aid_02_fired({"deepfake": true, "deepfake_labelled": true}) == set()
	aid_02_fired({"deepfake": false}) == set()
}

test_aid_02_completed_only if {
	every ai in [
		{"output_type": "image"}, {"model": "painter"}, {"deepfake": true}, aid_02_text,
		{"output_type": "image", "output_marked": false, "provider_role": "provider"},
	] {
		aid_02_event_fired({"phase": "requested", "time": "2027-01-01T00:00:00Z", "ai": ai}) == set()
	}
}
