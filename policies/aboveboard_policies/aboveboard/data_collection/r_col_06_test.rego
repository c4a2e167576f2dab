package aboveboard.data_collection_test

import future.keywords.not

col_06_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.data_collection.findings, "R-COL-06") with input as event
}

scraped := {
	"phase": "requested",
	"processing": {"purposes": ["dpv:DirectMarketing"]},
	"fields": [{"name": "email", "source": "public_web", "age_days": 30}],
	"source": {"visibility_restricted": false, "robots_allowed": true},
	"lia": {"outcome": "passed", "done_age_days": 1, "covers_purposes": ["dpv:Marketing"]},
	"notice": {"art14_delivered_age_days": 0},
}

test_col_06_compliant if col_06_fired(scraped) == set()

test_col_06_other_data if {
	every source in ["provided", "observed", "third_party"] {
		fields := [{"name": "email", "source": source}]
		col_06_fired({"phase": "requested", "fields": fields, "source": {"visibility_restricted": true}}) == set()
	}
	bare := {"phase": "requested", "fields": [{"name": "email"}]}
	col_06_fired(object.union(bare, {"lia": {"outcome": "overridden"}})) == set()
	col_06_fired(object.union(bare, {"source": {"robots_allowed": false}})) == set()
}

test_col_06_hidden if {
	col_06_fired(object.union(scraped, {"source": {"visibility_restricted": true}})) == {["deny", ""]}
}

test_col_06_unknown if {
	col_06_fired(json.remove(scraped, ["source/visibility_restricted"])) == {["escalate", "unknown"]}
	col_06_fired(json.remove(scraped, ["source/robots_allowed"])) == {["escalate", "unknown"]}
	col_06_fired({"phase": "requested", "fields": [{"name": "email", "source": "public_web"}]}) == {
		["escalate", "notice"], ["escalate", "unknown"],
		["escalate", "untested"],
	}
}

test_col_06_robots if {
	col_06_fired(object.union(scraped, {"source": {"robots_allowed": false}})) == {["escalate", "robots"]}
}

test_col_06_balancing if {
	col_06_fired(object.union(scraped, {"lia": {"outcome": "overridden"}})) == {["deny", "overridden"]}
	col_06_fired(object.remove(scraped, ["lia"])) == {["escalate", "untested"]}
	col_06_fired(object.union(scraped, {"lia": {"done_age_days": -1}})) == {["escalate", "untested"]}
	col_06_fired(object.union(scraped, {"lia": {"covers_purposes": ["dpv:AcademicResearch"]}})) == {["escalate", "untested"]}
}

test_col_06_telling if {
	untold := object.remove(scraped, ["notice"])
	col_06_fired(untold) == {["oblige", "tell"]}
	some finding in data.aboveboard.data_collection.findings with input as untold
	finding.rule == "R-COL-06"
	finding.obligation == {"kind": "disclose", "notice": "data_from_others"}
	col_06_fired(object.union(untold, {"contact": {"attempts_30d": 1}})) == {["escalate", "notice"]}
	own := {"name": "phone", "source": "provided", "age_days": 400}
	col_06_fired(object.union(untold, {"fields": array.concat(untold.fields, [own])})) == {["oblige", "tell"]}
	fields := [{"name": "email", "source": "public_web", "age_days": 31}]
	col_06_fired(object.union(untold, {"fields": fields})) == {["escalate", "notice"]}
}

test_col_06_told_long_before if {
	col_06_fired(object.union(scraped, {"notice": {"art14_delivered_age_days": 60}})) == set()
	col_06_fired(object.union(scraped, {"notice": {"art14_delivered_age_days": 61}})) == {["oblige", "tell"]}
}

test_col_06_requested_only if {
	every change in [
		{"source": {"visibility_restricted": true, "robots_allowed": false}}, {"lia": {"outcome": "overridden"}},
		{"lia": {"outcome": "other"}, "notice": {"art14_delivered_age_days": -1}},
		{"source": {"robots_allowed": "?"}, "notice": {"art14_delivered_age_days": -1}, "contact": {"attempts_30d": 1}},
	] {
		col_06_fired(object.union(object.union(scraped, change), {"phase": "completed"})) == set()
	}
}
