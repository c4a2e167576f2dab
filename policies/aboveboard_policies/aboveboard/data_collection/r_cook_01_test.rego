package aboveboard.data_collection_test

import future.keywords.not

cook_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.data_collection.findings, "R-COOK-01") with input as event
}

web := object.union(data.aboveboard.lib_test.chosen, {"channel": "web"})

tracked := {
	"phase": "requested",
	"processing": {"purposes": ["dpv:DirectMarketing"], "legal_basis": "eu-gdpr:A6-1-f"},
	"fields": [{"name": "pages", "categories": ["pd:BrowsingReferral"]}],
	"consent": [web],
}

test_cook_compliant if {
	cook_fired(tracked) == set()
	cook_fired(object.union(tracked, {"fields": [{"name": "email", "categories": ["pd:EmailAddress"]}], "consent": []})) == set()
}

test_cook_no_consent if {
	cook_fired(object.union(tracked, {"consent": []})) == {["deny", ""]}
	every category in ["pd:BrowsingBehaviour", "pd:DeviceBased", "pd:IPAddress", "pd:BrowserFingerprint", "pd:DigitalFingerprint", "pd:UserAgent"] {
		cook_fired(object.union(tracked, {"fields": [{"name": "a", "categories": [category]}], "consent": []})) == {["deny", ""]}
	}
	every change in [
		{"channel": "email"}, {"preticked": true}, {"status": "dpv:ConsentRefused"}, {"expires_in_days": -1},
		{"purpose": "dpv:AcademicResearch"},
	] {
		cook_fired(object.union(tracked, {"consent": [object.union(web, change)]})) == {["deny", ""]}
	}
	cook_fired(object.union(tracked, {"processing": {"purposes": ["dpv:DirectMarketing", "dpv:AcademicResearch"]}})) == {["deny", ""]}
}

of_source(category, source) := cook_fired(object.union(tracked, {
	"fields": [{"name": "a", "categories": [category], "source": source}],
	"consent": [],
}))

test_cook_ids_and_places_that_were_observed if {
	every category in ["pd:Identifier", "pd:GPSCoordinate", "pd:CurrentLocation"] {
		of_source(category, "observed") == {["deny", ""]}
		of_source(category, "provided") == set()
		cook_fired({"phase": "requested", "fields": [{"name": "a", "categories": [category]}]}) == set()
	}
	of_source("pd:PhysicalAddress", "observed") == set()
	of_source("pd:Purchase", "observed") == set()
}

test_cook_ids_that_were_given_beside_what_was_observed if {
	fields := [
		{"name": "a", "categories": ["pd:Purchase"], "source": "observed"},
		{"name": "b", "categories": ["pd:Identifier"], "source": "provided"},
	]
	cook_fired(object.union(tracked, {"fields": fields, "consent": []})) == set()
}

test_cook_strictly_necessary if {
	bare := object.union(tracked, {"consent": []})
	cook_fired(object.union(bare, {"device_access": {"strictly_necessary": true}})) == set()
	cook_fired(object.union(bare, {"device_access": {"strictly_necessary": false}})) == {["deny", ""]}
	cook_fired({"phase": "requested", "device_access": {"strictly_necessary": false}}) == {["deny", ""]}
}

test_cook_not_of_personal_data_only if {
	cook_fired(object.union(tracked, {"consent": [], "processing": {"personal_data": false}})) == {["deny", ""]}
}

test_cook_unknown if {
	cook_fired(object.remove(tracked, ["consent"])) == {["deny", ""]}
	cook_fired(json.remove(tracked, ["processing/purposes"])) == {["deny", ""]}
	cook_fired(object.union(tracked, {"processing": {"purposes": []}})) == {["deny", ""]}
	cook_fired({"phase": "requested"}) == set()
}

test_cook_requested_only if {
	cook_fired(object.union(tracked, {"consent": [], "phase": "completed"})) == set()
}
