package aboveboard.topic.inference_test

import future.keywords.not

emo_01_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.inference.findings, "R-EMO-01") with input as event
}

voice := {
	"phase": "requested",
	"subject": {"relationship": "customer"},
	"processing": {"purposes": ["dpv:DirectMarketing"]},
	"ai": {"emotion_recognition": true, "emotion_input": "biometric", "emotion_notice_age_days": 0},
	"consent": [object.union(data.aboveboard.lib_test.given, {"explicit": true})],
}

test_emo_01_compliant if {
	emo_01_fired(voice) == set()
	emo_01_fired({"phase": "requested"}) == set()
	emo_01_fired({"phase": "requested", "ai": {"emotion_recognition": false}}) == set()
	emo_01_fired({"phase": "requested", "ai": {"emotion_input": "biometric"}}) == set()
}

test_emo_01_consent if {
	every event in [
		object.union(voice, {"consent": []}), object.remove(voice, ["consent"]),
		object.union(voice, {"consent": [data.aboveboard.lib_test.given]}),
		object.union(voice, {"processing": {"purposes": ["dpv:DirectMarketing", "dpv:AcademicResearch"]}}),
		object.union(voice, {"processing": {"purposes": []}}), object.remove(voice, ["processing"]),
		object.union(object.remove(voice, ["consent"]), {"subject": {"relationship": "other"}}),
	] {
		emo_01_fired(event) == {["deny", ""]}
	}
}

test_emo_01_staff_on_the_call if {
	every channel in ["phone", "voice"] {
		call := object.union(voice, {"contact": {"channel": channel}})
		emo_01_fired(call) == {["deny", "staff"]}
		emo_01_fired(object.union(call, {"ai": {"interacts_directly": false}})) == {["deny", "staff"]}
		emo_01_fired(object.union(call, {"ai": {"emotion_customer_only": false}})) == {["deny", "staff"]}
		emo_01_fired(object.union(call, {"ai": {"interacts_directly": true}})) == set()
		emo_01_fired(object.union(call, {"ai": {"emotion_customer_only": true}})) == set()
		emo_01_fired(object.union(call, {"ai": {"emotion_input": "text"}})) == {["warn", "text"]}
		emo_01_fired(object.union(call, {"subject": {"relationship": "employee"}})) == {["deny", "work"]}
		emo_01_fired(object.union(call, {"phase": "completed"})) == set()
	}
	emo_01_fired(object.union(voice, {"contact": {"channel": "chat"}})) == set()
	emo_01_fired(object.union(voice, {"contact": {"channel": "automated_call"}})) == set()
}

test_emo_01_relationship_unknown if {
	emo_01_fired(object.remove(voice, ["subject"])) == {["escalate", "unknown"]}
	emo_01_fired(object.remove(voice, ["consent", "subject"])) == {["deny", ""], ["escalate", "unknown"]}
	emo_01_fired(object.union(object.remove(voice, ["subject"]), {"phase": "completed"})) == set()
	emo_01_fired(object.union(object.remove(voice, ["subject"]), {"ai": {"emotion_recognition": false}})) == set()
}

test_emo_01_at_work if {
	every relationship in ["employee", "applicant"] {
		at_work := object.union(voice, {"subject": {"relationship": relationship}})
		emo_01_fired(at_work) == {["deny", "work"]}
		emo_01_fired(object.union(at_work, {"consent": []})) == {["deny", "work"]}
		emo_01_fired(object.union(at_work, {"ai": {"emotion_notice_age_days": -1}})) == {["deny", "work"]}
	}
}

test_emo_01_untold if {
	emo_01_fired(object.union(voice, {"ai": {"emotion_notice_age_days": -1}})) == {["oblige", "untold"]}
	ai := object.remove(voice.ai, ["emotion_notice_age_days"])
	emo_01_fired(object.union(object.remove(voice, ["ai"]), {"ai": ai})) == {["oblige", "untold"]}
}

test_emo_01_unknown_input if {
	event := object.union(object.remove(voice, ["ai"]), {"ai": {"emotion_recognition": true}})
	emo_01_fired(event) == {["oblige", "untold"]}
	emo_01_fired(object.remove(event, ["consent"])) == {["deny", ""], ["oblige", "untold"]}
}

test_emo_01_text if {
	text := {"phase": "requested", "ai": {"emotion_recognition": true, "emotion_input": "text"}}
	emo_01_fired(text) == {["warn", "text"]}
	emo_01_fired(object.union(text, {"subject": {"relationship": "employee"}})) == {["warn", "text"]}
	emo_01_fired(object.union(text, {"ai": {"purpose": "dpv:DirectMarketing"}})) == {["warn", "text"]}
	emo_01_fired(object.union(text, {"ai": {"purpose": "dpv:CommunicationForCustomerCare"}})) == set()
	emo_01_fired(object.union(text, {"ai": {"emotion_recognition": false}})) == set()
}

test_emo_01_requested_only if {
	bare := object.remove(voice, ["consent"])
	every event in [
		bare, object.union(bare, {"subject": {"relationship": "employee"}}),
		object.union(bare, {"ai": {"emotion_input": "text"}}),
		object.union(voice, {"ai": {"emotion_notice_age_days": -1}}),
	] {
		emo_01_fired(object.union(event, {"phase": "completed"})) == set()
	}
}
