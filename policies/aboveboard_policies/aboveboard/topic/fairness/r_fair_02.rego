package aboveboard.topic.fairness

import future.keywords.not

# The whole interval below the limit: no longer a matter of too few people.
_r_fair_02_unfair if input.fairness.ci95_high_bp < data.reference.fairness.impact_ratio_min_bp

_r_fair_02_low if input.fairness.impact_ratio_min_bp < data.reference.fairness.impact_ratio_min_bp

# p comes in whole basis points, rounded up: 500 is below 0.05 or just there.
_r_fair_02_chance if input.fairness.p_value_bp > data.reference.fairness.p_value_max_bp

_r_fair_02_thin if {
	_r_fair_02_low
	_r_fair_02_chance
	not _r_fair_02_unfair
}

_r_fair_02_thin if {
	some group in input.fairness.groups
	not group.n >= data.reference.fairness.group_n_min
}

# One group is compared with nobody.
_r_fair_02_on_record if {
	input.fairness.impact_ratio_min_bp >= 0
	input.fairness.p_value_bp >= 0
	input.fairness.ci95_high_bp >= 0
	count(input.fairness.groups) > 1
}

_r_fair_02_unknown if {
	data.aboveboard.lib.judges_people
	not _r_fair_02_on_record
}

# METADATA
# title: Outcomes tested for bias
# description: >-
#   The favourable outcome reaches no group at less than four fifths of the best rate, unless chance
#   explains it. Four fifths is a screen of US practice, no limit of EU law: it finds what to look at.
#   Too few people are never a pass. The GDPR asks for fairness of all, now; the AI Act for these tests
#   of high-risk systems, from 2 December 2027.
# related_resources:
# - ref: https://eur-lex.europa.eu/eli/reg/2016/679/oj
#   description: GDPR Art. 5(1)(a)
# - ref: https://eur-lex.europa.eu/eli/reg/2024/1689/oj
#   description: AI Act Art. 10, 15, 26(5)
# - ref: https://eur-lex.europa.eu/eli/reg/2026/1744/oj
#   description: Regulation (EU) 2026/1744 (AI Act Art. 4a)
# custom:
#   id: R-FAIR-02
#   steps: [profiling, recommendation, decision]
#   phases: [requested]
#   severity: high
#   unknown: "escalate in decision, warn elsewhere: no fairness check on record"
#   applies_from: "2018-05-25"
#   demand: Outcomes are tested for bias regularly.
#   message:
#     en: >-
#       A group gets the favourable outcome at less than four fifths of the best rate, even at the
#       upper end of the interval ({high} basis points).
#   remedy:
#     en: >-
#       Stop automated use, find and repair the cause by segment, check the repaired model anew and
#       state fairness.impact_ratio_min_bp, fairness.p_value_bp, fairness.ci95_high_bp and
#       fairness.groups.
#   person:
#     en: >-
#       We stopped this because our tests show that it treats some groups of people worse than others.
#       You can ask a person to look at your case.
findings contains {
	"rule": "R-FAIR-02",
	"effect": "deny",
	"facts": ["fairness.ci95_high_bp"],
	"args": {"high": input.fairness.ci95_high_bp},
} if {
	input.phase == "requested"
	_r_fair_02_unfair
}

# METADATA
# title: Gap between groups
# custom:
#   id: R-FAIR-02
#   reason: gap
#   message:
#     en: >-
#       A group gets the favourable outcome at {ratio} basis points of the best rate, and chance does
#       not explain it.
#   remedy:
#     en: >-
#       Have somebody find the cause by segment (fairness.stratum); check the model anew and state
#       fairness.impact_ratio_min_bp, fairness.p_value_bp and fairness.ci95_high_bp.
#   person:
#     en: >-
#       Our tests suggest that this may treat some groups of people worse than others, so a person
#       looks at your case. You can tell us your side.
findings contains {
	"rule": "R-FAIR-02",
	"effect": "escalate",
	"facts": ["fairness.impact_ratio_min_bp", "fairness.p_value_bp"],
	"args": {
		"reason": "gap",
		"ratio": input.fairness.impact_ratio_min_bp,
	},
} if {
	input.phase == "requested"
	_r_fair_02_low
	not _r_fair_02_chance
	input.fairness.p_value_bp >= 0
	not _r_fair_02_unfair
}

