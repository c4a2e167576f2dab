package aboveboard.topic.politics_test

import future.keywords.not

fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.politics.findings, "R-PUR-02") with input as event
}

serving(purposes) := {"phase": "requested", "processing": {"purposes": purposes}}

holding(categories) := {"phase": "requested", "profile": {"inferred_categories": categories}}

test_compliant if {
	fired(serving(["dpv:Advertising", "dpv:DirectMarketing"])) == set()
	fired(holding(["pd:Interest", "pd:Social"])) == set()
	fired(holding([])) == set()
}

test_campaign if {
	fired(serving(["dpv:PoliticalCampaign"])) == {["deny", ""]}
	fired(serving(["dpv:DirectMarketing", "dpv:PoliticalCampaign"])) == {["deny", ""]}
}

test_inferred if {
	every category in ["pd:PoliticalAffiliation", "pd:PoliticalOpinion"] {
		fired(holding([category, "pd:Interest"])) == {["deny", "inferred"]}
	}
	some finding in data.aboveboard.topic.politics.findings with input as holding(["pd:PoliticalOpinion", "pd:Interest"])
	finding.args.categories == ["pd:PoliticalOpinion"]
}

test_unknown if fired({"phase": "requested"}) == set()

test_requested_only if {
	every item in [serving(["dpv:PoliticalCampaign"]), holding(["pd:PoliticalOpinion"])] {
		fired(object.union(item, {"phase": "completed"})) == set()
	}
}
