package aboveboard.topic.dialogue_test

import future.keywords.not

aid_fired(phase, ai) := aid_event_fired({"phase": phase, "ai": ai, "subject": {"language": "fi"}})

aid_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.dialogue.findings, "R-AID-01") with input as event
}

told := {
	"interacts_directly": true,
	"disclosure_shown_at": "2026-04-01T08:00:00Z",
	"disclosure_shown_age_s": 0,
	"disclosure_language": "fi",
	"disclosure_accessible": true,
	"human_persona": false,
	"agent_on_behalf_of": "Esimerkki Oy",
}

test_aid_compliant if {
	every phase in ["requested", "completed"] {
		aid_fired(phase, told) == set()
		aid_fired(phase, {"interacts_directly": false}) == set()
	}
}

test_aid_not_told if {
	every ai in [
		object.union(told, {"disclosure_language": "en-FI"}),
		object.remove(told, ["disclosure_shown_at", "disclosure_shown_age_s"]),
		object.union(told, {"disclosure_shown_age_s": -1}),
		object.union(told, {"disclosure_accessible": false}),
		object.union(told, {"disclosure_language": "en"}),
	] {
		aid_fired("requested", ai) == {["oblige", ""]}
		aid_fired("completed", ai) == {["deny", "undisclosed"]}
	}
}

test_aid_obliges_to_disclose if {
	some finding in data.aboveboard.topic.dialogue.findings with input as {"phase": "requested"}
	finding.rule == "R-AID-01"
	finding.obligation == {"kind": "disclose", "notice": "ai_disclosure"}
}

test_aid_language_of_the_talk if {
	event := {"phase": "completed", "ai": told, "subject": {"language": "sv"}, "conversation": {"language": "fi-FI"}}
	aid_event_fired(event) == set()
	aid_event_fired(object.union(event, {"conversation": {"language": "EN"}})) == {["deny", "undisclosed"]}
	aid_event_fired(json.remove(event, ["conversation"])) == {["deny", "undisclosed"]}
}

test_aid_language_unknown if {
	every phase in ["requested", "completed"] {
		aid_fired(phase, object.remove(told, ["disclosure_language"])) == {["oblige", "language"]}
		aid_fired(phase, {"interacts_directly": false, "disclosure_shown_age_s": 0}) == set()
	}
	aid_event_fired({"phase": "requested", "ai": told}) == {["oblige", "language"]}
	aid_event_fired({"phase": "requested", "ai": told, "conversation": {"language": "fi"}}) == set()
	aid_event_fired({"phase": "completed", "ai": told}) == set()
	some finding in data.aboveboard.topic.dialogue.findings with input as {"phase": "requested", "ai": told}
	finding.args == {"reason": "language"}
	finding.obligation == {"kind": "disclose", "notice": "ai_disclosure"}
}

test_aid_for_whom if {
	nameless := object.remove(told, ["agent_on_behalf_of"])
	aid_fired("requested", nameless) == {["oblige", "agent"]}
	aid_fired("completed", nameless) == set()
	aid_fired("requested", object.remove(nameless, ["interacts_directly"])) == set()
	some finding in data.aboveboard.topic.dialogue.findings with input as {
		"phase": "requested", "ai": nameless,
		"subject": {"language": "fi"},
	}
	finding.obligation == {"kind": "disclose", "notice": "ai_agent"}
}

test_aid_unknown if {
	every ai in [{}, {"interacts_directly": true, "agent_on_behalf_of": "Esimerkki Oy"}] {
		aid_fired("requested", ai) == {["oblige", ""]}
		aid_fired("completed", ai) == {["deny", "undisclosed"]}
	}
	aid_event_fired({"phase": "completed"}) == {["deny", "undisclosed"]}
	aid_fired("completed", object.remove(told, ["disclosure_accessible", "human_persona"])) == set()
}

test_aid_no_ai_in_play if {
	every phase in ["requested", "completed"] {
		every channel in ["email", "post", "push", "sms", "web"] {
			aid_event_fired({"phase": phase, "contact": {"channel": channel}}) == set()
		}
		aid_event_fired({"phase": phase, "decision": {"automation": "dpv:NotAutomated"}}) == set()
	}
}

# Whoever calls or chats may be an AI, and so may whoever answers in a talk, whatever the channel.
test_aid_unknown_where_an_ai_may_be if {
	every facts in [
		{"contact": {"channel": "phone"}},
		{"contact": {"channel": "voice"}},
		{"contact": {"channel": "chat"}},
		{"contact": {"channel": "automated_call"}},
		{"contact": {"channel": "web"}, "conversation": {"failed_turns": 0}},
		{"contact": {"channel": "web"}, "answer": {"policy_claim": false}},
		{"contact": {"channel": "email"}, "ai": {"model": "writer"}},
		{"decision": {"automation": "dpv:NotAutomated"}, "ai": {"model": "clerk"}},
		{"decision": {"automation": "dpv:AssistiveAutomation"}},
		{"decision": {"effect": "none"}},
	] {
		aid_event_fired(object.union({"phase": "requested"}, facts)) == {["oblige", ""]}
		aid_event_fired(object.union({"phase": "completed"}, facts)) == {["deny", "undisclosed"]}
	}
}

test_aid_persona if {
	every phase in ["requested", "completed"] {
		aid_fired(phase, object.union(told, {"human_persona": true})) == {["deny", "persona"]}
		aid_fired(phase, {"interacts_directly": false, "human_persona": true}) == set()
	}
}

test_aid_late if {
	event := {
		"phase": "completed",
		"ai": object.union(told, {"disclosure_shown_age_s": 5}),
		"subject": {"language": "fi"},
	}
	aid_event_fired(object.union(event, {"conversation": {"first_message_age_s": 6}})) == {["warn", "late"]}
	aid_event_fired(object.union(event, {"conversation": {"first_message_age_s": 5}})) == set()
	aid_event_fired(object.union(event, {"conversation": {"first_message_age_s": 6}, "phase": "requested"})) == {["warn", "late"]}
	silent := {"ai": {"interacts_directly": false}, "conversation": {"first_message_age_s": 6}}
	aid_event_fired(object.union(event, silent)) == set()
}
