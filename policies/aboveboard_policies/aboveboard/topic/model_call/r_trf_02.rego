package aboveboard.topic.model_call

import future.keywords.not

_r_trf_02_asks if {
	data.aboveboard.lib.asks_vendor
	data.aboveboard.lib.personal_data
}

# METADATA
# title: Models are asked at an approved place
# description: >-
#   A request with personal data goes to a host on the list of the organisation, and is answered in a
#   region on its list. The lists that ship name places in the EU.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 44
# custom:
#   id: R-TRF-02
#   steps: [profiling, recommendation]
#   phases: [requested, completed]
#   severity: high
#   unknown: deny when the host is unknown; warn when the vendor reports no region
#   applies_from: "2018-05-25"
#   demand: Personal data is given to models only at places that were approved.
#   message:
#     en: The request would go to a host that is not among the approved ones.
#   remedy:
#     en: >-
#       Use an approved host as ai.base_url_host, or have this one approved and put it into your own
#       reference/inference.json. For a model of your own, state transfer.leaves_organisation as false.
#   person:
#     en: >-
#       We did not give your data to a computer service that has not been approved for it. You do not
#       have to do anything.
findings contains {
	"rule": "R-TRF-02",
	"effect": "deny",
	"facts": ["ai.base_url_host"],
	"args": {},
} if {
	input.phase == "requested"
	_r_trf_02_asks
	input.ai.base_url_host
	not data.reference.inference.hosts[input.ai.base_url_host]
}

# METADATA
# title: Host unknown
# custom:
#   id: R-TRF-02
#   reason: unknown
#   phases: [requested]
#   message:
#     en: >-
#       A model would be asked, and nobody stated at which host, or that it is the organisation's own.
#   remedy:
#     en: >-
#       State ai.base_url_host, best as the only host of the model's processor in the organisation
#       profile. Enter a model of your own there without a processor, or state
#       transfer.leaves_organisation as false.
#   person:
#     en: >-
#       We stopped because we had not made sure to which computer service your data would go. You do
#       not have to do anything.
findings contains {
	"rule": "R-TRF-02",
	"effect": "deny",
	"facts": ["ai.base_url_host", "ai.vendor", "ai.own"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	_r_trf_02_asks
	not input.ai.base_url_host
}

# METADATA
# title: Region not approved
# custom:
#   id: R-TRF-02
#   reason: region
#   phases: [requested]
#   message:
#     en: The model is set to run in a region that is not among the approved ones.
#   remedy:
#     en: >-
#       Use a region of the vendor that is approved, so that ai.inference_region names it, or have this
#       one approved and put it into your own reference/inference.json.
#   person:
#     en: >-
#       We did not give your data to a computer service, because it would have handled it in a part of
#       the world that has not been approved for it. You do not have to do anything.
findings contains {
	"rule": "R-TRF-02",
	"effect": "deny",
	"facts": ["ai.inference_region"],
	"args": {"reason": "region"},
} if {
	input.phase == "requested"
	_r_trf_02_asks
	not input.ai.inference_region in data.reference.inference.regions
	input.ai.inference_region
}

# METADATA
# title: Answered in a region not approved
# custom:
#   id: R-TRF-02
#   reason: answered
#   phases: [completed]
#   message:
#     en: The model answered in a region that is not among the approved ones; the data has been there.
#   remedy:
#     en: >-
#       Do not use the answer, and have it examined whether this is a breach of personal data that the
#       authority has to be told of (breach.detected_at). Use a region of the vendor that is approved,
#       so that usage.inference_geo names it, or have this one approved and put it into your own
#       reference/inference.json.
#   person:
#     en: >-
#       A computer service handled your data in a part of the world that has not been approved for it.
#       We do not use its answer, and we have to examine what this means for you. You can ask us what
#       happened to your data, and you can complain to the data protection authority.
findings contains {
	"rule": "R-TRF-02",
	"effect": "deny",
	"facts": ["usage.inference_geo"],
	"args": {"reason": "answered"},
} if {
	input.phase == "completed"
	_r_trf_02_asks
	not input.usage.inference_geo in data.reference.inference.regions
	input.usage.inference_geo
}

# METADATA
# title: Region not reported
# custom:
#   id: R-TRF-02
#   reason: unreported
#   phases: [completed]
#   message:
#     en: The vendor did not report in which region it answered.
#   remedy:
#     en: >-
#       Have the vendor's plugin give usage.inference_geo. Where the vendor reports none, its host and
#       its contract are all there is to rely on.
#   person:
#     en: >-
#       We cannot see from the answer of a computer service where it handled your data. We rely on our
#       contract with the company that runs it. You can ask us about it.
findings contains {
	"rule": "R-TRF-02",
	"effect": "warn",
	"facts": ["usage.inference_geo"],
	"args": {"reason": "unreported"},
} if {
	input.phase == "completed"
	_r_trf_02_asks
	not input.usage.inference_geo
}
