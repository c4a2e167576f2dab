package aboveboard.profiling_test

import future.keywords.not

prof_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.profiling.findings, "R-PROF-01") with input as event
}

scoring := {
	"phase": "requested",
	"processing": {
		"legal_basis": "eu-gdpr:A6-1-f",
		"purposes": ["dpv:CustomerRelationshipManagement"],
		"operations": ["dpv:Profiling"],
	},
	"lia": {"outcome": "passed", "done_age_days": 1, "covers_purposes": ["dpv:CustomerRelationshipManagement", "dpv:Marketing"]},
}

adverts := object.union(scoring, {"processing": {"purposes": ["dpv:TargetedAdvertising"], "large_scale": false}})

wide := [
	{"profile": {"enriched_from_third_party": true}}, {"processing": {"large_scale": true}},
	{"processing": {"records": 10000}},
	{
		"fields": [{"name": "a", "source": "provided"}, {"name": "b", "source": "third_party"}],
		"profile": {"enriched_from_third_party": false},
	},
]

test_prof_compliant if {
	prof_fired(scoring) == set()
	prof_fired(adverts) == set()
	prof_fired(object.union(adverts, {"fields": [{"name": "a", "source": "provided"}]})) == set()
}

test_prof_overridden if {
	prof_fired(object.union(scoring, {"lia": {"outcome": "overridden"}})) == {["deny", ""]}
	prof_fired(object.union(adverts, {"lia": {"outcome": "overridden"}})) == {["deny", ""]}
}

test_prof_untested if {
	prof_fired(object.remove(scoring, ["lia"])) == {["escalate", "untested"]}
	prof_fired(object.union(object.remove(scoring, ["lia"]), wide[1])) == {["escalate", "untested"]}
	prof_fired(object.remove(adverts, ["lia"])) == {["escalate", "untested"]}
	prof_fired(object.union(scoring, {"lia": {"done_age_days": -1}})) == {["escalate", "untested"]}
	prof_fired(object.union(scoring, {"processing": {"purposes": ["dpv:AcademicResearch"]}})) == {["escalate", "untested"]}
	prof_fired(json.remove(object.remove(scoring, ["lia"]), ["processing/operations"])) == {["escalate", "untested"]}
}

test_prof_profiling_by_another_name if {
	every operations in [[], ["dpv:Infer"], ["dpv:Use", "dpv:Assess"], ["dpv:Screen"]] {
		event := object.union(scoring, {"processing": {"operations": operations}, "lia": {"outcome": "overridden"}})
		prof_fired(event) == {["deny", ""]}
	}
}

test_prof_not_profiling if {
	stored := {"processing": {"operations": ["dpv:Store"]}}
	prof_fired(object.union(object.remove(scoring, ["lia"]), stored)) == set()
	prof_fired(object.union(object.union(adverts, wide[0]), stored)) == set()
	prof_fired(object.union(scoring, object.union(stored, {"lia": {"outcome": "overridden"}}))) == set()
}

test_prof_another_basis if {
	contract := {"processing": {"legal_basis": "eu-gdpr:A6-1-b"}}
	prof_fired(object.union(object.remove(scoring, ["lia"]), contract)) == set()
	prof_fired(object.union(object.union(scoring, contract), {"lia": {"outcome": "overridden"}})) == set()
}

test_prof_wide_needs_consent if {
	consented := {
		"processing": {"legal_basis": "eu-gdpr:A6-1-a"},
		"consent": [object.union(data.aboveboard.lib_test.chosen, {"purpose": "dpv:Advertising"})],
	}
	every change in wide {
		prof_fired(object.union(adverts, change)) == {["deny", "consent"]}
		prof_fired(object.union(object.remove(adverts, ["lia"]), change)) == {["deny", "consent"]}
		prof_fired(object.union(scoring, change)) == set()
		prof_fired(object.union(object.union(adverts, change), consented)) == set()
		prof_fired(object.union(object.union(adverts, change), {"consent": consented.consent})) == {["deny", "consent"]}
		prof_fired(object.union(object.union(adverts, change), {"processing": consented.processing})) == {["deny", "consent"]}
	}
	pushed := [object.union(consented.consent[0], {"informed": false})]
	prof_fired(object.union(object.union(adverts, wide[0]), object.union(consented, {"consent": pushed}))) == {["deny", "consent"]}
}

test_prof_small if {
	small := {"processing": {"records": 9999, "large_scale": false}, "profile": {"enriched_from_third_party": false}}
	prof_fired(object.union(adverts, small)) == set()
}

test_prof_scale_unknown if {
	uncounted := json.remove(adverts, ["processing/large_scale"])
	prof_fired(uncounted) == {["escalate", "scale"]}
	prof_fired(object.union(uncounted, {"processing": {"records": 0}})) == set()
	prof_fired(object.union(uncounted, {"processing": {"large_scale": true}})) == {["deny", "consent"]}
	prof_fired(object.union(uncounted, {"profile": {"enriched_from_third_party": true}})) == {["deny", "consent"]}
	prof_fired(object.union(uncounted, {"processing": {"operations": ["dpv:Store"]}})) == set()
	consented := object.union(uncounted, {
		"processing": {"legal_basis": "eu-gdpr:A6-1-a"},
		"consent": [object.union(data.aboveboard.lib_test.chosen, {"purpose": "dpv:Advertising"})],
	})
	prof_fired(consented) == set()
	prof_fired(object.union(uncounted, {"phase": "completed"})) == set()
}

test_prof_selling_by_another_name if {
	advice := object.union(adverts, {
		"processing": {"purposes": ["dpv:ProvideProductRecommendations"], "large_scale": true},
		"lia": {"covers_purposes": ["dpv:ProvideProductRecommendations"]},
	})
	prof_fired(advice) == {["deny", "consent"]}
	prof_fired(object.union(advice, {"contact": {"channel": "web"}})) == set()
	prof_fired(json.remove(advice, ["processing/large_scale"])) == {["escalate", "scale"]}
}

test_prof_unknown if prof_fired({"phase": "requested"}) == set()

test_prof_requested_only if {
	every item in [
		object.union(scoring, {"lia": {"outcome": "overridden"}}), object.remove(scoring, ["lia"]),
		object.union(adverts, wide[0]),
	] {
		count(prof_fired(item)) == 1
		prof_fired(object.union(item, {"phase": "completed"})) == set()
	}
}
