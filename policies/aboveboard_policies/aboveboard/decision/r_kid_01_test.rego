package aboveboard.decision_test

import future.keywords.not

kid_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.decision.findings, "R-KID-01") with input as event
}

decided(subject, decision) := {"phase": "requested", "subject": subject, "decision": decision}

machine := {"effect": "similarly_significant", "automation": "dpv:FullAutomation"}

test_kid_machine_alone if {
	every subject in [{"age_years": 17}, {"is_minor": true}] {
		kid_fired(decided(subject, machine)) == {["deny", "decision"]}
		kid_fired(decided(subject, object.remove(machine, ["effect"]))) == {["deny", "decision"]}
		kid_fired(decided(subject, {"effect": "legal", "automation": "dpv:AssistiveAutomation", "score_decisive": true})) == {["deny", "decision"]}
	}
}

test_kid_no_exception if {
	kid_fired(decided({"age_years": 17}, object.union(machine, {"art22_exception": "contract"}))) == {["deny", "decision"]}
}

test_kid_compliant if {
	kid_fired(decided({"age_years": 18}, machine)) == set()
	kid_fired(decided({"age_years": 17}, object.union(machine, {"effect": "none"}))) == set()
	kid_fired(decided({"age_years": 17}, object.union(machine, {"automation": "dpv:PartialAutomation"}))) == set()
}

test_kid_unknown if {
	kid_fired(decided({}, machine)) == set()
	kid_fired(decided({"age_years": 17}, {})) == set()
}

test_kid_requested_only if {
	kid_fired(object.union(decided({"age_years": 17}, machine), {"phase": "completed"})) == set()
}
