package aboveboard.lib

import future.keywords.not

# All reference data are there that the bundle was made with: where a list is gone, the rules that
# read it would be silent.
whole if {
	every name in data.catalogue.reference {
		data.reference[name]
	}
}

# Unknown counts as personal: only a plain "no" takes an event out of data-protection law, and not
# while it has fields that hold something about people.
personal_data if not input.processing.personal_data == false

personal_data if {
	input.processing.personal_data == false
	not input.subject.type == "legal_person"
	some field in input.fields
	_about_people(field)
}

_about_people(field) if {
	some category in field.categories
	category != "dpv:ContextuallyAnonymisedData"
}

_about_people(field) if count(field.detected_categories) > 0

# A special category of Article 9. One that DPV does not have could be anything, also that.
special_category(category) if category in data.reference.dpv.special_categories

special_category(category) if not data.reference.dpv.ancestors[category]

_art9_conditions := {
	"eu-gdpr:A9-2-a",
	"eu-gdpr:A9-2-b",
	"eu-gdpr:A9-2-c",
	"eu-gdpr:A9-2-d",
	"eu-gdpr:A9-2-e",
	"eu-gdpr:A9-2-f",
	"eu-gdpr:A9-2-g",
	"eu-gdpr:A9-2-h",
	"eu-gdpr:A9-2-i",
	"eu-gdpr:A9-2-j",
}

# A condition of Article 9(2) is named; that it is consent takes the consent itself.
special_data_permitted if {
	input.processing.art9_condition in _art9_conditions
	input.processing.art9_condition != "eu-gdpr:A9-2-a"
}

special_data_permitted if {
	input.processing.art9_condition == "eu-gdpr:A9-2-a"
	explicitly_consented
}

# A consent that stands: given by now, provable, not withdrawn, not run out. Nobody can prove one
# without a date, and one of tomorrow is none today.
consent_stands(consent) if {
	consent.status in data.reference.dpv.valid_consent
	consent.age_days >= 0
	consent.proof_ref != ""
	not consent.withdrawn_at
	not consent.expires_in_days < 0
}

# A consent covers a purpose that it names, or one below it in DPV's tree.
consent_names(consent, purpose) if consent.purpose in data.reference.dpv.purpose_ancestors[purpose]

# Where the step contacts a person by a channel, the consent must be for that channel.
consent_fits_channel(_) if not input.contact.channel

consent_fits_channel(consent) if consent.channel == input.contact.channel

withdrawn_consents contains consent if {
	some consent in input.consent
	consent.withdrawn_at
}

withdrawn_consents contains consent if {
	some consent in input.consent
	consent.status in {"dpv:ConsentWithdrawn", "dpv:ConsentRevoked"}
}

# Who says no after a yes takes it back, whatever the CRM calls that; and a consent that was found
# invalid carries nothing.
refused_consents contains consent if {
	some consent in input.consent
	consent.status in {"dpv:ConsentRefused", "dpv:ConsentInvalidated"}
	not consent.withdrawn_at
}

_undoing := withdrawn_consents | refused_consents

# A withdrawal reaches the purpose it names, those below it and those that hold it; one that names
# none reaches all.
withdrawal_names(withdrawn, _) if not withdrawn.purpose

withdrawal_names(withdrawn, purpose) if consent_names(withdrawn, purpose)

withdrawal_names(withdrawn, purpose) if {
	purpose in data.reference.dpv.purpose_ancestors[withdrawn.purpose]
}

# CRMs keep the old record: a consent is undone by a withdrawal on another one, unless it was given
# after. The times are of one form (UTC), so their order as texts is their order in time.
consent_undone(consent, purpose) if {
	some withdrawn in _undoing
	withdrawal_names(withdrawn, purpose)
	_withdrawal_reaches(withdrawn, consent)
	not _given_after(consent, withdrawn)
}

_given_after(consent, withdrawn) if consent.given_at > withdrawn.withdrawn_at

# The date of a refusal is that of the answer, for which the record of a withdrawal has another.
_given_after(consent, refused) if {
	refused in refused_consents
	consent.given_at > refused.given_at
}

_withdrawal_reaches(withdrawn, _) if not withdrawn.channel

_withdrawal_reaches(_, consent) if not consent.channel

_withdrawal_reaches(withdrawn, consent) if withdrawn.channel == consent.channel

consent_holds(consent, purpose) if {
	consent_stands(consent)
	consent_names(consent, purpose)
	not consent_undone(consent, purpose)
}

