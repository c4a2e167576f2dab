package aboveboard.topic.inference_test

import future.keywords.not

spec_03_fired(phase, profile) := found if {
	event := {"phase": phase, "profile": profile}
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.inference.findings, "R-SPEC-03") with input as event
}

test_spec_03_compliant if {
	every phase in ["requested", "completed"] {
		spec_03_fired(phase, {}) == set()
		spec_03_fired(phase, {"inferred_categories": [], "features": [], "proxies": []}) == set()
		spec_03_fired(phase, {"inferred_categories": ["pd:Interest"], "features": ["lead.visits"]}) == set()
	}
}

test_spec_03_guesses if {
	every phase in ["requested", "completed"] {
		every category in ["pd:Health", "pd:PoliticalOpinion", "pd:Ethnicity", "pd:Helth"] {
			spec_03_fired(phase, {"inferred_categories": ["pd:Interest", category]}) == {["deny", ""]}
		}
	}
}

test_spec_03_known_proxies if {
	every feature in ["church_tax", "Church_Tax", "lead.church_tax", "spouse_name.length", "pharmacy_purchases"] {
		spec_03_fired("requested", {"features": ["visits", feature]}) == {["deny", "proxy"]}
	}
	every feature in ["church", "tax", "lead_church_tax", "purchases"] {
		spec_03_fired("requested", {"features": [feature]}) == set()
	}
}

test_spec_03_declared_proxies if {
	strong := {"feature": "postal_area", "proxy_for": "pd:EthnicOrigin", "corr_bp": 5000}
	every proxy in [strong, object.remove(strong, ["corr_bp"]), object.remove(strong, ["feature"])] {
		spec_03_fired("completed", {"proxies": [proxy]}) == {["deny", "proxy"]}
	}
	every proxy in [
		object.union(strong, {"corr_bp": 4999}), object.union(strong, {"proxy_for": "pd:Language"}),
		object.remove(strong, ["proxy_for"]),
	] {
		spec_03_fired("completed", {"proxies": [proxy]}) == set()
	}
}

test_spec_03_names_them if {
	profile := {"features": ["visits", "church_tax"], "proxies": [{"feature": "area", "proxy_for": "pd:Race"}]}
	some finding in data.aboveboard.topic.inference.findings with input as {"phase": "requested", "profile": profile}
	finding.args == {"reason": "proxy", "features": ["area", "church_tax"]}
}

test_spec_03_known_features_are_of_special_categories if {
	every entry in data.reference.proxies.features {
		data.aboveboard.lib.special_category(entry.proxy_for)
	}
}
