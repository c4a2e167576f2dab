package aboveboard.topic.transparency_test

import future.keywords.not

tra_01_fired(event) := found if {
	found := data.aboveboard.lib_test.fired(data.aboveboard.topic.transparency.findings, "R-TRA-01") with input as event
}

tra_01_at(step, event) := tra_01_fired(object.union(event, {"step": step}))

tra_01_told := {
	"step": "profiling",
	"phase": "requested",
	"processing": {"purposes": ["dpv:DirectMarketing"]},
	"fields": [{"name": "a", "source": "provided"}],
	"notice": {"id": "privacy", "delivered_age_days": 0, "covers_purposes": ["dpv:Marketing"]},
}

tra_01_without(fact) := object.union(
	object.remove(tra_01_told, ["notice"]),
	{"notice": object.remove(tra_01_told.notice, [fact])},
)

tra_01_untold := tra_01_without("delivered_age_days")

tra_01_bought := object.union(tra_01_told, {"fields": [{"name": "a", "source": "third_party", "age_days": 30}]})

steps := ["data_collection", "profiling", "recommendation"]

test_tra_01_compliant if {
	every step in steps {
		tra_01_at(step, tra_01_told) == set()
		tra_01_at(step, object.remove(tra_01_told, ["fields"])) == set()
	}
}

test_tra_01_untold if {
	every event in [
		tra_01_untold, object.union(tra_01_told, {"notice": {"delivered_age_days": -1}}),
		object.remove(tra_01_untold, ["fields"]), object.union(tra_01_untold, {"fields": [{"name": "a"}]}),
	] {
		tra_01_at("profiling", event) == {["deny", ""]}
		tra_01_at("recommendation", event) == {["deny", ""]}
		tra_01_at("data_collection", event) == {["oblige", "now"]}
	}
}

test_tra_01_told_in_the_talk if {
	now := {"name": "a", "source": "provided", "age_days": 0}
	before := {"name": "b", "source": "provided", "age_days": 1}
	tra_01_at("recommendation", object.union(tra_01_untold, {"fields": [now]})) == {["oblige", "now"]}
	bought := {"name": "c", "source": "third_party", "age_days": 9}
	tra_01_at("recommendation", object.union(tra_01_untold, {"fields": [now, bought]})) == {["oblige", "now"]}
	tra_01_at("recommendation", object.union(tra_01_untold, {"fields": [now, before]})) == {["deny", ""]}
	tra_01_at("recommendation", object.union(tra_01_untold, {"fields": []})) == {["deny", ""]}
	tra_01_at("profiling", object.union(tra_01_untold, {"fields": [now]})) == {["deny", ""]}
}

# Each notice has its own time: what one of them was given in time for does not make the other late.
test_tra_01_one_of_two_notices_is_still_in_time if {
	long_given := {"name": "b", "source": "provided", "age_days": 900}
	sold := object.union(tra_01_told, {"fields": [tra_01_bought.fields[0], long_given]})
	tra_01_at("recommendation", sold) == {["oblige", "now"]}
	now := {"name": "a", "source": "provided", "age_days": 0}
	long_sold := {"name": "b", "source": "third_party", "age_days": 900}
	given_now := object.union(tra_01_untold, {"fields": [now, long_sold], "notice": {"art14_delivered_age_days": 3}})
	tra_01_at("recommendation", given_now) == {["oblige", "now"]}
}

test_tra_01_which_notice if {
	event := object.union(tra_01_untold, {"step": "data_collection"})
	some finding in data.aboveboard.topic.transparency.findings with input as event
	finding.obligation == {"kind": "disclose", "notice": "privacy"}
}

