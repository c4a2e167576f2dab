package aboveboard.recommendation

import future.keywords.not

_r_aid_02_in_force if input.time >= data.reference.dates.ai_act_transparency

# Of whatever the AI gives out as text, only what it tells people itself is plainly generated.
_r_aid_02_text if {
	input.ai.output_type == "text"
	input.ai.provider_role == "provider"
	input.ai.interacts_directly == true
	not input.ai.output_marked == true
}

_r_aid_02_unmarked if {
	input.ai.output_type in {"audio", "image", "video"}
	not input.ai.output_marked == true
}

# The duty is the provider's; for systems that were on the market before, it binds from a later day.
# When a system came on the market is no fact, so until that day the milder answer is given to all.
_r_aid_02_barred if {
	input.time >= data.reference.dates.ai_act_marking_of_older_systems
	input.ai.provider_role == "provider"
	input.ai.output_marked == false
}

# METADATA
# title: Generated content is marked
# description: >-
#   Images, sound and video made by AI leave with a mark that machines can read, and so does the text
#   of an AI of one's own; whatever falsely looks real is labelled so that people see it.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 50(2), 50(4)
# custom:
#   id: R-AID-02
#   steps: [recommendation]
#   phases: [completed]
#   severity: medium
#   unknown: oblige to mark; so also where an AI is at work and its kind of output is unknown
#   applies_from: "2026-08-02"
#   demand: Generated content is marked as such.
#   message:
#     en: An image, sound or video made by AI would leave without a mark that machines can read.
#   remedy:
#     en: Have the mark put in (C2PA or a watermark), and state ai.output_marked true.
#   person:
#     en: >-
#       A picture, sound or video made by a computer is about to reach you, and it has to be marked as
#       such first. You can ask us how it was made.
findings contains {
	"rule": "R-AID-02",
	"effect": "oblige",
	"facts": ["ai.output_type", "ai.output_marked"],
	"args": {},
	"obligation": {"kind": "mark"},
} if {
	input.phase == "completed"
	_r_aid_02_in_force
	_r_aid_02_unmarked
	not _r_aid_02_barred
}

# METADATA
# title: Provider's content left unmarked
# custom:
#   id: R-AID-02
#   reason: unmarked
#   message:
#     en: An image, sound or video of the organisation's own AI is known to leave unmarked.
#   remedy:
#     en: >-
#       Have the system mark its output (C2PA or a watermark), and state ai.output_marked true.
#   person:
#     en: >-
#       A picture, sound or video made by our computers was not marked as such, so we did not send
#       it. You can ask us how it was made.
findings contains {
	"rule": "R-AID-02",
	"effect": "deny",
	"facts": ["ai.output_type", "ai.output_marked", "ai.provider_role"],
	"args": {"reason": "unmarked"},
} if {
	input.phase == "completed"
	_r_aid_02_unmarked
	_r_aid_02_barred
}

# METADATA
# title: Provider's text left unmarked
# custom:
#   id: R-AID-02
#   reason: text
#   message:
#     en: Text that the organisation's own AI generates is not known to be marked.
#   remedy:
#     en: >-
#       Have the system mark its text so that machines can read it, as far as that is technically
#       feasible, and state ai.output_marked true.
#   person:
#     en: A computer of ours wrote this text. You can ask us how it was made.
findings contains {
	"rule": "R-AID-02",
	"effect": "warn",
	"facts": ["ai.output_type", "ai.output_marked", "ai.provider_role", "ai.interacts_directly"],
	"args": {"reason": "text"},
} if {
	input.phase == "completed"
	_r_aid_02_in_force
	_r_aid_02_text
}

# METADATA
# title: Kind of the AI's output unknown
# custom:
#   id: R-AID-02
#   reason: unknown
#   message:
#     en: Nobody stated whether the AI gives out text or images, sound or video, and it is not marked.
#   remedy:
#     en: >-
#       State ai.output_type, best once for the model in the organisation profile; or mark the output
#       and state ai.output_marked true.
#   person:
#     en: >-
#       Something made by a computer was about to reach you, and it may have to be marked so that you
#       know. You can ask us how it was made.
findings contains {
	"rule": "R-AID-02",
	"effect": "oblige",
	"facts": ["ai.output_type", "ai.output_marked"],
	"args": {"reason": "unknown"},
	"obligation": {"kind": "mark"},
} if {
	input.phase == "completed"
	_r_aid_02_in_force
	input.ai.model
	not input.ai.output_type
	not input.ai.output_marked == true
}

# METADATA
# title: Deep fake without a label
# custom:
#   id: R-AID-02
#   reason: deepfake
#   message:
#     en: A deep fake would be shown, and people must see that it is made by AI.
#   remedy:
#     en: Label it so that people see it, and state ai.deepfake_labelled true; or leave it out.
#   person:
#     en: >-
#       What you see or hear may seem real, but was made or altered by a computer. We have to tell you
#       that plainly. You can ask us how it was made.
findings contains {
	"rule": "R-AID-02",
	"effect": "oblige",
	"facts": ["ai.deepfake", "ai.deepfake_labelled"],
	"args": {"reason": "deepfake"},
	"obligation": {"kind": "disclose", "notice": "deepfake"},
} if {
	input.phase == "completed"
	_r_aid_02_in_force
	input.ai.deepfake == true
	not input.ai.deepfake_labelled == true
}
