package aboveboard.topic.model_call_test

import future.keywords.not

sec_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.model_call.findings, "R-SEC-03") with input as event
}

masked := {
	"phase": "requested",
	"ai": {"base_url_host": "eu.api.openai.com", "retention_days": 0, "trains_on_data": false},
	"prompt": {"pseudonymised": true},
	"fields": [{"name": "email", "categories": ["pd:EmailAddressWork"]}, {"name": "job", "categories": ["pd:Job"]}],
}

unmasked := object.union(masked, {"prompt": {"pseudonymised": false}})

open := object.remove(masked, ["prompt"])

paths(event) := found if {
	found := {path |
		some finding in data.aboveboard.topic.model_call.findings with input as event
		some path in finding.obligation.paths
	}
}

test_sec_masked if sec_fired(masked) == set()

test_sec_unmasked if {
	sec_fired(unmasked) == {["oblige", ""]}
	paths(unmasked) == {"email"}
	sec_fired(object.union(unmasked, {"fields": [{"name": "job", "categories": ["pd:Job"]}]})) == set()
	found := {"name": "notes", "categories": ["pd:Communication"], "detected_categories": ["pd:Name"]}
	paths(object.union(unmasked, {"fields": [found]})) == {"notes"}
}

test_sec_masking_unknown if {
	sec_fired(open) == {["oblige", "unknown"]}
	paths(open) == {"email"}
	text := {"name": "notes", "categories": ["pd:Communication"], "free_text": true}
	paths(object.union(open, {"fields": [text]})) == {"notes"}
	sec_fired(object.union(open, {"fields": [object.union(text, {"text_scanned": true})]})) == set()
	sec_fired(object.union(open, {"fields": []})) == set()
	sec_fired(object.remove(open, ["fields"])) == set()
}

test_sec_prompt_was_read if {
	clean := {"text_scanned": true, "detected_categories": ["pd:Job"]}
	sec_fired(object.union(open, {"prompt": clean})) == set()
	sec_fired(object.union(open, {"prompt": object.remove(clean, ["text_scanned"])})) == {["oblige", "unknown"]}
	sec_fired(object.union(open, {"prompt": object.remove(clean, ["detected_categories"])})) == {["oblige", "unknown"]}
	sec_fired(object.union(open, {"prompt": {"text_scanned": true, "detected_categories": ["pd:Name"]}})) == {["oblige", "unknown"]}
}

test_sec_nothing_to_cut if {
	bare := object.union(object.remove(masked, ["fields"]), {"prompt": {
		"pseudonymised": false,
		"text_scanned": true,
		"detected_categories": ["pd:TelephoneNumber", "pd:Name", "pd:Job"],
	}})
	sec_fired(bare) == {["deny", "prompt"]}
	some finding in data.aboveboard.topic.model_call.findings with input as bare
	finding.args == {"reason": "prompt", "categories": ["pd:Name", "pd:TelephoneNumber"]}
	sec_fired(object.union(bare, {"prompt": {"pseudonymised": true}})) == set()
}

test_sec_training if {
	sec_fired(object.union(masked, {"ai": {"trains_on_data": true}})) == {["deny", "training"]}
}

test_sec_terms_unknown if {
	every part in ["retention_days", "trains_on_data"] {
		ai := object.remove(masked.ai, [part])
		sec_fired(object.union(object.remove(masked, ["ai"]), {"ai": ai})) == {["deny", "terms"]}
	}
}

test_sec_stays_or_is_not_personal if {
	bad := object.union(unmasked, {"ai": {"trains_on_data": true}})
	sec_fired(bad) == {["deny", "training"], ["oblige", ""]}
	sec_fired(object.union(bad, {"transfer": {"leaves_organisation": false}})) == set()
	sec_fired(object.union(bad, {"processing": {"personal_data": false}, "subject": {"type": "legal_person"}})) == set()
	sec_fired({"phase": "requested", "ai": {"vendor": "esimerkki"}, "fields": masked.fields}) == set()
}

test_sec_requested_only if {
	every event in [unmasked, open, object.union(masked, {"ai": {"trains_on_data": true}})] {
		sec_fired(object.union(event, {"phase": "completed"})) == set()
	}
}
