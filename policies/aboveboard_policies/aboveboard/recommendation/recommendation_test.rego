package aboveboard.recommendation_test

import future.keywords.not

rules(event) := {finding.rule | some finding in data.aboveboard.recommendation.answer.findings with input as event}

test_every_topic_is_included if {
	bare := {"step": "recommendation", "phase": "requested", "fields": [{"name": "a"}]}
	consent := {"legal_basis": "eu-gdpr:A6-1-a", "purposes": ["dpv:DirectMarketing", "dpv:PoliticalCampaign"]}
	withdrawn := {"status": "dpv:ConsentWithdrawn", "purpose": "dpv:DirectMarketing"}
	undated := {"status": "dpv:ConsentGiven", "purpose": "dpv:PoliticalCampaign"}
	found := rules(bare) | rules(object.union(bare, {
		"processing": consent,
		"consent": [withdrawn, undated],
		"contact": {"child_facing": true},
	}))
	every rule in [
		"R-AID-01",
		"R-CONS-01",
		"R-CONS-03",
		"R-CONS-04",
		"R-DM-01",
		"R-ERA-01",
		"R-LB-01",
		"R-OBJ-01",
		"R-PUR-01",
		"R-PUR-02",
		"R-RET-01",
	] {
		rule in found
	}
}

test_organisations_findings_are_included if {
	finding := {"rule": "ACME-1", "effect": "deny", "facts": [], "args": {}}
	own := {"acme": {"recommendation": {"findings": {finding}}}}
	quiet := {"phase": "requested", "processing": {"personal_data": false}}
	answer := data.aboveboard.recommendation.answer with input as quiet with data.organisation as own
	finding in answer.findings
}

test_organisations_other_steps_are_not if {
	finding := {"rule": "ACME-1", "effect": "deny", "facts": [], "args": {}}
	own := {"acme": {"another_step": {"findings": {finding}}}}
	answer := data.aboveboard.recommendation.answer with input as {"phase": "requested"} with data.organisation as own
	not finding in answer.findings
}

test_answer_names_the_revision if {
	answer := data.aboveboard.recommendation.answer with input as {"phase": "requested"} with data.catalogue.revision as "sha256:1"
	answer.revision == "sha256:1"
}

test_no_answer_without_a_revision if {
	not data.aboveboard.recommendation.answer with input as {"phase": "requested"} with data.catalogue as {}
}

test_no_answer_without_all_reference_data if {
	not data.aboveboard.recommendation.answer with input as {"phase": "requested"} with data.reference.adequacy as false
}
