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
	every ai in [
		{"vendor": "openai"}, {"vendor": "openai", "own": true}, {"vendor": "OpenAI"},
		{"vendor": "esimerkki"}, {"vendor": "esimerkki", "own": false}, {"inference_region": "eu"},
		{"trains_on_data": true}, {"trains_on_data": true, "own": false}, {"model": "m"},
	] {
		trf_fired(asked(ai)) == {["deny", "unknown"]}
	}
	every ai in [
		{"vendor": "esimerkki", "own": true}, {"model": "m", "own": true}, {"own": true}, {"own": false},
		{"trains_on_data": true, "own": true}, {"trains_on_data": false},
	] {
		trf_fired(asked(ai)) == set()
	}
}

test_trf_own_model_at_a_vendor if {
	said := {"base_url_host": "api.openai.com", "own": true}
	trf_fired(asked(said)) == {["deny", ""]}
	trf_fired(asked({"inference_region": "us", "own": true})) == {["deny", "unknown"], ["deny", "region"]}
}

test_trf_vendor_s_address_stays_outside if {
	stays := {"transfer": {"leaves_organisation": false}}
	every host in ["api.openai.com", "openai.com", "bedrock-runtime.us-east-1.amazonaws.com"] {
		trf_fired(object.union(asked({"base_url_host": host}), stays)) == {["deny", ""]}
	}
	every host in ["llm.esimerkki.example", "notopenai.com", "openai.com.esimerkki.example"] {
		trf_fired(object.union(asked({"base_url_host": host}), stays)) == set()
	}
	trf_fired(object.union(asked({"vendor": "openai"}), stays)) == set()
}

test_trf_region if {
	every region in ["us", "global", "europe-west2"] {
		trf_fired(asked({"base_url_host": "eu.api.openai.com", "inference_region": region})) == {["deny", "region"]}
		trf_fired(answered({"inference_geo": region})) == {["deny", "answered"]}
	}
	some finding in data.aboveboard.topic.model_call.findings with input as answered({"inference_geo": "us"})
	finding.args == {"reason": "answered"}
}

test_trf_region_not_reported if {
	trf_fired(answered({})) == {["warn", "unreported"]}
	trf_fired(object.remove(answered({}), ["usage"])) == {["warn", "unreported"]}
}

test_trf_stays_or_is_not_personal if {
	abroad := {"base_url_host": "llm.example", "inference_region": "us"}
	every known in [{"transfer": {"leaves_organisation": false}}, {"processing": {"personal_data": false}}] {
		trf_fired(object.union(asked(abroad), known)) == set()
		every usage in [{"inference_geo": "us"}, {}] {
			trf_fired(object.union({"phase": "completed", "ai": abroad, "usage": usage}, known)) == set()
		}
	}
	trf_fired(object.union(asked(abroad), {"transfer": {"leaves_organisation": true}})) == {["deny", ""], ["deny", "region"]}
	trf_fired(asked({})) == set()
}

test_trf_each_in_its_phase if {
	trf_fired({"phase": "completed", "ai": {"base_url_host": "api.openai.com"}, "usage": {"inference_geo": "eu"}}) == set()
	trf_fired({"phase": "completed", "ai": {"inference_region": "us"}, "usage": {"inference_geo": "eu"}}) == set()
	trf_fired({"phase": "requested", "ai": {"base_url_host": "eu.api.openai.com"}, "usage": {"inference_geo": "us"}}) == set()
}
