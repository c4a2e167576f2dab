package aboveboard.data_collection

import future.keywords.not

# What only a device gives away: where its user browses, and what the device is.
_r_cook_01_of_device := {"pd:BrowsingBehaviour", "pd:DeviceBased", "pd:DigitalFingerprint", "pd:UserAgent"}

# A number can also be a customer's, and a place an address: these are read from a device where they
# were observed.
_r_cook_01_observed := {"pd:CurrentLocation", "pd:Identifier"}

_r_cook_01_reads if {
	some above in _r_cook_01_of_device
	above in data.aboveboard.lib.field_ancestors
}

_r_cook_01_reads if {
	"observed" in data.aboveboard.lib.field_sources
	some field in input.fields
	field.source == "observed"
	some category in field.categories
	some above in data.reference.dpv.ancestors[category]
	above in _r_cook_01_observed
}

_r_cook_01_reads if input.device_access.strictly_necessary == false

_r_cook_01_agreed if {
	count(input.processing.purposes) > 0
	every purpose in input.processing.purposes {
		some consent in input.consent
		consent.channel == "web"
		data.aboveboard.lib.consent_is_choice(consent)
		data.aboveboard.lib.consent_holds(consent, purpose)
	}
}

# METADATA
# title: Reading from a person's device
# description: >-
#   Reading from or storing on a person's device needs consent beforehand, whatever the basis for the
#   data, unless the service that the person asked for cannot work without.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/dir/2002/58/2009-12-19
#   description: Directive 2002/58/EC Art. 5(3)
# - ref: https://curia.europa.eu/juris/liste.jsf?num=C-673/17
#   description: CJEU C-673/17
# - ref: https://eur-lex.europa.eu/eli/reg/2022/2065/oj
#   description: Regulation (EU) 2022/2065 Art. 26(3)
# custom:
#   id: R-COOK-01
#   steps: [data_collection]
#   phases: [requested]
#   severity: high
#   unknown: deny
#   applies_from: "2011-05-25"
#   demand: Tracking does not follow people about without their consent.
#   message:
#     en: The person's device would be read without consent given on the web for each purpose.
#   remedy:
#     en: >-
#       Ask beforehand and give the choice as a consent with consent[].channel web, and
#       consent[].granular, consent[].preticked, consent[].bundled_with_contract,
#       consent[].informed, consent[].dark_pattern, consent[].notice_version and
#       consent[].wording_language; or state device_access.strictly_necessary where the service
#       asked for cannot work without.
#   person:
#     en: >-
#       We read nothing from your device, because you have not agreed to it. You can change your
#       choice in the settings of our site at any time.
findings contains {
	"rule": "R-COOK-01",
	"effect": "deny",
	"facts": ["consent", "device_access.strictly_necessary", "fields[].categories"],
	"args": {},
} if {
	input.phase == "requested"
	_r_cook_01_reads
	not input.device_access.strictly_necessary == true
	not _r_cook_01_agreed
}
