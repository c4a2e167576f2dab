package aboveboard.profiling

import future.keywords.not

# Fields that were bought and are listed are for the rest of the rule.
_r_col_05_listed if {
	some field in input.fields
	field.source == "third_party"
}

# Of data that nobody listed only the source and the notice can be known.
_r_col_05_accounted if {
	input.source.name
	input.source.partner_registered == true
	data.aboveboard.lib.told_of_source({})
}

# METADATA
# title: Data had from others in the profile
# custom:
#   id: R-COL-05
#   reason: profile
#   message:
#     en: >-
#       The profile holds data had from others that are not among the fields, and nobody stated from
#       which registered partner they are and that the person was told.
#   remedy:
#     en: >-
#       Give them as fields[] with fields[].source, or state source.name, source.partner_registered and
#       notice.art14_delivered_at for them; or use a profile without such data
#       (profile.enriched_from_third_party false).
#   person:
#     en: >-
#       We did not use a profile of you, because it holds data that came from somebody else and we
#       cannot show from whom, or that you were told. You can ask us what we have.
findings contains {
	"rule": "R-COL-05",
	"effect": "deny",
	"facts": [
		"fields[].source", "notice.art14_delivered_at", "profile.enriched_from_third_party",
		"source.name", "source.partner_registered",
	],
	"args": {"reason": "profile"},
} if {
	input.phase == "requested"
	input.profile.enriched_from_third_party == true
	not _r_col_05_listed
	not _r_col_05_accounted
}
