package aboveboard.topic.model_call_test

import future.keywords.not

trf_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.model_call.findings, "R-TRF-02") with input as event
}

asked(ai) := {"phase": "requested", "ai": ai}

answered(usage) := {"phase": "completed", "ai": {"base_url_host": "eu.api.openai.com"}, "usage": usage}

test_trf_approved if {
	trf_fired(asked({"base_url_host": "eu.api.openai.com"})) == set()
	trf_fired(asked({"base_url_host": "eu.api.openai.com", "inference_region": "eu"})) == set()
	trf_fired(answered({"inference_geo": "eu"})) == set()
}

test_trf_host_not_approved_and_not_named if {
	trf_fired(asked({"base_url_host": "api.openai.com"})) == {["deny", ""]}
	some finding in data.aboveboard.topic.model_call.findings with input as asked({"base_url_host": "api.openai.com"})
	finding.args == {}
}

test_trf_host_unknown if {
	trf_fired(asked({"vendor": "openai"})) == {["deny", "unknown"]}
	trf_fired(asked({"inference_region": "eu"})) == {["deny", "unknown"]}
	trf_fired(asked({"vendor": "esimerkki"})) == set()
}

test_trf_region if {
	every region in ["us", "global", "europe-west2"] {
		trf_fired(asked({"base_url_host": "eu.api.openai.com", "inference_region": region})) == {["deny", "region"]}
		trf_fired(answered({"inference_geo": region})) == {["deny", "region"]}
	}
	some finding in data.aboveboard.topic.model_call.findings with input as answered({"inference_geo": "us"})
	finding.args == {"reason": "region"}
}

test_trf_region_not_reported if {
	trf_fired(answered({})) == {["warn", "unreported"]}
	trf_fired(object.remove(answered({}), ["usage"])) == {["warn", "unreported"]}
}

test_trf_stays_or_is_not_personal if {
	abroad := {"base_url_host": "api.openai.com", "inference_region": "us"}
	every known in [{"transfer": {"leaves_organisation": false}}, {"processing": {"personal_data": false}}] {
		trf_fired(object.union(asked(abroad), known)) == set()
		trf_fired(object.union(answered({"inference_geo": "us"}), known)) == set()
		trf_fired(object.union(answered({}), known)) == set()
	}
	trf_fired(object.union(asked(abroad), {"transfer": {"leaves_organisation": true}})) == {["deny", ""], ["deny", "region"]}
	trf_fired(asked({})) == set()
}

test_trf_each_in_its_phase if {
	trf_fired({"phase": "completed", "ai": {"base_url_host": "api.openai.com"}, "usage": {"inference_geo": "eu"}}) == set()
	trf_fired({"phase": "requested", "ai": {"base_url_host": "eu.api.openai.com"}, "usage": {"inference_geo": "us"}}) == set()
}
