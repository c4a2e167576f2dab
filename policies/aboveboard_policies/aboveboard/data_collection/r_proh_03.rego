package aboveboard.data_collection

import future.keywords.not

_r_proh_03_holds(field, category) if category in field.categories

_r_proh_03_holds(field, category) if category in data.aboveboard.lib.found(field)

_r_proh_03_scraped contains object.get(field, "name", "?") if {
	"public_web" in data.aboveboard.lib.field_sources
	some field in input.fields
	field.source == "public_web"
	_r_proh_03_holds(field, "pd:FacialPrint")
}

# A broader name: what is biometric on the web is nearly always a face.
_r_proh_03_doubtful contains object.get(field, "name", "?") if {
	"public_web" in data.aboveboard.lib.field_sources
	some field in input.fields
	field.source == "public_web"
	_r_proh_03_holds(field, "pd:Biometric")
}

# Whoever sold them may have scraped them, unless the people are shown to have agreed.
_r_proh_03_doubtful contains object.get(field, "name", "?") if {
	not input.source.consent_proof_ref != ""
	"third_party" in data.aboveboard.lib.field_sources
	some field in input.fields
	field.source == "third_party"
	_r_proh_03_of_faces(field)
}

_r_proh_03_of_faces(field) if _r_proh_03_holds(field, "pd:FacialPrint")

_r_proh_03_of_faces(field) if _r_proh_03_holds(field, "pd:Biometric")

# METADATA
# title: No scraped faces
# description: Faces gathered from the web never make or widen a base for recognising people.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 5(1)(e)
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 9
# custom:
#   id: R-PROH-03
#   steps: [data_collection]
#   phases: [requested]
#   severity: high
#   unknown: no finding
#   applies_from: "2025-02-02"
#   demand: Faces are never scraped.
#   message:
#     en: "Templates of faces would be made from pictures on the web: {fields}."
#   remedy:
#     en: >-
#       Leave these fields out; there is no lawful way to take pd:FacialPrint from public_web
#       (fields[].categories, fields[].source).
#   person:
#     en: >-
#       Your face would have been taken from a picture on the web, so that computers recognise you.
#       Nobody may do that, so we stopped it. You can ask us whether we have pictures of you.
findings contains {
	"rule": "R-PROH-03",
	"effect": "deny",
	"facts": [
		"fields[].categories", "fields[].detected_categories", "fields[].detected_spans",
		"fields[].source",
	],
	"args": {"fields": sort(_r_proh_03_scraped)},
} if {
	input.phase == "requested"
	count(_r_proh_03_scraped) > 0
}

# METADATA
# title: Perhaps scraped faces
# custom:
#   id: R-PROH-03
#   reason: doubtful
#   message:
#     en: "These biometric data may be templates of faces from pictures on the web: {fields}."
#   remedy:
#     en: >-
#       Find out what they are and where they come from, and leave out what was scraped. State in
#       fields[].categories what else they are, such as pd:Fingerprint; of a partner's data, name its
#       proof that the people agreed in source.consent_proof_ref.
#   person:
#     en: >-
#       Details of your face or body that we had from elsewhere were about to be stored. One of our
#       staff first checks where they come from. You can ask us whether we have such details, and have
#       them removed.
findings contains {
	"rule": "R-PROH-03",
	"effect": "escalate",
	"facts": [
		"fields[].categories", "fields[].detected_categories", "fields[].detected_spans",
		"fields[].source", "source.consent_proof_ref",
	],
	"args": {"reason": "doubtful", "fields": sort(_r_proh_03_doubtful)},
} if {
	input.phase == "requested"
	count(_r_proh_03_doubtful) > 0
}
