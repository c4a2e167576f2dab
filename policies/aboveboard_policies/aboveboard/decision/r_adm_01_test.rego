package aboveboard.decision_test

import future.keywords.not

adm_fired(decision) := adm_event_fired({"phase": "requested", "decision": decision})

adm_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.decision.findings, "R-ADM-01") with input as event
}

test_adm_compliant if {
	every automation in [
		"dpv:NotAutomated", "dpv:AssistiveAutomation", "dpv:PartialAutomation",
		"dpv:ConditionalAutomation",
	] {
		adm_fired({"effect": "legal", "automation": automation}) == set()
	}
	adm_fired({"effect": "none", "automation": "dpv:FullAutomation", "score_decisive": true}) == set()
}

test_adm_machine_alone if {
	every effect in ["legal", "similarly_significant"] {
		every automation in ["dpv:HighAutomation", "dpv:FullAutomation", "dpv:Autonomous"] {
			adm_fired({"effect": effect, "automation": automation}) == {["escalate", ""]}
			adm_fired({"effect": effect, "automation": automation, "art22_exception": "none"}) == {["escalate", ""]}
		}
	}
}

test_adm_score_that_decides if {
	decision := {"effect": "legal", "automation": "dpv:AssistiveAutomation", "score_decisive": true}
	adm_fired(decision) == {["escalate", ""]}
	adm_fired(object.union(decision, {"score_decisive": false})) == set()
}

test_adm_exception if {
	every exception in ["contract", "law"] {
		adm_fired({"effect": "legal", "automation": "dpv:FullAutomation", "art22_exception": exception}) == set()
	}
}

adm_agreed := {
	"phase": "requested",
	"decision": {"effect": "legal", "automation": "dpv:FullAutomation", "art22_exception": "explicit_consent"},
	"processing": {"purposes": ["dpv:CustomerOrderManagement"]},
	"consent": [{
		"purpose": "dpv:CustomerOrderManagement",
		"status": "dpv:ConsentGiven",
		"age_days": 1,
		"proof_ref": "form-1",
		"explicit": true,
	}],
}

test_adm_explicit_consent if {
	adm_event_fired(adm_agreed) == set()
	every change in [{"explicit": false}, {"proof_ref": ""}, {"purpose": "dpv:DirectMarketing"}] {
		consent := object.union(adm_agreed.consent[0], change)
		adm_event_fired(object.union(adm_agreed, {"consent": [consent]})) == {["escalate", ""]}
	}
	adm_event_fired(object.union(adm_agreed, {"consent": []})) == {["escalate", ""]}
	adm_event_fired(object.remove(adm_agreed, ["consent"])) == {["escalate", ""]}
	adm_event_fired(json.remove(adm_agreed, ["consent/0/explicit"])) == {["escalate", ""]}
}

test_adm_explicit_consent_to_each_purpose if {
	both := ["dpv:CustomerOrderManagement", "dpv:DirectMarketing"]
	every purposes in [both, []] {
		adm_event_fired(object.union(adm_agreed, {"processing": {"purposes": purposes}})) == {["escalate", ""]}
	}
	adm_event_fired(object.remove(adm_agreed, ["processing"])) == {["escalate", ""]}
	adm_event_fired(object.union(adm_agreed, {"decision": {"art22_exception": "none"}})) == {["escalate", ""]}
}

test_adm_nobody_there if {
	event := {
		"phase": "requested",
		"decision": {"effect": "legal", "automation": "dpv:FullAutomation"},
		"human": {"available": false},
	}
	adm_event_fired(event) == {["deny", "nobody"]}
	adm_event_fired(object.union(event, {"human": {"available": true}})) == {["escalate", ""]}
	adm_event_fired(object.union(event, {"decision": {"effect": "none"}})) == set()
}

test_adm_unknown if {
	adm_fired({}) == {["escalate", "unknown"]}
	adm_fired({"effect": "legal"}) == {["escalate", "unknown"]}
	adm_fired({"effect": "none"}) == {["escalate", "unknown"]}
	adm_fired({"automation": "dpv:AssistiveAutomation"}) == {["escalate", "unknown"]}
	adm_fired({"automation": "dpv:NotAutomated", "score_decisive": true}) == {["escalate", "unknown"]}
	adm_event_fired({"phase": "requested"}) == {["escalate", "unknown"]}
}

test_adm_by_hand_whatever_the_effect if {
	adm_fired({"automation": "dpv:NotAutomated"}) == set()
	adm_fired({"automation": "dpv:NotAutomated", "score_decisive": false}) == set()
}

test_adm_in_both_phases if {
	event := {"phase": "completed", "decision": {"effect": "legal", "automation": "dpv:FullAutomation"}}
	adm_event_fired(event) == {["escalate", ""]}
	adm_event_fired(object.union(event, {"human": {"available": false}})) == {["deny", "nobody"]}
	adm_event_fired({"phase": "completed"}) == {["escalate", "unknown"]}
}
