package aboveboard.recommendation_test

import future.keywords.not

dm03_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.recommendation.findings, "R-DM-03") with input as event
}

call(country) := {
	"phase": "requested",
	"time": "2026-11-02T09:30:00Z",
	"processing": {"purposes": ["dpv:DirectMarketing"]},
	"contact": {"channel": "phone"},
	"subject": {"type": "natural_person", "country": country, "relationship": "customer"},
	"caller": {"sector": "commercial"},
	"consent": [],
}

by_phone := {"consent": [agreed("phone")]}

test_dm03_consent_by_country if {
	every country in ["AT", "DE", "NL", "PL"] {
		["deny", ""] in dm03_fired(call(country))
		not ["deny", ""] in dm03_fired(object.union(call(country), by_phone))
	}
	dm03_fired(object.union(call("NL"), by_phone)) == set()
	dm03_fired(call("FI")) == set()
}

test_dm03_voice_is_a_call if {
	dm03_fired(object.union(call("NL"), {"contact": {"channel": "voice"}})) == {["deny", ""]}
	every channel in ["email", "web", "automated_call"] {
		dm03_fired(object.union(call("NL"), {"contact": {"channel": channel}})) == set()
	}
	dm03_fired(object.union(call("NL"), {"ai": {"interacts_directly": true}})) == set()
}

test_dm03_dutch_customers_until_july_2026 if {
	before := object.union(call("NL"), {"time": "2026-06-30T23:59:59Z"})
	dm03_fired(before) == set()
	dm03_fired(object.union(before, {"time": "2026-07-01T00:00:00Z"})) == {["deny", ""]}
	dm03_fired(object.union(before, {"subject": {"relationship": "prospect"}})) == {["deny", ""]}
	every sector in ["charity", "charity_lottery", "press"] {
		dm03_fired(object.union(call("NL"), {"caller": {"sector": sector}})) == set()
	}
	dm03_fired(json.remove(call("NL"), ["caller"])) == {["deny", ""]}
}

test_dm03_french_consent_since_august_2026 if {
	lead := object.union(call("FR"), {
		"subject": {"relationship": "lead"},
		"contact": {"local_weekday": 1, "local_minute": 620, "local_holiday": false},
	})
	dm03_fired(lead) == {["deny", ""]}
	before := object.union(lead, {"time": "2026-08-10T23:59:59Z"})
	dm03_fired(before) == {["deny", "register"]}
	dm03_fired(object.union(before, {"registers": {"do_not_call": false, "checked_age_days": 0}})) == set()
}

test_dm03_register if {
	lead := object.union(call("GB"), {"registers": {"do_not_call": false, "checked_age_days": 0}})
	most := data.reference.marketing.register_max_age_days
	dm03_fired(lead) == set()
	dm03_fired(object.union(lead, {"registers": {"checked_age_days": most}})) == set()
	dm03_fired(object.union(lead, {"registers": {"checked_age_days": most + 1}})) == {["deny", "register"]}
	dm03_fired(object.union(lead, {"registers": {"checked_age_days": -1}})) == {["deny", "register"]}
	dm03_fired(json.remove(lead, ["registers/checked_age_days"])) == {["deny", "register"]}
	dm03_fired(json.remove(lead, ["registers/do_not_call"])) == {["deny", "register"]}
	listed := object.union(lead, {"registers": {"do_not_call": true}})
	dm03_fired(listed) == {["deny", "registered"]}
	dm03_fired(object.union(listed, by_phone)) == set()
	dm03_fired(object.union(call("GB"), by_phone)) == set()
}

test_dm03_firms if {
	firm := object.union(call("NL"), {"subject": {"type": "legal_person"}})
	dm03_fired(firm) == set()
	german := object.union(firm, {"subject": {"country": "DE"}})
	dm03_fired(german) == {["deny", ""]}
	dm03_fired(object.union(german, {"offer": {"relates_to_profession": true}})) == {["warn", "unverified"]}
	french := object.union(firm, {"subject": {"country": "FR"}})
	dm03_fired(french) == set()
}

test_dm03_firms_have_no_exception_made_for_people if {
	firm := object.union(call("PT"), {"subject": {"type": "legal_person"}})
	dm03_fired(firm) == {["deny", "register"]}
	dm03_fired(call("PT")) == {["warn", "unverified"]}
}

test_dm03_offers_about_work_only_where_the_law_excepts_them if {
	every country in ["DE", "NL"] {
		["deny", ""] in dm03_fired(object.union(call(country), {"offer": {"relates_to_profession": true}}))
	}
}

test_dm03_no_register_stands_for_consent if {
	every listed in [false, true] {
		registers := {"do_not_call": listed, "checked_age_days": 0}
		dm03_fired(object.union(call("NL"), {"registers": registers})) == {["deny", ""]}
	}
}

