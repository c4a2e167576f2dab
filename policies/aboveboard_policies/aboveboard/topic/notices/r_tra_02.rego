package aboveboard.topic.notices

import future.keywords.not

_r_tra_02_long if input.notice.length_words > data.reference.notices.first_layer_max_words

# METADATA
# title: No flood of notices
# description: >-
#   What people are told comes in layers, the first one short, and is not repeated until nobody reads
#   it.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 12(1)
# - ref: https://ec.europa.eu/newsroom/article29/items/622227
#   description: WP260 rev.01 (layered notices)
# custom:
#   id: R-TRA-02
#   steps: [data_collection, recommendation]
#   phases: [requested]
#   severity: low
#   unknown: no finding
#   applies_from: "2018-05-25"
#   demand: Trust, not a flood of information.
#   message:
#     en: The privacy notice is long and comes in one piece.
#   remedy:
#     en: >-
#       Put what matters most into a short first layer with the details behind it, and state
#       notice.layered true with that layer's notice.length_words.
#   person:
#     en: >-
#       What we tell you about the use of your data is long. You can ask us for the short version.
findings contains {
	"rule": "R-TRA-02",
	"effect": "warn",
	"facts": ["notice.length_words", "notice.layered"],
	"args": {},
} if {
	input.phase == "requested"
	_r_tra_02_long
	input.notice.layered == false
}

# METADATA
# title: First layer too long
# custom:
#   id: R-TRA-02
#   reason: first_layer
#   message:
#     en: The first layer of the privacy notice is too long to be read.
#   remedy:
#     en: Move details behind it and state what is left in notice.length_words.
#   person:
#     en: >-
#       What we tell you at first about the use of your data is long. You can ask us for the short
#       version.
findings contains {
	"rule": "R-TRA-02",
	"effect": "warn",
	"facts": ["notice.length_words", "notice.layered"],
	"args": {"reason": "first_layer"},
} if {
	input.phase == "requested"
	_r_tra_02_long
	input.notice.layered == true
}

# METADATA
# title: Notices repeated too often
# custom:
#   id: R-TRA-02
#   reason: repeated
#   message:
#     en: The person has been shown {shown} notices in the last seven days.
#   remedy:
#     en: >-
#       Show a notice once and again only when it changes; notice.shown_7d counts those of all kinds.
#   person:
#     en: >-
#       We have shown you many notices in the last few days. You need not read them all; you find them
#       whenever you want on our page about your data.
findings contains {
	"rule": "R-TRA-02",
	"effect": "warn",
	"facts": ["notice.shown_7d"],
	"args": {"reason": "repeated", "shown": input.notice.shown_7d},
} if {
	input.phase == "requested"
	input.notice.shown_7d > data.reference.notices.shown_7d_max
}
