package aboveboard.topic.model_call

import future.keywords.not

_r_sec_03_asks if {
	data.aboveboard.lib.asks_vendor
	data.aboveboard.lib.personal_data
}

_r_sec_03_identifies(category) if {
	some above in data.reference.dpv.ancestors[category]
	above in data.reference.inference.direct_identifiers
}

_r_sec_03_in_prompt contains category if {
	some category in input.prompt.detected_categories
	_r_sec_03_identifies(category)
}

# A detector has read the very prompt and found none: what the fields hold did not get into it.
_r_sec_03_clean if {
	input.prompt.text_scanned == true
	input.prompt.detected_categories
	count(_r_sec_03_in_prompt) == 0
}

_r_sec_03_clean if {
	input.prompt.pseudonymised == true
	count(_r_sec_03_in_prompt) == 0
}

# What a detector found in the prompt was not masked, whatever somebody states.
_r_sec_03_bare if input.prompt.pseudonymised == false

_r_sec_03_bare if count(_r_sec_03_in_prompt) > 0

# What to cut out, and which of the identifiers goes with it.
_r_sec_03_held contains [object.get(field, "name", "?"), category] if {
	some field in input.fields
	some category in field.categories
	_r_sec_03_identifies(category)
}

_r_sec_03_held contains [object.get(field, "name", "?"), category] if {
	some field in input.fields
	some category in field.detected_categories
	_r_sec_03_identifies(category)
}

_r_sec_03_held contains [object.get(field, "name", "?"), category] if {
	some field in input.fields
	some span in field.detected_spans
	category := span.category
	_r_sec_03_identifies(category)
}

_r_sec_03_cut contains name if some [name, _] in _r_sec_03_held

# Nobody has read these, so they may hold any name.
_r_sec_03_cut contains object.get(field, "name", "?") if {
	some field in input.fields
	field.free_text == true
	not field.text_scanned == true
}

# What is in the prompt and in no field that is known to hold it stays when the fields are cut.
_r_sec_03_stays contains category if {
	some category in _r_sec_03_in_prompt
	not _r_sec_03_goes(category)
}

_r_sec_03_goes(category) if {
	some [_, held] in _r_sec_03_held
	category in data.reference.dpv.ancestors[held]
}

_r_sec_03_goes(category) if {
	some [_, held] in _r_sec_03_held
	held in data.reference.dpv.ancestors[category]
}

# METADATA
# title: Identifiers go to models masked only
# description: >-
#   Names, addresses, numbers and other direct identifiers are masked or cut before a vendor's model
#   is asked. A vendor that may train on what it is sent gets none of it.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 4(5), 25, 32
# custom:
#   id: R-SEC-03
#   steps: [profiling, recommendation]
#   phases: [requested]
#   severity: high
#   unknown: redact when masking is unknown; deny when the vendor's terms are unknown
#   applies_from: "2018-05-25"
#   demand: Secrets and identifiers leave only masked.
#   message:
#     en: >-
#       Fields that identify the person, or that nobody has read, would go to a vendor's model
#       unmasked: {fields}.
#   remedy:
#     en: >-
#       Mask direct identifiers, state prompt.pseudonymised and give in prompt.detected_categories what
#       a detector finds after that; or leave these fields out of the prompt.
#   person:
#     en: >-
#       We took out what may tell who you are before we asked an AI service about your case. You do
#       not have to do anything.
findings contains {
	"rule": "R-SEC-03",
	"effect": "oblige",
	"facts": [
		"prompt.pseudonymised", "prompt.detected_categories", "fields[].categories",
		"fields[].text_scanned",
	],
	"args": {"fields": sort(_r_sec_03_cut)},
	"obligation": {"kind": "redact", "paths": sort(_r_sec_03_cut)},
} if {
	input.phase == "requested"
	_r_sec_03_asks
	_r_sec_03_bare
	not _r_sec_03_clean
	count(_r_sec_03_cut) > 0
}

