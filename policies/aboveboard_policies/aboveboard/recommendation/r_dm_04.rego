package aboveboard.recommendation

import future.keywords.not

_r_dm_04_too_often if input.contact.attempts_7d >= data.reference.marketing.attempts_7d_max

_r_dm_04_too_often if input.contact.attempts_30d >= data.reference.marketing.attempts_30d_max

_r_dm_04_looked_up if {
	input.suppression_list.hit == false
	input.suppression_list.checked_age_days >= 0
	input.suppression_list.checked_age_days <= data.reference.marketing.suppression_max_age_days
}

_r_dm_04_bought contains id if {
	some item in input.recommendation.items
	id := item.id
	id in input.subject.purchased_product_ids
}

_r_dm_04_gap if not input.contact.attempts_7d >= 0

_r_dm_04_gap if not input.contact.attempts_30d >= 0

# METADATA
# title: Not haunted by adverts
# description: >-
#   People are reached only so often, never when they are on the suppression list, which is looked up
#   on the day, and not with adverts for what they have bought.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/dir/2005/29/oj
#   description: UCPD Annex I no. 26
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(1)(a)
# custom:
#   id: R-DM-04
#   steps: [recommendation]
#   phases: [requested]
#   severity: medium
#   unknown: warn when the attempts or the suppression list are unknown
#   applies_from: "2007-12-12"
#   demand: People are not haunted by adverts, least of all for what they have bought.
#   message:
#     en: The person has been reached as often as the limits allow.
#   remedy:
#     en: Wait until contact.attempts_7d and contact.attempts_30d are below the limits again.
#   person:
#     en: >-
#       You have heard from us often enough lately, so this message was held back. You can also tell
#       us to stop altogether.
findings contains {
	"rule": "R-DM-04",
	"effect": "deny",
	"facts": ["contact.attempts_7d", "contact.attempts_30d"],
	"args": {},
} if {
	input.phase == "requested"
	_r_dm_04_too_often
	data.aboveboard.lib.marketing
}

# METADATA
# title: On the suppression list
# custom:
#   id: R-DM-04
#   reason: suppressed
#   message:
#     en: The person is on the suppression list.
#   remedy:
#     en: Leave the person out; only the person can ask to be taken off (suppression_list.hit).
#   person:
#     en: You are on our list of people who want no advertising. That is why this message was stopped.
findings contains {
	"rule": "R-DM-04",
	"effect": "deny",
	"facts": ["suppression_list.hit"],
	"args": {"reason": "suppressed"},
} if {
	input.phase == "requested"
	input.suppression_list.hit == true
	data.aboveboard.lib.marketing
}

# METADATA
# title: Suppression list not looked up
# custom:
#   id: R-DM-04
#   reason: list
#   message:
#     en: Nobody looked into the suppression list today.
#   remedy:
#     en: Look the person up on the day and give suppression_list.hit and suppression_list.checked_at.
#   person:
#     en: >-
#       If you want no advertising from us, tell us at any time and we will stop.
findings contains {
	"rule": "R-DM-04",
	"effect": "warn",
	"facts": ["suppression_list.hit", "suppression_list.checked_at"],
	"args": {"reason": "list"},
} if {
	input.phase == "requested"
	not input.suppression_list.hit == true
	not _r_dm_04_looked_up
	data.aboveboard.lib.marketing
}

# METADATA
# title: Advert for what was bought
# custom:
#   id: R-DM-04
#   reason: bought
#   message:
#     en: "The person has bought what is advertised: {items}."
#   remedy:
#     en: Leave out of recommendation.items what stands in subject.purchased_product_ids.
#   person:
#     en: We were about to show you an advert for something you have already bought. We should not.
findings contains {
	"rule": "R-DM-04",
	"effect": "warn",
	"facts": ["recommendation.items[].id", "subject.purchased_product_ids"],
	"args": {"reason": "bought", "items": sort(_r_dm_04_bought)},
} if {
	input.phase == "requested"
	count(_r_dm_04_bought) > 0
	data.aboveboard.lib.marketing
}

# METADATA
# title: Earlier attempts not counted
# custom:
#   id: R-DM-04
#   reason: unknown
#   message:
#     en: It is not known how often the person has been reached lately.
#   remedy:
#     en: Count the attempts and give contact.attempts_7d and contact.attempts_30d.
#   person:
#     en: >-
#       If we write to you or call you too often, tell us at any time and we will stop.
findings contains {
	"rule": "R-DM-04",
	"effect": "warn",
	"facts": ["contact.attempts_7d", "contact.attempts_30d"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	_r_dm_04_gap
	data.aboveboard.lib.marketing
}