# Those that stand and are for this channel.
_usable_consents contains consent if {
	not input.contact.channel
	some consent in input.consent
	consent_stands(consent)
}

_usable_consents contains consent if {
	some consent in input.consent
	consent.channel == input.contact.channel
	consent_stands(consent)
}

# What the step is for, as far as there is consent to it.
consented_purposes contains purpose if {
	some purpose in input.processing.purposes
	some consent in _usable_consents
	consent_names(consent, purpose)
	not consent_undone(consent, purpose)
}

# Explicit consent to everything that the step is for.
explicitly_consented if {
	count(input.processing.purposes) > 0
	every purpose in input.processing.purposes {
		_purpose_has_explicit_consent(purpose)
	}
}

_purpose_has_explicit_consent(purpose) if {
	some consent in input.consent
	consent.explicit == true
	consent_holds(consent, purpose)
}

# A consent is a real choice only as far as that is on record: each purpose by itself, nothing ticked
# beforehand, no contract made to depend on it, told what it is for, in which words, without a push.
consent_is_choice(consent) if {
	consent.granular == true
	consent.preticked == false
	consent.bundled_with_contract == false
	consent.informed == true
	consent.dark_pattern == false
	consent.notice_version
	consent.wording_language
}

purpose_has_chosen_consent(purpose) if {
	some consent in _usable_consents
	consent_names(consent, purpose)
	consent_is_choice(consent)
	not consent_undone(consent, purpose)
}

# Each category once, however many fields have it.
field_categories contains category if {
	some field in input.fields
	some category in field.categories
}

# With what they are below in DPV's tree: a rule looks into single fields only if this holds what it is for.
field_ancestors contains above if {
	some category in field_categories
	some above in data.reference.dpv.ancestors[category]
}

# How fields came about, for the same end.
field_sources contains source if {
	some field in input.fields
	source := field.source
}

# The same of all that a step uses: in a decision also of what it is said to rest on.
used_categories contains category if some category in field_categories

used_categories contains category if {
	some item in _decision_inputs
	some category in item.categories
}

used_ancestors contains above if some above in field_ancestors

used_ancestors contains above if {
	some item in _decision_inputs
	some category in item.categories
	some above in data.reference.dpv.ancestors[category]
}

_decision_inputs := object.get(_decision, "inputs", [])

# Names of the fields, and of what a decision rests on, that hold one of these categories. What has no
# name must not slip through for want of something to call it.
users_of(categories) := _fields_with(categories) | _inputs_with(categories) if count(categories) > 0

_fields_with(categories) := {object.get(field, "name", "?") |
	count(categories) > 0
	some field in input.fields
	some category in field.categories
	category in categories
}

_inputs_with(categories) := {object.get(item, "name", "?") |
	some item in _decision_inputs
	some category in item.categories
	category in categories
}

# What detectors found, each category once: rules look into single fields only if it holds something.
found_categories contains category if {
	some field in input.fields
	some category in field.detected_categories
}

found_categories contains object.get(span, "category", "?") if {
	some field in input.fields
	some span in field.detected_spans
}

# Fields in which detectors found one of these categories.
fields_finding(categories) := {field |
	count(categories) > 0
	some field in input.fields
	count(found(field) & categories) > 0
}

# What detectors found in a field, whichever way that is stated. A find that does not say of what could
# be of anything: "?" is a category that DPV does not have.
found(field) := _found_at_all(field) | _found_in_spans(field)

_found_at_all(field) := {category | some category in field.detected_categories}

_found_in_spans(field) := {category |
	some span in field.detected_spans
	category := object.get(span, "category", "?")
}

# A detector that does not say how sure it is counts as sure; below the lower line nobody looks.
surely_found(field) if not field.detector_confidence_bp < data.reference.sensitive.detector_mask_from_bp

perhaps_found(field) if {
	field.detector_confidence_bp < data.reference.sensitive.detector_mask_from_bp
	field.detector_confidence_bp >= data.reference.sensitive.detector_unsure_from_bp
}

# Texts of which nobody knows what they hold: not scanned, or without a word of what was found.
unread_texts contains object.get(field, "name", "?") if {
	some field in input.fields
	field.free_text == true
	not _read(field)
}

# What somebody wrote or said is free text, unless it is stated that it is none.
unread_texts contains object.get(field, "name", "?") if {
	count(_written) > 0
	some field in input.fields
	not field.free_text == false
	some category in field.categories
	category in _written
	not _read(field)
}

_written contains category if {
	some category in field_categories
	some text in data.reference.sensitive.text_categories
	text in data.reference.dpv.ancestors[category]
}

