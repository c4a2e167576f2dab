package aboveboard.lib_test

import future.keywords.not

# Effects and reasons of one rule: what most tests compare.
fired(findings, rule) := {[finding.effect, object.get(finding.args, "reason", "")] |
	some finding in findings
	finding.rule == rule
}

given := {
	"status": "dpv:ConsentGiven",
	"purpose": "dpv:DirectMarketing",
	"channel": "email",
	"given_at": "2026-03-01T08:00:00Z",
	"age_days": 30,
	"proof_ref": "form-1",
}

chosen := object.union(given, {
	"granular": true,
	"preticked": false,
	"bundled_with_contract": false,
	"informed": true,
	"dark_pattern": false,
	"notice_version": "2026-09",
	"wording_language": "fi",
})

withdrawn := {
	"status": "dpv:ConsentWithdrawn",
	"purpose": "dpv:DirectMarketing",
	"channel": "email",
	"withdrawn_at": "2026-03-02T08:00:00Z",
	"withdrawn_age_days": 29,
}

consented(purpose, event) if {
	event_for := object.union(event, {"processing": {"purposes": [purpose]}})
	consented_purposes := data.aboveboard.lib.consented_purposes with input as event_for
	purpose in consented_purposes
}

has_consent(consents) if consented("dpv:DirectMarketing", {"consent": consents})

reached_by(channel, consents) if {
	consented("dpv:DirectMarketing", {"consent": consents, "contact": {"channel": channel}})
}

test_whole if {
	data.aboveboard.lib.whole
	not data.aboveboard.lib.whole with data.reference as {}
	not data.aboveboard.lib.whole with data.catalogue as {"revision": "sha256:1"}
	data.aboveboard.lib.whole with data.reference as {"one": {}} with data.catalogue.reference as ["one"]
	not data.aboveboard.lib.whole with data.reference as {"one": {}} with data.catalogue.reference as ["one", "two"]
}

test_unknown_counts_as_personal if {
	data.aboveboard.lib.personal_data with input as {}
	data.aboveboard.lib.personal_data with input as {"processing": {"personal_data": true}}
	not data.aboveboard.lib.personal_data with input as {"processing": {"personal_data": false}}
}

said_to_be_none(fields) := {"processing": {"personal_data": false}, "fields": fields}

test_fields_about_people_are_personal_whatever_is_said if {
	every field in [
		{"categories": ["pd:Name"]}, {"categories": ["pd:NoSuch"]}, {"detected_categories": ["pd:Name"]},
		{"categories": ["dpv:ContextuallyAnonymisedData", "pd:Name"]}, {"categories": ["dpv:PseudonymisedData"]},
		{"categories": ["dpv:ContextuallyAnonymisedData"], "detected_categories": ["pd:Name"]},
	] {
		data.aboveboard.lib.personal_data with input as said_to_be_none([{}, field])
		firm := object.union(said_to_be_none([field]), {"subject": {"type": "legal_person"}})
		not data.aboveboard.lib.personal_data with input as firm
		human := object.union(said_to_be_none([field]), {"subject": {"type": "natural_person"}})
		data.aboveboard.lib.personal_data with input as human
	}
	every field in [{}, {"categories": []}, {"detected_categories": []}, {"categories": ["dpv:ContextuallyAnonymisedData"]}] {
		not data.aboveboard.lib.personal_data with input as said_to_be_none([field])
	}
	not data.aboveboard.lib.personal_data with input as said_to_be_none([])
}

test_consent_that_stands if {
	has_consent([given])
	has_consent([object.union(given, {"status": "dpv:RenewedConsentGiven"})])
	has_consent([object.union(given, {"expires_in_days": 0})])
	has_consent([object.union(given, {"age_days": 0})])
}

test_consent_that_does_not_stand if {
	not has_consent([])
	every status in [
		"dpv:ConsentUnknown", "dpv:ConsentRefused", "dpv:ConsentExpired", "dpv:ConsentRequested",
		"dpv:ConsentRequestDeferred", "dpv:ConsentInvalidated", "dpv:ConsentRevoked",
		"dpv:ConsentWithdrawn",
	] {
		not has_consent([object.union(given, {"status": status})])
	}
	not has_consent([object.union(given, {"expires_in_days": -1})])
	not has_consent([object.union(given, {"withdrawn_at": "2026-03-02T08:00:00Z"})])
	not has_consent([object.union(given, {"proof_ref": ""})])

	# Whatever the record says of its dates, one that was withdrawn has to be given anew.
	not has_consent([object.union(given, {"withdrawn_at": "2026-02-01T08:00:00Z"})])
}

