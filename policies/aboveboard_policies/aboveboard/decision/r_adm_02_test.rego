package aboveboard.decision_test

import future.keywords.not

adm02_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.decision.findings, "R-ADM-02") with input as event
}

reviewed := {
	"phase": "completed",
	"decision": {
		"effect": "legal",
		"automation": "dpv:PartialAutomation",
		"contest_channel": "https://a.example/contest",
	},
	"human_review": {
		"available": true,
		"authority_to_change": true,
		"reviewer_id": "staff-17",
		"time_spent_s": 240,
		"overturn_rate_90d_bp": 300,
	},
}

test_adm02_compliant if {
	adm02_fired(reviewed) == set()
	adm02_fired(json.remove(reviewed, ["human_review/overturn_rate_90d_bp"])) == set()
}

test_adm02_nobody_may_change_it if {
	every part in ["available", "authority_to_change"] {
		adm02_fired(object.union(reviewed, {"human_review": {part: false}})) == {["deny", ""]}
		adm02_fired(json.remove(reviewed, [sprintf("human_review/%s", [part])])) == {["deny", ""]}
	}
}

test_adm02_reviewer_unknown if {
	every part in ["reviewer_id", "time_spent_s"] {
		adm02_fired(json.remove(reviewed, [sprintf("human_review/%s", [part])])) == {["deny", "reviewer"]}
	}
}

test_adm02_machine_is_reviewed_on_request if {
	alone := object.union(reviewed, {"decision": {"automation": "dpv:FullAutomation"}})
	adm02_fired(json.remove(alone, ["human_review/reviewer_id", "human_review/time_spent_s"])) == set()
	adm02_fired(json.remove(alone, ["human_review"])) == {["deny", ""]}
}

test_adm02_contest if adm02_fired(json.remove(reviewed, ["decision/contest_channel"])) == {["deny", "contest"]}

test_adm02_haste if {
	least := data.reference.humans.review_time_min_s
	adm02_fired(object.union(reviewed, {"human_review": {"time_spent_s": least}})) == set()
	adm02_fired(object.union(reviewed, {"human_review": {"time_spent_s": least - 1}})) == {["escalate", "hasty"]}
	adm02_fired(object.union(reviewed, {"human_review": {"time_spent_s": 0}})) == {["escalate", "hasty"]}
}

test_adm02_rubber_stamp if {
	least := data.reference.humans.overturn_min_bp
	adm02_fired(object.union(reviewed, {"human_review": {"overturn_rate_90d_bp": least}})) == set()
	adm02_fired(object.union(reviewed, {"human_review": {"overturn_rate_90d_bp": least - 1}})) == {["warn", "rubber_stamp"]}
}

test_adm02_unknown if adm02_fired({
	"phase": "completed",
	"decision": {"effect": "legal"},
}) == {["deny", ""], ["deny", "reviewer"], ["deny", "contest"]}

test_adm02_weighty_decisions_only if {
	bare := json.remove(reviewed, ["human_review", "decision/contest_channel"])
	adm02_fired(object.union(bare, {"decision": {"effect": "none"}})) == set()
	adm02_fired(json.remove(bare, ["decision/effect"])) == set()
	adm02_fired(object.union(bare, {"decision": {"automation": "dpv:NotAutomated"}})) == set()
	hasty := {"decision": {"effect": "none"}, "human_review": {"time_spent_s": 1, "overturn_rate_90d_bp": 0}}
	adm02_fired(object.union(reviewed, hasty)) == set()
}

test_adm02_score_that_decides if {
	bare := json.remove(reviewed, ["human_review"])
	by_score := {"decision": {"automation": "dpv:NotAutomated", "score_decisive": true}}
	adm02_fired(object.union(bare, by_score)) == {["deny", ""]}
}

test_adm02_weight_that_nobody_stated if {
	bare := {"step": "decision", "phase": "completed"}
	every decision in [{}, {"automation": "dpv:PartialAutomation"}] {
		adm02_fired(object.union(bare, {"decision": decision})) == {["deny", ""], ["deny", "reviewer"], ["deny", "contest"]}
	}
	adm02_fired(bare) == {["deny", ""], ["deny", "reviewer"], ["deny", "contest"]}
	adm02_fired(object.union(bare, {"decision": {"automation": "dpv:FullAutomation"}})) == {["deny", ""], ["deny", "contest"]}
	adm02_fired(object.union(bare, {"decision": {"automation": "dpv:NotAutomated"}})) == set()
}

test_adm02_completed_only if {
	hasty := object.union(reviewed, {"human_review": {"time_spent_s": 1, "overturn_rate_90d_bp": 0}})
	every event in [hasty, json.remove(reviewed, ["human_review", "decision/contest_channel"])] {
		adm02_fired(object.union(event, {"phase": "requested"})) == set()
	}
}