# METADATA
# title: Too few people to tell
# custom:
#   id: R-FAIR-02
#   reason: thin
#   message:
#     en: The fairness check has too few people in a group to say that nobody is treated worse.
#   remedy:
#     en: >-
#       Count over a longer fairness.window_days or put groups together, and state fairness.groups,
#       fairness.impact_ratio_min_bp and fairness.p_value_bp of the new check.
#   person:
#     en: >-
#       We cannot tell yet whether this treats all groups of people alike, because we have seen too
#       few. We keep counting; you can ask a person to look at your case.
findings contains {
	"rule": "R-FAIR-02",
	"effect": "warn",
	"facts": ["fairness.groups", "fairness.impact_ratio_min_bp", "fairness.p_value_bp"],
	"args": {"reason": "thin"},
} if {
	input.phase == "requested"
	input.step != "decision"
	_r_fair_02_thin
}

# METADATA
# title: Too few people to decide on
# custom:
#   id: R-FAIR-02
#   reason: thin_decision
#   message:
#     en: The fairness check has too few people in a group, and people are decided about.
#   remedy:
#     en: >-
#       Let a human decide; count over a longer fairness.window_days or put groups together, and state
#       fairness.groups, fairness.impact_ratio_min_bp and fairness.p_value_bp of the new check.
#   person:
#     en: >-
#       We cannot tell yet whether decisions like this treat all groups of people alike, so a person
#       decides your case. You can tell us your side.
findings contains {
	"rule": "R-FAIR-02",
	"effect": "escalate",
	"facts": ["fairness.groups", "fairness.impact_ratio_min_bp", "fairness.p_value_bp"],
	"args": {"reason": "thin_decision"},
} if {
	input.phase == "requested"
	input.step == "decision"
	_r_fair_02_thin
}

# METADATA
# title: No fairness check
# custom:
#   id: R-FAIR-02
#   reason: unknown
#   message:
#     en: No fairness check of the model is on record.
#   remedy:
#     en: >-
#       Run 'aboveboard fairness' on the outcomes by group and state what it writes for the model in
#       the organisation profile (fairness.groups, fairness.impact_ratio_min_bp, fairness.p_value_bp,
#       fairness.ci95_high_bp).
#   person:
#     en: >-
#       We have not tested yet whether this treats all groups of people alike. You can ask a person to
#       look at your case.
findings contains {
	"rule": "R-FAIR-02",
	"effect": "warn",
	"facts": ["fairness"],
	"args": {"reason": "unknown"},
} if {
	input.phase == "requested"
	input.step != "decision"
	_r_fair_02_unknown
}

# METADATA
# title: Decision without a fairness check
# custom:
#   id: R-FAIR-02
#   reason: unknown_decision
#   message:
#     en: People are decided about, and no fairness check of the model is on record.
#   remedy:
#     en: >-
#       Let a human decide; run 'aboveboard fairness' on the outcomes by group and state what it
#       writes (fairness.groups, fairness.impact_ratio_min_bp, fairness.p_value_bp,
#       fairness.ci95_high_bp).
#   person:
#     en: >-
#       We have not tested yet whether decisions like this treat all groups of people alike, so a
#       person decides your case. You can tell us your side.
findings contains {
	"rule": "R-FAIR-02",
	"effect": "escalate",
	"facts": ["fairness"],
	"args": {"reason": "unknown_decision"},
} if {
	input.phase == "requested"
	input.step == "decision"
	_r_fair_02_unknown
}