test_consent_of_tomorrow_is_none_today if not has_consent([object.union(given, {"age_days": -1})])

test_consent_is_nothing_while_a_part_is_unknown if {
	every part in ["status", "purpose", "age_days", "proof_ref"] {
		not has_consent([object.remove(given, [part])])
	}
}

test_consent_covers_what_is_below_its_purpose_only if {
	has_consent([object.union(given, {"purpose": "dpv:Marketing"})])
	not has_consent([object.union(given, {"purpose": "dpv:Advertising"})])
	not consented("dpv:Marketing", {"consent": [given]})
	not consented("dpv:NoSuch", {"consent": [given]})
}

test_consent_is_for_its_channel if {
	reached_by("email", [given])
	not reached_by("sms", [given])
	not reached_by("email", [object.remove(given, ["channel"])])
	has_consent([object.remove(given, ["channel"])])
}

test_withdrawal_on_another_record_undoes if {
	not has_consent([given, withdrawn])
	not has_consent([given, object.remove(withdrawn, ["withdrawn_at", "withdrawn_age_days"])])
	not has_consent([given, object.union(withdrawn, {"status": "dpv:ConsentRevoked"})])
	not has_consent([given, object.union(withdrawn, {"status": "dpv:ConsentGiven"})])
	not has_consent([given, object.union(withdrawn, {"purpose": "dpv:Marketing"})])
	not has_consent([given, object.remove(withdrawn, ["purpose"])])
	not has_consent([given, object.remove(withdrawn, ["channel"])])
	not has_consent([object.remove(given, ["channel"]), withdrawn])
	not has_consent([object.remove(given, ["given_at"]), withdrawn])
}

test_withdrawal_of_a_part_undoes_the_whole if {
	broad := object.union(given, {"purpose": "dpv:Marketing"})
	not consented("dpv:Marketing", {"consent": [broad, withdrawn]})
}

test_withdrawal_leaves_what_it_is_not_about if {
	has_consent([given, object.union(withdrawn, {"channel": "sms"})])
	has_consent([given, object.union(withdrawn, {"purpose": "dpv:Advertising"})])
}

test_consent_given_anew_after_a_withdrawal if {
	has_consent([object.union(given, {"given_at": "2026-03-03T08:00:00Z"}), withdrawn])
	not has_consent([object.union(given, {"given_at": "2026-03-02T08:00:00Z"}), withdrawn])
}

refused := object.union(given, {"status": "dpv:ConsentRefused", "given_at": "2026-03-02T08:00:00Z", "age_days": 29})

test_no_after_a_yes_undoes if {
	every status in ["dpv:ConsentRefused", "dpv:ConsentInvalidated"] {
		later := object.union(refused, {"status": status})
		not has_consent([given, later])
		not has_consent([given, object.remove(later, ["given_at"])])
		not has_consent([given, object.union(later, {"purpose": "dpv:Marketing"})])
		not has_consent([object.remove(given, ["given_at"]), later])
		not has_consent([object.union(given, {"given_at": "2026-03-02T08:00:00Z"}), later])
		has_consent([object.union(given, {"given_at": "2026-03-03T08:00:00Z"}), later])
		has_consent([given, object.union(later, {"channel": "sms"})])
		has_consent([given, object.union(later, {"purpose": "dpv:Advertising"})])
	}
	every status in ["dpv:ConsentRequested", "dpv:ConsentRequestDeferred", "dpv:ConsentUnknown", "dpv:ConsentExpired"] {
		has_consent([given, object.union(refused, {"status": status})])
	}
}

test_date_of_a_withdrawal_goes_before_that_of_its_consent if {
	old := {"given_at": "2026-02-01T08:00:00Z"}
	not has_consent([given, object.union(withdrawn, old)])
	not has_consent([given, object.union(object.union(refused, old), {"withdrawn_at": "2026-03-02T08:00:00Z"})])
	undated := object.remove(object.union(withdrawn, old), ["withdrawn_at"])
	not has_consent([given, undated])
}

