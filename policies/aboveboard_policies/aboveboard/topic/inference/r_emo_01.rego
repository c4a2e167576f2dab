package aboveboard.topic.inference

import future.keywords.not

# Unknown input counts as voice or face: only "text" is milder.
_r_emo_01_reads_people if {
	input.ai.emotion_recognition == true
	not input.ai.emotion_input == "text"
}

# Guidelines on Art. 5(1)(f) count recruiting as workplace.
_r_emo_01_at_work if input.subject.relationship in {"applicant", "employee"}

# On a call that a human of ours leads the AI hears both, unless it is said to read one.
_r_emo_01_staff_heard if {
	input.contact.channel in {"phone", "voice"}
	not input.ai.interacts_directly == true
	not input.ai.emotion_customer_only == true
}

_r_emo_01_unconsented if not count(input.processing.purposes) > 0

_r_emo_01_unconsented if {
	some purpose in input.processing.purposes
	not _r_emo_01_consented(purpose)
}

_r_emo_01_consented(purpose) if {
	some consent in input.consent
	consent.explicit == true
	data.aboveboard.lib.consent_holds(consent, purpose)
}

_r_emo_01_for_care if {
	some purpose in data.reference.dpv.purpose_ancestors[input.ai.purpose]
	purpose in data.reference.sensitive.emotion_text_purposes
}

# METADATA
# title: AI that reads feelings
# description: >-
#   No AI reads feelings from the voice or face of staff; of customers only with a notice and explicit
#   consent. The tone of a text may be read to bring in a human, and for nothing else.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 3(39), 5(1)(f), 50(3)
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 6, 9, 13
# custom:
#   id: R-EMO-01
#   steps: [profiling, recommendation]
#   phases: [requested]
#   severity: high
#   unknown: no finding unless emotion inference is declared; then deny when consent is unknown
#   applies_from: "2025-02-02"
#   demand: AI reads feelings only where people know and agree, and never those of staff.
#   message:
#     en: AI would read the person's feelings from voice or face without explicit consent.
#   remedy:
#     en: >-
#       Switch it off (ai.emotion_recognition), or ask the person and give a consent[] to each
#       purpose with explicit true and its proof.
#   person:
#     en: >-
#       A computer would have read your feelings from your voice or face. That needs your explicit
#       agreement, which is not on record, so we stopped it. You do not have to agree.
findings contains {
	"rule": "R-EMO-01",
	"effect": "deny",
	"facts": ["ai.emotion_recognition", "ai.emotion_input", "consent"],
	"args": {},
} if {
	input.phase == "requested"
	_r_emo_01_reads_people
	not _r_emo_01_at_work
	_r_emo_01_unconsented
}

# METADATA
# title: Feelings of people at work
# custom:
#   id: R-EMO-01
#   reason: work
#   message:
#     en: AI would read the feelings of a person at work from voice or face, which is banned.
#   remedy:
#     en: >-
#       Switch it off for staff and applicants, also for those on a customer's call
#       (ai.emotion_recognition false).
#   person:
#     en: >-
#       A computer would have read your feelings from your voice or face, at your work or when you apply
#       for work. That is not allowed, so we stopped it. You can turn to whoever is responsible for data
#       protection here.
findings contains {
	"rule": "R-EMO-01",
	"effect": "deny",
	"facts": ["ai.emotion_recognition", "ai.emotion_input", "subject.relationship"],
	"args": {"reason": "work"},
} if {
	input.phase == "requested"
	_r_emo_01_reads_people
	_r_emo_01_at_work
}

# METADATA
# title: Feelings of staff on the same call
# custom:
#   id: R-EMO-01
#   reason: staff
#   message:
#     en: On a call of a human, AI that is not said to leave out our side would read staff too.
#   remedy:
#     en: >-
#       Let it read the customer's voice alone, and state ai.emotion_customer_only; or switch it off
#       (ai.emotion_recognition false). If an AI leads the call, state ai.interacts_directly true.
#   person:
#     en: >-
#       A computer would have read feelings from the voices on a call, and it may not do so with people
#       at their work, so we stopped it. You can ask us how calls with you are handled.
findings contains {
	"rule": "R-EMO-01",
	"effect": "deny",
	"facts": ["ai.emotion_recognition", "ai.emotion_customer_only", "ai.interacts_directly", "contact.channel"],
	"args": {"reason": "staff"},
} if {
	input.phase == "requested"
	_r_emo_01_reads_people
	not _r_emo_01_at_work
	_r_emo_01_staff_heard
}

# METADATA
# title: Whether the person is at work is unknown
# custom:
#   id: R-EMO-01
#   reason: unknown
#   message:
#     en: >-
#       It is not known whether the person is one of our staff or an applicant, whose feelings AI must
#       not read.
#   remedy:
#     en: >-
#       State subject.relationship; for staff and applicants switch it off (ai.emotion_recognition
#       false).
#   person:
#     en: >-
#       A computer is set to read feelings from voices or faces here. That is not allowed with people at
#       work, so one of our staff looks at it first. You can say no.
findings contains {
	"rule": "R-EMO-01",
	"effect": "escalate",
	"facts": ["ai.emotion_recognition", "ai.emotion_input", "subject.relationship"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	_r_emo_01_reads_people
	not input.subject.relationship
}

# METADATA
# title: Not told that feelings are read
# custom:
#   id: R-EMO-01
#   reason: untold
#   message:
#     en: The person must be told that AI reads their feelings.
#   remedy:
#     en: Show the notice first and record it in ai.emotion_notice_at.
#   person:
#     en: >-
#       A computer is set to read feelings from voices or faces here, and you have to be told before it
#       does. You can say no.
findings contains {
	"rule": "R-EMO-01",
	"effect": "oblige",
	"facts": ["ai.emotion_notice_at"],
	"args": {"reason": "untold"},
	"obligation": {"kind": "disclose", "notice": "emotion_recognition"},
} if {
	input.phase == "requested"
	_r_emo_01_reads_people
	not _r_emo_01_at_work
	not input.ai.emotion_notice_age_days >= 0
}

# METADATA
# title: Tone of a text read for selling
# custom:
#   id: R-EMO-01
#   reason: text
#   message:
#     en: AI reads the person's mood from text in a system that is not known to serve customer care.
#   remedy:
#     en: >-
#       Use the mood only to bring in a human, and state the use in ai.purpose as
#       dpv:CommunicationForCustomerCare; or switch it off (ai.emotion_recognition).
#   person:
#     en: >-
#       A computer reads from your messages how you feel. We may use that only to get you to one of
#       our staff sooner. You can ask us what we use it for.
findings contains {
	"rule": "R-EMO-01",
	"effect": "warn",
	"facts": ["ai.emotion_input", "ai.purpose"],
	"args": {"reason": "text"},
} if {
	input.phase == "requested"
	input.ai.emotion_recognition == true
	input.ai.emotion_input == "text"
	not _r_emo_01_for_care
}
