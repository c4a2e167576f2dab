package aboveboard.topic.assurance_test

import future.keywords.not

exp02_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.assurance.findings, "R-EXP-02") with input as event
}

recorded := {
	"phase": "requested",
	"ai": {"model": "propensity", "model_version": "3.1"},
	"audit": {"log_enabled": true, "inputs_hash": "sha256:1"},
}

test_exp02_compliant if {
	exp02_fired(recorded) == set()
	prompted := object.union(recorded, {"ai": {"prompt_hash": "sha256:2"}})
	exp02_fired(json.remove(prompted, ["audit/inputs_hash"])) == set()
}

test_exp02_missing if {
	every part in ["ai/model", "ai/model_version", "audit/inputs_hash"] {
		exp02_fired(json.remove(recorded, [part])) == {["deny", ""]}
	}
	some finding in data.aboveboard.topic.assurance.findings with input as {"phase": "requested"}
	finding.args == {"missing": ["inputs_hash", "model", "model_version"]}
}

test_exp02_no_machine_or_no_person if {
	exp02_fired(by_hand("requested")) == set()
	exp02_fired({"phase": "requested", "processing": {"personal_data": false}}) == set()
	exp02_fired({"phase": "requested"}) == {["deny", ""]}
}

test_exp02_requested_only if exp02_fired({"phase": "completed"}) == set()

by_hand(phase) := {"step": "decision", "phase": phase, "decision": {"automation": "dpv:NotAutomated"}}

test_exp02_by_hand_on_a_score if {
	exp02_fired(object.union(by_hand("requested"), {"ai": {"model": "credit"}})) == {["deny", ""]}
	exp02_fired(object.union(by_hand("requested"), {"decision": {"score_decisive": true}})) == {["deny", ""]}
	exp02_fired(object.union(by_hand("requested"), {"step": "profiling"})) == {["deny", ""]}
}