test_consent_that_was_a_choice if {
	data.aboveboard.lib.consent_is_choice(chosen)
	not data.aboveboard.lib.consent_is_choice(given)
	every change in [
		{"granular": false}, {"preticked": true}, {"bundled_with_contract": true}, {"informed": false},
		{"dark_pattern": true},
	] {
		not data.aboveboard.lib.consent_is_choice(object.union(chosen, change))
	}
	every part in ["granular", "preticked", "notice_version", "wording_language"] {
		not data.aboveboard.lib.consent_is_choice(object.remove(chosen, [part]))
	}
}

has_chosen(consents) if {
	data.aboveboard.lib.purpose_has_chosen_consent("dpv:DirectMarketing") with input as {
		"consent": consents,
		"contact": {"channel": "email"},
	}
}

test_chosen_consent_holds_too if {
	has_chosen([chosen])
	not has_chosen([given])
	not has_chosen([object.union(chosen, {"channel": "sms"})])
	not has_chosen([object.union(chosen, {"expires_in_days": -1})])
	not has_chosen([])
}

passed := {
	"outcome": "passed",
	"done_age_days": 0,
	"covers_purposes": ["dpv:Marketing", "dpv:CustomerRelationshipManagement"],
}

tested(test, purposes) if {
	data.aboveboard.lib.balancing_test_passed(test) with input as {"processing": {"purposes": purposes}}
}

test_balancing if {
	tested(passed, ["dpv:DirectMarketing"])
	tested(passed, ["dpv:DirectMarketing", "dpv:CustomerRelationshipManagement"])
	tested(passed, [])
	data.aboveboard.lib.balancing_test_passed(passed) with input as {}
	not tested(passed, ["dpv:DirectMarketing", "dpv:AcademicResearch"])
	not tested(object.union(passed, {"outcome": "overridden"}), ["dpv:DirectMarketing"])
	not tested(object.union(passed, {"done_age_days": -1}), ["dpv:DirectMarketing"])
	every part in ["outcome", "done_age_days", "covers_purposes"] {
		not tested(object.remove(passed, [part]), ["dpv:DirectMarketing"])
	}
}

told(notice, field) if {
	data.aboveboard.lib.told_of_source(field) with input as {"notice": {"art14_delivered_age_days": notice}}
}

test_told_of_the_source if {
	told(0, {"age_days": 400})
	told(400, {"age_days": 400})
	told(430, {"age_days": 400})
	not told(431, {"age_days": 400})
	told(400, {})
	not told(-1, {"age_days": 400})
	not data.aboveboard.lib.told_of_source({"age_days": 1}) with input as {}
}

requests(list) := found if {
	found := data.aboveboard.lib.open_requests with input as {"rights_requests": list}
}

test_requests_that_are_not_known_to_be_answered if {
	requests([]) == set()
	requests([{"type": "access", "status": "done"}, {"type": "access", "status": "refused"}]) == set()
	every request in [{"type": "access", "status": "open"}, {"type": "access"}] {
		requests([request]) == {request}
	}
}

objects(list) if data.aboveboard.lib.objection_open with input as {"rights_requests": list}

test_objection_that_nobody_answered if {
	objects([{"type": "access", "status": "open"}, {"type": "objection", "status": "open"}])
	objects([{"type": "objection"}])
	not objects([{"type": "objection", "status": "done"}])
	not objects([{"type": "erasure", "status": "open"}])
	not objects([])
	not data.aboveboard.lib.objection_open with input as {}
}

test_child if {
	data.aboveboard.lib.child with input as {"subject": {"age_years": 17}}
	data.aboveboard.lib.child with input as {"subject": {"is_minor": true}}
	not data.aboveboard.lib.child with input as {"subject": {"age_years": 18, "is_minor": false}}
	not data.aboveboard.lib.child with input as {"subject": {}}
	not data.aboveboard.lib.child with input as {}
}

