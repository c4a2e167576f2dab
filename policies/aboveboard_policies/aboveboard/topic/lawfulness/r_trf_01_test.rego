package aboveboard.topic.lawfulness_test

import future.keywords.not

trf_fired(transfer) := trf_event_fired(trf_event(transfer))

trf_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.lawfulness.findings, "R-TRF-01") with input as event
}

trf_event(transfer) := {
	"phase": "requested",
	"time": "2026-04-01T08:00:00Z",
	"transfer": object.union({"recipient": "crm"}, transfer),
}

certified := {
	"recipient_country": "US",
	"mechanism": "adequacy",
	"dpf_certified": true,
	"dpf_scope": ["hr", "non_hr"],
}

clauses := {
	"recipient_country": "IN",
	"mechanism": "scc",
	"scc_module": 2,
	"tia_done_at": "2026-01-01T00:00:00Z",
	"tia_done_age_days": 90,
}

test_trf_eea_or_adequate if {
	every country in ["FI", "IE", "NO", "CH", "BR", "GB"] {
		trf_fired({"recipient_country": country}) == set()
	}
}

test_trf_not_adequate if {
	every country in ["US", "IN", "CN", "UK", "MA"] {
		trf_fired({"recipient_country": country}) == {["deny", ""]}
		trf_fired({"recipient_country": country, "mechanism": "adequacy"}) == {["deny", ""]}
		trf_fired({"recipient_country": country, "mechanism": "none"}) == {["deny", ""]}
	}
}

test_trf_says_where_and_how if {
	some finding in data.aboveboard.topic.lawfulness.findings with input as trf_event({"recipient_country": "US"})
	finding.rule == "R-TRF-01"
	finding.args == {"country": "US", "mechanism": "unknown"}
	none := trf_event({"recipient_country": "IN", "mechanism": "none"})
	some other in data.aboveboard.topic.lawfulness.findings with input as none
	other.args == {"country": "IN", "mechanism": "none"}
}

test_trf_adequacy_of_some_recipients_only if {
	every country in ["CA", "JP", "KR"] {
		trf_fired({"recipient_country": country}) == {["deny", ""]}
		trf_fired({"recipient_country": country, "mechanism": "adequacy"}) == set()
	}
}

test_trf_adequacy_in_time if {
	britain := trf_event({"recipient_country": "GB"})
	trf_event_fired(object.union(britain, {"time": "2031-12-26T23:59:59Z"})) == set()
	trf_event_fired(object.union(britain, {"time": "2031-12-28T00:00:00Z"})) == {["deny", ""]}
	brazil := trf_event({"recipient_country": "BR"})
	trf_event_fired(object.union(brazil, {"time": "2026-01-25T12:00:00Z"})) == {["deny", ""]}
	trf_event_fired(object.union(brazil, {"time": "2026-01-26T12:00:00Z"})) == set()
}

test_trf_framework if {
	trf_fired(certified) == {["warn", "framework_alone"]}
	trf_fired(object.union(certified, {"scc_module": 2, "tia_done_age_days": 0})) == set()
	trf_fired(object.union(certified, {"scc_module": 2})) == {["warn", "framework_alone"]}
	trf_fired(object.union(certified, {"tia_done_age_days": 0})) == {["warn", "framework_alone"]}
	trf_fired(object.union(certified, {"recipient_country": "IN"})) == {["deny", ""]}
	trf_fired(object.union(certified, {"dpf_certified": false})) == {["deny", ""]}
	trf_fired(object.union(certified, {"dpf_scope": ["hr"]})) == {["deny", ""]}
	trf_fired(object.union(certified, {"dpf_scope": []})) == {["deny", ""]}
	every part in ["mechanism", "dpf_certified", "dpf_scope"] {
		trf_fired(object.remove(certified, [part])) == {["deny", ""]}
	}
}

