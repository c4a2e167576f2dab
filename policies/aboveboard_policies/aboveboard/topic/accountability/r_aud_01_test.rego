package aboveboard.topic.accountability_test

import future.keywords.not

aud_fired(audit) := aud_event_fired({"phase": "requested", "time": "2026-11-02T09:00:00Z", "audit": audit})

aud_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.accountability.findings, "R-AUD-01") with input as event
}

high(time, audit) := {"phase": "requested", "time": time, "ai": {"risk_class": "high"}, "audit": object.union({"log_enabled": true}, audit)}

test_aud_compliant if {
	aud_fired({"log_enabled": true}) == set()
	aud_fired({"log_enabled": true, "chain_ok": true, "next_due_in_days": 0, "retention_days": 1}) == set()
}

test_aud_no_log if aud_fired({"log_enabled": false}) == {["deny", ""]}

test_aud_unknown if {
	aud_fired({}) == {["deny", "unknown"]}
	aud_event_fired({"phase": "requested"}) == {["deny", "unknown"]}
}

test_aud_tampered if aud_fired({"log_enabled": true, "chain_ok": false}) == {["deny", "chain"]}

test_aud_overdue if aud_fired({"log_enabled": true, "next_due_in_days": -1}) == {["warn", "overdue"]}

test_aud_high_risk_before_the_date if {
	before := "2027-12-01T23:59:59Z"
	aud_event_fired(high(before, {"retention_days": 182})) == {["warn", "retention_soon"]}
	aud_event_fired(high(before, {})) == {["warn", "retention_soon"]}
	aud_event_fired(high(before, {"retention_days": 183})) == set()
}

test_aud_high_risk_from_the_date if {
	from := "2027-12-02T00:00:00Z"
	aud_event_fired(high(from, {"retention_days": 182})) == {["deny", "retention"]}
	aud_event_fired(high(from, {})) == {["deny", "retention"]}
	aud_event_fired(high(from, {"retention_days": 183})) == set()
}

test_aud_high_risk_whatever_was_said if {
	narrow := {"step": "profiling", "ai": {"risk_class": "minimal", "annex_iii_point": "5(b)"}}
	aud_event_fired(object.union(high("2027-12-02T00:00:00Z", {}), narrow)) == {["deny", "retention"]}
	aud_event_fired(object.union(high("2027-12-01T23:59:59Z", {}), narrow)) == {["warn", "retention_soon"]}
	minimal := {"step": "profiling", "ai": {"risk_class": "minimal"}}
	aud_event_fired(object.union(high("2027-12-02T00:00:00Z", {}), minimal)) == set()
}

test_aud_requested_only if {
	every audit in [{}, {"log_enabled": false}, {"chain_ok": false, "next_due_in_days": -1}] {
		every time in ["2026-11-02T09:00:00Z", "2027-12-02T00:00:00Z"] {
			aud_event_fired({"phase": "completed", "time": time, "ai": {"risk_class": "high"}, "audit": audit}) == set()
		}
	}
}