test_marketing if {
	every purpose in ["dpv:DirectMarketing", "dpv:Marketing", "dpv:TargetedAdvertising", "dpv:DirectMarketting"] {
		data.aboveboard.lib.marketing with input as {"processing": {"purposes": [purpose]}}
	}
	not data.aboveboard.lib.marketing with input as {"processing": {"purposes": ["dpv:CustomerOrderManagement"]}}
	not data.aboveboard.lib.marketing with input as {}
}

# One that DPV gets anew is put on the list, or here.
test_sales_purposes_are_sorted_out if {
	listed := {purpose | some purpose in data.reference.marketing.sales_purposes}
	every purpose in listed {
		data.reference.dpv.purpose_ancestors[purpose]
	}
	near := {purpose |
		some purpose, above in data.reference.dpv.purpose_ancestors
		some name in above
		name in {"dpv:CommercialPurpose", "dpv:Personalisation", "dpv:SellProducts"}
		not "dpv:Marketing" in above
	}
	near - listed == {
		"dpv:CommercialResearch", "dpv:SellDataToThirdParties", "dpv:SellInsightsFromData",
		"dpv:UserInterfacePersonalisation",
	}
}

sold_for(purpose) := {"processing": {"purposes": [purpose]}}

on(channel) := {"contact": {"channel": channel}}

asked_for := {"contact": {"asked_for": true}}

test_selling_by_another_name_is_marketing_where_it_is_pushed if {
	every purpose in data.reference.marketing.sales_purposes {
		event := sold_for(purpose)
		data.aboveboard.lib.marketing with input as event
		data.aboveboard.lib.marketing with input as object.union(event, {"contact": {"asked_for": false}})
		not data.aboveboard.lib.marketing with input as object.union(event, asked_for)
		not data.aboveboard.lib.marketing with input as object.union(event, on("web"))
		every channel in ["automated_call", "chat", "email", "phone", "post", "push", "sms", "voice"] {
			event_on := object.union(event, on(channel))
			data.aboveboard.lib.marketing with input as event_on
			not data.aboveboard.lib.marketing with input as object.union(event_on, asked_for)
		}
	}
}

test_contracts_and_service_are_no_marketing if {
	every purpose in [
		"dpv:CommercialResearch", "dpv:CommunicationForCustomerCare", "dpv:CustomerManagement",
		"dpv:DeliveryOfGoods", "dpv:EstablishContractualAgreement", "dpv:FulfilmentOfContractualObligation",
		"dpv:PaymentManagement", "dpv:RequestedServiceProvision", "dpv:SearchFunctionalities",
		"dpv:ServiceManagement", "dpv:ServiceProvision", "dpv:UserInterfacePersonalisation",
	] {
		not data.aboveboard.lib.marketing with input as object.union(sold_for(purpose), on("email"))
	}
}

test_advertising_stays_marketing_whoever_began if {
	every purpose in ["dpv:DirectMarketing", "dpv:DirectMarketting"] {
		data.aboveboard.lib.marketing with input as object.union(sold_for(purpose), asked_for)
		data.aboveboard.lib.marketing with input as object.union(sold_for(purpose), on("web"))
	}
}

order_mail := object.union(sold_for("dpv:CustomerOrderManagement"), on("email"))

test_what_sells_is_marketing_whatever_its_purpose if {
	every sells in ["is_advert", "purchase_advice"] {
		selling := object.union(order_mail, {"recommendation": {sells: true}})
		data.aboveboard.lib.marketing with input as selling
		data.aboveboard.lib.marketing with input as object.remove(selling, ["processing"])
		not data.aboveboard.lib.marketing with input as object.union(order_mail, {"recommendation": {sells: false}})
	}
	advice := object.union(order_mail, {"recommendation": {"purchase_advice": true}})
	not data.aboveboard.lib.marketing with input as object.union(advice, asked_for)
	not data.aboveboard.lib.marketing with input as object.union(advice, on("web"))
}

test_an_advert_for_the_person_is_pushed_also_where_they_came_by_themselves if {
	every advert in [
		{"recommendation": {"is_advert": true}},
		object.union(sold_for("dpv:ProvideProductRecommendations"), {"recommendation": {"is_advert": true}}),
	] {
		every where in [on("web"), asked_for] {
			event := object.union(advert, where)
			data.aboveboard.lib.marketing with input as event
			everybodys := object.union(event, {"processing": {"personal_data": false}})
			not data.aboveboard.lib.marketing with input as everybodys
		}
	}
}

