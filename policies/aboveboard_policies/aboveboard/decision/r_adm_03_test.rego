package aboveboard.decision_test

import future.keywords.not

adm03_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.decision.findings, "R-ADM-03") with input as event
}

by_machine := {
	"phase": "requested",
	"decision": {
		"effect": "legal",
		"automation": "dpv:FullAutomation",
		"inputs": [{"name": "order", "categories": ["pd:Purchase"]}],
	},
}

on_health := object.union(by_machine, {"decision": {"inputs": [{"name": "claim", "categories": ["pd:Health"]}]}})

test_adm03_compliant if {
	adm03_fired(by_machine) == set()
	adm03_fired(object.union(by_machine, {"decision": {"inputs": []}})) == set()
}

test_adm03_special if {
	adm03_fired(on_health) == {["deny", ""]}
	adm03_fired(object.union(by_machine, {"fields": [{"name": "claim", "categories": ["pd:Health"]}]})) == {["deny", ""]}
	adm03_fired(object.union(by_machine, {"decision": {"inputs": [{"categories": ["pd:Helth"]}]}})) == {["deny", ""]}
}

test_adm03_conditions if {
	every condition in ["eu-gdpr:A9-2-a", "eu-gdpr:A9-2-g"] {
		adm03_fired(object.union(on_health, {"processing": {"art9_condition": condition}})) == set()
	}
	adm03_fired(object.union(on_health, {"processing": {"art9_condition": "eu-gdpr:A9-2-f"}})) == {["deny", ""]}
}

test_adm03_humans_may if {
	adm03_fired(object.union(on_health, {"decision": {"automation": "dpv:NotAutomated"}})) == set()
	adm03_fired(object.union(on_health, {"decision": {"automation": "dpv:PartialAutomation"}})) == set()
	adm03_fired(object.union(on_health, {"decision": {"effect": "none"}})) == set()
	decisive := {"decision": {"automation": "dpv:PartialAutomation", "score_decisive": true}}
	adm03_fired(object.union(on_health, decisive)) == {["deny", ""]}
}

test_adm03_unknown if {
	adm03_fired(json.remove(by_machine, ["decision/inputs"])) == {["escalate", "unknown"]}
	adm03_fired(object.union(by_machine, {"decision": {"inputs": [{"name": "a"}]}})) == {["escalate", "unknown"]}
	adm03_fired(json.remove(on_health, ["decision/effect"])) == {["escalate", "unknown"]}
	adm03_fired(json.remove(on_health, ["decision/automation"])) == {["escalate", "unknown"]}
	by_hand := object.union(on_health, {"decision": {"automation": "dpv:NotAutomated"}})
	adm03_fired(json.remove(by_hand, ["decision/effect"])) == set()
	adm03_fired({"phase": "requested"}) == set()
	permitted := {"processing": {"art9_condition": "eu-gdpr:A9-2-a"}}
	adm03_fired(object.union(json.remove(by_machine, ["decision/inputs"]), permitted)) == set()
}

test_adm03_requested_only if {
	every event in [on_health, json.remove(by_machine, ["decision/inputs"])] {
		adm03_fired(object.union(event, {"phase": "completed"})) == set()
	}
}
