package aboveboard.lib

import future.keywords.not

# Unknown counts as personal: only a plain "no" takes an event out of data-protection law.
personal_data if not input.processing.personal_data == false

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

# A model answers behind an address, in some region or at a vendor: what it is asked leaves the
# organisation. Only a plain "no" overrules that.
asks_vendor if {
	not input.transfer.leaves_organisation == false
	_asked_outside
}

_asked_outside if input.ai.base_url_host

_asked_outside if input.ai.inference_region

_asked_outside if input.ai.vendor in data.reference.inference.vendors
