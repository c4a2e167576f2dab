package aboveboard.recommendation_test

import future.keywords.not

rules(event) := {finding.rule | some finding in data.aboveboard.recommendation.answer.findings with input as event}

# Each bad in its own way, so that every topic has something to say of one of them.
_events := [
	{"step": "recommendation", "phase": "requested", "fields": [{"name": "a", "source": "third_party", "disputed": true}]},
	{
		"step": "recommendation",
		"phase": "requested",
		"fields": [{"name": "a", "categories": ["pd:CriminalOffence", "pd:CreditScore"]}],
		"processing": {
			"legal_basis": "eu-gdpr:A6-1-a",
			"purposes": ["dpv:DirectMarketing", "dpv:PoliticalCampaign", "dpv:SellDataToThirdParties"],
		},
		"consent": [{"status": "dpv:ConsentGiven", "purpose": "dpv:PoliticalCampaign"}],
		"contact": {"child_facing": true},
		"notice": {"shown_7d": 1000},
		"transfer": {"leaves_organisation": true},
		"ai": {"base_url_host": "model.example", "smaller_model_ok": true},
		"profile": {"uses_vulnerability": true, "inferred_categories": ["pd:Health"]},
	},
	{"step": "recommendation", "phase": "completed", "explanation": {"requested_at": "2026-11-02T09:30:00Z"}},
]

test_every_topic_is_included if {
	found := {rule | some event in _events; some rule in rules(event)}
	every rule in [
		"R-AID-01",
		"R-AUD-01",
		"R-CONS-01",
		"R-CONS-04",
		"R-DM-01",
		"R-ENE-01",
		"R-ERA-01",
		"R-EXP-01",
		"R-FAIR-01",
		"R-LB-01",
		"R-LIT-01",
		"R-MAN-02",
		"R-MAN-03",
		"R-OBJ-01",
		"R-PROC-01",
		"R-PUR-01",
		"R-PUR-02",
		"R-RET-01",
		"R-SEC-03",
		"R-SPEC-03",
		"R-TRA-01",
		"R-TRA-02",
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
