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
	adm03_fired(object.union(on_health, {"processing": {"art9_condition": "eu-gdpr:A9-2-g"}})) == set()
	adm03_fired(object.union(on_health, {"processing": {"art9_condition": "eu-gdpr:A9-2-f"}})) == {["deny", ""]}
}

allowed_expressly := {
	"processing": {"art9_condition": "eu-gdpr:A9-2-a", "purposes": ["dpv:DirectMarketing"]},
	"consent": [data.aboveboard.lib_test.explicit],
}

test_adm03_explicit_consent if {
	event := object.union(on_health, allowed_expressly)
	adm03_fired(event) == set()
	adm03_fired(object.union(event, {"consent": []})) == {["deny", ""]}
	adm03_fired(object.union(event, {"consent": [data.aboveboard.lib_test.given]})) == {["deny", ""]}
	adm03_fired(object.union(event, {"processing": {"art9_condition": "eu-gdpr:A9-2-f"}})) == {["deny", ""]}
}

test_adm03_found if {
	every find in [{"detected_categories": ["pd:Name", "pd:Health"]}, {"detected_spans": [{"category": "pd:Health"}]}] {
		event := object.union(by_machine, {"fields": [find]})
		adm03_fired(event) == {["deny", ""]}
		every confidence in [7000, 10000] {
			sure := object.union(find, {"detector_confidence_bp": confidence})
			adm03_fired(object.union(by_machine, {"fields": [sure]})) == {["deny", ""]}
		}
		every confidence in [3000, 6999] {
			unsure := object.union(find, {"detector_confidence_bp": confidence})
			adm03_fired(object.union(by_machine, {"fields": [unsure]})) == {["escalate", "unknown"]}
			adm03_fired(object.union(by_machine, {"fields": [unsure], "decision": {"effect": "none"}})) == set()
			adm03_fired(object.union(on_health, {"fields": [unsure]})) == {["deny", ""]}
		}
		unlikely := object.union(find, {"detector_confidence_bp": 2999})
		adm03_fired(object.union(by_machine, {"fields": [unlikely]})) == set()
	}
	every find in [{"detected_categories": ["pd:Name"]}, {"detected_spans": [{"category": "pd:Name"}]}] {
		adm03_fired(object.union(by_machine, {"fields": [find]})) == set()
	}
	special := {"name": "a", "detected_categories": ["pd:Health"], "detector_confidence_bp": 100}
	plain := {"name": "b", "detected_categories": ["pd:Name"]}
	adm03_fired(object.union(by_machine, {"fields": [special, plain]})) == set()
}

test_adm03_humans_may if {
	adm03_fired(object.union(on_health, {"decision": {"automation": "dpv:NotAutomated"}})) == set()
	adm03_fired(object.union(on_health, {"decision": {"automation": "dpv:PartialAutomation"}})) == set()
	adm03_fired(object.union(on_health, {"decision": {"effect": "none"}})) == set()
	decisive := {"decision": {"automation": "dpv:PartialAutomation", "score_decisive": true}}
	adm03_fired(object.union(on_health, decisive)) == {["deny", ""]}
	adm03_fired(json.remove(object.union(on_health, decisive), ["decision/automation"])) == {["deny", ""]}
}

test_adm03_unknown if {
	adm03_fired(json.remove(by_machine, ["decision/inputs"])) == {["escalate", "unknown"]}
	adm03_fired(object.union(by_machine, {"decision": {"inputs": [{"name": "a"}]}})) == {["escalate", "unknown"]}
	adm03_fired(json.remove(on_health, ["decision/effect"])) == {["escalate", "unknown"]}
	adm03_fired(json.remove(on_health, ["decision/automation"])) == {["escalate", "unknown"]}
	by_hand := object.union(on_health, {"decision": {"automation": "dpv:NotAutomated"}})
	adm03_fired(json.remove(by_hand, ["decision/effect"])) == set()
	adm03_fired({"phase": "requested"}) == set()
	adm03_fired(object.union(json.remove(by_machine, ["decision/inputs"]), allowed_expressly)) == set()
}

test_adm03_known_whatever_else_is_not if {
	unnamed := json.remove(by_machine, ["decision/inputs"])
	adm03_fired(object.union(unnamed, {"fields": [{"categories": ["pd:Health"]}]})) == {["deny", ""]}
	some_unsorted := {"decision": {"inputs": [{"name": "a"}, {"categories": ["pd:Health"]}]}}
	adm03_fired(object.union(by_machine, some_unsorted)) == {["deny", ""]}
	light := {"decision": {"effect": "none", "inputs": [{"name": "a"}]}}
	adm03_fired(object.union(by_machine, light)) == set()
	adm03_fired(json.remove(by_machine, ["decision/automation"])) == set()
	light_on_health := object.union(on_health, {"decision": {"effect": "none"}})
	adm03_fired(json.remove(light_on_health, ["decision/automation"])) == set()
}

test_adm03_requested_only if {
	every event in [on_health, json.remove(by_machine, ["decision/inputs"])] {
		adm03_fired(object.union(event, {"phase": "completed"})) == set()
	}
}
