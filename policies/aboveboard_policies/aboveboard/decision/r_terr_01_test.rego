package aboveboard.decision_test

import future.keywords.not

terr_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.decision.findings, "R-TERR-01") with input as event
}

significant := {
	"phase": "requested",
	"time": "2027-01-01T00:00:00Z",
	"subject": {"country": "US", "us_state": "CA"},
	"decision": {"effect": "legal", "automation": "dpv:FullAutomation"},
	"admt": {"pre_use_notice_age_days": 0, "opt_out": false},
}

test_terr_told if terr_fired(significant) == set()

test_terr_opted_out if {
	terr_fired(object.union(significant, {"admt": {"opt_out": true}})) == {["deny", "automated"]}
}

test_terr_not_told if {
	terr_fired(json.remove(significant, ["admt/pre_use_notice_age_days"])) == {["oblige", "notice"]}
	terr_fired(object.union(significant, {"admt": {"pre_use_notice_age_days": -1}})) == {["oblige", "notice"]}
}

test_terr_opt_out_unknown if {
	terr_fired(json.remove(significant, ["admt/opt_out"])) == {["deny", "automated_unknown"]}
	terr_fired(object.remove(significant, ["admt"])) == {["deny", "automated_unknown"], ["oblige", "notice"]}
	terr_fired(object.remove(object.union(significant, {"phase": "completed"}), ["admt"])) == set()
	terr_fired(object.remove(object.union(significant, {"subject": {"country": "FI"}}), ["admt"])) == set()
}

test_terr_what_decides if {
	out := object.union(significant, {"admt": {"opt_out": true}})
	by_score := {"decision": {"automation": "dpv:PartialAutomation", "score_decisive": true}}
	terr_fired(object.union(out, by_score)) == {["deny", "automated"]}
	terr_fired(json.remove(out, ["decision/effect"])) == {["deny", "automated"]}
}

test_terr_outside if {
	bare := object.union(object.remove(significant, ["admt"]), {"admt": {"opt_out": true}})
	terr_fired(bare) == {["deny", "automated"], ["oblige", "notice"]}
	every change in [
		{"time": "2026-12-31T23:59:59Z"}, {"subject": {"us_state": "CO"}}, {"subject": {"country": "FI"}},
		{"decision": {"effect": "none"}}, {"decision": {"automation": "dpv:PartialAutomation"}},
		{"phase": "completed"},
	] {
		terr_fired(object.union(bare, change)) == set()
	}
}

test_terr_place_unknown if {
	bare := json.remove(significant, ["admt/pre_use_notice_age_days", "subject"])
	terr_fired(bare) == {["oblige", "notice"]}
	terr_fired(object.union(bare, {"subject": {"country": "US"}})) == {["oblige", "notice"]}
	terr_fired(object.union(bare, {"subject": {"country": "FI"}})) == set()
}
