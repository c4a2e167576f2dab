package aboveboard.topic.territory_test

import future.keywords.not

terr_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.territory.findings, "R-TERR-01") with input as event
}

selling := {
	"phase": "requested",
	"subject": {"country": "US", "us_state": "CA"},
	"processing": {"purposes": ["dpv:TargetedAdvertising"]},
	"signals": {"gpc": false},
	"ccpa": {"opt_out_sale_share": false},
}

test_terr_nobody_opted_out if terr_fired(selling) == set()

test_terr_opted_out if {
	terr_fired(object.union(selling, {"signals": {"gpc": true}})) == {["deny", ""]}
	terr_fired(object.union(selling, {"ccpa": {"opt_out_sale_share": true}})) == {["deny", ""]}
	out := object.union(selling, {"signals": {"gpc": true}})
	every purpose in ["dpv:SellDataToThirdParties", "dpv:PersonalisedAdvertising"] {
		terr_fired(object.union(out, {"processing": {"purposes": [purpose]}})) == {["deny", ""]}
	}
	terr_fired(object.union(out, {"processing": {"purposes": ["dpv:DirectMarketing"]}})) == set()
}

test_terr_place if {
	out := object.union(selling, {"signals": {"gpc": true}})
	terr_fired(object.union(out, {"subject": {"country": "FI"}})) == set()
	terr_fired(object.union(out, {"subject": {"us_state": "WY"}})) == set()
	terr_fired(object.union(out, {"subject": {"us_state": "CO"}})) == {["deny", ""]}
}

test_terr_place_unknown if {
	out := object.union(object.remove(selling, ["subject"]), {"signals": {"gpc": true}})
	terr_fired(out) == {["deny", ""]}
	terr_fired(object.union(out, {"subject": {"country": "US"}})) == {["deny", ""]}
	terr_fired(object.union(out, {"subject": {"us_state": "WY"}})) == {["deny", ""]}
}

test_terr_opt_out_unknown if {
	terr_fired(object.remove(selling, ["signals"])) == {["deny", "unknown"]}
	terr_fired(object.remove(selling, ["ccpa"])) == {["deny", "unknown"]}
	terr_fired(object.remove(selling, ["ccpa", "signals", "subject"])) == {["deny", "unknown"]}
	finnish := object.union(object.remove(selling, ["ccpa", "signals", "subject"]), {"subject": {"country": "FI"}})
	terr_fired(finnish) == set()
	terr_fired(object.union(finnish, {"signals": {"gpc": true}})) == set()
}

limited := {
	"phase": "requested",
	"ccpa": {"limit_sensitive": true},
	"fields": [
		{"name": "place", "categories": ["pd:GPSCoordinate"]}, {"name": "job", "categories": ["pd:Job"]},
		{"name": "origin", "categories": ["pd:Ethnicity"]},
	],
	"processing": {"purposes": ["dpv:DirectMarketing"]},
}

test_terr_sensitive if {
	terr_fired(limited) == {["deny", "sensitive"]}
	found := data.aboveboard.topic.territory.findings with input as limited
	{finding.args | some finding in found} == {{"reason": "sensitive", "fields": ["origin", "place"]}}
	terr_fired(object.union(limited, {"fields": [{"name": "a", "categories": ["pd:Ethnicity"]}]})) == {["deny", "sensitive"]}
	terr_fired(object.remove(limited, ["processing"])) == {["deny", "sensitive"]}
	terr_fired(object.union(limited, {"processing": {"purposes": []}})) == {["deny", "sensitive"]}
	terr_fired(object.union(limited, {"fields": [{"name": "job", "categories": ["pd:Job"]}]})) == set()
	terr_fired(object.union(limited, {"ccpa": {"limit_sensitive": false}})) == set()
	terr_fired(object.union(limited, {"processing": {"purposes": ["dpv:CustomerOrderManagement"]}})) == set()
}

test_terr_requested_only if {
	every event in [limited, object.union(selling, {"signals": {"gpc": true}}), object.remove(selling, ["ccpa"])] {
		terr_fired(object.union(event, {"phase": "completed"})) == set()
	}
}
