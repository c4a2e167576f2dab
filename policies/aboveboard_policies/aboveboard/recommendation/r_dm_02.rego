package aboveboard.recommendation

import future.keywords.not

_r_dm_02_mail if input.contact.channel in {"email", "push", "sms"}

# A message in an inbox is electronic mail (C-102/20); an answer in a talk that the person began is not
# unasked.
_r_dm_02_mail if {
	input.contact.channel == "chat"
	not input.contact.asked_for == true
}

_r_dm_02_applies if _r_dm_02_mail

_r_dm_02_applies if data.aboveboard.lib.called_by_machine

_r_dm_02_national := data.reference.telemarketing.countries[input.subject.country].mail

# What one's own customer was sold or given an account for, and offered a way out of (C-654/23).
_r_dm_02_soft_opt_in if {
	_r_dm_02_mail
	_r_dm_02_national.soft_opt_in == true
	input.soft_opt_in.sale_age_days >= 0
	input.soft_opt_in.similar_product == true
	input.soft_opt_in.optout_offered == true
}

# Whoever is not known to be a firm is a person.
_r_dm_02_to_business if {
	_r_dm_02_mail
	input.subject.type == "legal_person"
	_r_dm_02_national.legal_person == "unless_objected"
}

_r_dm_02_to_business if {
	_r_dm_02_mail
	input.offer.relates_to_profession == true
	_r_dm_02_national.at_work == "unless_objected"
}

_r_dm_02_allowed if data.aboveboard.lib.marketing_consented

_r_dm_02_allowed if _r_dm_02_soft_opt_in

_r_dm_02_allowed if _r_dm_02_to_business

# METADATA
# title: No unasked e-mail or text
# description: >-
#   Marketing by e-mail, text, push or chat message needs prior consent for the channel, shown to be a
#   real choice, or a sale of something similar with a way out offered each time; a call by a machine
#   always needs consent to such calls.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/dir/2002/58/oj
#   description: ePrivacy Directive Art. 13(1)-(2), 13(5)
# - ref: https://curia.europa.eu/juris/liste.jsf?num=C-654/23
#   description: CJEU C-654/23
# - ref: https://curia.europa.eu/juris/liste.jsf?num=C-102/20
#   description: CJEU C-102/20
# - ref: https://www.finlex.fi/fi/laki/ajantasa/2014/20140917
#   description: FI Act 917/2014 s. 200, 202
# - ref: https://wetten.overheid.nl/BWBR0009950
#   description: NL Telecommunicatiewet Art. 11.7
# custom:
#   id: R-DM-02
#   steps: [recommendation]
#   phases: [requested]
#   severity: high
#   unknown: deny when consent or channel is unknown
#   applies_from: "2003-10-31"
#   demand: No marketing by e-mail or text that nobody asked for.
#   message:
#     en: >-
#       No consent to marketing over the channel {channel} is shown that was a real choice, and there
#       is no earlier sale to rest on.
#   remedy:
#     en: >-
#       Ask for consent first and record it in consent[] for this channel, and for automated_call
#       where an AI calls (ai.interacts_directly), with consent[].granular, consent[].preticked,
#       consent[].bundled_with_contract, consent[].informed, consent[].dark_pattern,
#       consent[].notice_version and consent[].wording_language as the form was; or show an earlier
#       sale in soft_opt_in.sale_at, soft_opt_in.similar_product and soft_opt_in.optout_offered. For
#       firms, and for offers about people's work, state subject.country, subject.type and
#       offer.relates_to_profession. In a talk that the person began, state contact.asked_for. Or use
#       another contact.channel.
#   person:
#     en: >-
#       We had an offer for you but did not send it, because we cannot show that you have freely asked
#       us for advertising this way. You can ask for it, or leave things as they are.
findings contains {
	"rule": "R-DM-02",
	"effect": "deny",
	"facts": [
		"ai.interacts_directly",
		"contact.channel",
		"consent",
		"soft_opt_in.sale_at",
		"offer.relates_to_profession",
		"subject.type",
	],
	"args": {"channel": input.contact.channel},
} if {
	input.phase == "requested"
	_r_dm_02_applies
	data.aboveboard.lib.marketing
	input.consent
	not _r_dm_02_allowed
}

# METADATA
# title: Consent to marketing not looked up
# custom:
#   id: R-DM-02
#   reason: unknown
#   message:
#     en: Nobody looked up whether there is consent to marketing over the channel {channel}.
#   remedy:
#     en: >-
#       Give consent[] from the CRM, an empty list when there is none, or show an earlier sale in
#       soft_opt_in.sale_at, soft_opt_in.similar_product and soft_opt_in.optout_offered.
#   person:
#     en: >-
#       We could not see whether you have asked us for advertising, so we sent none. You can tell us
#       whether you want it.
findings contains {
	"rule": "R-DM-02",
	"effect": "deny",
	"facts": ["contact.channel", "consent[].channel", "soft_opt_in.sale_at"],
	"args": {"reason": "unknown", "channel": input.contact.channel},
} if {
	input.phase == "requested"
	_r_dm_02_applies
	data.aboveboard.lib.marketing
	not input.consent
	not _r_dm_02_allowed
}

# METADATA
# title: Channel of marketing unknown
# custom:
#   id: R-DM-02
#   reason: channel
#   message:
#     en: It is not known over which channel the person would get marketing.
#   remedy:
#     en: State contact.channel; an offer on the organisation's own pages goes over 'web'.
#   person:
#     en: >-
#       An offer was about to go out to you without our knowing how it would reach you, so it was
#       held back. You need not do anything.
findings contains {
	"rule": "R-DM-02",
	"effect": "deny",
	"facts": ["contact.channel"],
	"args": {"reason": "channel"},
} if {
	input.phase == "requested"
	not input.contact.channel
	data.aboveboard.lib.marketing
}

# METADATA
# title: National law on mail not verified
# custom:
#   id: R-DM-02
#   reason: unverified
#   message:
#     en: The message rests on the law of {country}, whose entry in the table nobody has verified.
#   remedy:
#     en: >-
#       Have the entry in reference/telemarketing.json checked and set its 'verified', or get consent
#       and record it in consent[].
#   person:
#     en: >-
#       This is an advertisement. You can stop such offers at any time; tell us, and you get no more
#       of them.
findings contains {
	"rule": "R-DM-02",
	"effect": "warn",
	"facts": ["subject.country", "consent[].channel"],
	"args": {"reason": "unverified", "country": input.subject.country},
} if {
	input.phase == "requested"
	_r_dm_02_to_business
	_r_dm_02_national.verified == false
	data.aboveboard.lib.marketing
	not data.aboveboard.lib.marketing_consented
	not _r_dm_02_soft_opt_in
}
