package aboveboard.topic.territory

import future.keywords.not

# Of a person whose place is unknown, the strictest rules are kept.
_r_terr_01_in_signal_state if not input.subject.country

_r_terr_01_in_signal_state if {
	input.subject.country == "US"
	not input.subject.us_state
}

_r_terr_01_in_signal_state if {
	input.subject.country == "US"
	data.reference.united_states.opt_out_signal[input.subject.us_state]
}

_r_terr_01_is_or_below(purpose, list) if {
	some above in data.reference.dpv.purpose_ancestors[purpose]
	above in list
}

_r_terr_01_sells if {
	some purpose in input.processing.purposes
	_r_terr_01_is_or_below(purpose, data.reference.united_states.sale_or_sharing)
}

_r_terr_01_opted_out if input.signals.gpc == true

_r_terr_01_opted_out if input.ccpa.opt_out_sale_share == true

_r_terr_01_asked if {
	input.signals.gpc == false
	input.ccpa.opt_out_sale_share == false
}

_r_terr_01_sensitive contains object.get(field, "name", "?") if {
	some field in input.fields
	some category in field.categories
	some above in data.reference.dpv.ancestors[category]
	above in data.reference.united_states.sensitive
}

_r_terr_01_sensitive contains object.get(field, "name", "?") if {
	some field in input.fields
	some category in field.categories
	category in data.reference.dpv.special_categories
}

_r_terr_01_beyond_limit if {
	some purpose in input.processing.purposes
	not _r_terr_01_is_or_below(purpose, data.reference.united_states.limit_sensitive_allows)
}

_r_terr_01_beyond_limit if not count(input.processing.purposes) > 0

# METADATA
# title: The law of the person's place
# description: >-
#   The person's place picks the rules. In California and states like it an opt-out, also by the
#   browser's signal (GPC), ends sale and sharing of data; where the place is unknown it counts too.
#   Notice and opt-out of automated decisions bind from 1 January 2027, for significant ones only.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 3
# - ref: https://leginfo.legislature.ca.gov/faces/codes_displayText.xhtml?division=3.&part=4.&lawCode=CIV&title=1.81.5
#   description: CCPA, Cal. Civ. Code 1798.100-1798.199
# - ref: https://cppa.ca.gov/regulations/
#   description: CCPA Regulations, 11 CCR 7000 ff.
# custom:
#   id: R-TERR-01
#   steps: [data_collection, profiling, decision]
#   phases: [requested]
#   severity: high
#   unknown: >-
#     the strictest rules apply; deny when nobody asked for opt-outs before sale, sharing or, from 2027,
#     an automated decision
#   applies_from: "2020-01-01"
#   demand: The law of the person's place is kept, also by firms elsewhere.
#   message:
#     en: The person has opted out of sale and sharing, which the purposes are.
#   remedy:
#     en: >-
#       Leave the person out, or use a purpose in processing.purposes that neither sells nor shares
#       data. If the person has opted in again since, state signals.gpc and ccpa.opt_out_sale_share.
#   person:
#     en: >-
#       You, or your browser for you, told us not to sell or share your data. That is why we did not.
findings contains {
	"rule": "R-TERR-01",
	"effect": "deny",
	"facts": [
		"signals.gpc", "ccpa.opt_out_sale_share", "processing.purposes", "subject.country",
		"subject.us_state",
	],
	"args": {},
} if {
	input.phase == "requested"
	_r_terr_01_sells
	_r_terr_01_in_signal_state
	_r_terr_01_opted_out
}

# METADATA
# title: Opt-out unknown
# custom:
#   id: R-TERR-01
#   reason: unknown
#   message:
#     en: Data would be sold or shared, and nobody looked up whether the person opted out.
#   remedy:
#     en: >-
#       State signals.gpc and ccpa.opt_out_sale_share from the request and your records, and where the
#       person lives (subject.country, subject.us_state).
#   person:
#     en: >-
#       We stopped because we had not looked up whether you want your data to be sold or shared. You can
#       tell us that you do not.
findings contains {
	"rule": "R-TERR-01",
	"effect": "deny",
	"facts": ["signals.gpc", "ccpa.opt_out_sale_share", "subject.country", "subject.us_state"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	_r_terr_01_sells
	_r_terr_01_in_signal_state
	not _r_terr_01_opted_out
	not _r_terr_01_asked
}

# METADATA
# title: Use of sensitive data limited
# custom:
#   id: R-TERR-01
#   reason: sensitive
#   message:
#     en: "The person has limited the use of sensitive data to the service itself: {fields}."
#   remedy:
#     en: >-
#       Leave these fields out of the step, or use them only for purposes in processing.purposes that
#       the service cannot do without.
#   person:
#     en: >-
#       You told us to use your sensitive data only for what you asked us to do. That is why we did not
#       use it for anything else.
findings contains {
	"rule": "R-TERR-01",
	"effect": "deny",
	"facts": ["ccpa.limit_sensitive", "fields[].categories", "processing.purposes"],
	"args": {"reason": "sensitive", "fields": sort(_r_terr_01_sensitive)},
} if {
	input.phase == "requested"
	input.ccpa.limit_sensitive == true
	_r_terr_01_beyond_limit
	count(_r_terr_01_sensitive) > 0
}
