package aboveboard.data_collection

import future.keywords.not

_r_proh_03_faces(field) if "pd:FacialPrint" in field.categories

_r_proh_03_faces(field) if "pd:FacialPrint" in field.detected_categories

_r_proh_03_scraped contains object.get(field, "name", "?") if {
	some field in input.fields
	field.source == "public_web"
	_r_proh_03_faces(field)
}

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
	"facts": ["fields[].categories", "fields[].source"],
	"args": {"fields": sort(_r_proh_03_scraped)},
} if {
	input.phase == "requested"
	count(_r_proh_03_scraped) > 0
}
