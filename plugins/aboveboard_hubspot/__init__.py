"""HubSpot, governed: `client = aboveboard_hubspot.wrap(HubSpot(access_token=…), purpose=…)`.

For hubspot-api-client 12 (extra `aboveboard[hubspot]`). A person's identifier is
`hubspot/contacts/<id>`; an address that refuses is `hubspot/email/<address>`.
"""

from aboveboard_hubspot.client import wrap
from aboveboard_hubspot.payloads import events
from aboveboard_hubspot.webhooks import Webhooks, changes

__all__ = ["Webhooks", "changes", "events", "wrap"]
