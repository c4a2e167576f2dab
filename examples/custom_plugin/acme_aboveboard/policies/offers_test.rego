package organisation.acme.recommendation_test

import future.keywords.not

_rules(event) := {finding.rule |
	some finding in data.organisation.acme.recommendation.findings with input as event
}

test_a_text_message_is_refused if {
	_rules({"phase": "requested", "contact": {"channel": "sms"}}) == {"ACME-01"}
}

test_an_email_is_not if {
	_rules({"phase": "requested", "contact": {"channel": "email"}}) == set()
}

test_an_unknown_channel_is_not if {
	_rules({"phase": "requested"}) == set()
}

test_the_result_is_not_judged if {
	_rules({"phase": "completed", "contact": {"channel": "sms"}}) == set()
}
