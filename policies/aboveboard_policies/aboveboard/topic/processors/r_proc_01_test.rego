package aboveboard.topic.processors_test

import future.keywords.not

proc_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.processors.findings, "R-PROC-01") with input as event
}

proc_event(recipient) := {"phase": "requested", "transfer": {"recipient": "crm"}, "recipient": recipient}

contracted := {"id": "crm", "role": "processor", "dpa_ref": "DPA-1", "ropa_ref": "ROPA-1"}

test_proc_compliant if {
	proc_fired(proc_event(contracted)) == set()
	proc_fired(proc_event(object.union(contracted, {"role": "joint"}))) == set()
	proc_fired(proc_event({"role": "controller", "ropa_ref": "ROPA-1"})) == set()
}

test_proc_no_contract if {
	every role in ["processor", "joint"] {
		bare := object.union(object.remove(contracted, ["dpa_ref"]), {"role": role})
		proc_fired(proc_event(bare)) == {["deny", ""]}
	}
}

test_proc_not_in_the_record if proc_fired(proc_event(object.remove(contracted, ["ropa_ref"]))) == {["deny", "record"]}

test_proc_unknown if {
	proc_fired(proc_event(object.remove(contracted, ["role"]))) == {["deny", "unknown"]}
	proc_fired(proc_event({})) == {["deny", "unknown"]}
	every known in [
		{"transfer": {"leaves_organisation": true}}, {"transfer": {"recipient": "crm"}},
		{"recipient": {"id": "crm"}}, {"ai": {"base_url_host": "ai.example"}}, {"ai": {"vendor": "deepseek"}},
		{"ai": {"base_url_host": "api.openai.com"}, "transfer": {"leaves_organisation": false}},
	] {
		proc_fired(object.union({"phase": "requested"}, known)) == {["deny", "unknown"]}
		proc_fired(object.union({"phase": "completed"}, known)) == set()
	}
}

test_proc_nobody_gets_it if {
	proc_fired({"phase": "requested"}) == set()
	proc_fired({"phase": "requested", "transfer": {"leaves_organisation": false, "recipient": "crm"}}) == set()
	proc_fired({"phase": "requested", "recipient": {"role": "processor"}}) == set()
	proc_fired({"phase": "requested", "ai": {"vendor": "esimerkki", "own": true}}) == set()
}

test_proc_personal_data_only if {
	quiet := {"processing": {"personal_data": false}}
	proc_fired(object.union(proc_event({}), quiet)) == set()
	proc_fired(object.union(proc_event({"role": "processor"}), quiet)) == set()
}

test_proc_requested_only if {
	proc_fired(object.union(proc_event({"role": "processor"}), {"phase": "completed"})) == set()
}