# METADATA
# title: Masking unknown
# custom:
#   id: R-SEC-03
#   reason: unknown
#   message:
#     en: "Nobody stated that identifiers are masked for the vendor's model; cut out are: {fields}."
#   remedy:
#     en: >-
#       Mask direct identifiers and state prompt.pseudonymised, or have a detector read the prompt
#       and give prompt.text_scanned and prompt.detected_categories.
#   person:
#     en: >-
#       We took out what may tell who you are before we asked an AI service about your case. You do
#       not have to do anything.
findings contains {
	"rule": "R-SEC-03",
	"effect": "oblige",
	"facts": ["prompt.pseudonymised", "fields[].categories", "fields[].text_scanned"],
	"args": {"reason": "unknown", "fields": sort(_r_sec_03_cut)},
	"obligation": {"kind": "redact", "paths": sort(_r_sec_03_cut)},
} if {
	input.phase == "requested"
	_r_sec_03_asks
	not _r_sec_03_bare
	not _r_sec_03_clean
	count(_r_sec_03_cut) > 0
}

# METADATA
# title: Nobody knows what is sent
# custom:
#   id: R-SEC-03
#   reason: unlisted
#   message:
#     en: >-
#       Personal data may go to a vendor's model in a prompt that nobody read or masked, and no fields
#       are listed that could be cut.
#   remedy:
#     en: >-
#       List in fields what the prompt is made of, mask direct identifiers and state
#       prompt.pseudonymised, or have a detector read the prompt (prompt.text_scanned,
#       prompt.detected_categories).
#   person:
#     en: >-
#       A person has to look at this first, so that an AI service does not learn who you are. You do
#       not have to do anything.
findings contains {
	"rule": "R-SEC-03",
	"effect": "escalate",
	"facts": ["fields", "prompt.pseudonymised", "prompt.text_scanned", "prompt.detected_categories"],
	"args": {"reason": "unlisted"},
} if {
	input.phase == "requested"
	not input.fields
	_r_sec_03_asks
	not _r_sec_03_clean
	count(_r_sec_03_in_prompt) == 0
}

# METADATA
# title: Identifiers in the prompt itself
# custom:
#   id: R-SEC-03
#   reason: prompt
#   message:
#     en: "The prompt identifies the person ({categories}), and no field holds what could be cut."
#   remedy:
#     en: >-
#       Mask direct identifiers in the prompt, have the detector read it again and give what it finds
#       then (prompt.detected_categories).
#   person:
#     en: >-
#       We did not ask an AI service about your case, because the question would have told it who you
#       are. You do not have to do anything.
findings contains {
	"rule": "R-SEC-03",
	"effect": "deny",
	"facts": ["prompt.detected_categories", "prompt.pseudonymised"],
	"args": {"reason": "prompt", "categories": sort(_r_sec_03_stays)},
} if {
	input.phase == "requested"
	count(_r_sec_03_stays) > 0
	_r_sec_03_asks
}

# METADATA
# title: Vendor trains on the data
# custom:
#   id: R-SEC-03
#   reason: training
#   message:
#     en: The model's vendor may train on what it is sent.
#   remedy:
#     en: >-
#       Agree with the vendor that it does not train on your data, and state ai.trains_on_data for its
#       processor in the organisation profile; or use another vendor.
#   person:
#     en: >-
#       We did not give your data to an AI service that could have learnt from it for its own ends.
#       You do not have to do anything.
findings contains {
	"rule": "R-SEC-03",
	"effect": "deny",
	"facts": ["ai.trains_on_data"],
	"args": {"reason": "training"},
} if {
	input.phase == "requested"
	input.ai.trains_on_data == true
	_r_sec_03_asks
}

_r_sec_03_terms if {
	input.ai.retention_days >= 0
	_r_sec_03_training_known
}

_r_sec_03_training_known if input.ai.trains_on_data == true

_r_sec_03_training_known if input.ai.trains_on_data == false

# METADATA
# title: Vendor's terms unknown
# custom:
#   id: R-SEC-03
#   reason: terms
#   message:
#     en: Nobody stated how long the model's vendor keeps what it is sent, or whether it trains on it.
#   remedy:
#     en: >-
#       State ai.retention_days and ai.trains_on_data, best once for the vendor's processor in the
#       organisation profile. For a model of your own, state transfer.leaves_organisation as false.
#   person:
#     en: >-
#       We did not give your data to an AI service, because we had not made sure what it would do with
#       it. You do not have to do anything.
findings contains {
	"rule": "R-SEC-03",
	"effect": "deny",
	"facts": ["ai.retention_days", "ai.trains_on_data"],
	"args": {"reason": "terms"},
} if {
	input.phase == "requested"
	_r_sec_03_asks
	not _r_sec_03_terms
}
