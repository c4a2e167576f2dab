package aboveboard.profiling_test

import future.keywords.not

col_05_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.profiling.findings, "R-COL-05") with input as event
}

enriched := {"phase": "requested", "profile": {"enriched_from_third_party": true}, "fields": [{"name": "job", "source": "provided"}]}

accounted := {
	"source": {"name": "List Broker", "partner_registered": true},
	"notice": {"art14_delivered_age_days": 0},
}

test_col_05_profile_of_data_that_nobody_listed if {
	col_05_fired(enriched) == {["deny", "profile"]}
	col_05_fired(object.remove(enriched, ["fields"])) == {["deny", "profile"]}
	col_05_fired(object.union(enriched, accounted)) == set()
	every path in ["source/name", "source/partner_registered", "notice/art14_delivered_age_days"] {
		col_05_fired(object.union(enriched, json.remove(accounted, [path]))) == {["deny", "profile"]}
	}
	col_05_fired(object.union(enriched, object.union(accounted, {"source": {"partner_registered": false}}))) == {["deny", "profile"]}
	col_05_fired(object.union(enriched, object.union(accounted, {"notice": {"art14_delivered_age_days": -1}}))) == {["deny", "profile"]}
}

test_col_05_profile_of_listed_or_own_data if {
	listed := {"fields": [{"name": "job", "source": "third_party", "age_days": 0}]}
	found := {finding.args.reason |
		some finding in data.aboveboard.profiling.findings with input as object.union(enriched, listed)
		finding.rule == "R-COL-05"
		finding.args.reason
	}
	found == {"partner", "tell"}
	col_05_fired(object.union(enriched, {"profile": {"enriched_from_third_party": false}})) == set()
	col_05_fired(object.remove(enriched, ["profile"])) == set()
	col_05_fired(object.union(enriched, {"phase": "completed"})) == set()
}
