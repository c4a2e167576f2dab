package aboveboard.profiling_test

import future.keywords.not

proh_02_fired(phase, ai) := found if {
	event := {"phase": phase, "ai": ai}
	found := data.aboveboard.lib_test.fired(data.aboveboard.profiling.findings, "R-PROH-02") with input as event
}

proh_02_sorted := {"biometric_categorisation": true, "outputs": ["pd:Race"]}

test_proh_02_fires if {
	every phase in ["requested", "completed"] {
		every category in [
			"pd:Race", "pd:EthnicOrigin", "pd:Religion", "pd:PoliticalOpinion", "pd:TradeUnionMembership",
			"pd:SexualPreference",
		] {
			proh_02_fired(phase, {"biometric_categorisation": true, "outputs": ["pd:Age", category]}) == {["deny", ""]}
		}
	}
}

test_proh_02_compliant if {
	every outputs in [[], ["pd:Age", "pd:HairColor"]] {
		proh_02_fired("requested", {"biometric_categorisation": true, "outputs": outputs}) == set()
	}
	proh_02_fired("requested", object.union(proh_02_sorted, {"biometric_categorisation": false})) == set()
}

test_proh_02_unknown if {
	every fact in ["biometric_categorisation", "outputs"] {
		proh_02_fired("completed", object.remove(proh_02_sorted, [fact])) == set()
	}
}
