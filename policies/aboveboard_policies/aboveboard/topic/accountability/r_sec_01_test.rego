package aboveboard.topic.accountability_test

import future.keywords.not

sec_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.accountability.findings, "R-SEC-01") with input as event
}

secured := {"tls": true, "encrypted_at_rest": true, "actor_authenticated": true}

sec_event(security) := {"phase": "requested", "security": security}

test_sec_compliant if {
	sec_fired(sec_event(secured)) == set()
	sec_fired(sec_event(object.union(secured, {"least_privilege": true, "pii_in_logs": false}))) == set()
}

test_sec_gaps if {
	every part in ["tls", "encrypted_at_rest", "actor_authenticated", "least_privilege"] {
		sec_fired(sec_event(object.union(secured, {part: false}))) == {["deny", ""]}
	}
	sec_fired(sec_event(object.union(secured, {"pii_in_logs": true}))) == {["deny", ""]}
	gaps := object.union(secured, {"tls": false, "pii_in_logs": true})
	some finding in data.aboveboard.topic.accountability.findings with input as sec_event(gaps)
	finding.args == {"gaps": ["security.pii_in_logs", "security.tls"]}
}

test_sec_unknown if {
	sec_fired({"phase": "requested"}) == {["deny", "unknown"]}
	every part in ["tls", "encrypted_at_rest", "actor_authenticated"] {
		sec_fired(sec_event(object.remove(secured, [part]))) == {["deny", "unknown"]}
	}
	sec_fired(sec_event({"tls": false})) == {["deny", ""], ["deny", "unknown"]}
	some finding in data.aboveboard.topic.accountability.findings with input as sec_event({"tls": true})
	finding.args == {"reason": "unknown", "facts": ["security.actor_authenticated", "security.encrypted_at_rest"]}
}

with_breach(known) := object.union(sec_event(secured), {"breach": known})

test_sec_breach if {
	sec_fired(with_breach({"detected_age_hours": 0})) == {["warn", "notify"]}
	sec_fired(with_breach({"detected_age_hours": 72})) == {["warn", "notify"]}
	sec_fired(with_breach({"detected_age_hours": 73})) == {["deny", "breach"]}
	every settled in [{"notified_at": "2026-11-01T08:00:00Z"}, {"risk_unlikely_ref": "breach-7"}] {
		every hours in [0, 73] {
			sec_fired(with_breach(object.union(settled, {"detected_age_hours": hours}))) == set()
		}
	}
	sec_fired(with_breach({"detected_age_hours": -1})) == set()
	sec_fired(with_breach({})) == set()
}

test_sec_personal_data_only if {
	quiet := {"processing": {"personal_data": false}}
	sec_fired(object.union(sec_event({}), quiet)) == set()
	sec_fired(object.union(sec_event({"tls": false}), quiet)) == set()
}

test_sec_requested_only if {
	every event in [{}, {"security": {"tls": false}}, {"breach": {"detected_age_hours": 0}}, {"breach": {"detected_age_hours": 99}}] {
		sec_fired(object.union({"phase": "completed"}, event)) == set()
	}
}