_read(field) if {
	field.text_scanned == true
	field.detected_categories
}

_read(field) if {
	field.text_scanned == true
	field.detected_spans
}

_named_categories := {category | some category in input.processing.allowed_categories}

_not_named := field_categories - _named_categories

_below_named contains category if {
	some category in _not_named
	some allowed in data.reference.dpv.ancestors[category]
	allowed in _named_categories
}

# On nobody's list for this purpose: neither it nor what it is below in DPV's tree is named there.
unlisted_categories := _not_named - _below_named

# On the purpose's list: every category of the field, or one above it in DPV's tree, is allowed.
field_allowed(field) if {
	count(field.categories) > 0
	every category in field.categories {
		not category in unlisted_categories
	}
}

# A balancing test that was done, was passed, and covers every purpose that the step names.
balancing_test_passed(test) if {
	test.outcome == "passed"
	test.done_age_days >= 0
	count(_not_covered(test)) == 0
}

_not_covered(test) := [purpose |
	some purpose in input.processing.purposes
	not _test_covers(test, purpose)
]

_test_covers(test, purpose) if {
	some covered in test.covers_purposes
	covered in data.reference.dpv.purpose_ancestors[purpose]
}

# The person was told where a field came from that somebody else gave. A notice of long before says
# nothing of data that nobody had then.
told_of_source(field) if {
	input.notice.art14_delivered_age_days >= 0
	not _told_long_before(field)
}

_told_long_before(field) if {
	early := input.notice.art14_delivered_age_days - field.age_days
	early > data.reference.data_protection.source_notice_ahead_days
}

# There is still time to tell: a month from the day the data came in, and no longer than the first
# contact.
time_to_tell_of_source(field) if {
	field.age_days >= 0
	field.age_days <= data.reference.data_protection.source_notice_days
	not input.contact.attempts_30d > 0
}

# A request of the person that is not known to be answered.
open_requests contains request if {
	some request in input.rights_requests
	not request.status in {"done", "refused"}
}

# The person objects, and nobody has answered yet: Article 21(1) stops the use until somebody has.
objection_open if {
	some request in open_requests
	request.type == "objection"
}

# A person under the age of majority, as far as known.
child if input.subject.is_minor == true

child if input.subject.age_years < data.reference.children.majority_years

# Advertising by its name, or by none that DPV has: that could be advertising too.
_advertising_purposes contains purpose if {
	some purpose in input.processing.purposes
	"dpv:Marketing" in data.reference.dpv.purpose_ancestors[purpose]
}

_advertising_purposes contains purpose if {
	some purpose in input.processing.purposes
	not data.reference.dpv.purpose_ancestors[purpose]
}

# Selling by another name, or by a broader one that holds it.
_sales_purposes contains purpose if {
	some purpose in input.processing.purposes
	purpose in data.reference.marketing.sales_purposes
}

# Whoever began it: advertising and selling.
selling_purposes contains purpose if some purpose in _advertising_purposes

selling_purposes contains purpose if some purpose in _sales_purposes

# All marketing: advertising, and selling that is pushed. No other name for the purpose must take an
# objection away.
marketing_purposes contains purpose if some purpose in _advertising_purposes

marketing_purposes contains purpose if {
	_pushed
	some purpose in _sales_purposes
}

# Advice that a person asks for, or finds on the organisation's own pages, is not pushed on them; an
# advert chosen for them is, also there. Unknown counts as pushed.
_pushed if {
	not input.contact.asked_for == true
	not input.contact.channel == "web"
}

_pushed if {
	_recommendation.is_advert == true
	personal_data
}

_sells if _recommendation.is_advert == true

_sells if _recommendation.purchase_advice == true

marketing if count(marketing_purposes) > 0

# Whatever its purpose is called.
marketing if {
	_sells
	_pushed
}

# Consent to every kind of marketing that the step does, over the channel that it uses, and shown to
# have been a real choice.
marketing_consented if {
	marketing_purposes != set()
	every purpose in marketing_purposes {
		_agreed_to(purpose)
	}
}

marketing_consented if {
	marketing_purposes == set()
	marketing
	_agreed_to("dpv:DirectMarketing")
}

_agreed_to(purpose) if {
	some consent in _marketing_consents
	consent_names(consent, purpose)
	not consent_undone(consent, purpose)
}

# Who agreed to marketing agreed to selling, by whatever name.
_agreed_to(purpose) if {
	purpose in _sales_purposes
	some consent in _marketing_consents
	consent_names(consent, "dpv:DirectMarketing")
	not consent_undone(consent, "dpv:DirectMarketing")
	not consent_undone(consent, purpose)
}