test_selling_purposes_whoever_began if {
	event := {"processing": {"purposes": ["dpv:SellProducts", "dpv:Advertising", "dpv:X", "dpv:CustomerManagement"]}}
	every more in [{}, asked_for, on("web")] {
		found := data.aboveboard.lib.selling_purposes with input as object.union(event, more)
		found == {"dpv:SellProducts", "dpv:Advertising", "dpv:X"}
	}
	pushed := data.aboveboard.lib.marketing_purposes with input as event
	pushed == {"dpv:SellProducts", "dpv:Advertising", "dpv:X"}
	come := data.aboveboard.lib.marketing_purposes with input as object.union(event, asked_for)
	come == {"dpv:Advertising", "dpv:X"}
}

test_marketing_consent_is_a_choice if {
	event := {"processing": {"purposes": ["dpv:DirectMarketing"]}, "consent": [chosen]}
	data.aboveboard.lib.marketing_consented with input as event
	not data.aboveboard.lib.marketing_consented with input as object.union(event, {"consent": [given]})
	every change in [{"preticked": true}, {"bundled_with_contract": true}, {"informed": false}] {
		won := object.union(chosen, change)
		not data.aboveboard.lib.marketing_consented with input as object.union(event, {"consent": [won]})
		data.aboveboard.lib.marketing_consented with input as object.union(event, {"consent": [won, chosen]})
	}
}

sold_to(consents) if {
	selling := object.union(sold_for("dpv:SellProductsToDataSubject"), on("email"))
	data.aboveboard.lib.marketing_consented with input as object.union(selling, {"consent": consents})
}

test_consent_to_marketing_carries_selling if {
	sold_to([chosen])
	sold_to([object.union(chosen, {"purpose": "dpv:SellProducts"})])
	not sold_to([])
	not sold_to([object.union(chosen, {"purpose": "dpv:TargetedAdvertising"})])
	not sold_to([object.union(chosen, {"channel": "sms"})])
	not sold_to([object.union(chosen, {"preticked": true})])
	not sold_to([object.union(chosen, {"expires_in_days": -1})])
	not sold_to([chosen, withdrawn])
	not sold_to([chosen, object.union(withdrawn, {"purpose": "dpv:SellProducts"})])
	sold_to([chosen, object.union(withdrawn, {"purpose": "dpv:PersonalisedBenefits"})])
}

test_consent_to_marketing_carries_nothing_that_dpv_has_not if {
	event := {"processing": {"purposes": ["dpv:X"]}, "consent": [chosen]}
	not data.aboveboard.lib.marketing_consented with input as event
}

test_consent_for_what_sells_by_another_name if {
	advice := object.union(order_mail, {"recommendation": {"purchase_advice": true}})
	data.aboveboard.lib.marketing_consented with input as object.union(advice, {"consent": [chosen]})
	order := object.union(chosen, {"purpose": "dpv:CustomerOrderManagement"})
	every consents in [[], [order]] {
		not data.aboveboard.lib.marketing_consented with input as object.union(advice, {"consent": consents})
	}
}

test_machines_call_by_a_consent_of_their_own if {
	event := {"processing": {"purposes": ["dpv:DirectMarketing"]}, "contact": {"channel": "phone"}}
	machine := object.union(event, {"ai": {"interacts_directly": true}})
	by_phone := {"consent": [object.union(chosen, {"channel": "phone"})]}
	by_machine := {"consent": [object.union(chosen, {"channel": "automated_call"})]}
	data.aboveboard.lib.marketing_consented with input as object.union(event, by_phone)
	not data.aboveboard.lib.marketing_consented with input as object.union(event, by_machine)
	not data.aboveboard.lib.marketing_consented with input as object.union(machine, by_phone)
	data.aboveboard.lib.marketing_consented with input as object.union(machine, by_machine)
}

