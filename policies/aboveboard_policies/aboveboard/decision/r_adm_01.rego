package aboveboard.decision

import future.keywords.not

_r_adm_01_excepted if input.decision.art22_exception in {"contract", "law"}

# Consent is an exception only where it is on record.
_r_adm_01_excepted if {
	input.decision.art22_exception == "explicit_consent"
	count(input.processing.purposes) > 0
	every purpose in input.processing.purposes {
		_r_adm_01_consented(purpose)
	}
}

_r_adm_01_consented(purpose) if {
	some consent in input.consent
	consent.explicit == true
	data.aboveboard.lib.consent_holds(consent, purpose)
}

_r_adm_01_barred if {
	data.aboveboard.lib.weighty_decision
	data.aboveboard.lib.decided_by_machine
	not _r_adm_01_excepted
}

# By hand it needs no exception, whatever its effect.
_r_adm_01_gap if {
	not input.decision.effect
	not data.aboveboard.lib.decided_by_hand
}

_r_adm_01_gap if not input.decision.automation

# METADATA
# title: People decide where it matters
# description: >-
#   No decision with legal or similarly significant effect is made by automation alone, unless the
#   contract, a law or explicit consent allows it.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 22(1)-(2)
# - ref: https://curia.europa.eu/juris/liste.jsf?num=C-634/21
#   description: CJEU C-634/21
# custom:
#   id: R-ADM-01
#   steps: [decision]
#   phases: [requested, completed]
#   severity: high
#   unknown: escalate when effect or automation is unknown
#   applies_from: "2018-05-25"
#   demand: Decisions that affect people's lives are made responsibly.
#   message:
#     en: A decision that weighs on the person would be made by a machine alone.
#   remedy:
#     en: >-
#       Let a person with the authority to change it decide, or name the exception in
#       decision.art22_exception; for explicit consent there has to be a consent[] to each purpose
#       with explicit true and its proof.
#   person:
#     en: >-
#       A machine alone would have decided on something that matters to you. It was stopped, and a
#       person will look at your case; you can tell them your view.
findings contains {
	"rule": "R-ADM-01",
	"effect": "escalate",
	"facts": [
		"decision.effect", "decision.automation", "decision.art22_exception", "consent[].explicit",
	],
	"args": {},
} if {
	_r_adm_01_barred
	not input.human.available == false
}

# METADATA
# title: No human to decide
# custom:
#   id: R-ADM-01
#   reason: nobody
#   message:
#     en: >-
#       A decision that weighs on the person would be made by a machine alone, and no human is
#       available.
#   remedy:
#     en: Wait until a person with the authority to change it is available.
#   person:
#     en: >-
#       A machine alone would have decided on something that matters to you, and no person was there
#       to look at it. Nothing is decided until somebody is; you need not do anything.
findings contains {
	"rule": "R-ADM-01",
	"effect": "deny",
	"facts": ["decision.effect", "decision.automation", "human.available"],
	"args": {"reason": "nobody"},
} if {
	_r_adm_01_barred
	input.human.available == false
}

# METADATA
# title: Weight of the decision unknown
# custom:
#   id: R-ADM-01
#   reason: unknown
#   message:
#     en: It is not known how much the decision weighs on the person, or how far it is automated.
#   remedy:
#     en: State decision.effect and decision.automation.
#   person:
#     en: >-
#       We could not tell how much this decision matters to you. To be safe, a person will look at
#       it before anything is decided.
findings contains {
	"rule": "R-ADM-01",
	"effect": "escalate",
	"facts": ["decision.effect", "decision.automation"],
	"args": {"reason": "unknown"},
} if {
	_r_adm_01_gap
}
