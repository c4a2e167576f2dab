package aboveboard.topic.dialogue_test

import future.keywords.not

fb_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.dialogue.findings, "R-FB-01") with input as event
}

heard := {"phase": "completed", "feedback": {"channel_present": true, "oldest_open_days": 0}, "contest": {"open": false}}

test_fb_compliant if {
	fb_fired(heard) == set()
	fb_fired({"phase": "completed", "feedback": {"channel_present": true}}) == set()
}

test_fb_no_channel if {
	fb_fired(object.union(heard, {"feedback": {"channel_present": false}})) == {["oblige", ""]}
	fb_fired({"phase": "completed"}) == {["oblige", ""]}
	fb_fired({"phase": "completed", "processing": {"personal_data": false}}) == set()
	some finding in data.aboveboard.topic.dialogue.findings with input as {"phase": "completed"}
	finding.obligation == {"kind": "disclose", "notice": "feedback"}
}

test_fb_contest if fb_fired(object.union(heard, {"contest": {"open": true}})) == {["escalate", "contest"]}

test_fb_waiting if {
	most := data.reference.humans.feedback_open_max_days
	fb_fired(object.union(heard, {"feedback": {"oldest_open_days": most}})) == set()
	fb_fired(object.union(heard, {"feedback": {"oldest_open_days": most + 1}})) == {["warn", "waiting"]}
}

test_fb_completed_only if fb_fired({
	"phase": "requested",
	"feedback": {"oldest_open_days": 999},
	"contest": {"open": true},
}) == set()