test_marketing_consented_for_each_purpose if {
	event := {"processing": {"purposes": ["dpv:DirectMarketing"]}, "consent": [chosen]}
	data.aboveboard.lib.marketing_consented with input as event
	both := {"processing": {"purposes": ["dpv:DirectMarketing", "dpv:TargetedAdvertising"]}}
	not data.aboveboard.lib.marketing_consented with input as object.union(event, both)
	other := {"processing": {"purposes": ["dpv:CustomerOrderManagement"]}}
	not data.aboveboard.lib.marketing_consented with input as object.union(event, other)
}

test_called_by_machine if {
	data.aboveboard.lib.called_by_machine with input as {"contact": {"channel": "automated_call"}}
	every channel in ["phone", "voice"] {
		event := {"contact": {"channel": channel}, "ai": {"interacts_directly": true}}
		data.aboveboard.lib.called_by_machine with input as event
		not data.aboveboard.lib.called_by_machine with input as object.union(event, {"ai": {"interacts_directly": false}})
		data.aboveboard.lib.called_by_machine with input as object.union(object.remove(event, ["ai"]), {"ai": {}})
		not data.aboveboard.lib.called_by_machine with input as object.remove(event, ["ai"])
	}
	not data.aboveboard.lib.called_by_machine with input as {"contact": {"channel": "chat"}, "ai": {"interacts_directly": true}}
}

test_weight_of_a_decision if {
	every effect in ["legal", "similarly_significant"] {
		data.aboveboard.lib.weighty_decision with input as {"decision": {"effect": effect}}
		data.aboveboard.lib.significant_decision with input as {"decision": {"effect": effect}}
	}
	every decision in [{"effect": "none", "score_decisive": true}, {"automation": "dpv:PartialAutomation"}, {}] {
		not data.aboveboard.lib.weighty_decision with input as {"decision": decision}
		not data.aboveboard.lib.significant_decision with input as {"decision": decision}
	}
	data.aboveboard.lib.significant_decision with input as {"decision": {"score_decisive": true}}
	data.aboveboard.lib.significant_decision with input as {"decision": {"automation": "dpv:FullAutomation"}}
}

test_weight_that_nobody_stated if {
	every decision in [{}, {"automation": "dpv:PartialAutomation"}, {"automation": "dpv:NotAutomated", "score_decisive": true}] {
		data.aboveboard.lib.significant_decision with input as {"step": "decision", "decision": decision}
	}
	data.aboveboard.lib.significant_decision with input as {"step": "decision"}
	not data.aboveboard.lib.significant_decision with input as {"step": "profiling"}
	every decision in [{"effect": "none"}, {"automation": "dpv:NotAutomated"}] {
		not data.aboveboard.lib.significant_decision with input as {"step": "decision", "decision": decision}
	}
}

test_human_offered if {
	event := {"handover": {"offered_age_s": 0}}
	data.aboveboard.lib.human_offered with input as event
	data.aboveboard.lib.human_offered with input as {"handover": {"callback_in_s": 0}}
	data.aboveboard.lib.human_offered with input as {"handover": {"taken_over": true}}
	not data.aboveboard.lib.human_offered with input as {"handover": {"callback_in_s": -1}}
	not data.aboveboard.lib.human_offered with input as {"handover": {"callback_at": "2026-04-02T08:00:00Z"}}
	not data.aboveboard.lib.human_offered with input as {"handover": {"taken_over": false}}
	not data.aboveboard.lib.human_offered with input as {"handover": {"offered_age_s": -1}}
	oldest := data.reference.humans.offer_age_max_s
	data.aboveboard.lib.human_offered with input as {"handover": {"offered_age_s": oldest}}
	not data.aboveboard.lib.human_offered with input as {"handover": {"offered_age_s": oldest + 1}}
	not data.aboveboard.lib.human_offered with input as object.union(event, {"human": {"available": false}})
	not data.aboveboard.lib.human_offered with input as {}
}

test_foreign if {
	event := {"subject": {"language": "fi"}}
	not data.aboveboard.lib.foreign("fi-FI") with input as event
	data.aboveboard.lib.foreign("EN") with input as event
	not data.aboveboard.lib.foreign("en-GB") with input as object.union(event, {"conversation": {"language": "en"}})
	not data.aboveboard.lib.foreign("en") with input as {}
}

