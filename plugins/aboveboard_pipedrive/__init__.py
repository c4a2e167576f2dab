"""Pipedrive, governed: `client = aboveboard_pipedrive.wrap(httpx.Client(base_url=…), purpose=…)`.

For Pipedrive's API v2 and what is left of v1, over httpx (extra `aboveboard[pipedrive]`). A person's
identifier is `pipedrive/persons/<id>`; an address that refuses is `pipedrive/email/<address>`.
"""

from aboveboard_pipedrive.client import transport, wrap
from aboveboard_pipedrive.webhooks import Webhooks, changes, events

__all__ = ["Webhooks", "changes", "events", "transport", "wrap"]
