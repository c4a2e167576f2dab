package aboveboard.profiling

import future.keywords.not

# What the gate asks of either engine. Without a whole bundle there is no answer.
answer := {"findings": collected, "revision": data.catalogue.revision} if data.aboveboard.lib.whole

collected contains finding if some finding in findings

collected contains finding if {
	some name
	some finding in data.organisation[name].profiling.findings
}

findings contains finding if some finding in data.aboveboard.topic.accountability.findings

findings contains finding if some finding in data.aboveboard.topic.accuracy.findings

findings contains finding if some finding in data.aboveboard.topic.acquisition.findings

findings contains finding if some finding in data.aboveboard.topic.assessment.findings

findings contains finding if some finding in data.aboveboard.topic.assurance.findings

findings contains finding if some finding in data.aboveboard.topic.children.findings

findings contains finding if some finding in data.aboveboard.topic.consent.findings

findings contains finding if some finding in data.aboveboard.topic.direct_marketing.findings

findings contains finding if some finding in data.aboveboard.topic.energy.findings

findings contains finding if some finding in data.aboveboard.topic.explanation.findings

findings contains finding if some finding in data.aboveboard.topic.fairness.findings

findings contains finding if some finding in data.aboveboard.topic.fairness_record.findings

findings contains finding if some finding in data.aboveboard.topic.inference.findings

findings contains finding if some finding in data.aboveboard.topic.lawfulness.findings

findings contains finding if some finding in data.aboveboard.topic.minimisation.findings

findings contains finding if some finding in data.aboveboard.topic.model_call.findings

findings contains finding if some finding in data.aboveboard.topic.objection.findings

findings contains finding if some finding in data.aboveboard.topic.offences.findings

findings contains finding if some finding in data.aboveboard.topic.oversight.findings

findings contains finding if some finding in data.aboveboard.topic.politics.findings

findings contains finding if some finding in data.aboveboard.topic.processors.findings

findings contains finding if some finding in data.aboveboard.topic.purpose.findings

findings contains finding if some finding in data.aboveboard.topic.rights.findings

findings contains finding if some finding in data.aboveboard.topic.scoring.findings

findings contains finding if some finding in data.aboveboard.topic.storage.findings

findings contains finding if some finding in data.aboveboard.topic.territory.findings

findings contains finding if some finding in data.aboveboard.topic.transparency.findings

findings contains finding if some finding in data.aboveboard.topic.vulnerability.findings
