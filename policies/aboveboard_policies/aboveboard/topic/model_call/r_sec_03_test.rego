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
	placed := {"name": "notes", "categories": ["pd:Communication"], "detected_spans": [{"category": "pd:Name"}]}
	paths(object.union(unmasked, {"fields": [placed]})) == {"notes"}
	elsewhere := {"name": "notes", "detected_categories": ["pd:Job"], "detected_spans": [{"category": "pd:Job"}]}
	paths(object.union(unmasked, {"fields": [elsewhere]})) == set()
}

# Known to be unmasked is no milder than unknown.
test_sec_unread_text if {
	text := {"name": "notes", "categories": ["pd:Communication"], "free_text": true}
	every event in [unmasked, open] {
		paths(object.union(event, {"fields": [text]})) == {"notes"}
		paths(object.union(event, {"fields": [object.union(text, {"text_scanned": false})]})) == {"notes"}
		paths(object.union(event, {"fields": [object.union(text, {"text_scanned": true})]})) == set()
		paths(object.union(event, {"fields": [object.union(text, {"free_text": false})]})) == set()
	}
	found := data.aboveboard.topic.model_call.findings with input as object.union(unmasked, {"fields": [text]})
	{finding.args | some finding in found} == {{"fields": ["notes"]}}
}

test_sec_masking_unknown if {
	sec_fired(open) == {["oblige", "unknown"]}
	paths(open) == {"email"}
	found := data.aboveboard.topic.model_call.findings with input as open
	{finding.args | some finding in found} == {{"reason": "unknown", "fields": ["email"]}}
	sec_fired(object.union(open, {"fields": []})) == set()
	sec_fired(object.union(open, {"fields": [{"name": "job", "categories": ["pd:Job"]}]})) == set()
}

test_sec_nobody_knows_what_is_sent if {
	bare := object.remove(open, ["fields"])
	sec_fired(bare) == {["escalate", "unlisted"]}
	every prompt in [{"pseudonymised": false}, {"text_scanned": true}, {"detected_categories": []}] {
		sec_fired(object.union(bare, {"prompt": prompt})) == {["escalate", "unlisted"]}
	}
	sec_fired(object.union(bare, {"prompt": {"pseudonymised": true}})) == set()
	sec_fired(object.union(bare, {"prompt": {"text_scanned": true, "detected_categories": []}})) == set()
	sec_fired(object.union(bare, {"processing": {"personal_data": false}})) == set()
	sec_fired({"phase": "requested", "ai": {"model": "m", "own": true}}) == set()
}

test_sec_prompt_was_read if {
	clean := {"text_scanned": true, "detected_categories": ["pd:Job"]}
	sec_fired(object.union(open, {"prompt": clean})) == set()
	sec_fired(object.union(unmasked, {"prompt": clean})) == set()
	sec_fired(object.union(open, {"prompt": object.remove(clean, ["text_scanned"])})) == {["oblige", "unknown"]}
	sec_fired(object.union(open, {"prompt": object.remove(clean, ["detected_categories"])})) == {["oblige", "unknown"]}
}

# What a detector found in the prompt was not masked, whatever is stated.
test_sec_found_in_the_prompt if {
	every stated in [{}, {"pseudonymised": true}, {"pseudonymised": false}] {
		found := object.union(stated, {"text_scanned": true, "detected_categories": ["pd:EmailAddress"]})
		event := object.union(open, {"prompt": found})
		sec_fired(event) == {["oblige", ""]}
		paths(event) == {"email"}
	}
	closer := {"pseudonymised": true, "detected_categories": ["pd:EmailAddressWork"]}
	sec_fired(object.union(open, {"prompt": closer})) == {["oblige", ""]}
	broad := [{"name": "email", "categories": ["pd:EmailAddress"]}]
	sec_fired(object.union(open, {"prompt": closer, "fields": broad})) == {["oblige", ""]}
}

test_sec_nothing_to_cut if {
	every stated in [{}, {"pseudonymised": true}, {"pseudonymised": false}] {
		bare := object.union(object.remove(open, ["fields"]), {"prompt": object.union(stated, {
			"text_scanned": true,
			"detected_categories": ["pd:TelephoneNumber", "pd:Name", "pd:Job"],
		})})
		sec_fired(bare) == {["deny", "prompt"]}
		some finding in data.aboveboard.topic.model_call.findings with input as bare
		finding.args == {"reason": "prompt", "categories": ["pd:Name", "pd:TelephoneNumber"]}
	}
}

# Cutting one field does not take out a number that another one, or none, holds.
test_sec_what_stays_when_fields_are_cut if {
	event := object.union(open, {"prompt": {"detected_categories": ["pd:TelephoneNumber", "pd:EmailAddress"]}})
	sec_fired(event) == {["oblige", ""], ["deny", "prompt"]}
	found := data.aboveboard.topic.model_call.findings with input as event
	{"reason": "prompt", "categories": ["pd:TelephoneNumber"]} in {finding.args | some finding in found}
	phone := {"name": "notes", "detected_categories": ["pd:TelephoneNumber"]}
	sec_fired(object.union(event, {"fields": array.concat(open.fields, [phone])})) == {["oblige", ""]}
}

test_sec_training if {
	sec_fired(object.union(masked, {"ai": {"trains_on_data": true}})) == {["deny", "training"]}
	sec_fired({"phase": "requested", "fields": [], "ai": {"trains_on_data": true, "retention_days": 0}}) == {["deny", "training"]}
}

test_sec_terms_unknown if {
	every part in ["retention_days", "trains_on_data"] {
		ai := object.remove(masked.ai, [part])
		sec_fired(object.union(object.remove(masked, ["ai"]), {"ai": ai})) == {["deny", "terms"]}
	}
}

test_sec_stays_or_is_not_personal if {
	bad := object.union(unmasked, {
		"ai": {"trains_on_data": true, "base_url_host": "llm.example"},
		"prompt": {"detected_categories": ["pd:TelephoneNumber"]},
	})
	sec_fired(bad) == {["deny", "training"], ["deny", "prompt"], ["oblige", ""]}
	sec_fired(object.union(bad, {"transfer": {"leaves_organisation": false}})) == set()
	sec_fired(object.union(bad, {"processing": {"personal_data": false}, "subject": {"type": "legal_person"}})) == set()
	sec_fired({"phase": "requested", "ai": {"vendor": "esimerkki", "own": true}, "fields": masked.fields}) == set()
}

test_sec_requested_only if {
	found := {"prompt": {"detected_categories": ["pd:Name"]}}
	every event in [
		unmasked, open, object.remove(open, ["fields"]), object.union(open, found),
		object.union(masked, {"ai": {"trains_on_data": true}}), json.remove(masked, ["ai/retention_days"]),
	] {
		sec_fired(object.union(event, {"phase": "completed"})) == set()
	}
}
