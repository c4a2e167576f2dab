package aboveboard.lib

import future.keywords.not

# All reference data are there that the bundle was made with: where a list is gone, the rules that
# read it would be silent.
whole if {
	every name in data.catalogue.reference {
		data.reference[name]
	}
}

# Unknown counts as personal: only a plain "no" takes an event out of data-protection law.
personal_data if not input.processing.personal_data == false

# A special category of Article 9. One that DPV does not have could be anything, also that.
special_category(category) if not _plain_category(category)

_plain_category(category) if {
	data.reference.dpv.ancestors[category]
	not category in data.reference.dpv.special_categories
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
	some withdrawn in withdrawn_consents
	withdrawal_names(withdrawn, purpose)
	_withdrawal_reaches(withdrawn, consent)
	not consent.given_at > withdrawn.withdrawn_at
}

_withdrawal_reaches(withdrawn, _) if not withdrawn.channel

_withdrawal_reaches(_, consent) if not consent.channel

_withdrawal_reaches(withdrawn, consent) if withdrawn.channel == consent.channel

consent_holds(consent, purpose) if {
	consent_stands(consent)
	consent_names(consent, purpose)
	not consent_undone(consent, purpose)
}

purpose_has_consent(purpose) if {
	some consent in input.consent
	consent_fits_channel(consent)
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
	some consent in input.consent
	consent_fits_channel(consent)
	consent_is_choice(consent)
	consent_holds(consent, purpose)
}

# Each category once, however many fields have it.
field_categories contains category if {
	some field in input.fields
	some category in field.categories
}

_allowed_categories contains category if {
	some category in field_categories
	some allowed in data.reference.dpv.ancestors[category]
	allowed in input.processing.allowed_categories
}

# On the purpose's list: every category of the field, or one above it in DPV's tree, is allowed.
field_allowed(field) if {
	count(field.categories) > 0
	every category in field.categories {
		category in _allowed_categories
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

# The person was told where data came from that somebody else gave.
told_of_source if input.notice.art14_delivered_age_days >= 0

# There is still time to tell: a month from the day the data came in, and no longer than the first
# contact.
time_to_tell_of_source(field) if {
	field.age_days >= 0
	field.age_days <= data.reference.data_protection.source_notice_days
	not input.contact.attempts_30d > 0
}

# A person under the age of majority, as far as known.
child if input.subject.is_minor == true

child if input.subject.age_years < data.reference.children.majority_years

# All marketing: a broader name for the purpose must not take an objection away, and a purpose that
# DPV does not have could be marketing.
marketing_purposes contains purpose if {
	some purpose in input.processing.purposes
	"dpv:Marketing" in data.reference.dpv.purpose_ancestors[purpose]
}

marketing_purposes contains purpose if {
	some purpose in input.processing.purposes
	not data.reference.dpv.purpose_ancestors[purpose]
}

marketing if count(marketing_purposes) > 0

# Consent to every kind of marketing that the step does, over the channel that it uses.
marketing_consented if {
	marketing
	every purpose in marketing_purposes {
		purpose_has_consent(purpose)
	}
}

# An AI that talks on the phone calls without human intervention.
called_by_machine if input.contact.channel == "automated_call"

called_by_machine if {
	input.contact.channel in {"phone", "voice"}
	input.ai.interacts_directly == true
}

# Groups that not every step has.
_decision := object.get(input, "decision", {})

_handover := object.get(input, "handover", {})

_human := object.get(input, "human", {})

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

human_offered if _handover.callback_at

# An offer of somebody who is not there, or not soon, honours nothing.
human_offered if {
	_handover.offered_age_s >= 0
	not _human.available == false
	not _human.wait_s > data.reference.decisions.human_wait_max_s
}

# The language of the talk, or else the person's.
spoken := _talk.language

spoken := input.subject.language if not _talk.language

# "fi" and "fi-FI" are the same language.
foreign(language) if split(lower(language), "-")[0] != split(lower(spoken), "-")[0]

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
