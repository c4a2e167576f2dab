package aboveboard.lib

import future.keywords.not

# Unknown counts as personal: only a plain "no" takes an event out of data-protection law.
personal_data if not input.processing.personal_data == false

# A consent that stands: given, provable, not withdrawn, not run out.
consent_stands(consent) if {
	consent.status in data.reference.dpv.valid_consent
	consent.proof_ref != ""
	not consent.withdrawn_at
	not consent.expires_in_days < 0
}

# A consent covers a purpose that it names, or one below it in DPV's tree.
consent_names(consent, purpose) if consent.purpose in data.reference.dpv.purpose_ancestors[purpose]

# Where the step contacts a person by a channel, the consent must be for that channel.
consent_fits_channel(_) if not input.contact.channel

consent_fits_channel(consent) if consent.channel == input.contact.channel

purpose_has_consent(purpose) if {
	some consent in input.consent
	consent_stands(consent)
	consent_names(consent, purpose)
	consent_fits_channel(consent)
}
