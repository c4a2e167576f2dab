package aboveboard.topic.objection

import future.keywords.not

# Who objected to profiling still gets an order confirmed or a parcel's news: only a register that
# says what is done, and names nothing of the kind, takes a step out.
_r_obj_01_without_profiling if {
	data.aboveboard.lib.personal_data
	not data.aboveboard.lib.judges_people
}

# Nothing outweighs an objection where it is for marketing (Article 21(3)).
_r_obj_01_outweighed if {
	input.objections.compelling_grounds_ref
	not data.aboveboard.lib.marketing
}

# METADATA
# title: Objection to profiling
# description: >-
#   After an objection there is no profiling unless compelling grounds are written down, and none at
#   all for marketing; the person was told of the right.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 21(1), 21(4)
# custom:
#   id: R-OBJ-01
#   steps: [profiling, recommendation, decision]
#   phases: [requested]
#   severity: high
#   unknown: deny; the register of objections was not asked
#   applies_from: "2018-05-25"
#   demand: People may object to being profiled.
#   message:
#     en: The person has objected to profiling.
#   remedy:
#     en: >-
#       Leave the person out of profiling, or record the compelling grounds of this case and name the
#       record in objections.compelling_grounds_ref; for marketing no ground counts.
#   person:
#     en: You have asked us not to build a picture of you from your data. We have stopped doing so.
findings contains {
	"rule": "R-OBJ-01",
	"effect": "deny",
	"facts": ["objections.profiling", "objections.compelling_grounds_ref", "processing.purposes"],
	"args": {},
} if {
	input.phase == "requested"
	input.objections.profiling == true
	not _r_obj_01_outweighed
	not _r_obj_01_without_profiling
}

# METADATA
# title: Objections not looked up
# custom:
#   id: R-OBJ-01
#   reason: unknown
#   message:
#     en: Nobody looked up whether the person has objected to profiling.
#   remedy:
#     en: >-
#       Give objections.profiling, true or false, from the CRM: by its plugin or by the step's
#       facts function.
#   person:
#     en: >-
#       We could not see whether you have asked us not to build a picture of you from your data.
#       Until we know, we do not do it.
findings contains {
	"rule": "R-OBJ-01",
	"effect": "deny",
	"facts": ["objections.profiling"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	not input.objections.profiling == false
	not input.objections.profiling == true
	data.aboveboard.lib.personal_data
	not _r_obj_01_without_profiling
}

# METADATA
# title: No way to object on record
# custom:
#   id: R-OBJ-01
#   reason: channel
#   message:
#     en: It is not on record how the person can object.
#   remedy:
#     en: State the address of the objection form in the organisation profile (objections.channel).
#   person:
#     en: >-
#       You may say no to our building a picture of you from your data. We have noticed that we do
#       not tell you well enough where to say it; you can write to us.
findings contains {
	"rule": "R-OBJ-01",
	"effect": "warn",
	"facts": ["objections.channel"],
	"args": {"reason": "channel"},
} if {
	input.phase == "requested"
	not input.objections.channel
	data.aboveboard.lib.personal_data
}