test_special_categories if {
	every category in ["pd:Health", "pd:Ethnicity", "pd:FacialPrint", "pd:Helth"] {
		data.aboveboard.lib.special_category(category)
	}
	every category in ["pd:Name", "pd:Emotion", "pd:CriminalOffence", "dpv:PersonalData"] {
		not data.aboveboard.lib.special_category(category)
	}
}

judges(event) if data.aboveboard.lib.judges_people with input as event

registered := {"step": "decision", "processing": {"operations": ["dpv:Collect", "dpv:Use"]}}

test_judges_people if {
	judges({"step": "decision"})
	judges({"step": "recommendation", "processing": {"operations": ["dpv:Use", "dpv:Profiling"]}})
	judges(object.union(registered, {"step": "profiling"}))
	judges(object.union(registered, {"profile": {"proxies": []}}))
	judges(object.union(registered, {"decision": {"automation": "dpv:FullAutomation"}}))
	judges(object.union(registered, {"decision": {"score_decisive": true}}))
}

test_high_risk if {
	data.aboveboard.lib.high_risk with input as {"ai": {"risk_class": "high"}}
	narrow := object.union(registered, {"ai": {"risk_class": "minimal", "annex_iii_point": "5(b)"}})
	not data.aboveboard.lib.high_risk with input as narrow
	data.aboveboard.lib.high_risk with input as object.union(narrow, {"step": "profiling"})
	data.aboveboard.lib.high_risk with input as json.remove(narrow, ["processing"])
	every ai in [{}, {"risk_class": "minimal"}, {"risk_class": "prohibited"}] {
		not data.aboveboard.lib.high_risk with input as {"step": "profiling", "ai": ai}
	}
}

test_judges_nobody if {
	not judges(registered)
	not judges({"step": "decision", "processing": {"operations": []}})
	not judges(object.union(registered, {"decision": {"automation": "dpv:PartialAutomation", "score_decisive": false}}))
	not judges(object.union(registered, {"decision": {"automation": "dpv:FullAutomation", "effect": "none"}}))
	not judges({"step": "profiling", "processing": {"personal_data": false}})
}

explicitly(purposes, consents) if {
	event := {"processing": {"purposes": purposes}, "consent": consents}
	data.aboveboard.lib.explicitly_consented with input as event
}

explicit := object.union(given, {"explicit": true})

test_explicit_consent if {
	explicitly(["dpv:DirectMarketing"], [explicit])
	explicitly(["dpv:DirectMarketing"], [given, explicit])
	not explicitly(["dpv:DirectMarketing"], [])
	every consent in [
		given, object.union(explicit, {"explicit": false}), object.union(explicit, {"age_days": -1}),
		object.union(explicit, {"purpose": "dpv:AcademicResearch"}),
	] {
		not explicitly(["dpv:DirectMarketing"], [consent])
	}
	not data.aboveboard.lib.explicitly_consented with input as {"processing": {"purposes": ["dpv:Marketing"]}}
}

test_explicit_consent_to_every_purpose if {
	not explicitly(["dpv:DirectMarketing", "dpv:AcademicResearch"], [explicit])
	not explicitly([], [explicit])
	not data.aboveboard.lib.explicitly_consented with input as {"consent": [explicit]}
}

permitted(condition, consents) if {
	processing := {"purposes": ["dpv:DirectMarketing"], "art9_condition": condition}
	data.aboveboard.lib.special_data_permitted with input as {"processing": processing, "consent": consents}
}

test_special_data_permitted if {
	every letter in ["b", "c", "d", "e", "f", "g", "h", "i", "j"] {
		permitted(concat("", ["eu-gdpr:A9-2-", letter]), [])
	}
	permitted("eu-gdpr:A9-2-a", [explicit])
	not permitted("eu-gdpr:A9-2-a", [given])
	not permitted("eu-gdpr:A6-1-a", [explicit])
	not data.aboveboard.lib.special_data_permitted with input as {"consent": [explicit]}
}

used := {
	"fields": [
		{"name": "a", "categories": ["pd:Name", "pd:Health"]}, {"name": "b", "categories": ["pd:Name"]},
		{"name": "c"},
	],
	"decision": {"inputs": [{"name": "d", "categories": ["pd:Income"]}, {"categories": ["pd:Health"]}, {"name": "e"}]},
}

