package aboveboard.recommendation_test

import future.keywords.not

dm02_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.recommendation.findings, "R-DM-02") with input as event
}

mail := {
	"phase": "requested",
	"time": "2026-11-02T09:30:00Z",
	"processing": {"purposes": ["dpv:DirectMarketing"]},
	"contact": {"channel": "email"},
	"subject": {"type": "natural_person", "country": "DE"},
	"consent": [],
}

agreed(channel) := object.union(data.aboveboard.lib_test.chosen, {"channel": channel})

sold := {"soft_opt_in": {"sale_age_days": 9, "similar_product": true, "optout_offered": true}}

test_dm02_consent if {
	every channel in ["email", "push", "sms", "chat", "automated_call"] {
		event := object.union(mail, {"contact": {"channel": channel}})
		dm02_fired(event) == {["deny", ""]}
		dm02_fired(object.union(event, {"consent": [agreed(channel)]})) == set()
		dm02_fired(object.union(event, {"consent": [agreed("post")]})) == {["deny", ""]}
	}
}

test_dm02_other_channels if {
	every channel in ["web", "post", "phone"] {
		dm02_fired(object.union(mail, {"contact": {"channel": channel}})) == set()
		dm02_fired(object.union(object.remove(mail, ["consent"]), {"contact": {"channel": channel}})) == set()
	}
}

test_dm02_machine_that_calls if {
	call := object.union(mail, {"contact": {"channel": "phone"}, "ai": {"interacts_directly": true}})
	dm02_fired(call) == {["deny", ""]}
	dm02_fired(object.union(call, sold)) == {["deny", ""]}
	firm := {"subject": {"country": "FI", "type": "legal_person"}, "offer": {"relates_to_profession": true}}
	dm02_fired(object.union(mail, firm)) == set()
	dm02_fired(object.union(call, firm)) == {["deny", ""]}
	at_work := object.union(firm, {"subject": {"type": "natural_person"}})
	dm02_fired(object.union(mail, at_work)) == set()
	dm02_fired(object.union(call, at_work)) == {["deny", ""]}
	dm02_fired(object.union(call, {"consent": [agreed("phone")]})) == {["deny", ""]}
	dm02_fired(object.union(call, {"consent": [agreed("automated_call")]})) == set()
	dm02_fired(object.union(call, {"ai": {"interacts_directly": false}})) == set()
}

test_dm02_consent_that_was_no_choice if {
	every change in [{"preticked": true}, {"bundled_with_contract": true}] {
		dm02_fired(object.union(mail, {"consent": [object.union(agreed("email"), change)]})) == {["deny", ""]}
	}
	dm02_fired(object.union(mail, {"consent": [object.remove(agreed("email"), ["granular"])]})) == {["deny", ""]}
}

test_dm02_talk if {
	chat := object.union(mail, {"contact": {"channel": "chat"}})
	dm02_fired(object.union(chat, {"contact": {"asked_for": true}})) == set()
	dm02_fired(object.union(chat, {"contact": {"asked_for": false}})) == {["deny", ""]}
	dm02_fired(object.union(chat, sold)) == set()
	dm02_fired(object.union(mail, {"contact": {"asked_for": true}})) == {["deny", ""]}
}

test_dm02_selling_by_another_name if {
	selling := object.union(mail, {"processing": {"purposes": ["dpv:SellProductsToDataSubject"]}})
	dm02_fired(selling) == {["deny", ""]}
	dm02_fired(object.union(selling, {"consent": [agreed("email")]})) == set()
	dm02_fired(object.union(selling, {"contact": {"asked_for": true}})) == set()
	dm02_fired(object.union(selling, {"contact": {"channel": "web"}})) == set()
	dm02_fired(object.remove(selling, ["contact"])) == {["deny", "channel"]}
}

test_dm02_soft_opt_in if {
	event := object.union(mail, sold)
	dm02_fired(event) == set()
	dm02_fired(object.union(event, {"soft_opt_in": {"sale_age_days": 0}})) == set()
	dm02_fired(object.union(event, {"soft_opt_in": {"sale_age_days": -1}})) == {["deny", ""]}
	dm02_fired(object.union(event, {"soft_opt_in": {"similar_product": false}})) == {["deny", ""]}
	dm02_fired(object.union(event, {"soft_opt_in": {"optout_offered": false}})) == {["deny", ""]}
	every part in ["sale_age_days", "similar_product", "optout_offered"] {
		dm02_fired(json.remove(event, [sprintf("soft_opt_in/%s", [part])])) == {["deny", ""]}
	}
	dm02_fired(json.remove(event, ["subject/country"])) == {["deny", ""]}
	dm02_fired(json.remove(event, ["consent"])) == set()
}

test_dm02_firms_by_country if {
	firm := object.union(mail, {"subject": {"type": "legal_person", "country": "FI"}})
	dm02_fired(firm) == set()
	dm02_fired(object.union(firm, {"subject": {"country": "NL"}})) == {["deny", ""]}
	dm02_fired(object.union(firm, {"subject": {"country": "SE"}})) == {["warn", "unverified"]}
	dm02_fired(object.union(firm, {"subject": {"type": "natural_person"}})) == {["deny", ""]}
	dm02_fired(json.remove(firm, ["subject/type"])) == {["deny", ""]}
	dm02_fired(object.union(firm, {"subject": {"country": "US"}})) == {["deny", ""]}
}

test_dm02_offers_for_work_by_country if {
	work := object.union(mail, {"offer": {"relates_to_profession": true}, "subject": {"country": "FI"}})
	dm02_fired(work) == set()
	dm02_fired(object.union(work, {"offer": {"relates_to_profession": false}})) == {["deny", ""]}
	dm02_fired(object.union(work, {"subject": {"country": "DE"}})) == {["deny", ""]}
	unverified := object.union(work, {"subject": {"country": "FR"}})
	dm02_fired(unverified) == {["warn", "unverified"]}
	dm02_fired(object.union(unverified, sold)) == set()
	dm02_fired(object.union(unverified, {"consent": [agreed("email")]})) == set()
}

test_dm02_unknown if {
	dm02_fired(object.remove(mail, ["consent"])) == {["deny", "unknown"]}
	dm02_fired(object.remove(mail, ["contact"])) == {["deny", "channel"]}
}

test_dm02_marketing_only if {
	other := {"processing": {"purposes": ["dpv:CustomerOrderManagement"]}}
	dm02_fired(object.union(mail, other)) == set()
	dm02_fired(object.union(object.remove(mail, ["contact"]), other)) == set()
	dm02_fired(object.union(object.remove(mail, ["consent"]), other)) == set()
}

test_dm02_requested_only if {
	every event in [mail, object.remove(mail, ["consent"]), object.remove(mail, ["contact"])] {
		dm02_fired(object.union(event, {"phase": "completed"})) == set()
	}
	work := {"phase": "completed", "offer": {"relates_to_profession": true}, "subject": {"country": "FR"}}
	dm02_fired(object.union(mail, work)) == set()
}

test_dm02_unverified_is_said_of_what_rests_on_it_only if {
	french := object.union(mail, {"subject": {"country": "FR"}})
	dm02_fired(french) == {["deny", ""]}
	care := {"purposes": ["dpv:CommunicationForCustomerCare"]}
	dm02_fired(object.union(french, {"processing": care, "offer": {"relates_to_profession": true}})) == set()
}
