package aboveboard.topic.assurance

import future.keywords.not

# What both rules ask. A decision that people make, with no model's score to draw on. A profile is
# no decision: how one will be made later says nothing of the model that makes the profile.
_by_hand if {
	input.step == "decision"
	data.aboveboard.lib.decided_by_hand
	not input.ai.model
}
