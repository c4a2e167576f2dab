package organisation.esimerkki.recommendation_test

import future.keywords.not

_effects(event) := {[finding.rule, finding.effect] | some finding in found} if {
	found := data.organisation.esimerkki.recommendation.findings with input as event
		with data.reference.esimerkki as {"attempts_7d": 2}
}

test_the_limit_is_reference_data if {
	_effects({"phase": "requested", "contact": {"attempts_7d": 2}}) == {["ESIMERKKI-02", "deny"]}
	_effects({"phase": "requested", "contact": {"attempts_7d": 1}}) == set()
}

test_the_result_is_not_judged if _effects({"phase": "completed"}) == set()
