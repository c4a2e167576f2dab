package aboveboard.topic.interface

import future.keywords.not

_r_man_02_harder_to_refuse if input.interface.reject_clicks > input.interface.accept_clicks

_r_man_02_harder_to_leave if input.interface.cancel_steps > input.interface.signup_steps

_r_man_02_pushed if {
	some consent in input.consent
	consent.dark_pattern == true
	not _r_man_02_spent(consent)
}

# CRMs keep old records. Nothing rests on one that no longer counts, that is for something else, or
# beside which a neutral one stands.
_r_man_02_spent(consent) if {
	consent.status
	not consent.status in data.reference.dpv.valid_consent
}

_r_man_02_spent(consent) if consent.withdrawn_at

_r_man_02_spent(consent) if consent.expires_in_days < 0

_r_man_02_spent(consent) if {
	consent.channel
	not data.aboveboard.lib.consent_fits_channel(consent)
}

_r_man_02_spent(consent) if {
	count(input.processing.purposes) > 0
	every purpose in input.processing.purposes {
		not _r_man_02_rests(purpose, consent)
	}
}

# Unknown counts as for every purpose.
_r_man_02_rests(purpose, consent) if {
	not consent.purpose
	not _r_man_02_neutral(purpose)
}

_r_man_02_rests(purpose, consent) if {
	data.aboveboard.lib.consent_names(consent, purpose)
	not _r_man_02_neutral(purpose)
}

_r_man_02_neutral(purpose) if {
	some consent in input.consent
	consent.dark_pattern == false
	data.aboveboard.lib.consent_fits_channel(consent)
	data.aboveboard.lib.consent_holds(consent, purpose)
}

# The function to withdraw is for consumers who can order on line. Unknown counts as on line.
_r_man_02_withdrawal_due if {
	input.step == "recommendation"
	not input.subject.type == "legal_person"
	not input.interface.orders_online == false
	not input.time < data.reference.dates.withdrawal_function
}

# Where consent is no basis, a form has nothing to refuse.
_r_man_02_unknown if {
	input.step == "data_collection"
	data.aboveboard.lib.personal_data
	object.get(object.get(input, "processing", {}), "legal_basis", "eu-gdpr:A6-1-a") == "eu-gdpr:A6-1-a"
	not _r_man_02_clicks
}

_r_man_02_unknown if {
	input.step == "recommendation"
	not _r_man_02_steps
}

_r_man_02_unknown if {
	_r_man_02_withdrawal_due
	not input.interface.withdrawal_function_present == true
	not input.interface.withdrawal_function_present == false
}

_r_man_02_clicks if {
	input.interface.accept_clicks >= 0
	input.interface.reject_clicks >= 0
}

_r_man_02_steps if {
	input.interface.signup_steps >= 0
	input.interface.cancel_steps >= 0
}

# METADATA
# title: Refusing is as easy as accepting
# description: >-
#   Refusing takes no more clicks than accepting, leaving no more steps than joining; nobody is pushed
#   into a choice or asked again and again, and a contract made on line can be withdrawn from on line.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2022/2065/oj
#   description: DSA Art. 25
# - ref: https://eur-lex.europa.eu/eli/dir/2005/29/oj
#   description: UCPD Art. 9(d)
# - ref: https://eur-lex.europa.eu/eli/dir/2011/83/oj
#   description: CRD Art. 11a
# - ref: https://eur-lex.europa.eu/eli/dir/2023/2673/oj
#   description: Directive (EU) 2023/2673 (CRD Art. 16e)
# custom:
#   id: R-MAN-02
#   steps: [data_collection, recommendation]
#   phases: [requested]
#   severity: medium
#   unknown: warn
#   applies_from: "2024-02-17"
#   demand: Refusing or leaving is no harder than accepting or joining.
#   message:
#     en: Refusing takes {reject} clicks, accepting {accept}.
#   remedy:
#     en: >-
#       Put both choices side by side, alike in size, and state interface.reject_clicks and
#       interface.accept_clicks.
#   person:
#     en: >-
#       We stopped this because saying no was harder than saying yes. You can say no, and it changes
#       nothing else for you.
findings contains {
	"rule": "R-MAN-02",
	"effect": "deny",
	"facts": ["interface.reject_clicks", "interface.accept_clicks"],
	"args": {
		"reject": input.interface.reject_clicks,
		"accept": input.interface.accept_clicks,
	},
} if {
	input.phase == "requested"
	_r_man_02_harder_to_refuse
}

