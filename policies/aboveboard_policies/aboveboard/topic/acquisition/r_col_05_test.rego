package aboveboard.topic.acquisition_test

import future.keywords.not

col_05_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.acquisition.findings, "R-COL-05") with input as event
}

bought := {
	"phase": "requested",
	"processing": {"legal_basis": "eu-gdpr:A6-1-f"},
	"fields": [{"name": "email", "source": "third_party", "age_days": 30}],
	"source": {"name": "List Broker", "partner_registered": true},
	"notice": {"art14_delivered_age_days": 0},
}

test_col_05_compliant if {
	col_05_fired(bought) == set()
	col_05_fired(object.union(bought, {"fields": [{"name": "email", "source": "third_party"}]})) == set()
}

test_col_05_own_data if {
	every source in ["provided", "observed", "public_web"] {
		col_05_fired({"phase": "requested", "fields": [{"name": "email", "source": source}]}) == set()
	}
	col_05_fired({"phase": "requested", "fields": [{"name": "email"}]}) == set()
	col_05_fired({"phase": "requested", "processing": {"legal_basis": "eu-gdpr:A6-1-a"}}) == set()
	col_05_fired({"phase": "requested"}) == set()
}

test_col_05_unnamed if col_05_fired(json.remove(bought, ["source/name"])) == {["deny", ""]}

test_col_05_unregistered if {
	col_05_fired(json.remove(bought, ["source/partner_registered"])) == {["deny", "partner"]}
	col_05_fired(object.union(bought, {"source": {"partner_registered": false}})) == {["deny", "partner"]}
}

test_col_05_nothing_known if {
	col_05_fired(object.remove(bought, ["source", "notice"])) == {["deny", ""], ["deny", "partner"], ["oblige", "tell"]}
}

test_col_05_consent_proved if {
	event := object.union(bought, {"processing": {"legal_basis": "eu-gdpr:A6-1-a"}})
	col_05_fired(event) == {["deny", "proof"]}
	col_05_fired(object.union(event, {"source": {"consent_proof_ref": "P-1"}})) == set()
}

test_col_05_to_be_told if {
	untold := object.remove(bought, ["notice"])
	col_05_fired(untold) == {["oblige", "tell"]}
	some finding in data.aboveboard.topic.acquisition.findings with input as untold
	finding.obligation == {"kind": "disclose", "notice": "data_from_others"}
	finding.args == {"reason": "tell", "days": 30}
	col_05_fired(object.union(untold, {"contact": {"attempts_30d": 0}})) == {["oblige", "tell"]}
	own := {"name": "phone", "source": "provided", "age_days": 400}
	col_05_fired(object.union(untold, {"fields": array.concat(untold.fields, [own])})) == {["oblige", "tell"]}
	col_05_fired(object.union(bought, {"notice": {"art14_delivered_age_days": -1}})) == {["oblige", "tell"]}
}

test_col_05_told_too_late if {
	untold := object.remove(bought, ["notice"])
	col_05_fired(object.union(untold, {"contact": {"attempts_30d": 1}})) == {["deny", "notice"]}
	every age in [31, -1] {
		fields := [{"name": "email", "source": "third_party", "age_days": age}]
		col_05_fired(object.union(untold, {"fields": fields})) == {["deny", "notice"]}
	}
	col_05_fired(object.union(untold, {"fields": [{"name": "email", "source": "third_party"}]})) == {["deny", "notice"]}

	# One old field is enough.
	mixed := array.concat(bought.fields, [{"name": "phone", "source": "third_party", "age_days": 31}])
	col_05_fired(object.union(untold, {"fields": mixed})) == {["deny", "notice"]}
}

told(notice, age) := col_05_fired(object.union(bought, {
	"notice": {"art14_delivered_age_days": notice},
	"fields": [{"name": "email", "source": "third_party", "age_days": age}],
}))

test_col_05_told_long_before if {
	told(0, 30) == set()
	told(60, 30) == set()
	told(61, 30) == {["oblige", "tell"]}
	told(62, 31) == {["deny", "notice"]}
}

test_col_05_each_field_is_told_of if {
	fields := array.concat(bought.fields, [{"name": "phone", "source": "third_party", "age_days": 0}])
	event := object.union(bought, {"fields": fields, "notice": {"art14_delivered_age_days": 31}})
	col_05_fired(event) == {["oblige", "tell"]}

	# What they were told of in time does not become late by what came in since.
	old := [{"name": "email", "source": "third_party", "age_days": 40}, {"name": "phone", "source": "third_party", "age_days": 0}]
	col_05_fired(object.union(event, {"fields": old})) == {["oblige", "tell"]}
}

weighed := {
	"step": "data_collection",
	"processing": {"purposes": ["dpv:DirectMarketing"]},
	"lia": {"outcome": "passed", "done_age_days": 1, "covers_purposes": ["dpv:Marketing"]},
}

test_col_05_weighed if {
	event := object.union(bought, weighed)
	col_05_fired(event) == set()
	col_05_fired(object.remove(event, ["lia"])) == {["escalate", "untested"]}
	col_05_fired(object.union(event, {"lia": {"covers_purposes": []}})) == {["escalate", "untested"]}
	col_05_fired(object.union(event, {"lia": {"outcome": "overridden"}})) == {["deny", "overridden"]}
	bad := [object.remove(event, ["lia"]), object.union(event, {"lia": {"outcome": "overridden"}})]
	every item in bad {
		col_05_fired(object.union(item, {"step": "profiling"})) == set()
		col_05_fired(object.union(item, {"processing": {"legal_basis": "eu-gdpr:A6-1-b"}})) == set()
		col_05_fired(object.union(item, {"fields": [{"name": "email", "source": "provided"}]})) == set()
		col_05_fired(object.union(item, {"fields": []})) == set()
		col_05_fired(object.union(item, {"phase": "completed"})) == set()
	}
}

test_col_05_requested_only if {
	event := object.remove(bought, ["source", "notice"])
	late := object.union(event, {"contact": {"attempts_30d": 1}, "processing": {"legal_basis": "eu-gdpr:A6-1-a"}})
	col_05_fired(object.union(event, {"phase": "completed"})) == set()
	col_05_fired(object.union(late, {"phase": "completed"})) == set()
}