test_categories_that_a_step_uses if {
	data.aboveboard.lib.field_categories == {"pd:Name", "pd:Health"} with input as used
	data.aboveboard.lib.used_categories == {"pd:Name", "pd:Health", "pd:Income"} with input as used
	data.aboveboard.lib.used_categories == set() with input as {}
}

test_users_of_categories if {
	data.aboveboard.lib.users_of({"pd:Health"}) == {"a", "?"} with input as used
	data.aboveboard.lib.users_of({"pd:Income"}) == {"d"} with input as object.remove(used, ["fields"])
	data.aboveboard.lib.users_of({"pd:Name", "pd:Income"}) == {"a", "b"} with input as object.remove(used, ["decision"])
	not data.aboveboard.lib.users_of(set()) with input as used
	data.aboveboard.lib.users_of({"pd:Name"}) == {"?"} with input as {"fields": [{"categories": ["pd:Name"]}]}
}

test_found_whichever_way_it_is_stated if {
	field := {"detected_categories": ["pd:Name"], "detected_spans": [{"category": "pd:Health"}, {"start": 3}]}
	data.aboveboard.lib.found(field) == {"pd:Name", "pd:Health", "?"}
	data.aboveboard.lib.found(object.remove(field, ["detected_spans"])) == {"pd:Name"}
	data.aboveboard.lib.found(object.remove(field, ["detected_categories"])) == {"pd:Health", "?"}
	data.aboveboard.lib.found({}) == set()
	data.aboveboard.lib.found_categories == {"pd:Name", "pd:Health", "?"} with input as {"fields": [field, {"name": "b"}]}
	data.aboveboard.lib.found_categories == set() with input as {}
	data.aboveboard.lib.fields_finding({"pd:Health", "pd:Race"}) == {field} with input as {"fields": [field, {"name": "b"}]}
	data.aboveboard.lib.fields_finding({"pd:Race"}) == set() with input as {"fields": [field]}
	data.aboveboard.lib.fields_finding({"pd:Race"}) == set() with input as {}
	data.aboveboard.lib.special_category("?")
}

test_how_sure_a_detector_is if {
	every sure in [{}, {"detector_confidence_bp": 7000}] {
		data.aboveboard.lib.surely_found(sure)
		not data.aboveboard.lib.perhaps_found(sure)
	}
	every unsure in [{"detector_confidence_bp": 6999}, {"detector_confidence_bp": 3000}] {
		not data.aboveboard.lib.surely_found(unsure)
		data.aboveboard.lib.perhaps_found(unsure)
	}
	not data.aboveboard.lib.surely_found({"detector_confidence_bp": 2999})
	not data.aboveboard.lib.perhaps_found({"detector_confidence_bp": 2999})
}

unread(field) if data.aboveboard.lib.unread_texts == {"?"} with input as {"fields": [{"name": "b"}, field]}

test_texts_that_nobody_read if {
	every field in [
		{"free_text": true}, {"free_text": true, "text_scanned": false},
		{"free_text": true, "text_scanned": true}, {"free_text": true, "detected_categories": []},
		{"free_text": true, "detected_spans": []},
		{"free_text": true, "text_scanned": false, "detected_categories": []},
	] {
		unread(field)
	}
	every result in [{"detected_categories": []}, {"detected_spans": []}] {
		not unread(object.union({"free_text": true, "text_scanned": true}, result))
	}
	data.aboveboard.lib.unread_texts == {"a"} with input as {"fields": [{"name": "a", "free_text": true}]}
}

test_what_was_written_or_said_is_text if {
	every category in ["pd:Communication", "pd:EmailContent", "pd:VoiceMail"] {
		unread({"categories": ["pd:Name", category]})
		not unread({"categories": [category], "free_text": false})
		not unread({"categories": [category], "text_scanned": true, "detected_categories": []})
	}
	every field in [{}, {"categories": ["pd:Name"]}, {"categories": ["pd:Social"]}, {"free_text": false}] {
		not unread(field)
	}
	mixed := {"fields": [{"name": "a", "categories": ["pd:Name"]}, {"name": "b", "categories": ["pd:EmailContent"]}]}
	data.aboveboard.lib.unread_texts == {"b"} with input as mixed
}