test_tra_01_no_notice_to_give if {
	tra_01_at("data_collection", object.remove(tra_01_told, ["notice"])) == {["deny", ""]}
	unnamed := object.union(object.remove(tra_01_told, ["notice"]), {"notice": {"covers_purposes": ["dpv:Marketing"]}})
	tra_01_at("data_collection", unnamed) == {["deny", ""]}
	another := object.union(tra_01_untold, {"notice": {"covers_purposes": ["dpv:Advertising"]}})
	tra_01_at("data_collection", another) == {["deny", ""]}
}

test_tra_01_data_had_from_others if {
	late := {"fields": [{"source": "third_party", "age_days": 31}]}
	taken := {"fields": [{"source": "public_web"}]}
	tra_01_at("recommendation", tra_01_bought) == {["oblige", "now"]}
	tra_01_at("recommendation", object.union(tra_01_bought, late)) == {["deny", ""]}
	tra_01_at("recommendation", object.union(tra_01_bought, taken)) == {["deny", ""]}
	tra_01_at("profiling", object.union(tra_01_bought, taken)) == {["deny", ""]}

	# The rest is asked by R-COL-05 and R-COL-06.
	tra_01_at("profiling", tra_01_bought) == set()
	every event in [tra_01_bought, object.union(tra_01_bought, late), object.union(tra_01_bought, taken)] {
		tra_01_at("data_collection", event) == set()
	}
	every step in steps {
		tra_01_at(step, object.union(tra_01_bought, {"notice": {"art14_delivered_age_days": 0}})) == set()
		old := {"notice": {"art14_delivered_age_days": 0}, "fields": [{"source": "third_party", "age_days": 900}]}
		tra_01_at(step, object.union(tra_01_bought, old)) == set()
	}

	# The notice on data had from others is enough where all was had from others.
	told := {"notice": {"id": "privacy", "covers_purposes": ["dpv:Marketing"], "art14_delivered_age_days": 3}}
	tra_01_fired(object.union(object.remove(tra_01_bought, ["notice"]), told)) == set()
	mixed := {"fields": [{"name": "a", "source": "third_party"}, {"name": "b", "source": "provided"}]}
	tra_01_fired(object.union(object.remove(tra_01_bought, ["notice"]), object.union(told, mixed))) == {["deny", ""]}
}

test_tra_01_purpose if {
	every step in steps {
		tra_01_at(step, object.union(tra_01_told, {"processing": {"purposes": ["dpv:Payment"]}})) == {["deny", "purpose"]}
		tra_01_at(step, tra_01_without("covers_purposes")) == {["deny", "purpose"]}
		tra_01_at(step, object.remove(tra_01_told, ["processing"])) == set()
	}
}

test_tra_01_gaps if {
	every name in ["recipients", "third_countries", "rights", "retention", "adm_logic"] {
		fact := concat("", ["states_", name])
		tra_01_fired(object.union(tra_01_told, {"notice": {fact: true}})) == set()
		event := object.union(tra_01_told, {"notice": {fact: false}})
		tra_01_fired(event) == {["deny", "incomplete"]}
		some finding in data.aboveboard.topic.transparency.findings with input as event
		finding.args.gaps == [name]
	}
}

test_tra_01_hard_to_read if {
	tra_01_fired(object.union(tra_01_told, {"notice": {"reading_grade_tenths": 100}})) == set()
	tra_01_fired(object.union(tra_01_told, {"notice": {"reading_grade_tenths": 101}})) == {["warn", "hard"]}
}

tra_01_all_wrong := [
	tra_01_untold, object.union(tra_01_untold, {"step": "data_collection"}),
	tra_01_without("covers_purposes"),
	object.union(tra_01_told, {"notice": {"states_rights": false, "reading_grade_tenths": 200}}),
]

test_tra_01_no_personal_data if {
	every event in tra_01_all_wrong {
		tra_01_fired(object.union(event, {"processing": {"personal_data": false}})) == set()
	}
}

test_tra_01_requested_only if {
	every event in tra_01_all_wrong {
		tra_01_fired(object.union(event, {"phase": "completed"})) == set()
	}
}
