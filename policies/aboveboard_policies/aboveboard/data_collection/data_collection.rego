package aboveboard.data_collection

import future.keywords.not

# What the gate asks of either engine. Without a whole bundle there is no answer.
answer := {"findings": collected, "revision": data.catalogue.revision} if data.aboveboard.lib.whole

collected contains finding if some finding in findings

collected contains finding if {
	some name
	some finding in data.organisation[name].data_collection.findings
}

findings contains finding if some finding in data.aboveboard.topic.accountability.findings

findings contains finding if some finding in data.aboveboard.topic.acquisition.findings

findings contains finding if some finding in data.aboveboard.topic.children.findings

findings contains finding if some finding in data.aboveboard.topic.consent.findings

findings contains finding if some finding in data.aboveboard.topic.interface.findings

findings contains finding if some finding in data.aboveboard.topic.lawfulness.findings

findings contains finding if some finding in data.aboveboard.topic.minimisation.findings

findings contains finding if some finding in data.aboveboard.topic.notices.findings

findings contains finding if some finding in data.aboveboard.topic.offences.findings

findings contains finding if some finding in data.aboveboard.topic.processors.findings

findings contains finding if some finding in data.aboveboard.topic.renewal.findings

findings contains finding if some finding in data.aboveboard.topic.rights.findings

findings contains finding if some finding in data.aboveboard.topic.storage.findings

findings contains finding if some finding in data.aboveboard.topic.territory.findings

findings contains finding if some finding in data.aboveboard.topic.transparency.findings