test_dm03_unknown if {
	dm03_fired(call("US")) == {["deny", "unknown"]}
	dm03_fired(json.remove(call("FI"), ["subject/country"])) == {["deny", "unknown"]}
	dm03_fired(json.remove(call("FI"), ["subject"])) == {["deny", "unknown"]}
	dm03_fired(json.remove(call("NL"), ["subject/type"])) == {["deny", ""]}
	dm03_fired(json.remove(call("NL"), ["consent"])) == {["deny", ""]}
}

at(day, minute) := object.union(object.union(call("FR"), by_phone), {"contact": {
	"local_weekday": day,
	"local_minute": minute,
	"local_holiday": false,
}})

test_dm03_hours if {
	every minute in [600, 779, 840, 1199] {
		dm03_fired(at(1, minute)) == set()
	}
	every minute in [0, 599, 780, 839, 1200] {
		dm03_fired(at(1, minute)) == {["deny", "hours"]}
	}

	# A number that is no weekday is not one of the days either.
	every day in [0, 6, 7, 8] {
		dm03_fired(at(day, 620)) == {["deny", "hours"]}
	}
	dm03_fired(object.union(at(1, 620), {"contact": {"local_holiday": true}})) == {["deny", "hours"]}
	every part in ["local_weekday", "local_minute", "local_holiday"] {
		dm03_fired(json.remove(at(1, 620), [sprintf("contact/%s", [part])])) == {["deny", "clock"]}
	}
	dm03_fired(object.union(at(6, 620), {"subject": {"type": "legal_person"}})) == set()
}

test_dm03_hours_on_holidays if {
	everyday := {"holidays": true, "spans": [{"weekdays": [7], "from_minute": 0, "until_minute": 1440}]}
	event := object.union(call("FI"), {"contact": {"local_weekday": 7, "local_minute": 620}})
	calls := object.union(data.reference.telemarketing.countries.FI.calls, {"hours": everyday})
	found := dm03_fired(event) with data.reference.telemarketing.countries.FI.calls as calls
	found == set()
}

test_dm03_consent_that_was_no_choice if {
	ticked := [object.union(agreed("phone"), {"preticked": true})]
	dm03_fired(object.union(call("NL"), {"consent": ticked})) == {["deny", ""]}
}

test_dm03_selling_by_another_name if {
	selling := object.union(call("NL"), {"processing": {"purposes": ["dpv:SellProductsToDataSubject"]}})
	dm03_fired(selling) == {["deny", ""]}
	dm03_fired(object.union(selling, by_phone)) == set()
	dm03_fired(object.union(selling, {"contact": {"asked_for": true}})) == set()
}

test_dm03_unverified if {
	swedish := object.union(call("SE"), {"registers": {"do_not_call": false, "checked_age_days": 0}})
	dm03_fired(swedish) == {["warn", "unverified"]}
	dm03_fired(object.union(swedish, by_phone)) == set()
}

test_dm03_marketing_only if {
	every country in ["NL", "GB", "FR", "US"] {
		dm03_fired(object.union(call(country), {"processing": {"purposes": ["dpv:CustomerOrderManagement"]}})) == set()
	}
}

test_dm03_requested_only if {
	every country in ["NL", "GB", "FR", "SE", "US"] {
		over := object.union(call(country), {"phase": "completed"})
		dm03_fired(over) == set()
		dm03_fired(object.union(over, {"registers": {"do_not_call": true}})) == set()
	}
	late := {"phase": "completed", "contact": {"local_weekday": 7, "local_minute": 0, "local_holiday": false}}
	dm03_fired(object.union(call("FR"), late)) == set()
}

test_dm03_day_without_a_date if {
	press := object.union(call("NL"), {"caller": {"sector": "press"}})
	dm03_fired(press) == {["deny", ""]} with data.reference.dates as {}
}

test_dm03_table_names_days_that_there_are if {
	every country in data.reference.telemarketing.countries {
		every regime in array.concat(country.calls.natural_person, country.calls.legal_person) {
			data.reference.dates[object.get(regime, "from", "as_of")]
			data.reference.dates[object.get(regime, "until", "as_of")]
		}
	}
}

test_dm03_mail_is_no_call_whatever_the_registers_say if {
	every event in [
		call("NL"), call("GB"), call("XX"), at(0, 0), json.remove(at(1, 620), ["contact/local_minute"]),
		object.union(call("GB"), {"registers": {"do_not_call": true}}),
		object.union(call("SE"), {"registers": {"do_not_call": false, "checked_age_days": 0}}),
	] {
		dm03_fired(object.union(event, {"contact": {"channel": "email"}})) == set()
	}
}