test_trf_framework_for_data_of_staff if {
	every relationship in ["employee", "applicant"] {
		staff := object.union(trf_event(certified), {"subject": {"relationship": relationship}})
		trf_event_fired(staff) == {["warn", "framework_alone"]}
		trf_event_fired(object.union(staff, {"transfer": {"dpf_scope": ["hr"]}})) == {["warn", "framework_alone"]}
		trf_event_fired(object.union(staff, {"transfer": {"dpf_scope": ["non_hr"]}})) == {["deny", ""]}
	}
	lead := object.union(trf_event(certified), {"subject": {"relationship": "lead"}})
	trf_event_fired(object.union(lead, {"transfer": {"dpf_scope": ["non_hr"]}})) == {["warn", "framework_alone"]}
	trf_event_fired(object.union(lead, {"transfer": {"dpf_scope": ["hr"]}})) == {["deny", ""]}
}

test_trf_clauses if {
	trf_fired(clauses) == set()
	every part in ["mechanism", "scc_module", "tia_done_age_days"] {
		trf_fired(object.remove(clauses, [part])) == {["deny", ""]}
	}
	trf_fired(object.union(clauses, {"tia_done_age_days": -1})) == {["deny", ""]}
	trf_fired(object.union(clauses, {"mechanism": "none"})) == {["deny", ""]}
}

test_trf_corporate_rules if {
	rules := {"recipient_country": "IN", "mechanism": "bcr", "tia_done_age_days": 0}
	trf_fired(rules) == set()
	trf_fired(object.remove(rules, ["tia_done_age_days"])) == {["deny", ""]}
	trf_fired(object.union(rules, {"tia_done_age_days": -1})) == {["deny", ""]}
}

test_trf_derogation_never_for_routine if {
	consent := {"recipient_country": "US", "mechanism": "derogation"}
	trf_fired(consent) == {["deny", ""]}
	trf_fired(object.union(consent, {"routine": true})) == {["deny", ""]}
	trf_fired(object.union(consent, {"routine": false})) == set()
	trf_fired(object.union(consent, {"routine": false, "mechanism": "none"})) == {["deny", ""]}
}

test_trf_unknown_country if {
	every transfer in [
		{"recipient": "crm"}, {"leaves_organisation": true}, {"mechanism": "scc"},
		{"mechanism": "none"},
	] {
		trf_event_fired({"phase": "requested", "transfer": transfer}) == {["deny", "unknown"]}
	}
	every known in [
		{"ai": {"base_url_host": "api.example.com"}}, {"ai": {"vendor": "deepseek"}},
		{"ai": {"vendor": "openai", "inference_region": "us-east-1"}}, {"recipient": {"id": "crm"}},
	] {
		trf_event_fired(object.union({"phase": "requested"}, known)) == {["deny", "unknown"]}
	}
	trf_event_fired({"phase": "requested", "transfer": {"recipient_country": "US"}}) == {["deny", ""]}
}

test_trf_stays if {
	trf_event_fired({"phase": "requested"}) == set()
	trf_event_fired({"phase": "requested", "ai": {"model": "m", "vendor": "esimerkki", "own": true}}) == set()
	trf_event_fired({"phase": "requested", "recipient": {"role": "processor"}}) == set()
	trf_fired({"leaves_organisation": false, "recipient_country": "US"}) == set()
	trf_fired({"leaves_organisation": true, "recipient_country": "US"}) == {["deny", ""]}
	trf_fired(object.union(certified, {"leaves_organisation": false})) == set()
	every host, expected in {"llm.example": set(), "api.openai.com": {["deny", "unknown"]}} {
		said := {"transfer": {"leaves_organisation": false}, "ai": {"base_url_host": host}}
		trf_event_fired(object.union({"phase": "requested"}, said)) == expected
	}
}

test_trf_personal_data_only if {
	every transfer in [{}, {"recipient_country": "US"}, certified] {
		trf_event_fired(object.union(trf_event(transfer), {"processing": {"personal_data": false}})) == set()
	}
}

test_trf_requested_only if {
	every transfer in [{}, {"recipient_country": "US"}, certified] {
		trf_event_fired(object.union(trf_event(transfer), {"phase": "completed"})) == set()
	}
}