# METADATA
# title: Leaving is harder than joining
# custom:
#   id: R-MAN-02
#   reason: leaving
#   message:
#     en: Leaving takes {cancel} steps, joining {signup}.
#   remedy:
#     en: >-
#       Make leaving as short as joining and state interface.cancel_steps and interface.signup_steps.
#   person:
#     en: >-
#       We stopped this because leaving would be harder for you than joining. You can tell us in a
#       plain message that you want to leave.
findings contains {
	"rule": "R-MAN-02",
	"effect": "deny",
	"facts": ["interface.cancel_steps", "interface.signup_steps"],
	"args": {
		"reason": "leaving",
		"cancel": input.interface.cancel_steps,
		"signup": input.interface.signup_steps,
	},
} if {
	input.phase == "requested"
	_r_man_02_harder_to_leave
}

# METADATA
# title: Pushed into a choice
# custom:
#   id: R-MAN-02
#   reason: pushed
#   message:
#     en: The interface pushed the person towards consent.
#   remedy:
#     en: >-
#       Put the choice neutrally, ask anew, and give that consent too, for each purpose, as consent[]
#       with consent[].dark_pattern false; the old record may stay. One for something else shows by its
#       consent[].purpose, one that no longer counts by its consent[].status.
#   person:
#     en: >-
#       We stopped this because you were steered towards saying yes. What you said then does not
#       count; you can choose again.
findings contains {
	"rule": "R-MAN-02",
	"effect": "deny",
	"facts": ["consent[].dark_pattern", "consent[].purpose", "consent[].status"],
	"args": {"reason": "pushed"},
} if {
	input.phase == "requested"
	_r_man_02_pushed
}

# METADATA
# title: Asked again after a refusal
# custom:
#   id: R-MAN-02
#   reason: again
#   message:
#     en: The interface asks again after a refusal ({times} times).
#   remedy:
#     en: Keep the refusal, ask no more, and state interface.repeat_prompts_after_refusal as 0.
#   person:
#     en: You have said no, and we asked again. Your no counts; you need not answer again.
findings contains {
	"rule": "R-MAN-02",
	"effect": "warn",
	"facts": ["interface.repeat_prompts_after_refusal"],
	"args": {
		"reason": "again",
		"times": input.interface.repeat_prompts_after_refusal,
	},
} if {
	input.phase == "requested"
	input.interface.repeat_prompts_after_refusal > data.reference.offers.repeat_prompts_max
}

# METADATA
# title: No way to withdraw on line
# custom:
#   id: R-MAN-02
#   reason: withdrawal
#   message:
#     en: There is no function to withdraw on line from a contract that was made on line.
#   remedy:
#     en: >-
#       Add a withdrawal function that is easy to find, and state
#       interface.withdrawal_function_present as true; where consumers cannot order on line, state
#       interface.orders_online as false.
#   person:
#     en: >-
#       We stopped this because you cannot take an order back on line with us yet. You can take an order
#       back by a plain message to us.
findings contains {
	"rule": "R-MAN-02",
	"effect": "deny",
	"facts": ["interface.withdrawal_function_present", "interface.orders_online"],
	"args": {"reason": "withdrawal"},
} if {
	input.phase == "requested"
	_r_man_02_withdrawal_due
	input.interface.withdrawal_function_present == false
}

# METADATA
# title: Effort of refusing or leaving unknown
# custom:
#   id: R-MAN-02
#   reason: unknown
#   message:
#     en: Nobody counted how hard it is to refuse, to leave or to withdraw on line.
#   remedy:
#     en: >-
#       Count them once for the organisation profile: interface.accept_clicks,
#       interface.reject_clicks, interface.signup_steps, interface.cancel_steps and
#       interface.withdrawal_function_present, or interface.orders_online false.
#   person:
#     en: >-
#       We have not checked yet that saying no or leaving is as easy as saying yes. You can always tell
#       us no in a plain message.
findings contains {
	"rule": "R-MAN-02",
	"effect": "warn",
	"facts": ["interface"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	_r_man_02_unknown
}
