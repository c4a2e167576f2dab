package aboveboard.recommendation

import future.keywords.not

_r_sec_02_injected if {
	input.security.prompt_injection_score_bp >= data.reference.model_input.injection_max_bp
}

_r_sec_02_injected if {
	input.security.untrusted_content == true
	input.security.prompt_injection_score_bp >= data.reference.model_input.injection_of_outsiders_max_bp
}

# Calls are counted, not named: a name is the model's words, and those may be somebody else's.
_r_sec_02_beyond contains index if {
	some index, call in input.security.tool_calls
	call.scope
	input.security.declared_scopes
	not call.scope in input.security.declared_scopes
}

_r_sec_02_unscoped contains index if {
	some index, call in input.security.tool_calls
	not call.scope
}

_r_sec_02_unscoped contains index if {
	some index, _ in input.security.tool_calls
	not input.security.declared_scopes
}

_r_sec_02_can_act if count(input.security.declared_scopes) > 0

_r_sec_02_can_act if count(input.security.tool_calls) > 0

# METADATA
# title: Models are not talked into misuse
# description: >-
#   Instructions that somebody injected, data of other customers and tools outside the scopes of the
#   step are stopped, before the model is asked and when it answers.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 32
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 15(5)
# - ref: https://genai.owasp.org/llm-top-10/
#   description: OWASP LLM01, LLM02
# custom:
#   id: R-SEC-02
#   steps: [recommendation]
#   phases: [requested, completed]
#   severity: high
#   unknown: escalate when a tool is called outside any declared scope
#   applies_from: "2018-05-25"
#   demand: Chatbots cannot be hacked and misused.
#   message:
#     en: The input of the model very likely holds instructions that somebody injected.
#   remedy:
#     en: >-
#       Leave the suspicious text out of the prompt, have a detector read it again and give
#       security.prompt_injection_score_bp.
#   person:
#     en: >-
#       We stopped because a text in this request could not be handled safely. You can put it in other
#       words or ask for a person.
findings contains {
	"rule": "R-SEC-02",
	"effect": "deny",
	"facts": ["security.prompt_injection_score_bp", "security.untrusted_content"],
	"args": {},
} if {
	_r_sec_02_injected
}

# METADATA
# title: Injection unknown
# custom:
#   id: R-SEC-02
#   reason: unread
#   phases: [requested]
#   message:
#     en: >-
#       The model reads what outsiders wrote and has tools, and nobody stated how likely that text
#       holds injected instructions.
#   remedy:
#     en: >-
#       Have a detector read the text and give security.prompt_injection_score_bp, or give the model no
#       tools in this step.
#   person:
#     en: >-
#       A person has to look at this first: our AI service is not to work on texts from outside by
#       itself before they are checked. You do not have to do anything.
findings contains {
	"rule": "R-SEC-02",
	"effect": "escalate",
	"facts": [
		"security.untrusted_content", "security.prompt_injection_score_bp", "security.declared_scopes",
		"security.tool_calls",
	],
	"args": {"reason": "unread"},
} if {
	input.phase == "requested"
	input.security.untrusted_content == true
	not input.security.prompt_injection_score_bp
	_r_sec_02_can_act
}

# METADATA
# title: Data of other customers
# custom:
#   id: R-SEC-02
#   reason: other_customers
#   message:
#     en: Data of other customers is within reach of the model, or in its answer.
#   remedy:
#     en: >-
#       Limit what the model can read to this person's data, and state security.cross_customer_data as
#       false.
#   person:
#     en: >-
#       We stopped because data of other people could have got into the answer. You do not have to do
#       anything.
findings contains {
	"rule": "R-SEC-02",
	"effect": "deny",
	"facts": ["security.cross_customer_data"],
	"args": {"reason": "other_customers"},
} if {
	input.security.cross_customer_data == true
}

# METADATA
# title: Tool outside its scopes
# custom:
#   id: R-SEC-02
#   reason: scope
#   message:
#     en: "The model calls tools outside the scopes of the step (calls {calls})."
#   remedy:
#     en: >-
#       Do not run these calls. If the step needs them, add their scope to
#       security.declared_scopes.
#   person:
#     en: >-
#       We stopped because our AI service wanted to do something that it is not allowed to do. You can
#       ask for a person instead.
findings contains {
	"rule": "R-SEC-02",
	"effect": "deny",
	"facts": ["security.tool_calls[].scope", "security.declared_scopes"],
	"args": {"reason": "scope", "calls": count(_r_sec_02_beyond)},
} if {
	count(_r_sec_02_beyond) > 0
}

# METADATA
# title: Scope unknown
# custom:
#   id: R-SEC-02
#   reason: unknown
#   message:
#     en: "The model calls tools, and nobody stated what they are allowed to do (calls {calls})."
#   remedy:
#     en: >-
#       State security.declared_scopes of the step and the scope of each of security.tool_calls.
#   person:
#     en: >-
#       A person has to look at this first, because our AI service wanted to do something that nobody
#       had allowed or forbidden. You do not have to do anything.
findings contains {
	"rule": "R-SEC-02",
	"effect": "escalate",
	"facts": ["security.tool_calls[].scope", "security.declared_scopes"],
	"args": {"reason": "unknown", "calls": count(_r_sec_02_unscoped)},
} if {
	count(_r_sec_02_unscoped) > 0
}

# METADATA
# title: Too many requests
# custom:
#   id: R-SEC-02
#   reason: rate
#   phases: [requested]
#   message:
#     en: "The user sends too many requests: {rate} in the last minute."
#   remedy:
#     en: Slow the user down until security.rate_per_min is within the limit.
#   person:
#     en: >-
#       There were very many requests in a short time. Please wait a minute and try again.
findings contains {
	"rule": "R-SEC-02",
	"effect": "deny",
	"facts": ["security.rate_per_min"],
	"args": {"reason": "rate", "rate": input.security.rate_per_min},
} if {
	input.phase == "requested"
	input.security.rate_per_min > data.reference.model_input.requests_per_min_max
}
