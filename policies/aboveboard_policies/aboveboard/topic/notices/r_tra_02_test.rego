package aboveboard.topic.notices_test

import future.keywords.not

tra_02_fired(notice) := tra_02_event_fired({"phase": "requested", "notice": notice})

tra_02_event_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.notices.findings, "R-TRA-02") with input as event
}

test_tra_02_compliant if {
	tra_02_fired({"layered": true, "length_words": 300, "shown_7d": 3}) == set()
	tra_02_fired({"layered": false, "length_words": 300}) == set()
}

test_tra_02_long if {
	tra_02_fired({"layered": false, "length_words": 301}) == {["warn", ""]}
	tra_02_fired({"layered": true, "length_words": 301}) == {["warn", "first_layer"]}
}

test_tra_02_repeated if tra_02_fired({"shown_7d": 4}) == {["warn", "repeated"]}

test_tra_02_unknown if {
	tra_02_fired({}) == set()
	tra_02_fired({"length_words": 9000}) == set()
	tra_02_fired({"layered": false}) == set()
}

test_tra_02_requested_only if {
	every notice in [
		{"layered": false, "length_words": 301}, {"layered": true, "length_words": 301},
		{"shown_7d": 4},
	] {
		tra_02_event_fired({"phase": "completed", "notice": notice}) == set()
	}
}
