package aboveboard.topic.dialogue_test

import future.keywords.not

lang_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.dialogue.findings, "R-LANG-01") with input as event
}

finnish := {
	"phase": "completed",
	"subject": {"language": "fi"},
	"message": {"language": "fi-FI"},
	"notice": {"language": "fi"},
	"explanation": {"language": "fi"},
}

test_lang_compliant if {
	lang_fired(finnish) == set()
	lang_fired(object.remove(finnish, ["notice", "explanation"])) == set()
}

test_lang_foreign if {
	every text in ["message", "notice", "explanation"] {
		lang_fired(object.union(finnish, {text: {"language": "en"}})) == {["oblige", ""]}
	}
	swedish := object.union(finnish, {"conversation": {"language": "sv"}})
	lang_fired(swedish) == {["oblige", ""]}
	some finding in data.aboveboard.topic.dialogue.findings with input as swedish
	finding.rule == "R-LANG-01"
	finding.args == {"texts": ["explanation", "message", "notice"]}
	finding.obligation == {"kind": "disclose", "notice": "language"}
}

test_lang_unknown if {
	lang_fired(object.remove(finnish, ["subject"])) == {["oblige", "unknown"]}
	lang_fired(object.remove(finnish, ["message"])) == {["oblige", "unknown"]}
	lang_fired({"phase": "completed"}) == {["oblige", "unknown"]}
	lang_fired({"phase": "completed", "processing": {"personal_data": false}}) == set()

	# One text that is known to be foreign is enough to say.
	lang_fired({"phase": "completed", "subject": {"language": "fi"}, "notice": {"language": "en"}}) == {["oblige", ""]}
}

test_lang_machine if {
	translated := object.union(finnish, {"translation": {"machine": true}})
	lang_fired(translated) == {["escalate", "machine"]}
	every fine in [{"reviewed": true}, {"stated": true}, {"legal_text": false}, {"machine": false}] {
		lang_fired(object.union(translated, {"translation": fine})) == set()
	}
	lang_fired(object.union(translated, {"translation": {"legal_text": true}})) == {["escalate", "machine"]}
}

test_lang_completed_only if {
	lang_fired({"phase": "requested", "translation": {"machine": true}}) == set()
	lang_fired(object.union(finnish, {"phase": "requested", "message": {"language": "en"}})) == set()
}