_marketing_consents contains consent if {
	not called_by_machine
	some consent in _usable_consents
	consent_is_choice(consent)
}

# Who agreed to be called by people did not agree to be called by machines.
_marketing_consents contains consent if {
	called_by_machine
	some consent in input.consent
	consent.channel == "automated_call"
	consent_stands(consent)
	consent_is_choice(consent)
}

# An AI that talks on the phone calls without human intervention. Where there is an AI, only a plain
# "no" says that a human talks.
called_by_machine if input.contact.channel == "automated_call"

called_by_machine if {
	input.contact.channel in {"phone", "voice"}
	input.ai
	not input.ai.interacts_directly == false
}

# Groups that not every step has.
_decision := object.get(input, "decision", {})

_handover := object.get(input, "handover", {})

_human := object.get(input, "human", {})

_recommendation := object.get(input, "recommendation", {})

_talk := object.get(input, "conversation", {})

weighty_decision if _decision.effect in {"legal", "similarly_significant"}

decided_by_machine if _decision.automation in data.reference.decisions.solely_automated

# A person decides, and no machine takes part.
decided_by_hand if {
	_decision.automation == "dpv:NotAutomated"
	not _decision.score_decisive == true
}

# C-634/21: a score that the decision rests on decisively is the decision.
decided_by_machine if _decision.score_decisive == true

# Of a machine's decision nobody said that it weighs nothing.
significant_decision if weighty_decision

significant_decision if {
	decided_by_machine
	not _decision.effect
}

# Neither did anybody say that a person decides.
significant_decision if {
	input.step == "decision"
	not _decision.effect
	not decided_by_hand
}

human_offered if _handover.taken_over == true

# A call back is promised for a time to come.
human_offered if _handover.callback_in_s >= 0

# An offer of somebody who is not there, or not soon, honours nothing; nor does one of long ago.
human_offered if {
	_handover.offered_age_s >= 0
	_handover.offered_age_s <= data.reference.humans.offer_age_max_s
	not _human.available == false
	not _human.wait_s > data.reference.decisions.human_wait_max_s
}

# The language of the talk, or else the person's.
spoken := _talk.language

spoken := input.subject.language if not _talk.language

# "fi" and "fi-FI" are the same language.
foreign(language) if {
	language != spoken
	split(lower(language), "-")[0] != split(lower(spoken), "-")[0]
}

# A profile, a score or an automated decision judges people. Unknown counts as judging: only a
# register that says what is done, and names nothing of the kind, takes a step out. Not every step
# has these groups of facts.
judges_people if {
	personal_data
	_judges
}

_judges if input.step == "profiling"

_judges if not input.processing.operations

_judges if {
	some operation in input.processing.operations
	operation in data.reference.fairness.judging_operations
}

_judges if object.get(input, "profile", false) != false

_judges if {
	_stated("automation") in data.reference.decisions.solely_automated
	_stated("effect") != "none"
}

_judges if _stated("score_decisive") == true

_stated(name) := object.get(_decision, name, "unknown")

# High-risk AI is what was classed so, and whatever judges people in an area of Annex III, however it
# was classed (AI Act Art. 6(3)).
high_risk if input.ai.risk_class == "high"

high_risk if {
	input.ai.annex_iii_point
	judges_people
}

# A model answers behind an address, in some region or at a vendor: what it is asked leaves the
# organisation. Only a plain "no" overrules that.
asks_vendor if {
	not input.transfer.leaves_organisation == false
	_asked_outside
}

# An address that is known to be a vendor's is outside, whatever somebody says of it.
asks_vendor if {
	input.transfer.leaves_organisation == false
	some domain in data.reference.inference.vendor_domains
	_below_domain(input.ai.base_url_host, domain)
}

_below_domain(host, domain) if host == domain

_below_domain(host, domain) if endswith(host, concat(".", ["", domain]))

_asked_outside if input.ai.base_url_host

_asked_outside if input.ai.inference_region

_asked_outside if input.ai.vendor in data.reference.inference.vendors

# A vendor of any other name is one too, as is whoever learns from what it is sent; and of a model
# nobody knows who runs it. Unless it is the organisation's own.
_asked_outside if {
	not input.ai.own == true
	_somebody_s_model
}

_somebody_s_model if input.ai.vendor

_somebody_s_model if input.ai.model

_somebody_s_model if input.ai.trains_on_data == true
