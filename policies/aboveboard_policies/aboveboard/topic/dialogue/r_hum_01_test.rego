package aboveboard.topic.dialogue_test

import future.keywords.not

hum_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.dialogue.findings, "R-HUM-01") with input as event
}

asked := {"phase": "requested", "conversation": {"user_requested_human": true}}

offered := object.union(asked, {
	"handover": {"offered_at": "2026-04-01T08:00:00Z", "offered_age_s": 0},
	"human": {"available": true, "wait_s": 60},
})

test_hum_compliant if {
	hum_fired({"phase": "requested", "conversation": {"user_requested_human": false}}) == set()
	hum_fired(offered) == set()
	hum_fired(object.remove(offered, ["human"])) == set()
	hum_fired(object.union(asked, {"handover": {"callback_in_s": 60}})) == set()
	hum_fired(object.union(asked, {"handover": {"taken_over": true}})) == set()
}

test_hum_asked_and_not_honoured if {
	hum_fired(asked) == {["escalate", ""]}
	hum_fired(object.union(asked, {"human": {"available": true}})) == {["escalate", ""]}
}

test_hum_offered_in_name_only if {
	hum_fired(object.union(offered, {"handover": {"offered_age_s": -1}})) == {["escalate", ""]}
	hum_fired(object.union(offered, {"human": {"available": false}})) == {["escalate", ""]}
	oldest := data.reference.humans.offer_age_max_s
	hum_fired(object.union(offered, {"handover": {"offered_age_s": oldest}})) == set()
	hum_fired(object.union(offered, {"handover": {"offered_age_s": oldest + 1}})) == {["escalate", ""]}
	hum_fired(object.union(asked, {"handover": {"callback_in_s": -1}})) == {["escalate", ""]}
	hum_fired(object.union(asked, {"handover": {"taken_over": false}})) == {["escalate", ""]}
	longest := data.reference.decisions.human_wait_max_s
	hum_fired(object.union(offered, {"human": {"wait_s": longest}})) == set()
	long := object.union(offered, {"human": {"wait_s": longest + 1}})
	hum_fired(long) == {["escalate", ""]}
	hum_fired(object.union(long, {"handover": {"callback_in_s": 60}})) == set()
}

test_hum_human_decides if {
	hum_fired(object.union(asked, {"decision": {"automation": "dpv:NotAutomated"}})) == set()
	hum_fired(object.union(asked, {"decision": {"automation": "dpv:AssistiveAutomation"}})) == {["escalate", ""]}
	decisive := {"decision": {"automation": "dpv:NotAutomated", "score_decisive": true}}
	hum_fired(object.union(asked, decisive)) == {["escalate", ""]}
}

test_hum_unknown if {
	hum_fired({"phase": "requested"}) == set()
	hum_fired({"phase": "requested", "conversation": {"language": "fi"}}) == set()
}

test_hum_in_both_phases if hum_fired(object.union(asked, {"phase": "completed"})) == {["escalate", ""]}
