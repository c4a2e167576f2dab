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
	spans := {"detected_spans": [{"category": "pd:FacialPrint"}], "source": "public_web"}
	proh_03_fired("requested", spans) == {["deny", ""]}
}

test_proh_03_compliant if {
	proh_03_fired("requested", object.union(proh_03_scraped, {"source": "provided"})) == set()
	proh_03_fired("requested", object.union(proh_03_scraped, {"categories": ["pd:Picture"]})) == set()
}

test_proh_03_doubtful if {
	every source in ["public_web", "third_party"] {
		broader := {"categories": ["pd:Name", "pd:Biometric"], "source": source}
		proh_03_fired("requested", broader) == {["escalate", "doubtful"]}
		detected := {"detected_spans": [{"category": "pd:Biometric"}], "source": source}
		proh_03_fired("requested", detected) == {["escalate", "doubtful"]}
		proh_03_fired("completed", broader) == set()
		proh_03_fired("requested", object.union(broader, {"categories": ["pd:Fingerprint"]})) == set()
	}
	proh_03_fired("requested", {"categories": ["pd:Biometric"], "source": "provided"}) == set()
	proh_03_fired("requested", {"categories": ["pd:Biometric"]}) == set()
	bought := object.union(proh_03_scraped, {"source": "third_party"})
	proh_03_fired("requested", bought) == {["escalate", "doubtful"]}
	proh_03_from(bought, {"consent_proof_ref": "proof-7"}) == set()
	proh_03_from(bought, {"consent_proof_ref": ""}) == {["escalate", "doubtful"]}
	proh_03_from(bought, {"name": "Faces Ltd"}) == {["escalate", "doubtful"]}
	proh_03_from(proh_03_scraped, {"consent_proof_ref": "proof-7"}) == {["deny", ""]}
}

proh_03_from(field, source) := found if {
	event := {"phase": "requested", "fields": [field], "source": source}
	found := data.aboveboard.lib_test.fired(data.aboveboard.data_collection.findings, "R-PROH-03") with input as event
}

test_proh_03_names_them if {
	fields := [
		{"name": "a", "categories": ["pd:FacialPrint"], "source": "public_web"},
		{"name": "b", "categories": ["pd:Biometric"], "source": "public_web"},
		{"name": "c", "categories": ["pd:FacialPrint"], "source": "third_party"},
		{"name": "d", "categories": ["pd:FacialPrint"], "source": "provided"},
	]
	named := {finding.args.fields |
		some finding in data.aboveboard.data_collection.findings with input as {"phase": "requested", "fields": fields}
		finding.rule == "R-PROH-03"
	}
	named == {["a"], ["b", "c"]}
}

test_proh_03_unknown if {
	every fact in ["categories", "source"] {
		proh_03_fired("requested", object.remove(proh_03_scraped, [fact])) == set()
	}
}

test_proh_03_requested_only if proh_03_fired("completed", proh_03_scraped) == set()
