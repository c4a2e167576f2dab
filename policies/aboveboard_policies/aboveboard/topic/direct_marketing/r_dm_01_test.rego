package aboveboard.topic.direct_marketing_test

import future.keywords.not

fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.direct_marketing.findings, "R-DM-01") with input as event
}

event(purposes, objections) := {
	"phase": "requested",
	"processing": {"purposes": purposes},
	"objections": objections,
}

test_compliant if {
	fired(event(["dpv:DirectMarketing"], {"direct_marketing": false})) == set()
	fired(event(["dpv:DirectMarketing"], {"direct_marketing": false, "profiling": true})) == set()
}

test_objected if {
	every purpose in ["dpv:DirectMarketing", "dpv:Marketing", "dpv:PersonalisedAdvertising", "dpv:TargetedAdvertising"] {
		fired(event([purpose], {"direct_marketing": true})) == {["deny", ""]}
	}
	fired(event(["dpv:AcademicResearch", "dpv:DirectMarketing"], {"direct_marketing": true})) == {["deny", ""]}
}

test_nothing_outweighs_it if {
	fired(event(["dpv:DirectMarketing"], {"direct_marketing": true, "compelling_grounds_ref": "CG-1"})) == {["deny", ""]}
}

test_another_purpose if {
	fired(event(["dpv:CustomerOrderManagement"], {"direct_marketing": true})) == set()
	fired(event(["dpv:CustomerOrderManagement"], {})) == set()
	fired(event([], {"direct_marketing": true})) == set()
}

test_selling_by_another_name if {
	every purpose in ["dpv:SellProductsToDataSubject", "dpv:ProvideProductRecommendations"] {
		selling := event([purpose], {"direct_marketing": true})
		fired(selling) == {["deny", ""]}
		fired(event([purpose], {})) == {["deny", "unknown"]}
		fired(object.union(selling, {"contact": {"channel": "phone"}})) == {["deny", ""]}
		fired(object.union(selling, {"contact": {"channel": "web"}})) == set()
		fired(object.union(selling, {"contact": {"channel": "chat", "asked_for": true}})) == set()
		fired(object.union(selling, {"contact": {"channel": "web"}, "recommendation": {"is_advert": true}})) == {["deny", ""]}
	}
	order := object.union(event(["dpv:CustomerOrderManagement"], {"direct_marketing": true}), {"contact": {"channel": "email"}})
	fired(object.union(order, {"recommendation": {"purchase_advice": true}})) == {["deny", ""]}
}

test_purpose_that_dpv_does_not_have if {
	fired(event(["dpv:DirectMarketting"], {"direct_marketing": true})) == {["deny", ""]}
	fired(event(["dpv:DirectMarketting"], {})) == {["deny", "unknown"]}
}

test_unknown if {
	fired(event(["dpv:DirectMarketing"], {})) == {["deny", "unknown"]}
	fired(event(["dpv:DirectMarketing"], {"profiling": false})) == {["deny", "unknown"]}
	fired(object.remove(event(["dpv:DirectMarketing"], {}), ["objections"])) == {["deny", "unknown"]}
}

test_requested_only if {
	every objections in [{"direct_marketing": true}, {}] {
		fired(object.union(event(["dpv:DirectMarketing"], objections), {"phase": "completed"})) == set()
	}
}
