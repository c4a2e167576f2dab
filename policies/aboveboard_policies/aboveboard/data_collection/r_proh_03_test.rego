package aboveboard.data_collection_test

import future.keywords.not

proh_03_fired(phase, field) := found if {
	event := {"phase": phase, "fields": [object.union({"name": "face"}, field)]}
	found := data.aboveboard.lib_test.fired(data.aboveboard.data_collection.findings, "R-PROH-03") with input as event
}

proh_03_scraped := {"categories": ["pd:FacialPrint"], "source": "public_web"}

test_proh_03_fires if {
	proh_03_fired("requested", proh_03_scraped) == {["deny", ""]}
	found := {"detected_categories": ["pd:FacialPrint"], "source": "public_web"}
	proh_03_fired("requested", found) == {["deny", ""]}
}

test_proh_03_compliant if {
	proh_03_fired("requested", object.union(proh_03_scraped, {"source": "provided"})) == set()
	proh_03_fired("requested", object.union(proh_03_scraped, {"categories": ["pd:Picture"]})) == set()
}

test_proh_03_unknown if {
	every fact in ["categories", "source"] {
		proh_03_fired("requested", object.remove(proh_03_scraped, [fact])) == set()
	}
}

test_proh_03_requested_only if proh_03_fired("completed", proh_03_scraped) == set()
